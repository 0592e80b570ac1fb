//! One evening over REST: modifiers, the kitchen, voids, the bill, cash, and what each of them tells.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, fresh};
use serde_json::{Value, json};

on_both! {
    a_dish_with_a_choice_goes_from_the_tap_to_the_receipt,
    the_kitchen_takes_lines_and_tickets_forward_and_back,
    what_was_sent_is_voided_for_a_reason_and_what_cooks_by_a_manager,
    drafts_change_and_what_was_sent_does_not,
    an_id_names_one_item_of_one_order,
    a_bill_is_open_once_and_paid_to_the_cent,
    what_comes_after_payment_has_a_bill_of_its_own,
    an_order_is_cancelled_and_its_table_is_free,
    a_dish_that_is_gone_is_not_to_be_had,
    bad_payments_and_bad_changes_are_refused_by_field,
}

/// A restaurant's service in the words of its routes.
struct House {
    hub: Hub,
    floor: Floor,
    ana: String,
    manager: String,
    kitchen: String,
    admin: String,
}

impl House {
    async fn open(store: Store) -> Self {
        let hub = Hub::demo(store).await;
        Self {
            floor: Floor::of(&hub).await,
            ana: hub.token("ana").await,
            manager: hub.token("manager").await,
            kitchen: hub.token("kitchen").await,
            admin: hub.token("admin").await,
            hub,
        }
    }

    async fn post(&self, by: &str, path: &str, body: Value) -> crate::kit::Answer {
        let ask = self.hub.post(&format!("/api/v1/{path}"));
        ask.by(by).json(&body).await
    }

    async fn patch(&self, by: &str, path: &str, body: Value) -> crate::kit::Answer {
        let ask = self.hub.ask("PATCH", &format!("/api/v1/{path}"));
        ask.by(by).json(&body).await
    }

    async fn get(&self, by: &str, path: &str) -> Value {
        let ask = self.hub.get(&format!("/api/v1/{path}"));
        ask.by(by).send().await.expect(200)
    }

    async fn act(&self, by: &str, path: &str) -> crate::kit::Answer {
        let ask = self.hub.post(&format!("/api/v1/{path}"));
        ask.by(by).send().await
    }

    /// An order of so many of each of these dishes, sent or not.
    async fn order(&self, table: usize, dishes: &[(usize, u16)], send: bool) -> Value {
        let item = |(dish, quantity): &(usize, u16)| json!({"dishId": self.floor.dishes[*dish], "quantity": quantity});
        let items: Vec<Value> = dishes.iter().map(item).collect();
        let body =
            json!({"tableId": self.floor.tables[table], "guests": 2, "items": items, "send": send});
        self.post(&self.ana, "orders", body).await.expect(201)
    }

    async fn bill(&self, order: &Value) -> Value {
        let body = json!({"orderId": order["id"]});
        self.post(&self.ana, "billing/bills", body)
            .await
            .expect(201)
    }

    async fn table(&self, order: &Value) -> Value {
        let table = id(order, "tableId");
        self.get(&self.ana, &format!("tables/{table}")).await
    }

    /// The events since a cursor, as type and data.
    async fn events(&self, after: &str) -> Vec<(String, Value)> {
        let path = format!("events?limit=200&after={after}");
        let page = self.get(&self.admin, &path).await;
        let events = page["items"].as_array().unwrap().iter();
        let told = |event: &Value| {
            (
                event["type"].as_str().unwrap().into(),
                event["data"].clone(),
            )
        };
        events.map(told).collect()
    }

    /// Where the feed ends now.
    async fn now(&self) -> String {
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/events?limit=200{after}");
            let ask = self.hub.get(&path).unheard().by(&self.admin);
            let page = ask.send().await.expect(200);
            let next = page["next"].as_str().unwrap().to_owned();
            if page["items"].as_array().unwrap().is_empty() {
                return next;
            }
            after = format!("&after={next}");
        }
    }
}

fn id(of: &Value, field: &str) -> String {
    of[field].as_str().expect("an id").to_owned()
}

fn item(order: &Value, at: usize) -> String {
    id(&order["items"][at], "id")
}

fn statuses(order: &Value) -> Vec<&str> {
    let items = order["items"].as_array().unwrap().iter();
    items.map(|item| item["status"].as_str().unwrap()).collect()
}

async fn a_dish_with_a_choice_goes_from_the_tap_to_the_receipt(store: Store) -> Transcript {
    let house = House::open(store).await;
    let (rare, done) = (fresh(), fresh());
    let group = json!({"name": "How", "min": 1, "max": 1, "options": [
        {"id": rare, "name": "Rare"}, {"id": done, "name": "Well done", "price": 100}]});
    let group = house
        .post(&house.admin, "menu/modifier-groups", group)
        .await;
    let group = group.expect(201);
    let category = json!({"name": "From the fire", "position": 9});
    let category = house.post(&house.admin, "menu/categories", category).await;
    let category = category.expect(201);
    let dish = json!({"categoryId": category["id"], "name": "Côte de bœuf", "price": 3000, "taxRate": "10",
        "modifierGroupIds": [group["id"]], "stations": ["grill"], "allergens": ["Mustard"], "kitchenName": "Côte"});
    let dish = house
        .post(&house.admin, "menu/dishes", dish)
        .await
        .expect(201);

    let items = |modifiers: Value| {
        json!({"tableId": house.floor.tables[3], "guests": 2,
            "items": [{"dishId": dish["id"], "quantity": 2, "modifiers": modifiers, "note": "no salt"}]})
    };
    for (wrong, named, code) in [
        (json!([]), "items[0].modifiers", "too_few"),
        (json!([rare, done]), "items[0].modifiers", "too_many"),
        (json!([rare, fresh()]), "items[0].modifiers[1]", "unknown"),
        (json!(["x"]), "items[0].modifiers[0]", "malformed"),
    ] {
        let refused = house.post(&house.ana, "orders", items(wrong)).await;
        let refused = refused.refused(422, "invalid");
        let error = &refused["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(named), &json!(code))
        );
    }
    let order = house.post(&house.ana, "orders", items(json!([done]))).await;
    let order = order.expect(201);
    let line = &order["items"][0];
    assert_eq!(
        (&line["unitPrice"], &line["total"]),
        (&json!(3000), &json!(6200))
    );
    assert_eq!(
        line["modifiers"],
        json!([{"id": done, "name": "Well done", "price": 100}])
    );

    let path = format!("orders/{}", id(&order, "id"));
    let sent = house
        .act(&house.ana, &format!("{path}/send"))
        .await
        .expect(200);
    assert_eq!(
        (&sent["status"], &sent["due"]),
        (&json!("sent"), &json!(6200))
    );
    let board = house
        .get(&house.kitchen, "kitchen/tickets?station=grill")
        .await;
    let ticket = &board["items"][0];
    assert_eq!(
        ticket["lines"][0]["modifiers"],
        json!([{"id": done, "name": "Well done"}]),
        "and no money"
    );
    assert_eq!(
        (
            &ticket["lines"][0]["note"],
            &ticket["lines"][0]["allergens"]
        ),
        (&json!("no salt"), &json!(["Mustard"]))
    );
    let ready = json!({"status": "ready"});
    let path_of_item = format!("kitchen/items/{}", item(&order, 0));
    house
        .patch(&house.kitchen, &path_of_item, ready)
        .await
        .expect(200);
    assert_eq!(house.table(&order).await["status"], "ready");
    let served = json!({"status": "served"});
    let served = house
        .patch(&house.ana, &format!("{path}/status"), served)
        .await;
    assert_eq!(served.expect(200)["status"], "served");

    let bill = house.bill(&order).await;
    assert_eq!(house.table(&order).await["status"], "bill");
    for (field, value) in [
        ("status", json!("open")),
        ("number", Value::Null),
        ("total", json!(6200)),
        ("due", json!(6200)),
        ("paid", json!(0)),
        ("tips", json!(0)),
        ("currency", json!("EUR")),
        ("tableName", json!("T4")),
        (
            "taxes",
            json!([{"rate": "10", "inclusive": true, "base": 6200, "amount": 564}]),
        ),
    ] {
        assert_eq!(bill[field], value, "{field}");
    }
    let of_bill = format!("billing/bills/{}", id(&bill, "id"));
    let receipt = format!("/api/v1/{of_bill}/receipt");
    let page = house
        .hub
        .get(&receipt)
        .unheard()
        .by(&house.ana)
        .send()
        .await;
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(page.text.contains("Provisional"), "{}", page.text);

    let before = house.now().await;
    let cash = json!({"method": "cash", "amount": 6200, "tip": 300, "tendered": 7000});
    let paid = house
        .post(&house.ana, &format!("{of_bill}/payments"), cash)
        .await;
    assert!(paid.header("location").is_some());
    let paid = paid.expect(201);
    for (field, value) in [
        ("method", json!("cash")),
        ("amount", json!(6200)),
        ("tip", json!(300)),
        ("tendered", json!(7000)),
        ("change", json!(500)),
        ("byName", json!("Ana Sousa")),
    ] {
        assert_eq!(paid[field], value, "{field}");
    }
    let now = house.get(&house.ana, &of_bill).await;
    assert_eq!(
        (&now["status"], &now["due"], &now["tips"]),
        (&json!("paid"), &json!(0), &json!(300))
    );
    assert!(now["number"].is_number(), "numbered when it is paid");
    let order = house.get(&house.ana, &path).await;
    assert_eq!(
        (&order["status"], &order["paid"], &order["due"]),
        (&json!("completed"), &json!(6200), &json!(0))
    );
    assert_eq!(house.table(&order).await["status"], "free");
    let told = house.events(&before).await;
    let types: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        types,
        [
            "order.completed",
            "table.updated",
            "payment.processed",
            "bill.completed"
        ]
    );
    assert_eq!(told[0].1, order, "the whole order, as REST tells it");
    assert_eq!(told[3].1, now);
    assert_eq!(
        (
            &told[2].1["billId"],
            &told[2].1["orderId"],
            &told[2].1["tip"]
        ),
        (&bill["id"], &order["id"], &json!(300))
    );

    let first = house
        .hub
        .get(&receipt)
        .unheard()
        .by(&house.ana)
        .send()
        .await
        .text;
    assert!(
        first.contains("Côte de bœuf")
            && first.contains("Well done")
            && first.contains("62.00 EUR"),
        "{first}"
    );
    assert!(!first.contains("Provisional") && !first.contains("Copy"));
    let second = house
        .hub
        .get(&receipt)
        .unheard()
        .by(&house.ana)
        .send()
        .await
        .text;
    assert!(second.contains("Copy"), "a copy says so");
    let german = json!({"language": "de"});
    house
        .patch(&house.admin, "settings", german)
        .await
        .expect(200);
    let german = house
        .hub
        .get(&receipt)
        .unheard()
        .by(&house.ana)
        .send()
        .await
        .text;
    assert!(german.contains("lang=\"de\"") && german.contains("62,00 EUR"));
    house.hub.told()
}

async fn the_kitchen_takes_lines_and_tickets_forward_and_back(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1), (1, 2)], true).await;
    let board = house.get(&house.kitchen, "kitchen/tickets").await;
    let ticket = id(&board["items"][0], "id");
    let path = format!("kitchen/items/{}", item(&order, 0));
    let to = |status: &str| json!({"status": status});
    let preparing = house
        .patch(&house.kitchen, &path, to("preparing"))
        .await
        .expect(200);
    assert_eq!(preparing["status"], "preparing");
    assert!(
        preparing.get("unitPrice").is_none(),
        "no money for the kitchen"
    );
    house
        .patch(&house.kitchen, &path, to("preparing"))
        .await
        .expect(200);
    house
        .patch(&house.kitchen, &path, to("ready"))
        .await
        .expect(200);
    let back = house.patch(&house.kitchen, &path, to("preparing")).await;
    back.refused(409, "backward");
    let order_path = format!("orders/{}", id(&order, "id"));
    assert_eq!(
        house.get(&house.ana, &order_path).await["status"],
        "sent",
        "that of its least advanced line"
    );
    let shown = house
        .get(&house.kitchen, "kitchen/tickets?status=preparing")
        .await;
    assert_eq!(shown["items"][0]["id"], json!(ticket));

    let recall = format!("kitchen/tickets/{ticket}/recall");
    house
        .act(&house.kitchen, &recall)
        .await
        .refused(409, "not_bumped");
    let bump = format!("kitchen/tickets/{ticket}/bump");
    let bumped = house.act(&house.kitchen, &bump).await.expect(200);
    assert_eq!(bumped["status"], "bumped");
    assert_eq!(bumped["lines"][1]["status"], "ready");
    assert_eq!(
        house.act(&house.kitchen, &bump).await.expect(200),
        bumped,
        "once"
    );
    assert_eq!(house.get(&house.ana, &order_path).await["status"], "ready");
    assert_eq!(
        house.get(&house.kitchen, "kitchen/tickets").await["items"],
        json!([])
    );
    let shown = house
        .get(&house.kitchen, "kitchen/tickets?status=bumped&limit=200")
        .await;
    let shown = shown["items"].as_array().unwrap();
    assert!(shown.iter().any(|shown| shown["id"] == json!(ticket)));
    let recalled = house.act(&house.kitchen, &recall).await.expect(200);
    assert_eq!(recalled["status"], "preparing");
    assert_eq!(
        statuses(&house.get(&house.ana, &order_path).await),
        ["preparing", "preparing"]
    );

    let to = json!({"status": "ready", "station": "bar"});
    let wrong = house
        .patch(&house.kitchen, &path, to)
        .await
        .refused(422, "invalid");
    assert_eq!(wrong["errors"][0]["field"], "station");
    for status in ["served", "new", "", "eaten"] {
        let wrong = house
            .patch(&house.kitchen, &path, json!({"status": status}))
            .await;
        assert_eq!(
            wrong.refused(422, "invalid")["errors"][0]["field"],
            "status"
        );
    }
    let ready = json!({"status": "ready"});
    for nothing in [fresh().to_string(), "x".to_owned()] {
        let path = format!("kitchen/items/{nothing}");
        house
            .patch(&house.kitchen, &path, ready.clone())
            .await
            .refused(404, "not_found");
        let path = format!("kitchen/tickets/{nothing}/bump");
        house
            .act(&house.kitchen, &path)
            .await
            .refused(404, "not_found");
    }
    house
        .patch(&house.ana, &path, ready)
        .await
        .refused(403, "forbidden");
    house.act(&house.ana, &bump).await.refused(403, "forbidden");
    let draft = house.order(1, &[(0, 1)], false).await;
    let path = format!("kitchen/items/{}", item(&draft, 0));
    let early = house
        .patch(&house.kitchen, &path, json!({"status": "ready"}))
        .await;
    early.refused(409, "not_sent");
    house.hub.told()
}

async fn what_was_sent_is_voided_for_a_reason_and_what_cooks_by_a_manager(
    store: Store,
) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1), (1, 1), (2, 1)], true).await;
    let path = |at: usize| format!("orders/{}/items/{}", id(&order, "id"), item(&order, at));
    let void = |reason: Option<&str>| json!({"status": "voided", "reason": reason});
    for none in [None, Some(""), Some("  ")] {
        let refused = house.patch(&house.ana, &path(0), void(none)).await;
        assert_eq!(
            refused.refused(422, "invalid")["errors"][0]["field"],
            "reason"
        );
    }
    let voided = house
        .patch(&house.ana, &path(0), void(Some("changed mind")))
        .await;
    let voided = voided.expect(200);
    assert_eq!(statuses(&voided), ["voided", "sent", "sent"]);
    assert_eq!(
        voided["total"],
        json!(1600 + 1750),
        "voided ones do not count"
    );
    house
        .patch(&house.ana, &path(0), void(Some("again")))
        .await
        .refused(409, "already_voided");
    let cooking = format!("kitchen/items/{}", item(&order, 1));
    let preparing = json!({"status": "preparing"});
    house
        .patch(&house.kitchen, &cooking, preparing)
        .await
        .expect(200);
    let key = |by: &str| {
        let ask = house.hub.ask("PATCH", &format!("/api/v1/{}", path(1)));
        ask.by(by).key("void-1")
    };
    let no = key(&house.ana).json(&void(Some("too slow"))).await;
    no.refused(403, "approval_required");
    let no = key(&house.ana).json(&void(Some("too slow"))).await;
    assert!(
        no.header("idempotency-replayed").is_none(),
        "a 403 is not kept"
    );
    let yes = key(&house.manager).json(&void(Some("too slow"))).await;
    assert_eq!(statuses(&yes.expect(200)), ["voided", "voided", "sent"]);
    let last = house
        .patch(&house.ana, &path(2), void(Some("they left")))
        .await;
    assert_eq!(
        last.expect(200)["status"],
        "open",
        "all of its lines are voided"
    );
    house.hub.told()
}

async fn drafts_change_and_what_was_sent_does_not(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], false).await;
    let path = format!("orders/{}/items/{}", id(&order, "id"), item(&order, 0));
    let all = json!({"quantity": 3, "note": "no basil", "seat": 2, "course": 2});
    let changed = house.patch(&house.ana, &path, all).await.expect(200);
    let line = &changed["items"][0];
    assert_eq!(
        (&line["quantity"], &line["total"]),
        (&json!(3), &json!(4350))
    );
    assert_eq!(
        (&line["note"], &line["seat"], &line["course"]),
        (&json!("no basil"), &json!(2), &json!(2))
    );
    let none = json!({"note": null, "seat": null});
    let changed = house.patch(&house.ana, &path, none).await.expect(200);
    let line = &changed["items"][0];
    assert_eq!(
        (&line["note"], &line["seat"], &line["quantity"]),
        (&Value::Null, &Value::Null, &json!(3))
    );
    assert_eq!(
        house.patch(&house.ana, &path, json!({})).await.expect(200),
        changed,
        "nothing asked, nothing changed"
    );
    let served = json!({"status": "served"});
    let early = house.patch(&house.ana, &path, served.clone()).await;
    early.refused(409, "not_sent");
    house
        .act(&house.ana, &format!("orders/{}/send", id(&order, "id")))
        .await
        .expect(200);
    for late in [
        json!({"quantity": 1}),
        json!({"note": "x"}),
        json!({"seat": 1}),
        json!({"course": 1}),
    ] {
        house
            .patch(&house.ana, &path, late)
            .await
            .refused(409, "already_sent");
    }
    let served = house.patch(&house.ana, &path, served).await.expect(200);
    assert_eq!(
        (statuses(&served), &served["status"]),
        (vec!["served"], &json!("served"))
    );
    house.hub.told()
}

async fn an_id_names_one_item_of_one_order(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], true).await;
    let other = house.order(1, &[], false).await;
    let line = json!({"id": item(&order, 0), "dishId": house.floor.dishes[1], "quantity": 1});
    let items = json!({"items": [line]});
    for of in [&order, &other] {
        let path = format!("orders/{}/items", id(of, "id"));
        let taken = house.post(&house.ana, &path, items.clone()).await;
        taken.refused(409, "already_exists");
    }
    let body = json!({"tableId": house.floor.tables[2], "guests": 1, "items": [line]});
    let taken = house.post(&house.ana, "orders", body).await;
    taken.refused(409, "already_exists");
    let body = json!({"tableId": house.floor.tables[2], "guests": 1, "items": [
        {"id": fresh(), "dishId": house.floor.dishes[1], "quantity": 1}]});
    let ask = || {
        house
            .hub
            .post("/api/v1/orders")
            .by(&house.ana)
            .key("open-1")
    };
    let first = ask().json(&body).await.expect(201);
    assert_eq!(
        ask().json(&body).await.expect(201),
        first,
        "the same answer again"
    );
    house.hub.told()
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

async fn an_order_is_cancelled_and_its_table_is_free(store: Store) -> Transcript {
    let house = House::open(store).await;
    let order = house.order(0, &[(0, 1)], true).await;
    let path = format!("orders/{}/status", id(&order, "id"));
    let cancel = |reason: Option<&str>| json!({"status": "cancelled", "reason": reason});
    let refused = house.patch(&house.ana, &path, cancel(None)).await;
    assert_eq!(
        refused.refused(422, "invalid")["errors"][0]["field"],
        "reason"
    );
    let bill = house.bill(&order).await;
    let before = house.now().await;
    let done = house
        .patch(&house.ana, &path, cancel(Some("they left")))
        .await
        .expect(200);
    assert_eq!(
        (&done["status"], &done["total"]),
        (&json!("cancelled"), &json!(0))
    );
    assert_eq!(house.table(&order).await["status"], "free");
    let bill = house
        .get(&house.ana, &format!("billing/bills/{}", id(&bill, "id")))
        .await;
    assert_eq!(bill["status"], "void");
    let told = house.events(&before).await;
    assert_eq!(told[0].0, "order.updated");
    house
        .patch(&house.ana, &path, cancel(Some("x")))
        .await
        .refused(409, "order_closed");
    let items = json!({"items": [{"dishId": house.floor.dishes[0], "quantity": 1}]});
    let add = format!("orders/{}/items", id(&order, "id"));
    house
        .post(&house.ana, &add, items)
        .await
        .refused(409, "order_closed");
    for status in ["open", "sent", "completed", ""] {
        let bad = house
            .patch(&house.ana, &path, json!({"status": status}))
            .await;
        assert_eq!(bad.refused(422, "invalid")["errors"][0]["field"], "status");
    }
    house.hub.told()
}

async fn a_dish_that_is_gone_is_not_to_be_had(store: Store) -> Transcript {
    let house = House::open(store).await;
    let path = format!("menu/dishes/{}/availability", house.floor.dishes[0]);
    let staff = house
        .patch(&house.ana, &path, json!({"available": false}))
        .await;
    staff.refused(403, "forbidden");
    let gone = house
        .patch(&house.kitchen, &path, json!({"available": false}))
        .await
        .expect(200);
    assert_eq!(gone["available"], json!(false));
    assert!(gone.get("price").is_none());
    let body = |quantity: u16| {
        json!({"tableId": house.floor.tables[0], "guests": 2,
        "items": [{"dishId": house.floor.dishes[0], "quantity": quantity}], "send": true})
    };
    house
        .post(&house.ana, "orders", body(1))
        .await
        .refused(409, "dish_unavailable");
    let three = json!({"available": true, "remaining": 3});
    house.patch(&house.manager, &path, three).await.expect(200);
    house
        .post(&house.ana, "orders", body(4))
        .await
        .refused(409, "dish_unavailable");
    house.post(&house.ana, "orders", body(2)).await.expect(201);
    let dish = house
        .get(
            &house.ana,
            &format!("menu/dishes/{}", house.floor.dishes[0]),
        )
        .await;
    assert_eq!(dish["remaining"], json!(1), "the count falls at fire");
    for (bad, status, field) in [
        (
            json!({"available": true, "remaining": -1}),
            422,
            "remaining",
        ),
        (
            json!({"available": true, "remaining": 65536}),
            422,
            "remaining",
        ),
        (json!({"available": "no"}), 400, "available"),
        (json!({}), 400, "available"),
        (json!({"available": true, "price": 1}), 400, "price"),
    ] {
        let code = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let refused = house
            .patch(&house.kitchen, &path, bad)
            .await
            .refused(status, code);
        assert_eq!(refused["errors"][0]["field"], json!(field));
    }
    let back = house
        .patch(&house.manager, &path, json!({"available": true}))
        .await
        .expect(200);
    assert_eq!(back["remaining"], Value::Null);
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
