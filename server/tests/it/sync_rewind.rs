//! A hub that has forgotten and was not told so: its database is older than what it has said to its devices.

use crate::kit::device::cards;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Options, Store, Tablet};
use crate::recover::{Replica, agrees, phase};
use crate::recover_trust::revoke;
use serde_json::{Value, json};

on_both! {
    a_rewound_hub_gathers_and_opens_a_new_epoch_with_everything_back,
    what_a_rewound_hub_wrote_before_anybody_noticed_stays,
    a_revoked_device_shows_a_loss_that_nobody_has_noticed,
    many_devices_that_show_the_same_loss_make_one_epoch,
    a_database_that_is_elsewhere_than_it_was_gathers_before_anybody_shows_anything,
    a_device_may_jump_once_over_what_nobody_holds,
    a_hub_that_is_shown_a_later_epoch_stops,
    a_feed_reader_from_before_the_loss_is_told_of_it,
}

/// Stops the hub, lets the story go on from a copy taken before `forgotten`, and starts on that copy.
async fn rewound(hub: Hub, forgotten: impl AsyncFnOnce(&Hub)) -> Hub {
    let home = hub.stop().await;
    let copy = home.copied().await;
    let hub = Hub::start(home, Options::default()).await;
    forgotten(&hub).await;
    let home = hub.stop().await;
    home.put_back(&copy).await;
    Hub::start(home, Options::default()).await
}

async fn a_rewound_hub_gathers_and_opens_a_new_epoch_with_everything_back(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Replica::enrol(&hub, "waiter").await;
    let mut bystander = Replica::enrol(&hub, "waiter").await;
    let first = tablet.tablet.open(0, 1);
    tablet.tablet.push(&hub, &[&first]).await.expect(200);
    bystander.pull(&hub).await;
    let (second, third) = (tablet.tablet.open(1, 1), tablet.tablet.open(2, 1));
    let hub = rewound(hub, async |hub| {
        let both = [&second, &third];
        tablet.tablet.push(hub, &both).await.expect(200);
        tablet.pull(hub).await;
    })
    .await;
    let forgotten = tablet.tablet.seq();

    // Nobody notices while only those come who know no more than the hub
    bystander.tablet.pull(&hub, 500).await.expect(200);
    let pull = tablet.tablet.pull(&hub, 500).await;
    pull.refused(503, "recovering");
    let push = tablet.tablet.push(&hub, &[&second]).await;
    push.refused(503, "recovering");
    bystander
        .tablet
        .pull(&hub, 9)
        .await
        .refused(503, "recovering");
    tablet.report(&hub, &[]).await;
    assert_eq!(phase(&hub).await, "collecting");
    bystander.report(&hub, &[]).await;

    let tablet = &mut tablet.tablet;
    let reset = json!({"reset": "epoch"});
    assert_eq!(tablet.pull(&hub, 500).await.expect(200), reset);
    tablet.push(&hub, &[&second]).await.refused(409, "epoch");
    let snapshot = tablet.snapshot(&hub, 0).await;
    tablet.verify(&snapshot["position"]);
    assert_eq!(snapshot["position"]["position"]["epoch"]["n"], 2);
    assert_eq!(snapshot["lastMid"], 3, "it knows the three again");
    assert_eq!(bystander.tablet.pull(&hub, 500).await.expect(200), reset);
    tablet.position = snapshot["position"].clone();
    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&first, &second, &third]).await);
    assert_eq!(outcomes, ["applied", "applied", "applied"]);

    let entries = tablet.read_log(&hub, 500).await;
    let opened: Vec<_> = entries
        .iter()
        .filter(|entry| entry["kind"] == "orders.open")
        .collect();
    assert_eq!(opened.len(), 3, "each is there once");
    let start = entries
        .iter()
        .find(|entry| entry["kind"] == "sync.start_epoch")
        .expect("an entry says so");
    assert_eq!(start["events"][0]["kind"], "epoch.started");
    let says = json!({"epoch": 2, "from": forgotten, "why": "rewound"});
    assert_eq!(start["events"][0]["data"], says);
    epoch_is_in_every_topic(&hub).await;
    let told = hub.told();
    agrees(hub).await;
    told
}

async fn what_a_rewound_hub_wrote_before_anybody_noticed_stays(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Replica::enrol(&hub, "waiter").await;
    let mut other = Replica::enrol(&hub, "waiter").await;
    let forgotten = tablet.tablet.open(0, 2);
    let fired = tablet.tablet.send(forgotten.order, &forgotten.lines);
    let hub = rewound(hub, async |hub| {
        let both = [&forgotten, &fired];
        tablet.tablet.push(hub, &both).await.expect(200);
        tablet.pull(hub).await;
    })
    .await;
    let meanwhile = other.tablet.open(1, 1);
    other.tablet.push(&hub, &[&meanwhile]).await.expect(200);
    let more = other.tablet.open(2, 1);
    other.tablet.push(&hub, &[&more]).await.expect(200);
    other.pull(&hub).await;
    let pull = tablet.tablet.pull(&hub, 500).await;
    pull.refused(503, "recovering");
    other.report(&hub, &[]).await;
    tablet.report(&hub, &[]).await;

    let entries = tablet.tablet.read_log(&hub, 500).await;

    let kinds: Vec<&str> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .filter(|kind| kind.starts_with("orders.") || *kind == "sync.start_epoch")
        .collect();
    let order = [
        "orders.open",
        "orders.open",
        "sync.start_epoch",
        "orders.open",
        "orders.send",
    ];
    assert_eq!(
        kinds, order,
        "what stands stays, what was lost comes after it"
    );
    assert!(cards(entries).is_empty(), "nobody has to look at it");
    agrees(hub).await;
}

/// Nobody tells it anything any more; but what it alone holds is the hub's own word.
async fn a_revoked_device_shows_a_loss_that_nobody_has_noticed(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Replica::enrol(&hub, "waiter").await;
    let mut bystander = Replica::enrol(&hub, "waiter").await;
    bystander.pull(&hub).await;
    let check = tablet.tablet.open(0, 1);
    let hub = rewound(hub, async |hub| {
        tablet.tablet.push(hub, &[&check]).await.expect(200);
        tablet.pull(hub).await;
    })
    .await;
    revoke(&hub, &tablet.tablet.id).await;

    let part = tablet.part(&[], &[], false);
    tablet.say(&hub, &part).await.refused(503, "recovering");
    tablet.report(&hub, &[]).await;
    bystander.report(&hub, &[]).await;

    assert_eq!(phase(&hub).await, "open");
    let entries = bystander.tablet.read_log(&hub, 500).await;
    let opened: Vec<&Value> = entries
        .iter()
        .filter(|entry| entry["kind"] == "orders.open")
        .map(|entry| &entry["outcome"])
        .collect();
    assert_eq!(opened, ["applied"], "it is there once");
    agrees(hub).await;
}

/// Every topic gets one record, whose seq says where it goes on from; what follows counts on from there.
async fn epoch_is_in_every_topic(hub: &Hub) {
    let admin = hub.token("admin").await;
    let feed = hub
        .get("/api/v1/events?limit=200")
        .unheard()
        .by(&admin)
        .send()
        .await
        .expect(200);
    let records = feed["items"].as_array().unwrap();
    let mut last = std::collections::BTreeMap::<String, (u64, u64)>::new();
    let starts: Vec<&Value> = records
        .iter()
        .filter(|record| record["type"] == "epoch.started")
        .collect();
    assert_eq!(starts.len(), 10);
    for start in starts {
        assert_eq!(
            (&start["epoch"], &start["data"]),
            (&json!(2), &json!({"epoch": 2, "from": start["seq"]}))
        );
    }
    for record in records
        .iter()
        .filter(|record| record["type"] != "epoch.started")
    {
        let topic = record["type"].as_str().unwrap().to_owned();
        let (seq, epoch) = (
            record["seq"].as_u64().unwrap(),
            record["epoch"].as_u64().unwrap(),
        );
        let before = last.insert(topic, (seq, epoch)).unwrap_or((0, 1));
        assert_eq!(seq, before.0 + 1, "a topic has no gap over a new epoch");
        assert!(epoch >= before.1);
    }
}

async fn a_database_that_is_elsewhere_than_it_was_gathers_before_anybody_shows_anything(
    store: Store,
) {
    let hub = Hub::demo(store).await;
    let tablet = Replica::enrol(&hub, "waiter").await;
    let hub = hub.restart().await;
    assert_eq!(phase(&hub).await, "open", "a restart is no move");
    let home = hub.stop().await;
    match store {
        Store::Sqlite => {
            let (file, other) = (home.sqlite_file(), home.folder.path().join("other"));
            std::fs::copy(&file, &other).unwrap();
            std::fs::rename(&other, &file).unwrap();
        }
        // Another cluster takes too long to make: it was in one before.
        Store::Postgres => {
            let before = "UPDATE hub SET value = 'postgres 1 1' WHERE name = 'place'";
            home.sql(&[before.to_owned()]).await;
        }
    }

    let hub = Hub::start(home, Options::default()).await;

    assert_eq!(phase(&hub).await, "collecting");
    tablet.report(&hub, &[]).await;
    assert_eq!(phase(&hub).await, "open");
    let hub = hub.restart().await;
    assert_eq!(phase(&hub).await, "open", "it is where it is now");
    agrees(hub).await;
}

async fn many_devices_that_show_the_same_loss_make_one_epoch(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablets = Vec::new();
    for _ in 0..6 {
        tablets.push(Replica::enrol(&hub, "waiter").await);
    }
    let hub = rewound(hub, async |hub| {
        for (n, tablet) in tablets.iter_mut().enumerate() {
            let command = tablet.tablet.open(n, 1);
            tablet.tablet.push(hub, &[&command]).await.expect(200);
            tablet.pull(hub).await;
        }
    })
    .await;

    let pulls = tablets.iter().map(|tablet| tablet.tablet.pull(&hub, 10));
    for pull in futures_util::future::join_all(pulls).await {
        pull.refused(503, "recovering");
    }
    let reports = tablets.iter().map(|tablet| tablet.report(&hub, &[]));
    futures_util::future::join_all(reports).await;

    assert_eq!(phase(&hub).await, "open");
    let entries = tablets[0].tablet.read_log(&hub, 500).await;
    let count = |kind: &str| entries.iter().filter(|entry| entry["kind"] == kind).count();
    assert_eq!((count("sync.start_epoch"), count("orders.open")), (1, 6));
}

async fn a_device_may_jump_once_over_what_nobody_holds(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut replica = Replica::enrol(&hub, "waiter").await;
    let tablet = &mut replica.tablet;
    let commands: Vec<_> = (0..9).map(|n| tablet.open(n, 1)).collect();
    tablet.push(&hub, &[&commands[0]]).await.expect(200);
    let hub = rewound(hub, async |hub| {
        let answer = tablet
            .push(hub, &commands[1..5].iter().collect::<Vec<_>>())
            .await
            .expect(200);
        tablet.position = answer["position"].clone();
    })
    .await;
    tablet.pull(&hub, 10).await.refused(503, "recovering");
    replica.report(&hub, &[]).await;
    let tablet = &mut replica.tablet;
    tablet.position = tablet.snapshot(&hub, 0).await["position"].clone();

    // The second and third are older than what it keeps.
    let jump = Tablet::outcomes(tablet.push(&hub, &[&commands[3], &commands[4]]).await);
    assert_eq!(jump, ["applied", "applied"]);
    let again = tablet.push(&hub, &[&commands[7]]).await.refused(409, "gap");
    assert_eq!(again["expected"], 6, "once is enough");

    let device = json!(tablet.id);
    let entries = tablet.read_log(&hub, 500).await;
    assert_eq!(cards(entries), ["missing_range"]);
    let gap = entries
        .iter()
        .find(|entry| entry["kind"] == "sync.record_gap")
        .unwrap();
    let about = &gap["events"][0]["data"]["card"]["about"];
    assert_eq!(
        (&about["device"], &about["from"], &about["to"]),
        (&device, &json!(2), &json!(3))
    );
    hub.told()
}

async fn a_hub_that_is_shown_a_later_epoch_stops(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut replica = Replica::enrol(&hub, "waiter").await;
    let tablet = &mut replica.tablet;
    let home = hub.stop().await;
    let first = home.copied().await;
    let hub = Hub::start(home, Options::default()).await;
    let command = tablet.open(0, 1);
    tablet.position = tablet.push(&hub, &[&command]).await.expect(200)["position"].clone();
    let home = hub.stop().await;
    home.put_back(&first).await;
    let hub = Hub::start(home, Options::default()).await;
    tablet.pull(&hub, 10).await.refused(503, "recovering");
    replica.report(&hub, &[]).await;
    let tablet = &mut replica.tablet;
    tablet.position = tablet.snapshot(&hub, 0).await["position"].clone();
    assert_eq!(tablet.epoch()["n"], 2);
    let home = hub.stop().await;
    home.put_back(&first).await;
    let hub = Hub::start(home, Options::default()).await;
    let ana = hub.token("ana").await;

    tablet.pull(&hub, 10).await.refused(503, "hub_behind");

    tablet
        .push(&hub, &[&command])
        .await
        .refused(503, "hub_behind");
    let order = json!({"tableId": tablet.floor.tables[0], "guests": 2, "items": []});
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&order)
        .await
        .refused(503, "hub_behind");
    assert_eq!(
        hub.get("/health").send().await.expect(200)["status"],
        "degraded",
        "it says so"
    );
    let hub = hub.restart().await;
    let pull = tablet.pull(&hub, 10).await;
    pull.refused(503, "hub_behind");
    let order = json!({"tableId": tablet.floor.tables[0], "guests": 2, "items": []});
    let asked = hub.post("/api/v1/orders").by(&hub.token("ana").await);
    let ordered = asked.json(&order).await;
    ordered.refused(503, "hub_behind");
    hub.told()
}

async fn a_feed_reader_from_before_the_loss_is_told_of_it(store: Store) {
    let hub = Hub::demo(store).await;
    let mut replica = Replica::enrol(&hub, "waiter").await;
    let tablet = &mut replica.tablet;
    let admin = hub.token("admin").await;
    let command = tablet.open(0, 1);
    let mut cursor = String::new();
    let hub = rewound(hub, async |hub| {
        tablet.position = tablet.push(hub, &[&command]).await.expect(200)["position"].clone();
        let feed = hub
            .get("/api/v1/events?limit=200")
            .by(&admin)
            .send()
            .await
            .expect(200);
        cursor = feed["next"].as_str().unwrap().to_owned();
    })
    .await;
    tablet.pull(&hub, 10).await.refused(503, "recovering");
    replica.report(&hub, &[]).await;
    let admin = hub.token("admin").await;

    let path = format!("/api/v1/events?after={cursor}");
    let feed = hub.get(&path).by(&admin).send().await.expect(200);

    let starts = feed["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["type"] == "epoch.started");
    assert_eq!(
        starts.count(),
        10,
        "it reads on from where the new epoch begins: {feed}"
    );
    let path = format!("/api/v1/events?after={}", feed["next"].as_str().unwrap());
    assert_eq!(
        hub.get(&path).by(&admin).send().await.expect(200)["items"],
        json!([])
    );
}
