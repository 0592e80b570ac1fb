//! Socket.IO: who hears what, and who hears nothing.

use crate::kit::device::Floor;
use crate::kit::{Hub, Socket, Store, Tablet};
use serde_json::{Value, json};

on_both! {
    people_hear_of_orders_and_tables,
    a_first_send_is_told_once_even_where_no_station_cooks_it,
    a_kitchen_hears_of_orders_without_money,
    what_the_kitchen_does_and_what_is_paid_is_heard,
    devices_are_poked_wherever_the_log_moves,
    a_bad_token_is_told_so,
    polling_works_as_well_as_websockets,
}

fn order(floor: &Floor, table: usize, send: bool) -> Value {
    let items = json!([{"dishId": floor.dishes[0], "quantity": 1}]);
    json!({"tableId": floor.tables[table], "guests": 2, "items": items, "send": send})
}

async fn people_hear_of_orders_and_tables(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let mut sockets = Vec::new();
    for who in ["admin", "manager", "ben"] {
        sockets.push(Socket::connect(&hub, &hub.token(who).await).await);
    }
    let opened = hub
        .post("/api/v1/orders")
        .by(&ana)
        .json(&order(&floor, 0, false))
        .await
        .expect(201);
    let path = format!("/api/v1/orders/{}", opened["id"].as_str().unwrap());
    let sent = hub
        .post(&format!("{path}/send"))
        .by(&ana)
        .send()
        .await
        .expect(200);
    let more = json!({"items": [{"dishId": floor.dishes[1], "quantity": 1}]});
    let added = hub
        .post(&format!("{path}/items"))
        .by(&ana)
        .json(&more)
        .await
        .expect(201);

    for socket in &mut sockets {
        let (name, first) = socket.event().await;
        assert_eq!(
            name, "table:update",
            "an order of which nothing was sent is not told yet"
        );
        assert_eq!(
            (&first["table"]["status"], &first["table"]["orderIds"][0]),
            (&json!("occupied"), &opened["id"])
        );
        let (name, new) = socket.event().await;
        assert_eq!(
            (name.as_str(), &new["order"]),
            ("order:new", &sent),
            "the whole order, as REST tells it"
        );
        let (name, update) = socket.event().await;
        assert_eq!((name.as_str(), &update["order"]), ("order:update", &added));
        assert_eq!(update["changed"], json!([added["items"][1]["id"]]));
        let seqs =
            [&first, &new, &update].map(|event| event["seq"].as_u64().expect("the log's position"));
        assert_eq!([seqs[1], seqs[2]], [seqs[0] + 1, seqs[0] + 2]);
    }
}

async fn a_first_send_is_told_once_even_where_no_station_cooks_it(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut socket = Socket::connect(&hub, &hub.token("ben").await).await;
    let open = tablet.open(0, 0);
    let frozen = json!({"name": "Tap water", "kitchenName": null, "price": 0, "taxRate": "0", "allergens": [], "stations": [], "revision": 1});
    let fire = |tablet: &mut Tablet| {
        let mut add = tablet.add_and_fire(open.order, 1);
        add.wire["args"]["lines"][0]["frozen"] = frozen.clone();
        add
    };
    let (first, second) = (fire(&mut tablet), fire(&mut tablet));
    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &[&open, &first, &second]).await),
        ["applied"; 3]
    );
    assert_eq!(
        socket.until("order:new").await.1["order"]["items"][0]["status"],
        "sent"
    );
    let (before, _) = socket.until("order:update").await;
    assert!(!before.contains(&"order:new".to_owned()), "{before:?}");
}

async fn what_the_kitchen_does_and_what_is_paid_is_heard(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let kitchen = hub.token("kitchen").await;
    let opened = hub.post("/api/v1/orders").by(&ana);
    let opened = opened.json(&order(&floor, 0, true)).await.expect(201);
    let mut waiter = Socket::connect(&hub, &ana).await;
    let mut cook = Socket::connect(&hub, &kitchen).await;

    let item = opened["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/kitchen/items/{item}");
    let ready = json!({"status": "ready"});
    hub.ask("PATCH", &path)
        .by(&kitchen)
        .json(&ready)
        .await
        .expect(200);
    let (name, update) = waiter.event().await;
    assert_eq!(name, "order:update");
    assert_eq!(
        (&update["order"]["status"], &update["changed"]),
        (&json!("ready"), &json!([item]))
    );
    let (name, table) = waiter.event().await;
    assert_eq!(
        (name.as_str(), &table["table"]["status"]),
        ("table:update", &json!("ready"))
    );

    let body = json!({"orderId": opened["id"]});
    let bill = hub
        .post("/api/v1/billing/bills")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    let path = format!("/api/v1/billing/bills/{}", bill["id"].as_str().unwrap());
    let cash = json!({"method": "cash", "amount": bill["due"]});
    hub.post(&format!("{path}/payments"))
        .by(&ana)
        .json(&cash)
        .await
        .expect(201);
    let (before, paid) = waiter.until("bill:paid").await;
    let bill = hub.get(&path).by(&ana).send().await.expect(200);
    assert_eq!(paid["bill"], bill, "the whole bill, as REST tells it");
    assert!(paid["seq"].is_u64());
    assert!(before.contains(&"order:update".to_owned()), "{before:?}");

    let served = json!({"items": [{"dishId": floor.dishes[1], "quantity": 1}], "send": true});
    let path = format!("/api/v1/orders/{}/items", opened["id"].as_str().unwrap());
    hub.post(&path).by(&ana).json(&served).await.expect(201);
    let mut heard = Vec::new();
    loop {
        let (name, event) = cook.event().await;
        heard.push(name);
        if event["order"]["items"]
            .as_array()
            .is_some_and(|items| items.len() == 2)
        {
            break;
        }
    }
    assert!(
        heard.iter().all(|name| name == "order:update"),
        "no bills and no tables: {heard:?}"
    );
}

async fn a_kitchen_hears_of_orders_without_money(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let display = Tablet::enrol_as(&hub, "kitchen").await;
    let person = Socket::connect(&hub, &hub.token("kitchen").await).await;
    let device = Socket::connect(&hub, &display.token).await;
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&order(&floor, 0, true))
        .await
        .expect(201);

    for mut socket in [person, device] {
        let (before, new) = socket.until("order:new").await;
        assert!(
            !before.contains(&"table:update".to_owned()),
            "tables are not the kitchen's"
        );
        let (order, item) = (&new["order"], &new["order"]["items"][0]);
        assert_eq!(item["name"], "Burrata, peach & basil");
        for field in [
            "subtotal",
            "discount",
            "serviceCharge",
            "tax",
            "total",
            "paid",
            "due",
        ] {
            assert!(order.get(field).is_none(), "{field}");
        }
        assert!(item.get("unitPrice").is_none() && item.get("total").is_none());
    }
}

async fn devices_are_poked_wherever_the_log_moves(store: Store) {
    let hub = Hub::demo(store).await;
    let (mut tablet, display) = (
        Tablet::enrol(&hub).await,
        Tablet::enrol_as(&hub, "kitchen").await,
    );
    let mut person = Socket::connect(&hub, &hub.token("admin").await).await;
    let mut sockets = [
        Socket::connect(&hub, &tablet.token).await,
        Socket::connect(&hub, &display.token).await,
    ];
    let open = tablet.open(0, 1);
    let answer = tablet.push(&hub, &[&open]).await.expect(200);
    let (epoch, seq) = (
        &answer["position"]["position"]["epoch"],
        &answer["position"]["position"]["seq"],
    );
    for socket in &mut sockets {
        let (_, poke) = socket.until("sync:poke").await;
        assert_eq!((&poke["epoch"], &poke["seq"]), (epoch, seq));
    }
    hub.post("/api/v1/orders")
        .by(&hub.token("ana").await)
        .json(&order(&tablet.floor, 1, true))
        .await
        .expect(201);
    for socket in &mut sockets {
        let (_, poke) = socket.until("sync:poke").await;
        assert_eq!(
            poke["seq"].as_u64(),
            seq.as_u64().map(|seq| seq + 1),
            "whoever wrote"
        );
    }
    let heard = [
        person.event().await.0,
        person.event().await.0,
        person.event().await.0,
    ];
    assert!(
        !heard.contains(&"sync:poke".to_owned()),
        "people are not poked: {heard:?}"
    );
}

async fn a_bad_token_is_told_so(store: Store) {
    let hub = Hub::demo(store).await;
    let bad = [
        Some(json!({"token": "nonsense"})),
        Some(json!({"token": "a.b.c"})),
        Some(json!({"token": ""})),
        Some(json!({"token": 7})),
        Some(json!({})),
        Some(json!([])),
        None,
    ];
    for auth in bad {
        let refused = Socket::connect_with(&hub, auth.clone()).await;
        assert_eq!(
            refused.expect_err("no way in")["message"],
            "unauthorized",
            "{auth:?}"
        );
    }
}

async fn polling_works_as_well_as_websockets(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let path = "/socket.io/?EIO=4&transport=polling";
    let open = hub.get(path).send().await;
    let open: Value =
        serde_json::from_str(open.text.strip_prefix('0').expect("an open packet")).unwrap();
    let path = format!("{path}&sid={}", open["sid"].as_str().unwrap());
    let auth = json!({"token": ana});
    let said = hub.post(&path).raw("text/plain", format!("40{auth}")).await;
    assert_eq!(said.text, "ok");
    polled(&hub, &path, "40{").await;
    let (heard, _) = tokio::join!(polled(&hub, &path, "42[\"order:new\""), async {
        let order = order(&floor, 0, true);
        hub.post("/api/v1/orders")
            .by(&ana)
            .json(&order)
            .await
            .expect(201)
    });
    assert!(heard.contains("Burrata"), "{heard}");
}

/// Polls until a packet begins so, and answers pings.
async fn polled(hub: &Hub, path: &str, start: &str) -> String {
    loop {
        let polled = hub.get(path).send().await;
        assert_eq!(polled.status, 200, "{}", polled.text);
        for packet in polled.text.split('\u{1e}') {
            if packet == "2" {
                hub.post(path).raw("text/plain", "3").await;
            }
            if packet.starts_with(start) {
                return packet.to_owned();
            }
        }
    }
}
