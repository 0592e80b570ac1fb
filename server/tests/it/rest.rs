//! REST: the whole shapes of the outside contract, lists by cursor, roles, and the form of every refusal.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, fresh};
use serde_json::{Value, json};

on_both! {
    an_order_is_opened_added_to_and_sent_in_whole_shapes,
    an_order_may_be_sent_as_it_is_opened,
    a_station_and_a_course_make_a_ticket_each,
    lists_come_by_cursor_in_the_order_of_creation,
    orders_are_found_by_status_table_and_time,
    a_kitchen_sees_no_money_anywhere,
    each_role_may_do_what_the_contract_says,
    a_menu_is_told_once_and_then_by_its_tag,
    a_request_has_an_id,
    what_is_no_route_and_what_is_no_method_are_problems,
    answers_are_compressed_where_that_is_asked_for,
    signing_in_says_who_and_tokens_are_checked_by_anybody,
    an_order_holds_five_hundred_lines_and_no_more,
}

const ORDER: [&str; 21] = [
    "id",
    "number",
    "tableId",
    "tableName",
    "name",
    "guests",
    "status",
    "items",
    "subtotal",
    "discount",
    "serviceCharge",
    "tax",
    "total",
    "paid",
    "due",
    "currency",
    "openedBy",
    "openedByName",
    "openedAt",
    "updatedAt",
    "revision",
];
const ITEM: [&str; 15] = [
    "id",
    "dishId",
    "name",
    "quantity",
    "unitPrice",
    "modifiers",
    "note",
    "seat",
    "course",
    "status",
    "total",
    "createdBy",
    "createdByName",
    "sentAt",
    "id",
];
const TICKET: [&str; 11] = [
    "id",
    "orderId",
    "number",
    "tableName",
    "station",
    "course",
    "by",
    "byName",
    "firedAt",
    "status",
    "lines",
];
const TICKET_LINE: [&str; 8] = [
    "itemId",
    "name",
    "quantity",
    "modifiers",
    "note",
    "seat",
    "allergens",
    "status",
];
const TABLE: [&str; 6] = ["id", "name", "room", "seats", "status", "orderIds"];
const USER: [&str; 7] = [
    "id",
    "username",
    "fullName",
    "role",
    "isActive",
    "createdAt",
    "updatedAt",
];
const DISH: [&str; 12] = [
    "id",
    "categoryId",
    "name",
    "kitchenName",
    "description",
    "price",
    "taxRate",
    "allergens",
    "available",
    "remaining",
    "modifierGroupIds",
    "stations",
];

#[track_caller]
fn whole(shape: &Value, fields: &[&str]) {
    let there = shape
        .as_object()
        .unwrap_or_else(|| panic!("an object: {shape}"));
    for field in fields {
        assert!(there.contains_key(*field), "{field} is not in {shape}");
    }
}

/// The demo's first dishes: burrata at 14.50 and octopus at 16.00, with 10 % inside.
async fn an_order_is_opened_added_to_and_sent_in_whole_shapes(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let id = fresh();
    let body = json!({"id": id, "tableId": floor.tables[3], "guests": 2, "items": [
        {"dishId": floor.dishes[0], "quantity": 2, "note": "no basil", "seat": 1, "course": 2},
        {"dishId": floor.dishes[1], "quantity": 1},
    ]});

    let opened = hub.post("/api/v1/orders").by(&ana).json(&body).await;
    assert_eq!(
        opened.header("location"),
        Some(format!("/api/v1/orders/{id}").as_str())
    );
    assert_eq!(opened.header("content-type"), Some("application/json"));
    let order = opened.expect(201);
    whole(&order, &ORDER);
    order["items"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|item| whole(item, &ITEM));
    let said = |order: &Value, field: &str| order[field].clone();
    for (field, value) in [
        ("id", json!(id)),
        ("number", json!(1)),
        ("tableName", json!("T4")),
        ("guests", json!(2)),
        ("status", json!("open")),
        ("subtotal", json!(4500)),
        ("discount", json!(0)),
        ("serviceCharge", json!(0)),
        ("tax", json!(409)),
        ("total", json!(4500)),
        ("paid", json!(0)),
        ("due", json!(4500)),
        ("currency", json!("EUR")),
        ("openedByName", json!("Ana Sousa")),
        ("revision", json!(2)),
    ] {
        assert_eq!(said(&order, field), value, "{field}");
    }
    let first = &order["items"][0];
    for (field, value) in [
        ("name", json!("Burrata, peach & basil")),
        ("quantity", json!(2)),
        ("unitPrice", json!(1450)),
        ("total", json!(2900)),
        ("note", json!("no basil")),
        ("seat", json!(1)),
        ("course", json!(2)),
        ("status", json!("draft")),
        ("sentAt", Value::Null),
        ("modifiers", json!([])),
        ("createdByName", json!("Ana Sousa")),
    ] {
        assert_eq!(first[field], value, "{field}");
    }
    assert_eq!(
        (
            &order["items"][1]["note"],
            &order["items"][1]["seat"],
            &order["items"][1]["course"]
        ),
        (&Value::Null, &Value::Null, &json!(1))
    );

    let path = format!("/api/v1/orders/{id}");
    let items = json!({"items": [{"dishId": floor.dishes[2], "quantity": 1}]});
    let added = hub
        .post(&format!("{path}/items"))
        .by(&ana)
        .json(&items)
        .await;
    assert!(added.header("location").is_some(), "a creation says where");
    let added = added.expect(201);
    assert_eq!(
        (&added["items"].as_array().unwrap().len(), &added["total"]),
        (&3, &json!(6250))
    );

    let sent = hub
        .post(&format!("{path}/send"))
        .by(&ana)
        .send()
        .await
        .expect(200);
    assert_eq!(sent["status"], "sent");
    assert!(
        sent["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["status"] == "sent" && item["sentAt"].is_string())
    );
    let again = hub
        .post(&format!("{path}/send"))
        .by(&ana)
        .send()
        .await
        .expect(200);
    assert_eq!(again, sent, "with nothing unsent: 200, unchanged");
    assert_eq!(hub.get(&path).by(&ana).send().await.expect(200), sent);

    let table = hub
        .get(&format!("/api/v1/tables/{}", floor.tables[3]))
        .by(&ana)
        .send()
        .await
        .expect(200);
    whole(&table, &TABLE);
    assert_eq!(
        (&table["status"], &table["orderIds"], &table["room"]),
        (&json!("occupied"), &json!([id]), &json!("Terrace"))
    );
    let taken = hub.post("/api/v1/orders").by(&ana).json(&body).await;
    taken.refused(409, "already_exists");
    hub.told()
}

async fn an_order_may_be_sent_as_it_is_opened(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let item = json!({"dishId": floor.dishes[0], "quantity": 1});
    let body = json!({"tableId": floor.tables[0], "guests": 4, "items": [item], "send": true});
    let order = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    assert_eq!(
        (&order["status"], &order["items"][0]["status"]),
        (&json!("sent"), &json!("sent"))
    );
    let path = format!("/api/v1/orders/{}/items", order["id"].as_str().unwrap());
    let more = hub
        .post(&path)
        .by(&ana)
        .json(&json!({"items": [item]}))
        .await
        .expect(201);
    assert_eq!(
        (&more["status"], &more["items"][1]["status"]),
        (&json!("sent"), &json!("draft"))
    );
    let all = hub
        .post(&path)
        .by(&ana)
        .json(&json!({"items": [item], "send": true}))
        .await
        .expect(201);
    assert!(
        all["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["status"] == "sent"),
        "it fires what was unsent too"
    );
    hub.told()
}

async fn a_station_and_a_course_make_a_ticket_each(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, kitchen, floor) = (
        hub.token("ana").await,
        hub.token("kitchen").await,
        Floor::of(&hub).await,
    );
    let espresso = floor.dishes.len() - 1;
    let item = |dish: usize, course: u8| json!({"dishId": floor.dishes[dish], "quantity": 1, "course": course});
    let items = json!([item(0, 1), item(1, 1), item(8, 2), item(espresso, 2)]);
    let body = json!({"tableId": floor.tables[0], "guests": 4, "items": items, "send": true});
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);

    let all = hub
        .get("/api/v1/kitchen/tickets")
        .by(&kitchen)
        .send()
        .await
        .expect(200);

    let tickets = all["items"].as_array().unwrap();
    for ticket in tickets {
        whole(ticket, &TICKET);
        ticket["lines"]
            .as_array()
            .unwrap()
            .iter()
            .for_each(|line| whole(line, &TICKET_LINE));
        assert_eq!(
            (&ticket["status"], &ticket["byName"], &ticket["tableName"]),
            (&json!("new"), &json!("Ana Sousa"), &json!("T1"))
        );
    }
    let mut shown: Vec<_> = tickets
        .iter()
        .map(|ticket| {
            format!(
                "{} {} {}",
                ticket["station"],
                ticket["course"],
                ticket["lines"].as_array().unwrap().len()
            )
        })
        .collect();
    shown.sort();
    assert_eq!(shown, ["\"bar\" 2 1", "\"kitchen\" 1 2", "\"kitchen\" 2 1"]);
    let bar = hub
        .get("/api/v1/kitchen/tickets?station=bar")
        .by(&kitchen)
        .send()
        .await
        .expect(200);
    assert_eq!(bar["items"].as_array().unwrap().len(), 1);
    for status in ["preparing", "ready", "bumped"] {
        let none = hub
            .get(&format!("/api/v1/kitchen/tickets?status={status}"))
            .by(&kitchen)
            .send()
            .await
            .expect(200);
        assert_eq!(none["items"], json!([]), "{status}");
    }
    hub.told()
}

async fn opened(hub: &Hub, token: &str, table: &impl serde::Serialize) -> String {
    let body = json!({"tableId": table, "guests": 2, "items": []});
    let order = hub
        .post("/api/v1/orders")
        .by(token)
        .json(&body)
        .await
        .expect(201);
    order["id"].as_str().unwrap().to_owned()
}

/// Every page from the first to the last, each of at most `limit` items.
async fn pages(hub: &Hub, path: &str, token: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = hub
            .get(&format!("{path}?limit={limit}{after}"))
            .by(token)
            .send()
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "a page holds at most {limit}");
        all.extend(items.iter().cloned());
        let Some(next) = page["next"].as_str() else {
            return all;
        };
        assert_eq!(items.len(), limit, "a page that is not the last is full");
        after = format!("&after={next}");
    }
}

async fn lists_come_by_cursor_in_the_order_of_creation(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(opened(&hub, &ana, &floor.tables[n]).await);
    }
    for limit in [1, 2, 3, 7, 8, 200] {
        let listed = pages(&hub, "/api/v1/orders", &ana, limit).await;
        let listed: Vec<_> = listed
            .iter()
            .map(|order| order["id"].as_str().unwrap())
            .collect();
        assert_eq!(listed, ids, "in pages of {limit}");
        assert_eq!(pages(&hub, "/api/v1/tables", &ana, limit).await.len(), 12);
    }
    let item = json!({"dishId": floor.dishes[0], "quantity": 1});
    let bar = json!({"dishId": floor.dishes[floor.dishes.len() - 1], "quantity": 1});
    for id in &ids[..4] {
        for _ in 0..2 {
            let body = json!({"items": [item, bar], "send": true});
            hub.post(&format!("/api/v1/orders/{id}/items"))
                .by(&ana)
                .json(&body)
                .await
                .expect(201);
        }
    }
    for limit in [1, 3, 5, 200] {
        let tickets = pages(&hub, "/api/v1/kitchen/tickets", &ana, limit).await;
        let mut ids: Vec<_> = tickets
            .iter()
            .map(|ticket| ticket["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 16, "in pages of {limit}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 16, "each ticket once");
    }
    for bad in [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=-1",
        "after=!!",
        "after=AAAA",
        "after=",
        "unknown=1",
    ] {
        for path in ["orders", "tables", "kitchen/tickets"] {
            hub.get(&format!("/api/v1/{path}?{bad}"))
                .by(&ana)
                .send()
                .await
                .refused(400, "bad_request");
        }
    }
}

async fn orders_are_found_by_status_table_and_time(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let first = opened(&hub, &ana, &floor.tables[0]).await;
    let item = json!({"dishId": floor.dishes[0], "quantity": 1});
    let body = json!({"tableId": floor.tables[1], "guests": 2, "items": [item], "send": true});
    let second = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    let found = async |query: &str| -> Vec<String> {
        let list = hub
            .get(&format!("/api/v1/orders?{query}"))
            .by(&ana)
            .send()
            .await
            .expect(200);
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|order| order["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let sent = vec![second["id"].as_str().unwrap().to_owned()];
    let first = vec![first];
    assert_eq!(found("status=open").await, first);
    assert_eq!(found("status=sent").await, sent);
    assert_eq!(found(&format!("tableId={}", floor.tables[0])).await, first);
    assert_eq!(
        found(&format!("tableId={}", fresh())).await,
        Vec::<String>::new()
    );
    assert_eq!(
        found(&format!("since={}", second["updatedAt"].as_str().unwrap())).await,
        sent
    );
    assert_eq!(found("since=2000-01-01T00:00:00Z").await.len(), 2);
    assert_eq!(found("since=2999-01-01T00:00:00.000Z").await.len(), 0);
    for status in ["preparing", "ready", "served", "completed", "cancelled"] {
        assert_eq!(
            found(&format!("status={status}")).await.len(),
            0,
            "{status} is a status that an order can have"
        );
    }
    for bad in [
        "status=draft",
        "status=",
        "status=OPEN",
        "tableId=T4",
        "since=yesterday",
        "since=",
        "guests=2",
    ] {
        hub.get(&format!("/api/v1/orders?{bad}"))
            .by(&ana)
            .send()
            .await
            .refused(400, "bad_request");
    }
}

/// No key in the value, however deep, is one of money.
fn without_money(value: &Value) {
    const MONEY: [&str; 12] = [
        "unitPrice",
        "price",
        "total",
        "subtotal",
        "discount",
        "serviceCharge",
        "tax",
        "taxRate",
        "paid",
        "due",
        "tips",
        "amount",
    ];
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            assert!(!MONEY.contains(&name.as_str()), "{name} is money");
            without_money(value);
        }),
        Value::Array(items) => items.iter().for_each(without_money),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

async fn a_kitchen_sees_no_money_anywhere(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, kitchen, floor) = (
        hub.token("ana").await,
        hub.token("kitchen").await,
        Floor::of(&hub).await,
    );
    let item = json!({"dishId": floor.dishes[0], "quantity": 1});
    let body = json!({"tableId": floor.tables[0], "guests": 4, "items": [item], "send": true});
    let order = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    let one = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
    for path in [
        "/api/v1/orders",
        &one,
        "/api/v1/tables",
        "/api/v1/menu",
        "/api/v1/kitchen/tickets",
    ] {
        without_money(&hub.get(path).by(&kitchen).send().await.expect(200));
    }
    let seen = hub.get(&one).by(&kitchen).send().await.expect(200);
    let rest: Vec<_> = ORDER
        .into_iter()
        .filter(|field| {
            !order[*field].is_number() || ["number", "guests", "revision"].contains(field)
        })
        .collect();
    whole(&seen, &rest);
    hub.told()
}

async fn each_role_may_do_what_the_contract_says(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let everybody = ["admin", "manager", "ana", "kitchen"];
    let id = opened(&hub, &hub.token("ana").await, &floor.tables[0]).await;
    for who in everybody {
        let token = hub.token(who).await;
        for path in ["orders", "tables", "menu", "kitchen/tickets"] {
            hub.get(&format!("/api/v1/{path}"))
                .by(&token)
                .send()
                .await
                .expect(200);
        }
        let takes = if who == "kitchen" { 403 } else { 200 };
        assert_eq!(
            hub.post(&format!("/api/v1/orders/{id}/send"))
                .by(&token)
                .send()
                .await
                .status,
            takes,
            "{who}"
        );
        // Who may not is told so before what they sent is looked at.
        let body = hub
            .post("/api/v1/orders")
            .by(&token)
            .raw("text/plain", "nonsense")
            .await;
        assert_eq!(
            body.status,
            if who == "kitchen" { 403 } else { 415 },
            "{who}"
        );
        let reads = if ["admin", "manager"].contains(&who) {
            200
        } else {
            403
        };
        assert_eq!(
            hub.get("/api/v1/events").by(&token).send().await.status,
            reads,
            "{who}"
        );
        let revokes = if who == "admin" { 404 } else { 403 };
        assert_eq!(
            hub.delete(&format!("/api/v1/devices/{}", fresh()))
                .by(&token)
                .send()
                .await
                .status,
            revokes,
            "{who}"
        );
    }
    hub.told()
}

async fn a_menu_is_told_once_and_then_by_its_tag(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, admin) = (hub.token("ana").await, hub.token("admin").await);
    let first = hub.get("/api/v1/menu").by(&ana).send().await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let menu = first.expect(200);
    whole(
        &menu,
        &["revision", "categories", "dishes", "modifierGroups"],
    );
    menu["dishes"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|dish| whole(dish, &DISH));
    menu["categories"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|group| whole(group, &["id", "name", "position"]));
    let same = hub
        .get("/api/v1/menu")
        .by(&ana)
        .header("if-none-match", &tag)
        .send()
        .await;
    assert_eq!(
        (same.status, same.text.as_str(), same.header("etag")),
        (304, "", Some(tag.as_str()))
    );
    let kitchen = hub
        .get("/api/v1/menu")
        .by(&hub.token("kitchen").await)
        .header("if-none-match", &tag)
        .send()
        .await;
    assert_eq!(kitchen.status, 200, "another's view of it is another thing");
    let feed = hub
        .get("/api/v1/events?types=menu.updated&limit=200")
        .unheard()
        .by(&admin)
        .send()
        .await
        .expect(200);
    let last = feed["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        last["data"]["revision"], menu["revision"],
        "the feed and the menu count alike"
    );
    hub.told()
}

async fn a_request_has_an_id(store: Store) {
    let hub = Hub::demo(store).await;
    let given = hub
        .get("/api/v1/orders")
        .header("x-request-id", "from-the-till-7")
        .send()
        .await;
    assert_eq!(given.header("x-request-id"), Some("from-the-till-7"));
    assert_eq!(
        given.refused(401, "unauthorized")["requestId"],
        "from-the-till-7"
    );
    let made = hub.get("/api/v1/orders").send().await;
    let id = made.header("x-request-id").expect("one is made").to_owned();
    assert_eq!(made.refused(401, "unauthorized")["requestId"], json!(id));
    let long = hub
        .get("/livez")
        .header("x-request-id", &"x".repeat(129))
        .send()
        .await;
    assert!(
        long.header("x-request-id").is_some_and(|id| id.len() < 129),
        "one that is no id is not taken"
    );
}

async fn what_is_no_route_and_what_is_no_method_are_problems(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    for path in [
        "/api/v1/nothing",
        "/api/v1",
        "/api/v1/orders/not-an-id",
        "/api/v2/orders",
        "/nothing.html",
    ] {
        hub.get(path)
            .by(&ana)
            .send()
            .await
            .refused(404, "not_found");
    }
    hub.get(&format!("/api/v1/orders/{}", fresh()))
        .by(&ana)
        .send()
        .await
        .refused(404, "not_found");
    let wrong = [
        ("DELETE", "/api/v1/orders"),
        ("PUT", "/api/v1/orders"),
        ("GET", "/api/v1/auth/login"),
        ("POST", "/api/v1/menu"),
        ("GET", "/api/v1/sync/push"),
        ("POST", "/health"),
        ("PUT", "/livez"),
        ("POST", "/"),
        ("DELETE", "/kitchen/"),
    ];
    for (method, path) in wrong {
        let answer = hub.ask(method, path).by(&ana).send().await;
        assert!(
            answer.header("allow").is_some(),
            "{method} {path} says what is allowed"
        );
        answer.refused(405, "method_not_allowed");
    }
}

async fn answers_are_compressed_where_that_is_asked_for(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    let plain = hub
        .get("/api/v1/menu")
        .by(&ana)
        .header("accept-encoding", "identity")
        .send()
        .await;
    assert!(plain.header("content-encoding").is_none());
    // The client undoes gzip by itself, and fails where what says it is gzip is not.
    let small = hub.get("/api/v1/menu").by(&ana).send().await;
    assert_eq!(small.expect(200), plain.expect(200));
    hub.get("/api/v1/menu")
        .send()
        .await
        .refused(401, "unauthorized");
}

async fn signing_in_says_who_and_tokens_are_checked_by_anybody(store: Store) {
    let hub = Hub::demo(store).await;
    let login = async |name: &str, password: &str| {
        hub.post("/api/v1/auth/login")
            .json(&json!({"username": name, "password": password}))
            .await
    };
    let answer = login("ana", "demo-ana").await.expect(200);
    whole(
        &answer,
        &["accessToken", "refreshToken", "expiresIn", "user"],
    );
    whole(&answer["user"], &USER);
    assert_eq!(
        (&answer["user"]["role"], &answer["user"]["isActive"]),
        (&json!("staff"), &json!(true))
    );
    assert_eq!(answer["expiresIn"], 900);
    for (name, password) in [
        ("ana", "wrong"),
        ("nobody", "demo-ana"),
        ("Ana", "demo-ana"),
        ("a\u{0}b", "x"),
        ("", ""),
    ] {
        login(name, password)
            .await
            .refused(401, "wrong_credentials");
    }
    let token = answer["accessToken"].as_str().unwrap();
    let keys = hub.get("/api/v1/auth/jwks.json").send().await.expect(200);
    let key = &keys["keys"][0];
    assert_eq!(
        (&key["kty"], &key["crv"], &key["alg"]),
        (&json!("EC"), &json!("P-256"), &json!("ES256"))
    );
    let decoding = jsonwebtoken::DecodingKey::from_ec_components(
        key["x"].as_str().unwrap(),
        key["y"].as_str().unwrap(),
    )
    .unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.validate_aud = false;
    let read = jsonwebtoken::decode::<Value>(token, &decoding, &validation).expect("a good token");
    assert_eq!(read.header.kid.as_deref(), key["kid"].as_str());
    whole(
        &read.claims,
        &[
            "sub",
            "sid",
            "username",
            "role",
            "restaurantId",
            "exp",
            "iat",
            "iss",
            "aud",
        ],
    );
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[2] = parts[2].chars().rev().collect();
    hub.get("/api/v1/orders")
        .by(&parts.join("."))
        .send()
        .await
        .refused(401, "unauthorized");
    let none = "eyJhbGciOiJub25lIn0";
    hub.get("/api/v1/orders")
        .by(&format!("{none}.{}.", parts[1]))
        .send()
        .await
        .refused(401, "unauthorized");
}

async fn an_order_holds_five_hundred_lines_and_no_more(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let id = opened(&hub, &ana, &floor.tables[0]).await;
    let path = format!("/api/v1/orders/{id}/items");
    let items = |n: usize| json!({"items": vec![json!({"dishId": floor.dishes[0], "quantity": 999}); n], "send": true});
    for _ in 0..2 {
        hub.post(&path).by(&ana).json(&items(200)).await.expect(201);
    }
    hub.post(&path)
        .by(&ana)
        .json(&items(101))
        .await
        .refused(409, "order_full");
    let full = hub.post(&path).by(&ana).json(&items(100)).await.expect(201);
    assert_eq!(full["total"], json!(500_i64 * 999 * 1450));
}
