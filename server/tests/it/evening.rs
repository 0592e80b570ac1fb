//! One evening over REST: modifiers, the kitchen, voids, and what each of them tells.

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
    an_order_is_cancelled_and_its_table_is_free,
    a_dish_that_is_gone_is_not_to_be_had,
}

/// A restaurant's service in the words of its routes.
pub struct House {
    pub hub: Hub,
    pub floor: Floor,
    pub ana: String,
    pub manager: String,
    pub kitchen: String,
    pub admin: String,
}

impl House {
    pub async fn open(store: Store) -> Self {
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

    pub async fn post(&self, by: &str, path: &str, body: Value) -> crate::kit::Answer {
        let ask = self.hub.post(&format!("/api/v1/{path}"));
        ask.by(by).json(&body).await
    }

    pub async fn patch(&self, by: &str, path: &str, body: Value) -> crate::kit::Answer {
        let ask = self.hub.ask("PATCH", &format!("/api/v1/{path}"));
        ask.by(by).json(&body).await
    }

    pub async fn get(&self, by: &str, path: &str) -> Value {
        let ask = self.hub.get(&format!("/api/v1/{path}"));
        ask.by(by).send().await.expect(200)
    }

    pub async fn act(&self, by: &str, path: &str) -> crate::kit::Answer {
        let ask = self.hub.post(&format!("/api/v1/{path}"));
        ask.by(by).send().await
    }

    /// An order of so many of each of these dishes, sent or not.
    pub async fn order(&self, table: usize, dishes: &[(usize, u16)], send: bool) -> Value {
        let item = |(dish, quantity): &(usize, u16)| json!({"dishId": self.floor.dishes[*dish], "quantity": quantity});
        let items: Vec<Value> = dishes.iter().map(item).collect();
        let body =
            json!({"tableId": self.floor.tables[table], "guests": 2, "items": items, "send": send});
        self.post(&self.ana, "orders", body).await.expect(201)
    }

    pub async fn bill(&self, order: &Value) -> Value {
        let body = json!({"orderId": order["id"]});
        self.post(&self.ana, "billing/bills", body)
            .await
            .expect(201)
    }

    pub async fn table(&self, order: &Value) -> Value {
        let table = id(order, "tableId");
        self.get(&self.ana, &format!("tables/{table}")).await
    }

    /// The events since a cursor, as type and data.
    pub async fn events(&self, after: &str) -> Vec<(String, Value)> {
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
    pub async fn now(&self) -> String {
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

pub fn id(of: &Value, field: &str) -> String {
    of[field].as_str().expect("an id").to_owned()
}

pub fn item(order: &Value, at: usize) -> String {
    id(&order["items"][at], "id")
}

pub fn statuses(order: &Value) -> Vec<&str> {
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
