//! An evening that comes back: a hub restored to an older state gathers from its devices what it has forgotten.

use crate::kit::hub::{Copy, Home};
use crate::kit::postgres;
use crate::kit::{Answer, Cmd, Hub, Options, Store, Tablet, fresh};
use crate::world::verify;
use comanda::store::{Db, head};
use domain::sync::Chain;
use serde_json::{Value, json};

on_both! {
    an_evening_comes_back_with_every_order_payment_and_number,
    whatever_step_a_crash_cuts_off_is_gone_on_with_after_it,
    who_does_not_come_is_not_waited_for_for_ever_and_counts_when_it_comes,
    what_was_refused_stays_refused_and_what_is_known_is_skipped,
    while_it_gathers_nothing_else_is_written,
    an_entry_that_was_touched_is_not_adopted,
    what_only_a_device_says_changes_neither_people_nor_the_house,
}

/// A device with the bytes of the log that it has pulled.
pub struct Replica {
    pub tablet: Tablet,
    log: Vec<(u64, String)>,
    /// The chain after each of them, and where it stood when it was enrolled.
    marks: Vec<(u64, Chain)>,
    /// Who can sign in by PIN, as the hub said with a pull.
    pub side: Value,
}

impl Replica {
    pub async fn enrol(hub: &Hub, kind: &str) -> Self {
        let tablet = Tablet::enrol_as(hub, kind).await;
        let log = Vec::new();
        let chain = tablet.position["position"]["chain"].as_str().unwrap();
        let marks = vec![(tablet.seq(), chain.parse().unwrap())];
        Self {
            tablet,
            log,
            marks,
            side: Value::Null,
        }
    }

    /// Pulls whatever is new to it, and keeps the bytes.
    pub async fn pull(&mut self, hub: &Hub) {
        loop {
            let page = self.tablet.pull(hub, 500).await.expect(200);
            let entries = page["entries"]
                .as_array()
                .unwrap_or_else(|| panic!("{page}"));
            for bytes in entries {
                let bytes = bytes.as_str().unwrap().to_owned();
                let entry: Value = serde_json::from_str(&bytes).unwrap();
                let seq = entry["seq"].as_u64().unwrap();
                let chain = self.marks.last().unwrap().1.then(&bytes);
                self.marks.push((seq, chain));
                self.log.push((seq, bytes));
            }
            self.tablet.position = page["position"].clone();
            self.side = page["side"].clone();
            if page["more"] == false {
                return;
            }
        }
    }

    pub fn part(&self, entries: &[(u64, String)], commands: &[Value], done: bool) -> Value {
        let epoch = &self.tablet.position["position"]["epoch"]["n"];
        let held =
            |(seq, bytes): &(u64, String)| json!({"epoch": epoch, "seq": seq, "bytes": bytes});
        json!({
            "proto": 1, "device": self.tablet.id, "position": self.tablet.position,
            "marks": self.marks.iter().map(|(seq, chain)| json!({"seq": seq, "chain": chain})).collect::<Vec<_>>(),
            "entries": entries.iter().map(held).collect::<Vec<_>>(), "commands": commands, "done": done,
            "side": if done { self.side.clone() } else { Value::Null },
        })
    }

    pub async fn say(&self, hub: &Hub, part: &Value) -> Answer {
        let ask = hub.post("/api/v1/sync/recover");
        ask.by(&self.tablet.token).json(part).await
    }

    /// All that it holds, in two parts, and what the hub answers to the last.
    pub async fn report(&self, hub: &Hub, commands: &[Value]) -> Value {
        let asked = self.say(hub, &self.part(&[], &[], false)).await.expect(200);
        let wants = asked["wants"].as_u64().expect("it wants to hear");
        let past: Vec<_> = self
            .log
            .iter()
            .filter(|(seq, _)| *seq > wants)
            .cloned()
            .collect();
        let (first, rest) = past.split_at(past.len() / 2);
        self.say(hub, &self.part(first, &[], false))
            .await
            .expect(200);
        self.say(hub, &self.part(rest, commands, true))
            .await
            .expect(200)
    }

    /// One of its commands with what the hub had said of it.
    pub fn acknowledged(&self, command: &Cmd, decided: &Value) -> Value {
        let mut said = json!({"epoch": self.tablet.epoch(), "seq": decided["seq"], "outcome": decided["outcome"]});
        if let Some(code) = decided["code"].as_str() {
            said["code"] = json!(code);
        }
        json!({"device": self.tablet.id, "command": command.with("was", said).wire})
    }
}

async fn open(home: &Home) -> Db {
    match home.store {
        Store::Sqlite => Db::sqlite(&home.sqlite_file()).await,
        Store::Postgres => Db::postgres(&postgres::url(&home.database)).await,
    }
    .expect("opened")
}

/// The database is the older one, and it is known that it is.
pub async fn restored(home: &Home, backup: &Copy) {
    home.put_back(backup).await;
    let db = open(home).await;
    let mut tx = db.begin().await.unwrap();
    let restaurant = head::restaurants(&mut tx).await.unwrap()[0];
    head::begin_recovery(&mut tx, restaurant, "restored")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

/// What a backup is made of, from a hub that goes on.
pub async fn backed_up(hub: Hub) -> (Hub, Copy) {
    let home = hub.stop().await;
    let copy = home.copied().await;
    (Hub::start(home, Options::default()).await, copy)
}

/// Two waiters' devices and a backup; after it Ana opens a check, and hers has pulled that.
async fn begun(store: Store) -> (Hub, Copy, Replica, Replica) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let ben = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let check = ana.tablet.open(0, 1);
    ana.tablet.push(&hub, &[&check]).await.expect(200);
    ana.pull(&hub).await;
    (hub, backup, ana, ben)
}

pub async fn put_back(hub: Hub, backup: &Copy) -> Hub {
    let home = hub.stop().await;
    restored(&home, backup).await;
    Hub::start(home, Options::default()).await
}

pub async fn get(hub: &Hub, who: &str, path: &str) -> Value {
    let token = hub.token(who).await;
    let path = format!("/api/v1/{path}");
    hub.get(&path).by(&token).send().await.expect(200)
}

pub async fn post(hub: &Hub, who: &str, path: &str, body: Value) -> Answer {
    let token = hub.token(who).await;
    let path = format!("/api/v1/{path}");
    hub.post(&path).by(&token).json(&body).await
}

/// A manager waits for nobody more.
pub async fn end_the_wait(hub: &Hub) {
    let ended = post(hub, "manager", "recovery/end", json!({})).await;
    assert_eq!(ended.status, 204, "{}", ended.text);
}

pub async fn phase(hub: &Hub) -> String {
    let recovery = get(hub, "manager", "recovery").await;
    recovery["phase"].as_str().unwrap().to_owned()
}

/// Somebody eats and pays: the order, and its bill with its receipt's number.
async fn dinner(hub: &Hub, replica: &Replica, table: usize) -> (Value, Value) {
    let dish = replica.tablet.floor.dishes[table];
    let body = json!({
        "tableId": replica.tablet.floor.tables[table], "guests": 2,
        "items": [{"dishId": dish, "quantity": 2}], "send": true,
    });
    let order = post(hub, "ana", "orders", body).await.expect(201);
    let bill = post(hub, "ana", "billing/bills", json!({"orderId": order["id"]}))
        .await
        .expect(201);
    let path = format!("billing/bills/{}/payments", bill["id"].as_str().unwrap());
    let body = json!({"method": "cash", "amount": bill["due"]});
    post(hub, "ana", &path, body).await.expect(201);
    let path = format!("billing/bills/{}", bill["id"].as_str().unwrap());
    (order, get(hub, "ana", &path).await)
}

/// All that the house can be asked, for a look at whether it is what it was.
async fn house(hub: &Hub) -> Value {
    json!({
        "orders": get(hub, "manager", "orders?limit=100").await["items"],
        "bills": get(hub, "manager", "billing/bills?limit=100").await["items"],
        "tickets": get(hub, "manager", "kitchen/tickets?limit=100").await["items"],
    })
}

pub fn decided(answer: &Value, at: usize) -> Value {
    answer["outcomes"][at].clone()
}

pub async fn agrees(hub: Hub) -> Home {
    let home = hub.stop().await;
    let ended = verify(&home).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    home
}

async fn feed(hub: &Hub) -> Vec<Value> {
    let feed = get(hub, "admin", "events?limit=200").await;
    feed["items"].as_array().unwrap().clone()
}

/// Each topic's records in order, without a gap, the new epoch said once.
async fn the_feed_is_whole(hub: &Hub, epoch: u64) {
    let mut last = std::collections::BTreeMap::<String, (u64, u64)>::new();
    let mut begun = std::collections::BTreeMap::<u64, usize>::new();
    for record in &feed(hub).await {
        let seq = record["seq"].as_u64().unwrap();
        let of = record["epoch"].as_u64().unwrap();
        if record["type"] == "epoch.started" {
            *begun.entry(of).or_default() += 1;
            continue;
        }
        let topic = record["type"].as_str().unwrap().to_owned();
        let before = last.insert(topic, (seq, of)).unwrap_or((0, 1));
        assert_eq!(
            seq,
            before.0 + 1,
            "a topic has no gap over a new epoch: {record}"
        );
        assert!(of >= before.1);
    }
    assert_eq!(begun, [(epoch, 10)].into(), "each topic is told once");
}

async fn an_evening_comes_back_with_every_order_payment_and_number(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let mut ben = Replica::enrol(&hub, "waiter").await;
    let first = dinner(&hub, &ana, 0).await;
    let (hub, backup) = backed_up(hub).await;
    // The evening: bills over the counter, a check opened and fired on a device, and pulled by both
    let second = dinner(&hub, &ana, 1).await;
    let check = ana.tablet.open(2, 2);
    let fire = ana.tablet.send(check.order, &check.lines);
    ana.tablet.push(&hub, &[&check, &fire]).await.expect(200);
    let third = dinner(&hub, &ana, 3).await;
    ben.pull(&hub).await;
    // What Ben did last nobody has pulled, and he has only the answer
    let late = ben.tablet.open(4, 2);
    let fired = ben.tablet.send(late.order, &late.lines);
    let more = ben.tablet.open(5, 1);
    let answer = ben
        .tablet
        .push(&hub, &[&late, &fired, &more])
        .await
        .expect(200);
    ana.pull(&hub).await;
    let before = house(&hub).await;
    // Ana's position is the later one; hers ends before Ben's last command, which she has not pulled
    let last = ben.tablet.add(late.order, 1);
    let said = ben.tablet.push(&hub, &[&last]).await.expect(200);
    let numbers = |bill: &Value| (bill["series"].clone(), bill["number"].clone());
    let told_before = feed(&hub).await;

    let hub = put_back(hub, &backup).await;

    assert_eq!(phase(&hub).await, "collecting");
    let mut known: Vec<Value> = (0..3).map(|at| decided(&answer, at)).collect();
    known.push(decided(&said, 0));
    let commands = [&late, &fired, &more, &last];
    let brought: Vec<Value> = commands
        .iter()
        .zip(&known)
        .map(|(command, decided)| ben.acknowledged(command, decided))
        .collect();
    let told = ben.report(&hub, &brought).await;
    assert_eq!(told, json!({"phase": "collecting", "wants": null}));
    let asked = get(&hub, "manager", "recovery").await;
    let waited: Vec<(Value, Value)> = asked["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["deviceId"].clone(), one["reported"].clone()))
        .collect();
    assert_eq!(
        waited,
        [
            (json!(ana.tablet.id), json!(false)),
            (json!(ben.tablet.id), json!(true))
        ]
    );
    assert_eq!(asked["why"], "restored");
    ana.report(&hub, &[]).await;
    assert_eq!(phase(&hub).await, "open");

    // Every byte that Ana held is the log's, then the new epoch begins, then what only Ben knew
    assert_eq!(
        ana.tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "epoch"})
    );
    let mut reader = Replica::enrol(&hub, "office").await;
    reader.tablet.read_log(&hub, 500).await;
    let entries = reader.tablet.entries.clone();
    for (seq, bytes) in &ana.log {
        let at = usize::try_from(*seq).unwrap() - 1;
        assert_eq!(entries[at], serde_json::from_str::<Value>(bytes).unwrap());
    }
    let ended = usize::try_from(ana.log.last().unwrap().0).unwrap();
    assert_eq!(entries[ended]["events"][0]["kind"], "epoch.started");
    assert_eq!(
        entries[ended]["events"][0]["data"],
        json!({"epoch": 2, "from": ended, "why": "restored"})
    );
    let anew: Vec<_> = entries[ended + 1..]
        .iter()
        .map(|entry| (entry["kind"].clone(), entry["mid"].clone()))
        .collect();
    assert_eq!(anew[0], (json!("orders.add"), json!(4)));
    // All is there, to the cent and the number, and nothing was cooked twice
    let after = house(&hub).await;
    for (what, gone) in [("bills", 0), ("tickets", 0)] {
        assert_eq!(
            before[what].as_array().unwrap().len() - gone,
            after[what].as_array().unwrap().len(),
            "{what}"
        );
        assert_eq!(before[what], after[what], "{what}");
    }
    assert_eq!(
        before["orders"].as_array().unwrap().len(),
        after["orders"].as_array().unwrap().len()
    );
    let order = get(&hub, "ana", &format!("orders/{}", late.order)).await;
    assert_eq!(order["items"].as_array().unwrap().len(), 3);
    // What Ben still holds he pushes again, and it is known
    ben.tablet.position = ben.tablet.snapshot(&hub, 0).await["position"].clone();
    let again = ben.tablet.push(&hub, &[&late, &fired, &more, &last]).await;
    assert_eq!(Tablet::outcomes(again), ["applied"; 4]);
    let order = get(&hub, "ana", &format!("orders/{}", late.order)).await;
    assert_eq!(order["items"].as_array().unwrap().len(), 3);
    // And a new bill gets a number that no printed one has
    let (_, bill) = dinner(&hub, &ana, 6).await;
    let used = [&first, &second, &third].map(|(_, bill)| numbers(bill));
    assert_eq!(used, [1, 2, 3].map(|number| (json!(1), json!(number))));
    assert_eq!(numbers(&bill), (json!(2), json!(1)));
    let path = format!(
        "/api/v1/billing/bills/{}/receipt",
        bill["id"].as_str().unwrap()
    );
    let receipt = hub.get(&path).by(&hub.token("ana").await).send().await;
    assert!(
        receipt.text.contains("<p>Receipt 2-1</p>"),
        "{}",
        receipt.text
    );
    the_feed_is_whole(&hub, 2).await;
    // Programs that followed it are told nothing else than they were: what was adopted is word for word the same
    let mut told = feed(&hub).await;
    told.retain(|record| record["epoch"] == 1);
    assert_eq!(told, told_before[..told.len()]);
    assert!(told.len() > 20, "{}", told.len());
    agrees(hub).await;
}

/// The database refuses to let the hub reach a phase, until it is told otherwise.
fn barrier(store: Store, phase: &str) -> Vec<String> {
    match store {
        Store::Sqlite => vec![format!(
            "CREATE TRIGGER barrier BEFORE UPDATE ON heads WHEN NEW.phase = '{phase}'
             BEGIN SELECT RAISE(ABORT, 'not yet'); END"
        )],
        Store::Postgres => vec![
            format!(
                "CREATE FUNCTION not_yet() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN IF NEW.phase = '{phase}' THEN RAISE EXCEPTION 'not yet'; END IF; RETURN NEW; END $$"
            ),
            "CREATE TRIGGER barrier BEFORE UPDATE ON heads FOR EACH ROW EXECUTE FUNCTION not_yet()".to_owned(),
        ],
    }
}

fn no_barrier(store: Store) -> Vec<String> {
    match store {
        Store::Sqlite => vec!["DROP TRIGGER barrier".to_owned()],
        Store::Postgres => vec![
            "DROP TRIGGER barrier ON heads".to_owned(),
            "DROP FUNCTION not_yet".to_owned(),
        ],
    }
}

async fn whatever_step_a_crash_cuts_off_is_gone_on_with_after_it(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let check = ana.tablet.open(2, 2);
    let fire = ana.tablet.send(check.order, &check.lines);
    ana.tablet.push(&hub, &[&check, &fire]).await.expect(200);
    ana.pull(&hub).await;
    let late = ana.tablet.open(3, 1);
    let answer = ana.tablet.push(&hub, &[&late]).await.expect(200);
    let brought = [ana.acknowledged(&late, &decided(&answer, 0))];
    let mut home = hub.stop().await;
    for cut in ["adopting", "deciding", "open"] {
        restored(&home, &backup).await;
        let hub = Hub::start(home, Options::default()).await;
        // A part of a report, and the hub is gone: the rest comes after it
        let half = ana.log.len() / 2;
        ana.say(&hub, &ana.part(&ana.log[..half], &[], false))
            .await
            .expect(200);
        let hub = hub.restart().await;
        hub.home.sql(&barrier(store, cut)).await;
        let part = ana.part(&ana.log[half..], &brought, true);
        let refused = ana.say(&hub, &part).await;
        assert_eq!(refused.status, 503, "{cut}: {}", refused.text);
        let stands = phase(&hub).await;
        assert_ne!(stands, "open", "{cut}");
        let killed = hub.kill().await;
        killed.sql(&no_barrier(store)).await;

        let hub = Hub::start(killed, Options::default()).await;

        assert_eq!(phase(&hub).await, "open", "{cut}");
        let done = ana.say(&hub, &ana.part(&[], &[], false)).await.expect(200);
        assert_eq!(done, json!({"phase": "open", "wants": null}), "{cut}");
        let mut reader = Replica::enrol(&hub, "office").await;
        let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
        let count = |kind: &str| entries.iter().filter(|entry| entry["kind"] == kind).count();
        assert_eq!(
            (
                count("sync.start_epoch"),
                count("orders.open"),
                count("orders.send")
            ),
            (1, 2, 1),
            "{cut}"
        );
        the_feed_is_whole(&hub, 2).await;
        home = agrees(hub).await;
    }
}

async fn who_does_not_come_is_not_waited_for_for_ever_and_counts_when_it_comes(store: Store) {
    let (hub, backup, ana, mut ben) = begun(store).await;
    let other = ben.tablet.open(1, 2);
    let fire = ben.tablet.send(other.order, &other.lines);
    ben.tablet.push(&hub, &[&other, &fire]).await.expect(200);
    ben.pull(&hub).await;
    let hub = put_back(hub, &backup).await;
    ana.report(&hub, &[]).await;
    assert_eq!(phase(&hub).await, "collecting");

    post(&hub, "ana", "recovery/end", json!({}))
        .await
        .refused(403, "forbidden");
    end_the_wait(&hub).await;

    assert_eq!(phase(&hub).await, "open");
    let manager = crate::kit::device::subject(&hub.token("manager").await);
    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let began = entries
        .iter()
        .find(|entry| entry["kind"] == "sync.start_epoch")
        .unwrap();
    assert_eq!(began["by"], json!(manager), "by name");
    assert!(entries.iter().all(|entry| entry["kind"] != "orders.send"));
    let from = began["events"][0]["data"]["from"].clone();

    // Ben comes late, with a longer tail than the one that was adopted
    let asked = ben.say(&hub, &ben.part(&[], &[], false)).await.expect(200);
    assert_eq!(asked, json!({"phase": "open", "wants": from}));
    let told = ben.report(&hub, &[]).await;
    assert_eq!(told, json!({"phase": "open", "wants": null}));
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let sent: Vec<_> = entries
        .iter()
        .filter(|entry| entry["kind"] == "orders.send")
        .collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0]["outcome"], "applied");
    // Nothing is to end any more
    end_the_wait(&hub).await;
    the_feed_is_whole(&hub, 2).await;
    agrees(hub).await;
}

async fn what_was_refused_stays_refused_and_what_is_known_is_skipped(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = Replica::enrol(&hub, "waiter").await;
    let mut ana = ana;
    let before = ana.tablet.open(0, 1);
    ana.tablet.push(&hub, &[&before]).await.expect(200);
    let (hub, backup) = backed_up(hub).await;
    ana.pull(&hub).await;
    let (refused, kept) = (ana.tablet.open(1, 1), ana.tablet.open(2, 1));
    let hub = put_back(hub, &backup).await;
    let seq = ana.tablet.seq();
    let brought = [
        ana.acknowledged(&kept, &json!({"seq": seq + 2, "outcome": "applied"})),
        ana.acknowledged(
            &refused,
            &json!({"seq": seq + 1, "outcome": "rejected", "code": "order_closed"}),
        ),
        ana.acknowledged(&before, &json!({"seq": seq + 3, "outcome": "applied"})),
    ];

    ana.report(&hub, &brought).await;

    assert_eq!(phase(&hub).await, "open");
    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let opened: Vec<_> = entries
        .iter()
        .filter(|entry| entry["kind"] == "orders.open")
        .map(|entry| {
            (
                entry["outcome"].clone(),
                entry["code"].clone(),
                entry["mid"].clone(),
            )
        })
        .collect();
    let applied = |mid: u64| (json!("applied"), Value::Null, json!(mid));
    let stays = (json!("rejected"), json!("order_closed"), json!(2));
    assert_eq!(
        opened,
        [applied(1), stays, applied(3)],
        "in their old order, each once"
    );
    agrees(hub).await;
}

async fn while_it_gathers_nothing_else_is_written(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let old = hub.token("manager").await;
    let (hub, backup) = backed_up(hub).await;
    let hub = put_back(hub, &backup).await;

    hub.get("/api/v1/auth/profile")
        .by(&old)
        .send()
        .await
        .refused(401, "unauthorized");
    let command = ana.tablet.open(0, 1);
    ana.tablet
        .push(&hub, &[&command])
        .await
        .refused(503, "recovering");
    ana.tablet.pull(&hub, 10).await.refused(503, "recovering");
    let snapshot = hub
        .get("/api/v1/sync/snapshot?oldest=0")
        .by(&ana.tablet.token)
        .send()
        .await;
    snapshot.refused(503, "recovering");
    let order = json!({"tableId": ana.tablet.floor.tables[0], "guests": 2, "items": []});
    post(&hub, "ana", "orders", order)
        .await
        .refused(503, "recovering");
    let room = json!({"id": fresh(), "name": "T99", "room": "Garden", "seats": 2});
    post(&hub, "admin", "tables", room)
        .await
        .refused(503, "recovering");
    let tables = get(&hub, "ana", "tables").await;
    assert_ne!(tables["items"], json!([]), "reading goes on");
    let health = hub.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "degraded", "it says so");
    let pin = json!({"username": "ana", "pin": "3001"});
    hub.post("/api/v1/auth/pin")
        .by(&ana.tablet.token)
        .json(&pin)
        .await
        .expect(200);
    agrees(hub).await;
}

async fn an_entry_that_was_touched_is_not_adopted(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let check = ana.tablet.open(0, 1);
    ana.tablet.push(&hub, &[&check]).await.expect(200);
    ana.pull(&hub).await;
    let hub = put_back(hub, &backup).await;
    let last = ana.log.len() - 1;
    ana.log[last].1 = ana.log[last].1.replace("\"guests\":2", "\"guests\":9");

    ana.report(&hub, &[]).await;

    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let at = |kind: &str| {
        entries
            .iter()
            .position(|entry| entry["kind"] == kind)
            .unwrap()
    };
    assert!(
        at("sync.start_epoch") < at("orders.open"),
        "it is decided anew, and says so"
    );
    agrees(hub).await;
}

/// An entry that no hub has written: somebody wants a room.
fn made_up(seq: u64, by: &str) -> (u64, String) {
    let room = domain::floor::Room {
        id: domain::ids::RoomId(fresh()),
        name: domain::text::Name::new("Attic").unwrap(),
        position: 9,
    };
    let command = domain::Command::from(domain::floor::AddRoom { room });
    let args: Value = serde_json::from_str(&command.body()).unwrap();
    let entry = json!({
        "v": 1, "seq": seq, "device": null, "mid": null, "cmdId": fresh(), "by": by, "at": 1, "hubAt": 1,
        "day": null, "kind": command.kind(), "command": {"version": command.version(), "args": args},
        "outcome": "applied", "events": [],
    });
    (seq, entry.to_string())
}

async fn what_only_a_device_says_changes_neither_people_nor_the_house(store: Store) {
    let (hub, backup, mut ana, mut ben) = begun(store).await;
    let table = json!({"name": "T99", "room": "Cellar", "seats": 2});
    post(&hub, "admin", "tables", table).await.expect(201);
    ben.pull(&hub).await;
    let admin = crate::kit::device::subject(&hub.token("admin").await);
    let hub = put_back(hub, &backup).await;
    ana.log.push(made_up(ana.tablet.seq() + 1, &admin));
    ana.report(&hub, &[]).await;
    end_the_wait(&hub).await;

    // What leads to a signed position is the hub's own word, late too
    ben.report(&hub, &[]).await;

    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let at = |kind: &str| entries.iter().position(|entry| entry["kind"] == kind);
    assert!(at("orders.open") < at("sync.start_epoch"), "adopted");
    let claimed: Vec<_> = entries
        .iter()
        .filter(|entry| entry["outcome"] == "quarantined")
        .map(|entry| (entry["kind"].clone(), entry["code"].clone()))
        .collect();
    let why = (json!("floor.add_room"), json!("only a device says so"));
    assert_eq!(claimed, [why]);
    let tables = get(&hub, "ana", "tables").await;
    let names = tables["items"].as_array().unwrap().iter();
    assert_eq!(names.filter(|table| table["name"] == "T99").count(), 1);
    agrees(hub).await;
}
