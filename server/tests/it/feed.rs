//! The event feed, over HTTP and through a real Kafka: the same records, in the same order.

use crate::kit::device::Floor;
use crate::kit::hub::{Home, Options};
use crate::kit::kafka::{Broker, Read};
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, within};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

on_both! {
    the_three_commands_are_told_in_whole_events,
    a_feed_is_read_in_pages_and_by_type_and_its_cursor_is_never_null,
    a_cursor_older_than_what_is_kept_is_gone,
}

async fn three_commands(hub: &Hub, floor: &Floor, table: usize) -> Vec<Value> {
    let ana = hub.token("ana").await;
    let item = json!({"dishId": floor.dishes[0], "quantity": 1});
    let order = json!({"tableId": floor.tables[table], "guests": 2, "items": []});
    let opened = hub
        .post("/api/v1/orders")
        .unheard()
        .by(&ana)
        .json(&order)
        .await
        .expect(201);
    let path = format!("/api/v1/orders/{}", opened["id"].as_str().unwrap());
    let items = json!({"items": [item]});
    let added = hub
        .post(&format!("{path}/items"))
        .unheard()
        .by(&ana)
        .json(&items)
        .await
        .expect(201);
    let sent = hub
        .post(&format!("{path}/send"))
        .unheard()
        .by(&ana)
        .send()
        .await
        .expect(200);
    vec![opened, added, sent]
}

/// Somebody pays for it all.
async fn paid(hub: &Hub, order: &Value) {
    let ana = hub.token("ana").await;
    let ask = hub.post("/api/v1/billing/bills").unheard().by(&ana);
    let bill = ask.json(&json!({"orderId": order["id"]})).await.expect(201);
    let path = format!(
        "/api/v1/billing/bills/{}/payments",
        bill["id"].as_str().unwrap()
    );
    let cash = json!({"method": "cash", "amount": bill["due"]});
    let ask = hub.post(&path).unheard().by(&ana);
    ask.json(&cash).await.expect(201);
}

async fn page(hub: &Hub, query: &str) -> (Vec<Value>, String) {
    let admin = hub.token("admin").await;
    let page = hub
        .get(&format!("/api/v1/events?{query}"))
        .by(&admin)
        .send()
        .await
        .expect(200);
    (
        page["items"].as_array().unwrap().clone(),
        page["next"].as_str().expect("never null").to_owned(),
    )
}

async fn whole_feed(hub: &Hub) -> Vec<Value> {
    let (mut all, mut next) = page(hub, "limit=200").await;
    loop {
        let (items, after) = page(hub, &format!("limit=200&after={next}")).await;
        if items.is_empty() {
            return all;
        }
        all.extend(items);
        next = after;
    }
}

async fn the_three_commands_are_told_in_whole_events(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let (_, start) = page(&hub, "limit=200").await;
    let said = three_commands(&hub, &floor, 0).await;

    let (events, _) = page(&hub, &format!("after={start}")).await;

    let types: Vec<_> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "order.created",
            "table.updated",
            "order.updated",
            "order.updated"
        ]
    );
    for (event, order) in [&events[0], &events[2], &events[3]].into_iter().zip(&said) {
        assert_eq!(
            (&event["data"], &event["subject"]),
            (order, &order["id"]),
            "the whole order, as REST told it"
        );
    }
    assert_eq!(events[1]["data"]["status"], "occupied");
    let first = events[0]["position"].as_u64().unwrap();
    for (n, event) in events.iter().enumerate() {
        assert_eq!(
            (&event["specversion"], &event["datacontenttype"]),
            (&json!("1.0"), &json!("application/json"))
        );
        assert!(
            event["source"]
                .as_str()
                .unwrap()
                .starts_with("/restaurants/")
        );
        assert!(event["id"].is_string() && event["time"].as_str().unwrap().ends_with('Z'));
        assert_eq!(
            (&event["epoch"], &event["position"]),
            (&json!(1), &json!(first + n as u64))
        );
    }
    assert_eq!(
        (&events[2]["seq"], &events[3]["seq"]),
        (&json!(1), &json!(2))
    );
    hub.told()
}

async fn a_feed_is_read_in_pages_and_by_type_and_its_cursor_is_never_null(store: Store) {
    let hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    for table in 0..3 {
        three_commands(&hub, &floor, table).await;
    }
    let whole = whole_feed(&hub).await;
    for limit in [1, 7, 50] {
        let (mut read, mut next) = page(&hub, &format!("limit={limit}")).await;
        while read.len() < whole.len() {
            let (items, after) = page(&hub, &format!("limit={limit}&after={next}")).await;
            assert!((1..=limit).contains(&items.len()));
            read.extend(items);
            next = after;
        }
        assert_eq!(read, whole, "in pages of {limit}");
        let (none, same) = page(&hub, &format!("after={next}")).await;
        assert_eq!((none.len(), same), (0, next), "one can poll");
    }
    let mut seen = BTreeSet::new();
    let (mut events, mut next) = page(&hub, "types=order.created,table.updated&limit=2").await;
    while !events.is_empty() {
        seen.extend(
            events
                .iter()
                .map(|event| (event["type"].to_string(), event["seq"].as_u64())),
        );
        (events, next) = page(
            &hub,
            &format!("types=order.created,table.updated&limit=2&after={next}"),
        )
        .await;
    }
    assert_eq!(
        seen.len(),
        6 + 12,
        "three orders, and each table once more than it was made"
    );
}

async fn a_cursor_older_than_what_is_kept_is_gone(store: Store) {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let (_, old) = page(&hub, "limit=5").await;
    let (_, edge) = page(&hub, "limit=10").await;
    hub.home
        .sql(&["DELETE FROM outbox WHERE position <= 10".to_owned()])
        .await;
    hub.get(&format!("/api/v1/events?after={old}"))
        .by(&admin)
        .send()
        .await
        .refused(410, "cursor_expired");
    assert_eq!(
        page(&hub, &format!("after={edge}&limit=1")).await.0[0]["position"],
        11,
        "nothing was missed"
    );
    assert_eq!(
        page(&hub, "limit=1").await.0[0]["position"],
        11,
        "without a cursor one begins at what is kept"
    );
    hub.home.sql(&["DELETE FROM outbox".to_owned()]).await;
    let (none, next) = page(&hub, "limit=1").await;
    assert_eq!(none.len(), 0);
    assert_eq!(page(&hub, &format!("after={next}")).await.0.len(), 0);
}

const TOPICS: [&str; 8] = [
    "order.created",
    "order.updated",
    "order.completed",
    "bill.completed",
    "payment.processed",
    "table.updated",
    "menu.updated",
    "user.created",
];

/// What a consumer holds who follows the contract's rule: the next is applied, the old dropped, a gap read past.
fn applied(records: &[Read]) -> Vec<Value> {
    let (mut last, mut held) = (0, Vec::new());
    for record in records {
        if record.value["seq"].as_u64() == Some(last + 1) {
            last += 1;
            held.push(record.value.clone());
        }
    }
    held
}

fn restaurant(feed: &[Value]) -> String {
    feed[0]["source"]
        .as_str()
        .unwrap()
        .trim_start_matches("/restaurants/")
        .to_owned()
}

/// Waits until Kafka holds what the feed does, topic by topic, and gives all that was read.
pub async fn relayed(broker: &Broker, hub: &Hub) -> Vec<Read> {
    let feed = whole_feed(hub).await;
    let key = restaurant(&feed);
    let mut all = Vec::new();
    for topic in TOPICS {
        let due: Vec<&Value> = feed.iter().filter(|event| event["type"] == topic).collect();
        let read = within(
            "the relay has caught up",
            Duration::from_secs(60),
            async || {
                let read: Vec<Read> = broker
                    .read(topic)
                    .into_iter()
                    .filter(|record| record.key == key)
                    .collect();
                (applied(&read).len() >= due.len()).then_some(read)
            },
        );
        let read = read.await;
        assert_eq!(
            applied(&read).iter().collect::<Vec<_>>(),
            due,
            "{topic}: what is applied is what the feed tells"
        );
        all.extend(read);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_kafka_gets_what_the_feed_tells_over_a_killed_broker_and_a_killed_hub() {
    let mut broker = Broker::start().await;
    let options = Options {
        env: vec![("KAFKA_BROKERS", broker.address())],
        ..Options::default()
    };
    let mut hubs = Vec::new();
    for store in [Store::Sqlite, Store::Postgres] {
        let hub = Hub::start(Home::demo(store).await, options.clone()).await;
        let floor = Floor::of(&hub).await;
        let said = three_commands(&hub, &floor, 0).await;
        paid(&hub, &said[2]).await;
        let records = relayed(&broker, &hub).await;
        the_records_are_as_the_contract_says(&records);
        hubs.push((hub, floor));
    }

    broker.kill();
    for (hub, floor) in &hubs {
        for table in 0..5 {
            let writes =
                tokio::time::timeout(Duration::from_secs(20), three_commands(hub, floor, table));
            writes.await.expect("nothing waits for Kafka");
        }
        within(
            "the hub says that Kafka is gone",
            Duration::from_secs(60),
            async || {
                let health = hub.get("/health").unheard().send().await.expect(200);
                (health["checks"]["kafka"] == "down" && health["status"] == "degraded")
                    .then_some(())
            },
        )
        .await;
    }
    let (hub, floor) = hubs.remove(0);
    hubs.insert(0, (hub.restart().await, floor));

    broker.up().await;
    for (hub, floor) in &hubs {
        let said = three_commands(hub, floor, 6).await;
        paid(hub, &said[2]).await;
        relayed(&broker, hub).await;
        within(
            "the hub says that Kafka is back",
            Duration::from_secs(60),
            async || {
                let health = hub.get("/health").unheard().send().await.expect(200);
                (health["checks"]["kafka"] == "ok" && health["status"] == "ok").then_some(())
            },
        )
        .await;
    }
    for (hub, _) in hubs {
        hub.stop().await;
    }
}

/// A Kafka that stays away: so much is kept for it and no more, and who reads there is not left waiting for the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kafka_that_stays_away_is_told_what_it_has_missed() {
    const MOST: u64 = 200;
    let mut broker = Broker::start().await;
    let env = vec![
        ("KAFKA_BROKERS", broker.address()),
        ("COMANDA_KAFKA_BACKLOG", MOST.to_string()),
    ];
    let options = Options {
        env,
        ..Options::default()
    };
    let hub = Hub::start(Home::demo(Store::Sqlite).await, options).await;
    let floor = Floor::of(&hub).await;
    three_commands(&hub, &floor, 0).await;
    relayed(&broker, &hub).await;
    let before = place(whole_feed(&hub).await.last().unwrap());

    broker.kill();
    for _ in 0..60 {
        three_commands(&hub, &floor, 1).await;
    }
    let last = place(whole_feed(&hub).await.last().unwrap());
    let hub = hub.restart().await;
    let is_restart = |event: &Value| event["type"] == "epoch.started";
    let feed = within(
        "the oldest is given up",
        Duration::from_secs(60),
        async || Some(whole_feed(&hub).await).filter(|feed| feed.iter().any(is_restart)),
    );
    let kept = feed.await.into_iter();
    let kept = kept.filter(|event| !is_restart(event) && place(event) > before);
    let places: Vec<u64> = kept.map(|event| place(&event)).collect();
    assert_eq!(places, (last - MOST + 1..=last).collect::<Vec<_>>());

    broker.up().await;
    three_commands(&hub, &floor, 8).await;
    let feed = whole_feed(&hub).await;
    for topic in ["order.created", "order.updated", "table.updated"] {
        let due = feed.iter().filter(|event| event["type"] == topic).cloned();
        let due: Vec<Value> = due.collect();
        within("the topic goes on", Duration::from_secs(60), async || {
            (held_with_restarts(&broker.read(topic)) == due).then_some(())
        })
        .await;
    }
    hub.stop().await;
}

fn place(event: &Value) -> u64 {
    event["position"].as_u64().unwrap()
}

/// As `applied`, by somebody who also heeds where a topic goes on.
fn held_with_restarts(records: &[Read]) -> Vec<Value> {
    let (mut last, mut held) = (0, Vec::new());
    for Read { value, .. } in records {
        let seq = value["seq"].as_u64().unwrap();
        if value["type"] == "epoch.started" {
            last = seq;
            held.retain(|one: &Value| one["seq"].as_u64().unwrap() <= seq);
        } else if seq == last + 1 {
            last = seq;
            held.push(value.clone());
        }
    }
    held
}

fn the_records_are_as_the_contract_says(records: &[Read]) {
    let mut last = BTreeMap::new();
    for record in records {
        let value = &record.value;
        let headers = format!(
            "id={},type={},epoch={},seq={}",
            value["id"].as_str().unwrap(),
            value["type"].as_str().unwrap(),
            value["epoch"],
            value["seq"]
        );
        assert_eq!(record.headers, headers);
        assert_eq!(value["type"], record.topic.as_str());
        assert_eq!(value["source"], format!("/restaurants/{}", record.key));
        assert_eq!(value["specversion"], "1.0");
        let before = last.insert(&record.topic, value["position"].as_u64().unwrap());
        assert!(before < value["position"].as_u64(), "a topic is in order");
    }
}
