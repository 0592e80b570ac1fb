//! Two nodes of one hub on one PostgreSQL: one log, one feed, and everybody hears of it wherever they are connected.

use crate::crash::{Till, Waiter, each_is_there_once};
use crate::feed::relayed;
use crate::kit::device::Floor;
use crate::kit::hub::Home;
use crate::kit::kafka::Broker;
use crate::kit::{Hub, Options, Socket, Store, Tablet, eventually, fresh, postgres};
use crate::recover::{Replica, agrees, phase};
use crate::world::{run, verify};
use comanda::store::{Db, head};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const EACH: usize = 8;
const SOON: Duration = Duration::from_secs(1);

/// Another node of the same hub, with a data folder of its own.
async fn twin(hub: &Hub, options: Options) -> Hub {
    let mut home = Home::nowhere(Store::Postgres);
    home.database = hub.home.database.clone();
    Hub::start(home, options).await
}

/// A till or a tablet at one of the nodes: the ids of the checks that it was told are open.
async fn write(n: usize, hub: &Hub, floor: &Floor, till: &str) -> Vec<String> {
    let mut opened = Vec::new();
    let mut tablet = match n % 4 {
        0 | 1 => None,
        _ => Some(Tablet::enrol(hub).await),
    };
    for k in 0..EACH {
        opened.push(match &mut tablet {
            Some(tablet) => {
                let open = tablet.open((n + k) % 12, 1);
                let pushed = tablet.push(hub, &[&open]).await;
                assert_eq!(Tablet::outcomes(pushed), ["applied"]);
                open.order.to_string()
            }
            None => order(hub, floor, till, n + k, 1).await,
        });
    }
    opened
}

/// Opens a check with so many lines and sends it; its id.
async fn order(hub: &Hub, floor: &Floor, till: &str, table: usize, lines: usize) -> String {
    let id = fresh().to_string();
    let items = (0..lines).map(|n| json!({"dishId": floor.dishes[n % 9], "quantity": 1}));
    let items: Vec<Value> = items.collect();
    let table = floor.tables[table % 12];
    let order = json!({"id": id, "tableId": table, "guests": 2, "items": items, "send": true});
    let asked = hub.post("/api/v1/orders").unheard().by(till);
    asked.json(&order).await.expect(201);
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_over_two_nodes_leave_one_log() {
    let one = Hub::demo(Store::Postgres).await;
    let two = twin(&one, Options::default()).await;
    let floor = Floor::of(&one).await;
    let till = one.token("ana").await;
    let nodes = [&one, &two];
    let writers = (0..16).map(|n| write(n, nodes[n % 2], &floor, &till));
    let acknowledged = futures_util::future::join_all(writers).await.concat();

    let mut reader = Tablet::enrol(&two).await;
    let entries = reader.read_log(&one, 500).await.to_vec();
    let events = entries
        .iter()
        .flat_map(|entry| entry["events"].as_array().unwrap());
    let opened: Vec<&Value> = events
        .filter(|event| event["kind"] == "order.opened")
        .map(|event| &event["data"])
        .collect();
    let ids: Vec<&str> = opened
        .iter()
        .map(|data| data["order"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), acknowledged.len(), "each once");
    let acknowledged = acknowledged.iter().map(String::as_str);
    assert_eq!(
        ids.iter().copied().collect::<BTreeSet<_>>(),
        acknowledged.collect()
    );
    let mut numbers: Vec<u64> = opened
        .iter()
        .map(|data| data["number"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=16 * EACH as u64).collect::<Vec<_>>(),
        "no gap and no double"
    );
    crate::crash::the_feed_is_what_the_log_says(&two, &entries).await;
    let ended = verify(&one.home).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    two.stop().await;
    one.stop().await;
}

/// Whoever is left without an answer asks the node that is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_node_is_killed_by_turns_in_the_middle_of_writes() {
    let one = Hub::demo(Store::Postgres).await;
    let floor = Floor::of(&one).await;
    let mut nodes = vec![one];
    nodes.push(twin(&nodes[0], Options::default()).await);
    let mut tills = [
        Till::new(&nodes[0].token("ana").await, &floor),
        Till::new(&nodes[0].token("ben").await, &floor),
    ];
    let mut waiters = [
        Waiter::enrol(&nodes[0]).await,
        Waiter::enrol(&nodes[1]).await,
    ];
    for round in 0..8 {
        let acks = AtomicUsize::new(0);
        let (first, enough) = (1 + 2 * round, 9 + 2 * round);
        let killer = async {
            while acks.load(Ordering::Relaxed) < first {
                tokio::task::yield_now().await;
            }
            nodes[round % 2].kill_now();
        };
        // Each is at the other node in the next round.
        let at = |n: usize| &nodes[(n + round / 2) % 2];
        let ([a, b], [c, d]) = (&mut tills, &mut waiters);
        tokio::join!(
            a.work(at(0), &floor, &acks, enough),
            b.work(at(1), &floor, &acks, enough),
            c.work(at(0), &acks, enough),
            d.work(at(1), &acks, enough),
            killer
        );
        let dead = nodes.remove(round % 2);
        nodes.insert(round % 2, dead.restart().await);
    }
    each_is_there_once(&nodes[1], &tills, &waiters).await;
    let ended = verify(&nodes[0].home).await;
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

/// What is said while a node hears nothing is not lost: it pokes its devices once it hears again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_link_is_cut_hears_the_others_again() {
    let one = Hub::demo(Store::Postgres).await;
    let floor = Floor::of(&one).await;
    let ana = one.token("ana").await;
    let tablet = Tablet::enrol(&one).await;
    let two = twin(&one, Options::default()).await;
    let mut device = Socket::connect(&one, &tablet.token).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    one.home.sql(&[cut.to_owned()]).await;
    order(&two, &floor, &ana, 1, 1).await;
    let last = {
        let mut reader = tablet.clone();
        reader.read_log(&two, 500).await.len()
    };
    loop {
        let (_, poke) = device.until("sync:poke").await;
        if poke["seq"] == last {
            break;
        }
    }
    assert!(
        one.home
            .log()
            .contains("the link to the other nodes was lost")
    );
    let mut waiter = Socket::connect(&one, &ana).await;
    let again = async {
        loop {
            let id = order(&two, &floor, &ana, 2, 1).await;
            let heard = tokio::time::timeout(SOON, waiter.until("order:new")).await;
            if heard.is_ok_and(|(_, told)| told["order"]["id"] == id.as_str()) {
                return;
            }
        }
    };
    tokio::time::timeout(30 * SOON, again)
        .await
        .expect("it hears all of it again");
    two.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_commits_is_heard_at_the_other() {
    let one = Hub::demo(Store::Postgres).await;
    let floor = Floor::of(&one).await;
    let ana = one.token("ana").await;
    let tablet = Tablet::enrol(&one).await;
    let mut device = Socket::connect(&one, &tablet.token).await;
    let mut waiter = Socket::connect(&one, &ana).await;
    let mut cook = Socket::connect(&one, &one.token("kitchen").await).await;
    let two = twin(&one, Options::default()).await;
    let mut beside = Socket::connect(&two, &ana).await;

    // Large enough that no single notification holds it.
    let id = order(&two, &floor, &ana, 3, 60).await;
    let (_, heard) = waiter.until("order:new").await;
    let (_, told) = beside.until("order:new").await;
    assert_eq!(heard, told, "the same at either node");
    assert_eq!(heard["order"]["id"], id.as_str());
    assert_eq!(heard["order"]["items"].as_array().unwrap().len(), 60);
    let (_, table) = waiter.until("table:update").await;
    assert_eq!(table["table"]["status"], "occupied");
    let (_, cooked) = cook.until("order:new").await;
    assert_eq!(cooked["order"]["id"], id.as_str());
    assert!(heard["order"]["total"].is_number());
    assert_eq!(
        cooked["order"].get("total"),
        None,
        "the kitchen hears of no money"
    );
    let (before, poke) = device.until("sync:poke").await;
    assert!(before.contains(&"order:new".to_owned()), "{before:?}");
    assert_eq!(poke["seq"], heard["seq"]);
    // And the other way.
    let id = order(&one, &floor, &ana, 4, 1).await;
    let (_, told) = beside.until("order:new").await;
    assert_eq!(told["order"]["id"], id.as_str());
    two.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_shown_out_at_one_node_is_out_at_the_other() {
    let one = Hub::demo(Store::Postgres).await;
    let two = twin(&one, Options::default()).await;
    let login = json!({"username": "ben", "password": "demo-ben"});
    let asked = two.post("/api/v1/auth/login").json(&login).await;
    let session = asked.expect(200);
    let ben = session["accessToken"].as_str().unwrap();
    let tablet = Tablet::enrol(&two).await;
    let mut waiter = Socket::connect(&one, ben).await;
    let mut device = Socket::connect(&one, &tablet.token).await;
    one.get("/api/v1/orders").by(ben).send().await.expect(200);

    two.post("/api/v1/auth/logout")
        .by(ben)
        .send()
        .await
        .expect(204);
    assert!(
        waiter.ends_within(SOON).await,
        "the socket of who signed out"
    );
    let path = format!("/api/v1/devices/{}", tablet.id);
    let admin = two.token("admin").await;
    two.delete(&path).by(&admin).send().await.expect(204);
    assert!(device.ends_within(SOON).await, "the revoked device's");
    let gone = async || {
        let answer = one.get("/api/v1/orders").unheard().by(ben).send().await;
        (answer.status == 401).then_some(())
    };
    crate::kit::within("REST too", SOON, gone).await;
    two.stop().await;
    one.stop().await;
}

/// While both live no record is told twice; when the one that relays is killed the other goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_passes_on_when_its_node_dies() {
    let broker = Broker::start().await;
    let options = Options {
        env: vec![("KAFKA_BROKERS", broker.address())],
        ..Options::default()
    };
    let one = Hub::start(Home::demo(Store::Postgres).await, options.clone()).await;
    let floor = Floor::of(&one).await;
    let ana = one.token("ana").await;
    order(&one, &floor, &ana, 0, 1).await;
    relayed(&broker, &one).await;
    let two = twin(&one, options).await;
    for n in 0..10 {
        order(&two, &floor, &ana, n, 1).await;
        order(&one, &floor, &ana, n, 1).await;
    }
    let records = relayed(&broker, &two).await;
    let ids: BTreeSet<&str> = records
        .iter()
        .map(|read| read.value["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), records.len(), "one of them relays");

    order(&one, &floor, &ana, 1, 1).await;
    one.kill().await;
    for n in 0..10 {
        order(&two, &floor, &ana, n, 1).await;
    }
    relayed(&broker, &two).await;
    let health = two.get("/health").send().await.expect(200);
    assert_eq!(health["checks"]["kafka"], "ok");
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_first_admin_founds_the_restaurant_whichever_node_is_asked() {
    let one = Hub::start(Home::empty(Store::Postgres).await, Options::plain()).await;
    let two = twin(&one, Options::plain()).await;
    let register = async |hub: &Hub, username: &str| {
        let body = json!({
            "username": username, "password": "a-long-password", "fullName": username, "role": "admin",
        });
        let asked = hub.post("/api/v1/auth/register").unheard();
        asked.json(&body).await.status
    };
    let (a, b, c, d) = tokio::join!(
        register(&one, "ada"),
        register(&two, "bea"),
        register(&one, "cleo"),
        register(&two, "dora")
    );
    let mut told = [a, b, c, d];
    told.sort_unstable();
    assert_eq!(told, [201, 401, 401, 401]);
    let ended = verify(&one.home).await;
    assert_eq!(
        ended.out.lines().count(),
        1,
        "one restaurant: {}",
        ended.out
    );
    two.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_have_a_data_folder_each() {
    let one = Hub::demo(Store::Postgres).await;
    let env = one.home.env();
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let second = run(&["serve", "--listen", "127.0.0.1:0"], &env).await;
    assert_eq!(second.code, Some(1));
    assert!(
        second.err.contains("another hub serves the data folder"),
        "{}",
        second.err
    );
    one.stop().await;
}

/// The database is put back behind both; one is brought what it has forgotten, and both are told at once to wait no longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_recover_once() {
    let one = Hub::demo(Store::Postgres).await;
    let floor = Floor::of(&one).await;
    let mut ana = Replica::enrol(&one, "waiter").await;
    let mut ben = Replica::enrol(&one, "waiter").await;
    let home = one.stop().await;
    let copy = home.copied().await;
    let one = Hub::start(home, Options::default()).await;
    let two = twin(&one, Options::default()).await;
    let (first, second) = (ana.tablet.open(0, 1), ben.tablet.open(1, 1));
    ana.tablet.push(&one, &[&first]).await.expect(200);
    ben.tablet.push(&two, &[&second]).await.expect(200);
    ana.pull(&two).await;
    let (other, home) = (two.stop().await, one.stop().await);
    home.put_back(&copy).await;
    let db = Db::postgres(&postgres::url(&home.database)).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let restaurant = head::restaurants(&mut tx).await.unwrap()[0];
    head::begin_recovery(&mut tx, restaurant, "restored")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let one = Hub::start(home, Options::default()).await;
    let two = Hub::start(other, Options::default()).await;
    ana.report(&one, &[]).await;
    assert_eq!(phase(&two).await, "collecting", "Ben is waited for");

    // Neither gets ahead of the other before both are at it
    let mut tx = db.begin().await.unwrap();
    head::lock(&mut tx, restaurant).await.unwrap();
    let end = async |hub: &Hub| {
        let manager = hub.token("manager").await;
        let asked = hub.post("/api/v1/recovery/end").unheard().by(&manager);
        asked.json(&json!({})).await.status
    };
    let both_wait = async {
        eventually("both nodes wait", async || {
            let text = "SELECT COUNT(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'";
            let Db::Postgres(pool) = &db else {
                return None;
            };
            let (waiting,): (i64,) = sqlx::query_as(text).fetch_one(pool).await.unwrap();
            (waiting == 2).then_some(())
        })
        .await;
        tx.commit().await.unwrap();
    };
    let (at_one, at_two, ()) = tokio::join!(end(&one), end(&two), both_wait);

    assert_eq!((at_one, at_two), (204, 204));
    assert_eq!(
        (phase(&one).await, phase(&two).await),
        ("open".into(), "open".into())
    );
    ben.report(&two, &[]).await;
    let mut reader = Replica::enrol(&two, "office").await;
    let log = reader.tablet.read_log(&one, 500).await.to_vec();
    assert_eq!(log, reader.tablet.read_log(&two, 500).await);
    let count = |kind: &str| log.iter().filter(|entry| entry["kind"] == kind).count();
    assert_eq!((count("sync.start_epoch"), count("orders.open")), (1, 2));
    for (n, hub) in [&one, &two].into_iter().enumerate() {
        order(hub, &floor, &hub.token("ana").await, n, 1).await;
    }
    db.close().await;
    two.stop().await;
    agrees(one).await;
}

/// Whoever goes on writing at the other node writes into a log that another copy of the hub has left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_epoch_that_one_node_is_shown_stops_the_other() {
    let hub = Hub::demo(Store::Postgres).await;
    let floor = Floor::of(&hub).await;
    let mut replica = Replica::enrol(&hub, "waiter").await;
    let home = hub.stop().await;
    let first = home.copied().await;
    let hub = Hub::start(home, Options::default()).await;
    let command = replica.tablet.open(0, 1);
    replica.tablet.push(&hub, &[&command]).await.expect(200);
    replica.pull(&hub).await;
    let home = hub.stop().await;
    home.put_back(&first).await;
    let hub = Hub::start(home, Options::default()).await;
    let pull = replica.tablet.pull(&hub, 10).await;
    pull.refused(503, "recovering");
    replica.report(&hub, &[]).await;
    replica.tablet.position = replica.tablet.snapshot(&hub, 0).await["position"].clone();
    let home = hub.stop().await;
    home.put_back(&first).await;
    let one = Hub::start(home, Options::default()).await;
    let two = twin(&one, Options::default()).await;
    let ana = two.token("ana").await;
    order(&two, &floor, &ana, 0, 1).await;

    let pull = replica.tablet.pull(&one, 10).await;
    pull.refused(503, "hub_behind");

    let table = json!({"tableId": floor.tables[1], "guests": 2, "items": []});
    let asked = two.post("/api/v1/orders").unheard().by(&ana);
    asked.json(&table).await.refused(503, "hub_behind");
    let health = two.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "degraded", "it says so");
    two.stop().await;
    one.stop().await;
}
