//! A hub that has forgotten: its database is older than what it has said to its devices.

use crate::kit::device::cards;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Options, Store, Tablet};
use serde_json::{Value, json};

on_both! {
    a_rewound_hub_opens_a_new_epoch_and_devices_bring_everything_back,
    many_devices_that_show_the_same_loss_make_one_epoch,
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

async fn a_rewound_hub_opens_a_new_epoch_and_devices_bring_everything_back(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut bystander = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    tablet.push(&hub, &[&first]).await.expect(200);
    bystander.position = bystander.snapshot(&hub, 0).await["position"].clone();
    let (second, third) = (tablet.open(1, 1), tablet.open(2, 1));
    let hub = rewound(hub, async |hub| {
        let answer = tablet.push(hub, &[&second, &third]).await.expect(200);
        tablet.position = answer["position"].clone();
    })
    .await;
    let forgotten = tablet.seq();

    assert_eq!(
        tablet.pull(&hub, 500).await.expect(200),
        json!({"reset": "epoch"})
    );

    let snapshot = tablet.snapshot(&hub, 0).await;
    tablet.verify(&snapshot["position"]);
    assert_eq!(snapshot["position"]["position"]["epoch"]["n"], 2);
    assert_eq!(
        snapshot["lastMid"], 1,
        "it has forgotten the second and the third"
    );
    assert_eq!(
        bystander.pull(&hub, 500).await.expect(200),
        json!({"reset": "epoch"})
    );
    tablet.push(&hub, &[&second]).await.refused(409, "epoch");
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
    assert_eq!(start["events"][0]["data"]["from"], json!(forgotten - 2));
    epoch_is_in_every_topic(&hub).await;
    hub.told()
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

async fn many_devices_that_show_the_same_loss_make_one_epoch(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablets = Vec::new();
    for _ in 0..6 {
        tablets.push(Tablet::enrol(&hub).await);
    }
    let hub = rewound(hub, async |hub| {
        for (n, tablet) in tablets.iter_mut().enumerate() {
            let command = tablet.open(n, 1);
            tablet.position = tablet.push(hub, &[&command]).await.expect(200)["position"].clone();
        }
    })
    .await;

    let pulls =
        futures_util::future::join_all(tablets.iter().map(|tablet| tablet.pull(&hub, 10))).await;

    for pull in pulls {
        assert_eq!(pull.expect(200), json!({"reset": "epoch"}));
    }
    assert_eq!(
        tablets[0].snapshot(&hub, 0).await["position"]["position"]["epoch"]["n"],
        2
    );
    let entries = tablets[0].read_log(&hub, 500).await;
    assert_eq!(
        entries
            .iter()
            .filter(|entry| entry["kind"] == "sync.start_epoch")
            .count(),
        1
    );
}

async fn a_device_may_jump_once_over_what_nobody_holds(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
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
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "epoch"})
    );
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
    let mut tablet = Tablet::enrol(&hub).await;
    let ana = hub.token("ana").await;
    let home = hub.stop().await;
    let first = home.copied().await;
    let hub = Hub::start(home, Options::default()).await;
    let command = tablet.open(0, 1);
    tablet.position = tablet.push(&hub, &[&command]).await.expect(200)["position"].clone();
    let home = hub.stop().await;
    home.put_back(&first).await;
    let hub = Hub::start(home, Options::default()).await;
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "epoch"})
    );
    tablet.position = tablet.snapshot(&hub, 0).await["position"].clone();
    assert_eq!(tablet.epoch()["n"], 2);
    let home = hub.stop().await;
    home.put_back(&first).await;
    let hub = Hub::start(home, Options::default()).await;

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
    hub.told()
}

async fn a_feed_reader_from_before_the_loss_is_told_of_it(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
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
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "epoch"})
    );

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
