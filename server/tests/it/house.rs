//! The house over REST: its tables, its menu, its settings, each in whole shapes, and bad input by the dozen.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Answer, Hub, Store, fresh};
use serde_json::{Value, json};

on_both! {
    tables_are_added_changed_and_taken_away,
    the_menu_is_made_and_changed_part_by_part,
    two_prices_at_once_are_told_of_each_other_and_open_lines_keep_theirs,
    settings_are_read_by_all_and_changed_by_admins,
    bad_tables_dishes_and_settings_are_refused_by_field,
    the_demo_has_been_lived_in,
}

async fn say(hub: &Hub, who: &str, method: &str, path: &str, body: Value) -> Answer {
    let token = hub.token(who).await;
    let ask = hub.ask(method, &format!("/api/v1/{path}")).by(&token);
    if body.is_null() {
        ask.send().await
    } else {
        ask.json(&body).await
    }
}

async fn get(hub: &Hub, path: &str) -> Value {
    say(hub, "admin", "GET", path, Value::Null)
        .await
        .expect(200)
}

async fn last_event(hub: &Hub, kind: &str) -> Value {
    let mut path = format!("events?types={kind}&limit=200");
    let mut last = Value::Null;
    loop {
        let token = hub.token("admin").await;
        let ask = hub.get(&format!("/api/v1/{path}")).unheard().by(&token);
        let page = ask.send().await.expect(200);
        let Some(event) = page["items"].as_array().unwrap().last() else {
            return last;
        };
        last = event.clone();
        let next = page["next"].as_str().unwrap();
        path = format!("events?types={kind}&limit=200&after={next}");
    }
}

async fn tables_are_added_changed_and_taken_away(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let rooms = "Winter garden";
    let new = json!({"name": "W1", "room": rooms, "seats": 4});
    for who in ["manager", "ana", "kitchen"] {
        say(&hub, who, "POST", "tables", new.clone())
            .await
            .refused(403, "forbidden");
    }
    let made = say(&hub, "admin", "POST", "tables", new).await;
    let location = made.header("location").unwrap().to_owned();
    let made = made.expect(201);
    for (field, value) in [
        ("name", json!("W1")),
        ("room", json!(rooms)),
        ("seats", json!(4)),
        ("status", json!("free")),
        ("orderIds", json!([])),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let path = location.trim_start_matches("/api/v1/").to_owned();
    assert_eq!(get(&hub, &path).await, made);
    assert_eq!(last_event(&hub, "table.updated").await["data"], made);
    let change = json!({"name": "W2", "seats": 6, "room": "Hall",
        "spot": {"x": 1, "y": 2, "width": 100, "height": 100, "round": true}});
    let changed = say(&hub, "admin", "PATCH", &path, change).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["seats"], &changed["room"]),
        (&json!("W2"), &json!(6), &json!("Hall"))
    );
    assert_eq!(last_event(&hub, "table.updated").await["data"], changed);
    let taken = json!({"id": made["id"], "name": "W3", "room": "Hall", "seats": 2});
    say(&hub, "admin", "POST", "tables", taken)
        .await
        .refused(409, "already_exists");

    let order = json!({"tableId": made["id"], "guests": 2, "items": []});
    say(&hub, "ana", "POST", "orders", order).await.expect(201);
    say(&hub, "admin", "DELETE", &path, Value::Null)
        .await
        .refused(409, "in_use");
    let floor = Floor::of(&hub).await;
    let free = format!("tables/{}", floor.tables[0]);
    let gone = say(&hub, "admin", "DELETE", &free, Value::Null).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    for method in ["GET", "DELETE", "PATCH"] {
        let body = if method == "PATCH" {
            json!({"seats": 2})
        } else {
            Value::Null
        };
        say(&hub, "admin", method, &free, body)
            .await
            .refused(404, "not_found");
    }
    let order = json!({"tableId": floor.tables[0], "guests": 2, "items": []});
    say(&hub, "ana", "POST", "orders", order)
        .await
        .refused(422, "invalid");
    let all = get(&hub, "tables").await;
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        12,
        "one more, and one less"
    );
    hub.told()
}

async fn the_menu_is_made_and_changed_part_by_part(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let before = get(&hub, "menu").await["revision"].as_i64().unwrap();
    let new = json!({"name": "Breakfast", "position": 7});
    let category = say(&hub, "admin", "POST", "menu/categories", new)
        .await
        .expect(201);
    let new = json!({"name": "Milk", "min": 0, "max": 2, "options": [
        {"name": "Oat", "price": 50}, {"name": "Soy", "price": 30}]});
    let group = say(&hub, "admin", "POST", "menu/modifier-groups", new)
        .await
        .expect(201);
    assert_eq!(group["options"][0]["name"], "Oat");
    let new = json!({"categoryId": category["id"], "name": "Porridge", "price": 700});
    let dish = say(&hub, "admin", "POST", "menu/dishes", new).await;
    let path = dish
        .header("location")
        .unwrap()
        .trim_start_matches("/api/v1/")
        .to_owned();
    let dish = dish.expect(201);
    for (field, value) in [
        ("categoryId", category["id"].clone()),
        ("taxRate", json!("0")),
        ("stations", json!(["kitchen"])),
        ("available", json!(true)),
        ("remaining", Value::Null),
        ("allergens", json!([])),
        ("modifierGroupIds", json!([])),
        ("kitchenName", Value::Null),
        ("description", Value::Null),
    ] {
        assert_eq!(dish[field], value, "{field}");
    }
    let change = json!({"price": 750, "taxRate": "8.875", "modifierGroupIds": [group["id"]],
        "allergens": ["Gluten"], "stations": ["bar", "kitchen"], "kitchenName": "Porr", "remaining": 4});
    let dish = say(&hub, "admin", "PATCH", &path, change).await.expect(200);
    for (field, value) in [
        ("price", json!(750)),
        ("taxRate", json!("8.875")),
        ("modifierGroupIds", json!([group["id"]])),
        ("stations", json!(["bar", "kitchen"])),
        ("kitchenName", json!("Porr")),
        ("remaining", json!(4)),
        ("name", json!("Porridge")),
    ] {
        assert_eq!(dish[field], value, "{field}");
    }
    let none = json!({"kitchenName": null, "remaining": null});
    let dish = say(&hub, "admin", "PATCH", &path, none).await.expect(200);
    assert_eq!(
        (&dish["kitchenName"], &dish["remaining"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(get(&hub, &path).await, dish);
    let menu = get(&hub, "menu").await;
    assert_eq!(menu["revision"], json!(before + 5), "once for each command");
    assert!(menu["dishes"].as_array().unwrap().contains(&dish));
    assert!(menu["modifierGroups"].as_array().unwrap().contains(&group));
    assert_eq!(
        last_event(&hub, "menu.updated").await["data"]["revision"],
        menu["revision"]
    );
    let as_seen = say(&hub, "kitchen", "GET", &path, Value::Null)
        .await
        .expect(200);
    assert!(as_seen.get("price").is_none() && as_seen.get("taxRate").is_none());

    let of = |kind: &str, thing: &Value| format!("menu/{kind}/{}", thing["id"].as_str().unwrap());
    let (categories, groups) = (of("categories", &category), of("modifier-groups", &group));
    for path in [&categories, &groups] {
        say(&hub, "admin", "DELETE", path, Value::Null)
            .await
            .refused(409, "in_use");
    }
    let change = json!({"name": "Brunch"});
    let changed = say(&hub, "admin", "PATCH", &categories, change)
        .await
        .expect(200);
    assert_eq!(
        (&changed["name"], &changed["position"]),
        (&json!("Brunch"), &json!(7))
    );
    let change = json!({"max": 1, "options": [{"id": group["options"][1]["id"], "name": "Soya", "price": 40}]});
    let changed = say(&hub, "admin", "PATCH", &groups, change)
        .await
        .expect(200);
    assert_eq!(changed["options"].as_array().unwrap().len(), 1);
    assert_eq!(changed["options"][0]["id"], group["options"][1]["id"]);
    for path in [&path, &groups, &categories] {
        let gone = say(&hub, "admin", "DELETE", path, Value::Null).await;
        assert_eq!((gone.status, gone.text.as_str()), (204, ""), "{path}");
        for method in ["GET", "DELETE", "PATCH"] {
            let body = if method == "PATCH" {
                json!({})
            } else {
                Value::Null
            };
            say(&hub, "admin", method, path, body)
                .await
                .refused(404, "not_found");
        }
    }
    let menu = get(&hub, "menu").await;
    assert!(
        !menu["dishes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["id"] == dish["id"])
    );
    for kind in ["categories", "dishes", "modifier-groups"] {
        for who in ["manager", "ana", "kitchen"] {
            let path = format!("menu/{kind}");
            say(&hub, who, "GET", &path, Value::Null).await.expect(200);
            say(&hub, who, "POST", &path, json!({}))
                .await
                .refused(403, "forbidden");
        }
    }
    hub.told()
}

async fn two_prices_at_once_are_told_of_each_other_and_open_lines_keep_theirs(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let path = format!("menu/dishes/{}", floor.dishes[0]);
    let was = get(&hub, &path).await["price"].as_i64().unwrap();
    let order = json!({"tableId": floor.tables[0], "guests": 2,
        "items": [{"dishId": floor.dishes[0], "quantity": 1}]});
    let order = say(&hub, "ana", "POST", "orders", order).await.expect(201);

    let to = |price: i64| json!({"price": price, "priceWas": was});
    let changed = say(&hub, "admin", "PATCH", &path, to(was + 50)).await;
    assert_eq!(changed.expect(200)["price"], was + 50);
    let other = say(&hub, "admin", "PATCH", &path, to(was + 90)).await;
    other.refused(409, "changed_meanwhile");
    let named = json!({"kitchenName": "Nr. 1", "priceWas": was + 50});
    let changed = say(&hub, "admin", "PATCH", &path, named).await.expect(200);
    assert_eq!(changed["price"], was + 50, "only what is named changes");

    let open = get(&hub, &format!("orders/{}", order["id"].as_str().unwrap())).await;
    assert_eq!(open["items"][0]["unitPrice"], was, "as the guest was told");
    assert_eq!(open["total"], order["total"]);
    hub.told()
}

async fn settings_are_read_by_all_and_changed_by_admins(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    for who in ["admin", "manager", "ana", "kitchen"] {
        let read = say(&hub, who, "GET", "settings", Value::Null)
            .await
            .expect(200);
        for field in [
            "name",
            "currency",
            "zone",
            "language",
            "dayStart",
            "pricesIncludeTax",
        ] {
            assert!(!read[field].is_null(), "{field}");
        }
    }
    let all = json!({"name": "Zur Post", "zone": "America/New_York", "language": "de", "dayStart": "05:30",
        "pricesIncludeTax": false});
    for who in ["manager", "ana", "kitchen"] {
        say(&hub, who, "PATCH", "settings", all.clone())
            .await
            .refused(403, "forbidden");
    }
    let changed = say(&hub, "admin", "PATCH", "settings", all.clone())
        .await
        .expect(200);
    for (field, value) in all.as_object().unwrap() {
        assert_eq!(&changed[field], value, "{field}");
    }
    assert_eq!(get(&hub, "settings").await, changed);
    let floor = Floor::of(&hub).await;
    let order = json!({"tableId": floor.tables[0], "guests": 2, "items": [{"dishId": floor.dishes[0], "quantity": 1}]});
    let order = say(&hub, "ana", "POST", "orders", order).await.expect(201);
    assert_eq!(
        (&order["subtotal"], &order["tax"], &order["total"]),
        (&json!(1450), &json!(145), &json!(1595)),
        "on top now"
    );
    let yen = json!({"currency": "JPY"});
    say(&hub, "admin", "PATCH", "settings", yen)
        .await
        .refused(409, "currency_fixed");
    hub.told()
}

async fn bad_tables_dishes_and_settings_are_refused_by_field(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let menu = get(&hub, "menu").await;
    let category = menu["categories"][0]["id"].clone();
    let before = json!([menu, get(&hub, "tables").await, get(&hub, "settings").await]);
    let table = json!({"name": "W1", "room": "Hall", "seats": 4});
    let dish = json!({"categoryId": category, "name": "Porridge", "price": 700});
    let group = json!({"name": "Milk", "min": 0, "max": 1, "options": [{"name": "Oat"}]});
    let named = json!({"name": "X"});
    let long = "x".repeat(101);
    let cases: Vec<(&str, &Value, &str, Value, u16, &str, &str)> = vec![
        ("tables", &table, "name", json!(""), 422, "name", "empty"),
        ("tables", &table, "name", json!(" "), 422, "name", "empty"),
        (
            "tables",
            &table,
            "name",
            json!(long),
            422,
            "name",
            "too_long",
        ),
        (
            "tables",
            &table,
            "name",
            json!("a\u{0}"),
            422,
            "name",
            "bad_character",
        ),
        (
            "tables",
            &table,
            "name",
            json!(4),
            400,
            "name",
            "wrong_type",
        ),
        ("tables", &table, "room", json!(""), 422, "room", "empty"),
        (
            "tables",
            &table,
            "room",
            json!(null),
            400,
            "room",
            "wrong_type",
        ),
        (
            "tables",
            &table,
            "seats",
            json!(0),
            422,
            "seats",
            "out_of_range",
        ),
        (
            "tables",
            &table,
            "seats",
            json!(1000),
            422,
            "seats",
            "out_of_range",
        ),
        (
            "tables",
            &table,
            "seats",
            json!(-4),
            422,
            "seats",
            "out_of_range",
        ),
        (
            "tables",
            &table,
            "seats",
            json!(2.5),
            400,
            "seats",
            "wrong_type",
        ),
        ("tables", &table, "id", json!("T1"), 422, "id", "malformed"),
        (
            "tables",
            &table,
            "position",
            json!(-1),
            422,
            "position",
            "out_of_range",
        ),
        (
            "tables",
            &table,
            "status",
            json!("free"),
            400,
            "status",
            "unknown",
        ),
        (
            "tables",
            &table,
            "spot",
            json!({}),
            400,
            "spot.x",
            "missing",
        ),
        (
            "tables",
            &table,
            "spot",
            json!({"x": 1001, "y": 0, "width": 1, "height": 1, "round": false}),
            422,
            "spot.x",
            "out_of_range",
        ),
        (
            "menu/dishes",
            &dish,
            "categoryId",
            json!("x"),
            422,
            "categoryId",
            "malformed",
        ),
        (
            "menu/dishes",
            &dish,
            "categoryId",
            json!(fresh()),
            422,
            "categoryId",
            "unknown",
        ),
        (
            "menu/dishes",
            &dish,
            "name",
            json!(""),
            422,
            "name",
            "empty",
        ),
        (
            "menu/dishes",
            &dish,
            "name",
            json!("a\u{7}"),
            422,
            "name",
            "bad_character",
        ),
        (
            "menu/dishes",
            &dish,
            "price",
            json!(-1),
            422,
            "price",
            "out_of_range",
        ),
        (
            "menu/dishes",
            &dish,
            "price",
            json!(1_i64 << 53),
            422,
            "price",
            "out_of_range",
        ),
        (
            "menu/dishes",
            &dish,
            "price",
            json!("7.00"),
            400,
            "price",
            "wrong_type",
        ),
        (
            "menu/dishes",
            &dish,
            "price",
            json!(7.5),
            400,
            "price",
            "wrong_type",
        ),
        (
            "menu/dishes",
            &dish,
            "taxRate",
            json!("ten"),
            422,
            "taxRate",
            "malformed",
        ),
        (
            "menu/dishes",
            &dish,
            "taxRate",
            json!("101"),
            422,
            "taxRate",
            "malformed",
        ),
        (
            "menu/dishes",
            &dish,
            "taxRate",
            json!("-1"),
            422,
            "taxRate",
            "malformed",
        ),
        (
            "menu/dishes",
            &dish,
            "taxRate",
            json!(10),
            400,
            "taxRate",
            "wrong_type",
        ),
        (
            "menu/dishes",
            &dish,
            "allergens",
            json!([""]),
            422,
            "allergens[0]",
            "empty",
        ),
        (
            "menu/dishes",
            &dish,
            "allergens",
            json!(["A", "A"]),
            422,
            "allergens[1]",
            "repeated",
        ),
        (
            "menu/dishes",
            &dish,
            "allergens",
            json!("Milk"),
            400,
            "allergens",
            "wrong_type",
        ),
        (
            "menu/dishes",
            &dish,
            "allergens",
            json!(vec!["x"; 51]),
            422,
            "allergens",
            "too_many",
        ),
        (
            "menu/dishes",
            &dish,
            "stations",
            json!([]),
            422,
            "stations",
            "empty",
        ),
        (
            "menu/dishes",
            &dish,
            "stations",
            json!(["a\u{0}"]),
            422,
            "stations[0]",
            "bad_character",
        ),
        (
            "menu/dishes",
            &dish,
            "modifierGroupIds",
            json!([fresh()]),
            422,
            "modifierGroupIds[0]",
            "unknown",
        ),
        (
            "menu/dishes",
            &dish,
            "modifierGroupIds",
            json!(["x"]),
            422,
            "modifierGroupIds[0]",
            "malformed",
        ),
        (
            "menu/dishes",
            &dish,
            "remaining",
            json!(-1),
            422,
            "remaining",
            "out_of_range",
        ),
        (
            "menu/dishes",
            &dish,
            "available",
            json!("yes"),
            400,
            "available",
            "wrong_type",
        ),
        (
            "menu/dishes",
            &dish,
            "description",
            json!("x".repeat(1001)),
            422,
            "description",
            "too_long",
        ),
        (
            "menu/dishes",
            &dish,
            "cost",
            json!(1),
            400,
            "cost",
            "unknown",
        ),
        (
            "menu/categories",
            &named,
            "name",
            json!(""),
            422,
            "name",
            "empty",
        ),
        (
            "menu/categories",
            &named,
            "position",
            json!(65536),
            422,
            "position",
            "out_of_range",
        ),
        (
            "menu/modifier-groups",
            &group,
            "options",
            json!([]),
            422,
            "options",
            "empty",
        ),
        (
            "menu/modifier-groups",
            &group,
            "options",
            json!([{}]),
            400,
            "options[0].name",
            "missing",
        ),
        (
            "menu/modifier-groups",
            &group,
            "options",
            json!([{"name": ""}]),
            422,
            "options[0].name",
            "empty",
        ),
        (
            "menu/modifier-groups",
            &group,
            "options",
            json!(vec![json!({"name": "x"}); 101]),
            422,
            "options",
            "too_many",
        ),
        (
            "menu/modifier-groups",
            &group,
            "min",
            json!(2),
            422,
            "min",
            "out_of_range",
        ),
        (
            "menu/modifier-groups",
            &group,
            "max",
            json!(0),
            422,
            "max",
            "out_of_range",
        ),
        (
            "menu/modifier-groups",
            &group,
            "max",
            json!(-1),
            422,
            "max",
            "out_of_range",
        ),
    ];
    for (path, good, field, value, status, named, code) in cases {
        let mut body = good.clone();
        body[field] = value;
        let words = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let refused = say(&hub, "admin", "POST", path, body.clone()).await;
        let refused = refused.refused(status, words);
        let error = &refused["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(named), &json!(code)),
            "{path} {body}"
        );
    }
    for (field, value, status) in [
        ("name", json!(""), 422),
        ("currency", json!("XXQ"), 422),
        ("currency", json!("eur"), 422),
        ("currency", json!(7), 400),
        ("zone", json!("Berlin"), 422),
        ("zone", json!("\u{0}"), 422),
        ("zone", json!("x".repeat(10_000)), 422),
        ("language", json!("German"), 422),
        ("dayStart", json!("25:00"), 422),
        ("dayStart", json!("4"), 422),
        ("dayStart", json!(240), 400),
        ("pricesIncludeTax", json!("true"), 400),
        ("demo", json!(false), 400),
    ] {
        let words = if status == 400 {
            "bad_request"
        } else {
            "invalid"
        };
        let body = json!({field: value});
        let refused = say(&hub, "admin", "PATCH", "settings", body)
            .await
            .refused(status, words);
        assert_eq!(refused["errors"][0]["field"], json!(field));
    }
    for path in ["menu/dishes", "menu/categories", "menu/modifier-groups"] {
        for bad in ["limit=0", "after=!!", "x=1", "after=AAAA"] {
            let path = format!("{path}?{bad}");
            say(&hub, "ana", "GET", &path, Value::Null)
                .await
                .refused(400, "bad_request");
        }
    }
    let menu = get(&hub, "menu").await;
    let after = json!([menu, get(&hub, "tables").await, get(&hub, "settings").await]);
    assert_eq!(after, before, "none of it has changed anything");
    hub.told()
}

async fn the_demo_has_been_lived_in(store: Store) {
    let hub = Hub::lived_in(store).await;
    let menu = get(&hub, "menu").await;
    let dishes = menu["dishes"].as_array().unwrap();
    assert!(dishes.len() >= 40 && menu["categories"].as_array().unwrap().len() == 6);
    let plain =
        |dish: &&Value| dish["modifierGroupIds"] == json!([]) && dish["remaining"].is_null();
    assert!(dishes.iter().filter(plain).count() >= 5);
    let stations: std::collections::BTreeSet<String> = dishes
        .iter()
        .flat_map(|dish| dish["stations"].as_array().unwrap())
        .map(|station| station.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        stations.into_iter().collect::<Vec<_>>(),
        ["bar", "grill", "kitchen"]
    );
    let tables = get(&hub, "tables").await;
    for table in tables["items"].as_array().unwrap() {
        assert_eq!(table["status"], "free", "the evening is over: {table}");
    }
    assert_eq!(
        get(&hub, "kitchen/tickets").await["items"],
        json!([]),
        "nothing is cooking"
    );
    for status in ["open", "sent", "preparing", "ready", "served"] {
        let orders = get(&hub, &format!("orders?status={status}")).await;
        assert_eq!(orders["items"], json!([]), "{status}");
    }
    assert_eq!(
        get(&hub, "billing/bills?status=open").await["items"],
        json!([])
    );
    let (events, _) = hub.feed(None).await;
    let now = crate::kit::now().rfc3339();
    let times: Vec<&str> = events
        .iter()
        .map(|event| event["time"].as_str().unwrap())
        .collect();
    assert!(
        times.is_sorted() && times.last().unwrap() < &now.as_str(),
        "all of it has been"
    );
    // What was made is served again, and what is new goes on from there.
    let hub = hub.restart().await;
    let floor = Floor::of(&hub).await;
    let order = json!({"tableId": floor.tables[0], "guests": 2, "items": []});
    let order = say(&hub, "ana", "POST", "orders", order).await.expect(201);
    assert_eq!(order["number"], json!(1), "the first of today");
}
