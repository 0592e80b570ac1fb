//! Bad input by the dozen: each is refused by name, none changes anything, none is the hub's fault.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, fresh};
use serde_json::{Value, json};

on_both! {
    bad_orders_are_refused_by_field,
    bad_items_are_refused_by_field,
    bodies_that_are_no_json_are_refused,
    the_checks_come_in_the_contracts_order,
    queries_and_cursors_are_never_the_hubs_fault,
}

/// What would make this good order bad: the field, the value there, the status, the field that is named, the code.
fn table(floor: &Floor) -> Vec<(&'static str, Value, u16, &'static str, &'static str)> {
    let item = |field: &str, value: Value| {
        let mut item = json!({"dishId": floor.dishes[0], "quantity": 1});
        item[field] = value;
        json!([json!({"dishId": floor.dishes[0], "quantity": 1}), item])
    };
    vec![
        ("guests", json!(0), 422, "guests", "out_of_range"),
        ("guests", json!(1000), 422, "guests", "out_of_range"),
        ("guests", json!(-1), 422, "guests", "out_of_range"),
        ("guests", json!(i64::MAX), 422, "guests", "out_of_range"),
        ("guests", json!(2.5), 400, "guests", "wrong_type"),
        ("guests", json!(1e300), 422, "guests", "out_of_range"),
        ("guests", json!(u64::MAX), 422, "guests", "out_of_range"),
        ("guests", json!("2"), 400, "guests", "wrong_type"),
        ("guests", json!(null), 400, "guests", "wrong_type"),
        ("guests", json!([2]), 400, "guests", "wrong_type"),
        ("tableId", json!("T4"), 422, "tableId", "malformed"),
        ("tableId", json!("\u{0}"), 422, "tableId", "malformed"),
        ("tableId", json!(fresh()), 422, "tableId", "unknown"),
        ("tableId", json!(4), 400, "tableId", "wrong_type"),
        ("id", json!("x"), 422, "id", "malformed"),
        ("id", json!(7), 400, "id", "wrong_type"),
        ("send", json!("yes"), 400, "send", "wrong_type"),
        ("items", json!({}), 400, "items", "wrong_type"),
        ("items", json!([1]), 400, "items[0]", "wrong_type"),
        ("items", json!([{}]), 400, "items[0].dishId", "missing"),
        (
            "items",
            json!(vec![json!({"dishId": floor.dishes[0], "quantity": 1}); 201]),
            422,
            "items",
            "too_many",
        ),
        ("tip", json!(100), 400, "tip", "unknown"),
        ("", json!(1), 400, "", "unknown"),
        (
            "items",
            item("quantity", json!(0)),
            422,
            "items[1].quantity",
            "out_of_range",
        ),
        (
            "items",
            item("quantity", json!(1000)),
            422,
            "items[1].quantity",
            "out_of_range",
        ),
        (
            "items",
            item("quantity", json!(true)),
            400,
            "items[1].quantity",
            "wrong_type",
        ),
        (
            "items",
            item("quantity", json!(99_999_999_999_999_999_999_f64)),
            422,
            "items[1].quantity",
            "out_of_range",
        ),
        (
            "items",
            item("dishId", json!("pasta")),
            422,
            "items[1].dishId",
            "malformed",
        ),
        (
            "items",
            item("dishId", json!(fresh())),
            422,
            "items[1].dishId",
            "unknown",
        ),
        (
            "items",
            item("id", json!("line")),
            422,
            "items[1].id",
            "malformed",
        ),
        (
            "items",
            item("note", json!("a\u{0}b")),
            422,
            "items[1].note",
            "bad_character",
        ),
        (
            "items",
            item("note", json!("x".repeat(501))),
            422,
            "items[1].note",
            "too_long",
        ),
        (
            "items",
            item("note", json!(1)),
            400,
            "items[1].note",
            "wrong_type",
        ),
        (
            "items",
            item("seat", json!(0)),
            422,
            "items[1].seat",
            "out_of_range",
        ),
        (
            "items",
            item("seat", json!(100)),
            422,
            "items[1].seat",
            "out_of_range",
        ),
        (
            "items",
            item("course", json!(0)),
            422,
            "items[1].course",
            "out_of_range",
        ),
        (
            "items",
            item("course", json!(10)),
            422,
            "items[1].course",
            "out_of_range",
        ),
        (
            "items",
            item("modifiers", json!([fresh()])),
            422,
            "items[1].modifiers[0]",
            "unknown",
        ),
        (
            "items",
            item("modifiers", json!("rare")),
            400,
            "items[1].modifiers",
            "wrong_type",
        ),
        (
            "items",
            item("price", json!(1)),
            400,
            "items[1].price",
            "unknown",
        ),
    ]
}

/// How far the log has come: what has not moved it has changed nothing.
async fn head(hub: &Hub) -> Value {
    let admin = hub.token("admin").await;
    let feed = hub
        .get("/api/v1/events?limit=200")
        .unheard()
        .by(&admin)
        .send()
        .await
        .expect(200);
    let orders = hub
        .get("/api/v1/orders")
        .unheard()
        .by(&admin)
        .send()
        .await
        .expect(200);
    json!([feed, orders])
}

async fn bad_orders_are_refused_by_field(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let before = head(&hub).await;
    let good = json!({"tableId": floor.tables[0], "guests": 2, "items": [{"dishId": floor.dishes[0], "quantity": 1}]});
    for (field, value, status, named, code) in table(&floor) {
        let mut body = good.clone();
        body[field] = value;
        let refused = hub.post("/api/v1/orders").by(&ana).json(&body).await;
        let refused = refused.refused(
            status,
            if status == 400 {
                "bad_request"
            } else {
                "invalid"
            },
        );
        let errors = refused["errors"].as_array().expect("errors");
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!(named), &json!(code)),
            "{body}"
        );
        assert!(errors[0]["message"].is_string());
    }
    for missing in ["tableId", "guests", "items"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        let refused = hub
            .post("/api/v1/orders")
            .by(&ana)
            .json(&body)
            .await
            .refused(400, "bad_request");
        assert_eq!(
            (
                &refused["errors"][0]["field"],
                &refused["errors"][0]["code"]
            ),
            (&json!(missing), &json!("missing"))
        );
    }
    let mut none = good.clone();
    (none["items"], none["send"]) = (json!([]), json!(true));
    let refused = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&none)
        .await
        .refused(422, "invalid");
    assert_eq!(
        refused["errors"][0]["field"], "items",
        "sending needs an item"
    );
    let mut many = good.clone();
    (many["guests"], many["tableId"]) = (json!(0), json!("x"));
    let refused = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&many)
        .await
        .refused(422, "invalid");
    assert_eq!(
        refused["errors"].as_array().map(Vec::len),
        Some(2),
        "all that cannot be is named at once"
    );
    assert_eq!(head(&hub).await, before, "none of it has changed anything");
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&good)
        .await
        .expect(201);
    hub.told()
}

async fn bad_items_are_refused_by_field(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let body = json!({"tableId": floor.tables[0], "guests": 2, "items": []});
    let order = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    let path = format!("/api/v1/orders/{}/items", order["id"].as_str().unwrap());
    let before = head(&hub).await;
    for (_, items, status, named, code) in table(&floor)
        .into_iter()
        .filter(|(field, ..)| *field == "items")
    {
        let refused = hub
            .post(&path)
            .by(&ana)
            .json(&json!({"items": items}))
            .await;
        let refused = refused.refused(
            status,
            if status == 400 {
                "bad_request"
            } else {
                "invalid"
            },
        );
        assert_eq!(
            (
                &refused["errors"][0]["field"],
                &refused["errors"][0]["code"]
            ),
            (&json!(named), &json!(code))
        );
    }
    hub.post(&path)
        .by(&ana)
        .json(&json!({"items": []}))
        .await
        .refused(422, "invalid");
    hub.post(&path)
        .by(&ana)
        .json(&json!({}))
        .await
        .refused(400, "bad_request");
    let (one, two) = (fresh(), json!({"dishId": floor.dishes[0], "quantity": 1}));
    let mut twice = two.clone();
    twice["id"] = json!(one);
    hub.post(&path)
        .by(&ana)
        .json(&json!({"items": [twice, twice]}))
        .await
        .refused(409, "already_exists");
    let unknown = format!("/api/v1/orders/{}/items", fresh());
    hub.post(&unknown)
        .by(&ana)
        .json(&json!({"items": [two]}))
        .await
        .refused(404, "not_found");
    hub.post(&format!("/api/v1/orders/{}/send", fresh()))
        .by(&ana)
        .send()
        .await
        .refused(404, "not_found");
    assert_eq!(head(&hub).await, before, "none of it has changed anything");
    hub.told()
}

async fn bodies_that_are_no_json_are_refused(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    let ask =
        async |kind: &str, body: Vec<u8>| hub.post("/api/v1/orders").by(&ana).raw(kind, body).await;
    for body in [
        "",
        "{",
        "nonsense",
        "{\"guests\": 01}",
        "\u{feff}{}",
        "{} {}",
        "{'guests': 2}",
        "NaN",
        &"[".repeat(5000),
    ] {
        let refused = ask("application/json", body.as_bytes().to_vec())
            .await
            .refused(400, "bad_request");
        assert!(refused["errors"][0]["code"].is_string(), "{body}");
    }
    for body in ["null", "[]", "1", "\"text\""] {
        ask("application/json", body.as_bytes().to_vec())
            .await
            .refused(400, "bad_request");
    }
    ask("application/json", vec![b'"', 0xff, 0xfe, b'"'])
        .await
        .refused(400, "bad_request");
    ask("application/json", b"{\"guests\":2,\"guests\":3}".to_vec())
        .await
        .refused(400, "bad_request");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
        "x",
    ] {
        ask(kind, b"{}".to_vec())
            .await
            .refused(415, "unsupported_media_type");
    }
    hub.post("/api/v1/orders")
        .by(&ana)
        .send()
        .await
        .refused(415, "unsupported_media_type");
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        ask(kind, b"{}".to_vec()).await.refused(400, "bad_request");
    }
    ask("application/json", vec![b' '; 1024 * 1024 + 1])
        .await
        .refused(413, "too_large");
    let stream =
        futures_util::stream::iter((0..17).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let streamed = hub
        .post("/api/v1/orders")
        .by(&ana)
        .raw("application/json", reqwest::Body::wrap_stream(stream))
        .await;
    streamed.refused(413, "too_large");
    hub.told()
}

/// 401, 403, 413, 415, 400, 422, 404, 409.
async fn the_checks_come_in_the_contracts_order(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, kitchen) = (hub.token("ana").await, hub.token("kitchen").await);
    let large = vec![b' '; 1024 * 1024 + 1];
    let floor = Floor::of(&hub).await;
    for path in [
        format!("/api/v1/orders/{}/items", fresh()),
        "/api/v1/orders/not-an-id/items".to_owned(),
    ] {
        hub.post(&path)
            .raw("text/plain", large.clone())
            .await
            .refused(401, "unauthorized");
        hub.post(&path)
            .by(&kitchen)
            .raw("text/plain", large.clone())
            .await
            .refused(403, "forbidden");
        hub.post(&path)
            .by(&ana)
            .raw("text/plain", large.clone())
            .await
            .refused(413, "too_large");
        hub.post(&path)
            .by(&ana)
            .raw("text/plain", "{")
            .await
            .refused(415, "unsupported_media_type");
        hub.post(&path)
            .by(&ana)
            .raw("application/json", "{")
            .await
            .refused(400, "bad_request");
        hub.post(&path)
            .by(&ana)
            .json(&json!({"items": []}))
            .await
            .refused(422, "invalid");
        let items = json!({"items": [{"dishId": floor.dishes[0], "quantity": 1}]});
        hub.post(&path)
            .by(&ana)
            .json(&items)
            .await
            .refused(404, "not_found");
        let unknown = json!({"items": [{"dishId": fresh(), "quantity": 1}]});
        hub.post(&path).by(&ana).json(&unknown).await.refused(
            if path.contains("not-an-id") { 404 } else { 422 },
            if path.contains("not-an-id") {
                "not_found"
            } else {
                "invalid"
            },
        );
    }
    hub.told()
}

async fn queries_and_cursors_are_never_the_hubs_fault(store: Store) -> Transcript {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let before = head(&hub).await;
    let cursors = [
        "5 order:\u{0}",
        "5 ",
        "5 \u{0}",
        "-1 order:x",
        "99999999999999999999 x",
        "x y",
        "1.-1",
        "99.1",
        "1.999999",
        "\u{0}",
    ];
    for cursor in cursors.map(|cursor| BASE64.encode(cursor)) {
        for path in ["orders", "tables", "kitchen/tickets", "events"] {
            hub.get(&format!("/api/v1/{path}?after={cursor}"))
                .by(&admin)
                .send()
                .await
                .refused(400, "bad_request");
        }
    }
    for query in [
        "events?types=%00",
        "events?types=order.eaten",
        "events?types=",
        "events?limit=0",
        "events?limit=201",
        "events?after=%ff",
        "events?unknown=1",
        "orders?status=%00",
        "orders?tableId=%00",
        "orders?since=%00",
        "kitchen/tickets?status=%00",
        "kitchen/tickets?status=eaten",
        "orders?limit=1&limit=2",
        "orders?limit=%F0%28%8C%28",
    ] {
        hub.get(&format!("/api/v1/{query}"))
            .by(&admin)
            .send()
            .await
            .refused(400, "bad_request");
    }
    let none = hub
        .get("/api/v1/kitchen/tickets?station=%00")
        .by(&admin)
        .send()
        .await
        .expect(200);
    assert_eq!(none["items"], json!([]));
    for body in [
        json!({"username": "a\u{0}", "password": "b\u{0}"}),
        json!({"username": "x".repeat(100_000), "password": "y".repeat(100_000)}),
    ] {
        hub.post("/api/v1/auth/login")
            .json(&body)
            .await
            .refused(401, "wrong_credentials");
    }
    for (field, value) in [
        ("name", json!("\u{0}")),
        ("kind", json!("\u{0}")),
        ("id", json!("\u{0}")),
        ("forkOf", json!("x")),
        ("name", json!("")),
    ] {
        let mut body = json!({"name": "x", "kind": "waiter"});
        body[field] = value;
        let refused = hub
            .post("/api/v1/devices/enrol")
            .json(&body)
            .await
            .refused(422, "invalid");
        assert_eq!(refused["errors"][0]["field"], field);
    }
    let code = json!({"name": "x", "kind": "waiter", "code": "\u{0}"});
    hub.post("/api/v1/devices/enrol")
        .json(&code)
        .await
        .refused(422, "bad_code");
    assert_eq!(head(&hub).await, before);
    hub.told()
}
