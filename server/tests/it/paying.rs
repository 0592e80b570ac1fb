//! Bills and money over REST, and what each of them tells.

use crate::evening::{House, id, item};
use crate::kit::told::Transcript;
use crate::kit::{Store, fresh};
use serde_json::{Value, json};

on_both! {
    a_bill_is_open_once_and_paid_to_the_cent,
    what_comes_after_payment_has_a_bill_of_its_own,
    bad_payments_and_bad_changes_are_refused_by_field,
}

async fn a_bill_is_open_once_and_paid_to_the_cent(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], true).await;
    let bill = house.bill(&order).await;
    let again = house
        .post(&house.ana, "billing/bills", json!({"orderId": order["id"]}))
        .await;
    assert_eq!(again.refused(409, "bill_exists")["billId"], bill["id"]);
    let more = json!({"items": [{"dishId": house.floor.dishes[1], "quantity": 1}], "send": true});
    let path = format!("orders/{}/items", id(&order, "id"));
    house.post(&house.ana, &path, more).await.expect(201);
    let of_bill = format!("billing/bills/{}", id(&bill, "id"));
    let live = house.get(&house.ana, &of_bill).await;
    assert_eq!(
        live["total"],
        json!(3050),
        "a live view of its order until it is paid"
    );
    let pay = format!("{of_bill}/payments");
    let cash = |amount: i64| json!({"method": "cash", "amount": amount});
    house
        .post(&house.ana, &pay, cash(3051))
        .await
        .refused(409, "overpayment");
    let one = house.post(&house.ana, &pay, cash(1000)).await.expect(201);
    assert_eq!(
        (&one["tendered"], &one["change"]),
        (&json!(1000), &json!(0))
    );
    let order_now = house
        .get(&house.ana, &format!("orders/{}", id(&order, "id")))
        .await;
    assert_eq!(
        (&order_now["paid"], &order_now["due"]),
        (&json!(1000), &json!(2050))
    );
    let twice = json!({"id": one["id"], "method": "cash", "amount": 1});
    house
        .post(&house.ana, &pay, twice)
        .await
        .refused(409, "already_exists");
    let ask = || {
        house
            .hub
            .post(&format!("/api/v1/{pay}"))
            .by(&house.ana)
            .key("pay-1")
    };
    let two = ask().json(&cash(2050)).await.expect(201);
    let told = ask().json(&cash(2050)).await;
    assert_eq!(told.header("idempotency-replayed"), Some("true"));
    assert_eq!(told.expect(201), two, "and it counts once");
    let paid = house.get(&house.ana, &of_bill).await;
    assert_eq!(
        (&paid["status"], &paid["paid"]),
        (&json!("paid"), &json!(3050))
    );
    assert_eq!(paid["payments"].as_array().unwrap().len(), 2);
    house
        .post(&house.ana, &pay, cash(1))
        .await
        .refused(409, "bill_closed");
    let again = house
        .post(&house.ana, "billing/bills", json!({"orderId": order["id"]}))
        .await;
    assert_eq!(
        again.refused(409, "bill_exists")["billId"],
        bill["id"],
        "nothing is unbilled"
    );
    let open = house.get(&house.ana, "billing/bills?status=open").await;
    assert_eq!(open["items"], json!([]));
    let day = id(&paid, "day");
    let today = house
        .get(
            &house.ana,
            &format!("billing/bills?from={day}&to={day}&status=paid"),
        )
        .await;
    assert_eq!(today["items"], json!([paid]));
    let before = house.get(&house.ana, "billing/bills?to=2020-01-01").await;
    assert_eq!(before["items"], json!([]));
    for bad in [
        "status=draft",
        "from=today",
        "to=2026-13-01",
        "from=2026-02-02&to=2026-02-01",
        "x=1",
        "from=%00",
    ] {
        let ask = house.hub.get(&format!("/api/v1/billing/bills?{bad}"));
        ask.by(&house.ana).send().await.refused(400, "bad_request");
    }
    for (path, who) in [
        ("billing/bills", &house.kitchen),
        (of_bill.as_str(), &house.kitchen),
    ] {
        let ask = house.hub.get(&format!("/api/v1/{path}"));
        ask.by(who).send().await.refused(403, "forbidden");
    }
    house.hub.told()
}

async fn what_comes_after_payment_has_a_bill_of_its_own(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], true).await;
    let path = format!("orders/{}", id(&order, "id"));
    let first = house.bill(&order).await;
    let pay = |bill: &Value| format!("billing/bills/{}/payments", id(bill, "id"));
    let cash = |amount: i64| json!({"method": "cash", "amount": amount});
    house
        .post(&house.ana, &pay(&first), cash(1450))
        .await
        .expect(201);
    assert_eq!(house.table(&order).await["status"], "free");
    let more = json!({"items": [{"dishId": house.floor.dishes[1], "quantity": 1}], "send": true});
    let again = house
        .post(&house.ana, &format!("{path}/items"), more)
        .await
        .expect(201);
    assert_eq!(
        (
            &again["status"],
            &again["total"],
            &again["paid"],
            &again["due"]
        ),
        (&json!("sent"), &json!(3050), &json!(1450), &json!(1600)),
        "it is open again"
    );
    assert_eq!(house.table(&order).await["orderIds"], json!([order["id"]]));
    let second = house.bill(&order).await;
    assert_eq!(second["total"], json!(1600));
    assert_ne!(second["id"], first["id"]);
    house
        .post(&house.ana, &pay(&second), cash(1600))
        .await
        .expect(201);
    let done = house.get(&house.ana, &path).await;
    assert_eq!(
        (&done["status"], &done["paid"]),
        (&json!("completed"), &json!(3050))
    );
    let one = house
        .get(&house.ana, &format!("billing/bills/{}", id(&first, "id")))
        .await;
    let two = house
        .get(&house.ana, &format!("billing/bills/{}", id(&second, "id")))
        .await;
    assert_eq!(one["total"], json!(1450), "a numbered bill never changes");
    assert_eq!(
        two["number"].as_u64(),
        one["number"].as_u64().map(|n| n + 1)
    );
    house.hub.told()
}

async fn bad_payments_and_bad_changes_are_refused_by_field(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], true).await;
    let bill = house.bill(&order).await;
    let pay = format!("billing/bills/{}/payments", id(&bill, "id"));
    let change = format!("orders/{}/items/{}", id(&order, "id"), item(&order, 0));
    let before = house.now().await;
    let good = json!({"method": "cash", "amount": 1450});
    for (field, value, status, named, code) in [
        ("amount", json!(-1), 422, "amount", "out_of_range"),
        ("amount", json!(0), 422, "amount", "out_of_range"),
        ("amount", json!(1_i64 << 53), 422, "amount", "out_of_range"),
        ("amount", json!(i64::MIN), 422, "amount", "out_of_range"),
        ("amount", json!(14.5), 400, "amount", "wrong_type"),
        ("amount", json!("1450"), 400, "amount", "wrong_type"),
        ("amount", json!(null), 400, "amount", "wrong_type"),
        ("tip", json!(-5), 422, "tip", "out_of_range"),
        ("tip", json!(i64::MAX), 422, "tip", "out_of_range"),
        ("tendered", json!(1449), 422, "tendered", "too_little"),
        ("tendered", json!(-1), 422, "tendered", "out_of_range"),
        ("tendered", json!([]), 400, "tendered", "wrong_type"),
        ("method", json!("bitcoin"), 422, "method", "unknown"),
        ("method", json!("card"), 422, "method", "not_available"),
        ("method", json!(""), 422, "method", "unknown"),
        ("method", json!(1), 400, "method", "wrong_type"),
        ("id", json!("x"), 422, "id", "malformed"),
        ("currency", json!("USD"), 400, "currency", "unknown"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let words = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let refused = house.post(&house.ana, &pay, body.clone()).await;
        let refused = refused.refused(status, words);
        let error = &refused["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(named), &json!(code)),
            "{body}"
        );
    }
    for missing in ["method", "amount"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        let refused = house
            .post(&house.ana, &pay, body)
            .await
            .refused(400, "bad_request");
        assert_eq!(refused["errors"][0]["field"], json!(missing));
    }
    for (body, status, named) in [
        (json!({"quantity": 0}), 422, "quantity"),
        (json!({"quantity": 1000}), 422, "quantity"),
        (json!({"quantity": "2"}), 400, "quantity"),
        (json!({"note": "x".repeat(501)}), 422, "note"),
        (json!({"note": "a\u{0}"}), 422, "note"),
        (json!({"note": 7}), 400, "note"),
        (json!({"seat": 0}), 422, "seat"),
        (json!({"seat": 100}), 422, "seat"),
        (json!({"course": 10}), 422, "course"),
        (json!({"status": "ready"}), 422, "status"),
        (
            json!({"status": "voided", "quantity": 1, "reason": "x"}),
            422,
            "status",
        ),
        (
            json!({"status": "voided", "reason": "\u{0}"}),
            422,
            "reason",
        ),
        (json!({"status": 1}), 400, "status"),
        (json!({"price": 1}), 400, "price"),
        (json!({"dishId": fresh()}), 400, "dishId"),
    ] {
        let words = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let refused = house.patch(&house.ana, &change, body.clone()).await;
        let refused = refused.refused(status, words);
        assert_eq!(refused["errors"][0]["field"], json!(named), "{body}");
    }
    for (body, status, named) in [
        (json!({"orderId": fresh()}), 422, "orderId"),
        (json!({"orderId": "x"}), 422, "orderId"),
        (json!({}), 400, "orderId"),
        (json!({"orderId": order["id"], "split": 2}), 400, "split"),
    ] {
        let words = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let refused = house.post(&house.ana, "billing/bills", body).await;
        assert_eq!(
            refused.refused(status, words)["errors"][0]["field"],
            json!(named)
        );
    }
    let nowhere = format!("billing/bills/{}/payments", fresh());
    house
        .post(&house.ana, &nowhere, good.clone())
        .await
        .refused(404, "not_found");
    house
        .post(&house.kitchen, &pay, good.clone())
        .await
        .refused(403, "forbidden");
    for path in [
        format!("orders/{}/items/{}", id(&order, "id"), fresh()),
        format!("orders/{}/items/{}", fresh(), item(&order, 0)),
        format!("orders/x/items/{}", item(&order, 0)),
    ] {
        let body = json!({"quantity": 2});
        house
            .patch(&house.ana, &path, body)
            .await
            .refused(404, "not_found");
    }
    assert_eq!(
        house.events(&before).await.len(),
        0,
        "none of it has changed anything"
    );
    house.post(&house.ana, &pay, good).await.expect(201);
    house.hub.told()
}
