//! `kill -9` in mid-service: what was acknowledged is there, once, and the log, the state and the feed agree.

use crate::kit::device::Floor;
use crate::kit::{Cmd, Hub, Store, Tablet, fresh};
use domain::Event;
use domain::ids::{CommandId, derived};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

on_both! { what_was_acknowledged_survives_any_kill }

const ROUNDS: usize = 10;

/// A till that writes by REST, each order under a key, and asks again until it has an answer.
pub struct Till {
    token: String,
    next: Value,
    acknowledged: Vec<Value>,
}

impl Till {
    pub fn new(token: &str, floor: &Floor) -> Self {
        Self {
            token: token.to_owned(),
            next: Self::order(floor, 0),
            acknowledged: Vec::new(),
        }
    }

    fn order(floor: &Floor, n: usize) -> Value {
        let items = json!([{"id": fresh(), "dishId": floor.dishes[n % 9], "quantity": 1}]);
        json!({"id": fresh(), "tableId": floor.tables[n % 12], "guests": 2, "items": items, "send": n.is_multiple_of(2)})
    }

    /// Writes until the hub is gone, or enough has been done.
    pub async fn work(&mut self, hub: &Hub, floor: &Floor, acks: &AtomicUsize, enough: usize) {
        while acks.load(Ordering::Relaxed) < enough {
            let key = self.next["id"].as_str().unwrap().to_owned();
            let asked = hub
                .post("/api/v1/orders")
                .unheard()
                .by(&self.token)
                .key(&key)
                .try_json(&self.next)
                .await;
            let Ok(answer) = asked else { return };
            let body = answer.expect(201);
            assert_eq!(body["id"], self.next["id"]);
            self.acknowledged.push(self.next["id"].clone());
            self.next = Self::order(floor, self.acknowledged.len());
            acks.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A device that pushes three commands at a time, and pushes again what it has no answer for.
pub struct Waiter {
    tablet: Tablet,
    pending: Vec<Cmd>,
    acknowledged: Vec<Cmd>,
}

impl Waiter {
    pub async fn enrol(hub: &Hub) -> Self {
        Self {
            tablet: Tablet::enrol(hub).await,
            pending: Vec::new(),
            acknowledged: Vec::new(),
        }
    }

    pub async fn work(&mut self, hub: &Hub, acks: &AtomicUsize, enough: usize) {
        while acks.load(Ordering::Relaxed) < enough {
            if self.pending.is_empty() {
                let open = self.tablet.open(self.acknowledged.len() % 12, 2);
                let send = self.tablet.send(open.order, &open.lines.clone());
                let add = self.tablet.add_and_fire(open.order, 1);
                self.pending = vec![open, send, add];
            }
            let body = self
                .tablet
                .push_body(&self.pending.iter().collect::<Vec<_>>());
            let asked = hub
                .post("/api/v1/sync/push")
                .unheard()
                .by(&self.tablet.token)
                .try_json(&body)
                .await;
            let Ok(answer) = asked else { return };
            assert_eq!(Tablet::outcomes(answer), ["applied"; 3]);
            self.acknowledged.append(&mut self.pending);
            acks.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn what_was_acknowledged_survives_any_kill(store: Store) {
    let mut hub = Hub::demo(store).await;
    let floor = Floor::of(&hub).await;
    let mut tills = [
        Till::new(&hub.token("ana").await, &floor),
        Till::new(&hub.token("ben").await, &floor),
    ];
    let mut waiters = Vec::new();
    for _ in 0..3 {
        waiters.push(Waiter::enrol(&hub).await);
    }
    for round in 0..=ROUNDS {
        let (acks, enough) = (
            AtomicUsize::new(0),
            if round == ROUNDS { 10 } else { usize::MAX },
        );
        // Each round dies after another number of answers, with all the others still in flight.
        let killer = async {
            if round < ROUNDS {
                while acks.load(Ordering::Relaxed) < 1 + 3 * round {
                    tokio::task::yield_now().await;
                }
                hub.kill_now();
            }
        };
        let (a, b) = tills.split_at_mut(1);
        let pushing = futures_util::future::join_all(
            waiters
                .iter_mut()
                .map(|waiter| waiter.work(&hub, &acks, enough)),
        );
        tokio::join!(
            a[0].work(&hub, &floor, &acks, enough),
            b[0].work(&hub, &floor, &acks, enough),
            pushing,
            killer
        );
        if round < ROUNDS {
            hub = hub.restart().await;
        }
    }

    each_is_there_once(&hub, &tills, &waiters).await;
    hub.stop().await;
}

/// What they were told is in the log, each thing once, and the feed says the same.
pub async fn each_is_there_once(hub: &Hub, tills: &[Till], waiters: &[Waiter]) {
    let mut reader = waiters[0].tablet.clone();
    let entries = reader.read_log(hub, 500).await.to_vec();
    let opened: Vec<&Value> = events(&entries, "order.opened")
        .map(|event| &event["order"])
        .collect();
    let unique: BTreeSet<String> = opened.iter().map(ToString::to_string).collect();
    assert_eq!(unique.len(), opened.len(), "no check was opened twice");
    for id in tills.iter().flat_map(|till| &till.acknowledged) {
        assert!(opened.contains(&id), "an acknowledged order is in the log");
    }
    let mut decided = BTreeMap::<&str, usize>::new();
    for entry in entries.iter().filter(|entry| entry["kind"] != "known") {
        *decided.entry(entry["cmdId"].as_str().unwrap()).or_default() += 1;
    }
    for command in waiters.iter().flat_map(|waiter| &waiter.acknowledged) {
        assert_eq!(
            decided.get(command.id()),
            Some(&1),
            "an acknowledged command is decided once"
        );
    }
    let fired: Vec<String> = events(&entries, "lines.fired")
        .flat_map(|event| event["lines"].as_array().unwrap())
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        fired.iter().collect::<BTreeSet<_>>().len(),
        fired.len(),
        "no line was fired twice"
    );
    the_feed_is_what_the_log_says(hub, &entries).await;
}

fn events<'a>(entries: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = entries
        .iter()
        .flat_map(|entry| entry["events"].as_array().unwrap());
    events
        .filter(move |event| event["kind"] == kind)
        .map(|event| &event["data"])
}

/// Record for record, in the log's order, each topic without a gap.
pub async fn the_feed_is_what_the_log_says(hub: &Hub, entries: &[Value]) {
    let admin = hub.token("admin").await;
    let (mut records, mut after) = (Vec::new(), String::new());
    loop {
        let page = hub
            .get(&format!("/api/v1/events?limit=200{after}"))
            .unheard()
            .by(&admin)
            .send()
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap().clone();
        after = format!("&after={}", page["next"].as_str().unwrap());
        if items.is_empty() {
            break;
        }
        records.extend(items);
    }
    let told: Vec<(String, String)> = records
        .iter()
        .map(|record| (text(&record["type"]), text(&record["id"])))
        .collect();
    let due: Vec<(String, String)> = entries.iter().flat_map(due).collect();
    assert_eq!(told, due, "the feed is what the log says");
    let mut seqs = BTreeMap::<String, u64>::new();
    for (position, record) in (1..).zip(&records) {
        assert_eq!(
            record["position"],
            json!(position),
            "no position is left out"
        );
        let seq = seqs.entry(text(&record["type"])).or_default();
        *seq += 1;
        assert_eq!(record["seq"], json!(*seq), "no topic has a gap");
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What an entry owes the feed: its orders, its tables, then the rest.
fn due(entry: &Value) -> Vec<(String, String)> {
    let read = domain::sync::EntryHead::read(&entry.to_string()).expect("an entry");
    let events = read.events().expect("known events");
    let mut due = Vec::new();
    let mut orders = BTreeMap::new();
    let mut tables = BTreeSet::new();
    for event in &events {
        if let Some(order) = event.order() {
            *orders.entry(order).or_insert(false) |= matches!(event, Event::OrderOpened(_));
        }
        // Here no check comes so far that its table shows another word for it.
        if !matches!(event, Event::TableMarked(_)) {
            tables.extend(event.keys().into_iter().filter(|key| key.kind() == "table"));
        }
    }
    due.extend(orders.values().map(|opened| {
        if *opened {
            "order.created"
        } else {
            "order.updated"
        }
    }));
    due.extend(tables.iter().map(|_| "table.updated"));
    let of_menu = |event: &Event| {
        matches!(
            event,
            Event::CategoryAdded(_)
                | Event::CategoryChanged(_)
                | Event::DishAdded(_)
                | Event::DishChanged(_)
                | Event::DishCounted(_)
                | Event::GroupChanged(_)
        )
    };
    let people = events
        .iter()
        .filter(|event| matches!(event, Event::PersonAdded(_)));
    due.extend(people.map(|_| "user.created"));
    due.extend(events.iter().any(of_menu).then_some("menu.updated"));
    due.into_iter()
        .map(|topic| (topic.to_owned(), id_of(read.cmd_id, topic)))
        .collect()
}

fn id_of(command: CommandId, topic: &str) -> String {
    derived(command, topic, 0).to_string()
}
