//! A hub that was put back, and the devices that it does not trust or does not know any more.

use crate::kit::device::cards;
use crate::kit::{Hub, Options, Store, Tablet};
use crate::recover::{
    Replica, agrees, backed_up, decided, end_the_wait, phase, post, put_back, restored,
};
use serde_json::{Value, json};

on_both! {
    a_revoked_device_brings_what_was_forgotten_and_what_only_it_says_waits_for_a_manager,
    a_revoked_device_reports_eight_mebibytes_and_no_more,
    what_was_kept_aside_before_stays_aside,
    where_the_key_is_lost_an_admin_says_whose_log_it_is,
}

pub async fn revoke(hub: &Hub, device: &str) {
    let path = format!("/api/v1/devices/{device}");
    let admin = hub.token("admin").await;
    hub.delete(&path).by(&admin).send().await.expect(204);
}

/// What the log holds of one device: each command's kind and outcome, at its place.
fn of_device(entries: &[Value], device: &str) -> Vec<(Value, Value, Value)> {
    let own = entries.iter().filter(|entry| entry["device"] == device);
    own.map(|entry| {
        let [mid, kind, outcome] = ["mid", "kind", "outcome"].map(|field| entry[field].clone());
        (mid, kind, outcome)
    })
    .collect()
}

fn at(mid: u64, kind: &str, outcome: &str) -> (Value, Value, Value) {
    (json!(mid), json!(kind), json!(outcome))
}

async fn a_revoked_device_brings_what_was_forgotten_and_what_only_it_says_waits_for_a_manager(
    store: Store,
) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    // The hub's own word, what only she was told, and what is on its way
    let check = ana.tablet.open(0, 1);
    ana.tablet.push(&hub, &[&check]).await.expect(200);
    ana.pull(&hub).await;
    let late = ana.tablet.add(check.order, 1);
    let answer = ana.tablet.push(&hub, &[&late]).await.expect(200);
    let brought = [ana.acknowledged(&late, &decided(&answer, 0))];
    let waits = ana.tablet.add(check.order, 1);
    let hub = put_back(hub, &backup).await;
    end_the_wait(&hub).await;
    revoke(&hub, &ana.tablet.id).await;

    let told = ana.report(&hub, &brought).await;

    assert_eq!(told, json!({"phase": "open", "wants": null}));
    // She is told nothing of the new epoch, and brings her queue all the same
    ana.tablet
        .pull(&hub, 9)
        .await
        .refused(401, "device_revoked");
    let pushed = Tablet::outcomes(ana.tablet.push(&hub, &[&waits]).await);
    assert_eq!(pushed, ["quarantined: the device is revoked"]);
    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await;
    assert_eq!(
        of_device(entries, &ana.tablet.id),
        [
            at(1, "orders.open", "applied"),
            at(2, "orders.add", "quarantined"),
            at(3, "orders.add", "quarantined"),
        ]
    );
    assert_eq!(cards(entries), ["quarantined", "quarantined"]);
    agrees(hub).await;
}

async fn a_revoked_device_reports_eight_mebibytes_and_no_more(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let hub = put_back(hub, &backup).await;
    end_the_wait(&hub).await;
    revoke(&hub, &ana.tablet.id).await;
    let mut seq = ana.tablet.seq();
    let mut parts = 0;

    loop {
        seq += 1;
        let part = ana.part(&[(seq, "x".repeat(500 * 1024))], &[], false);
        let told = ana.say(&hub, &part).await.expect(200);
        if told["wants"].is_null() {
            break;
        }
        parts += 1;
    }

    assert_eq!(parts, 16, "eight mebibytes of half a mebibyte each");
    let mut tablet = ana.tablet;
    let command = tablet
        .open(0, 0)
        .with("note", json!("x".repeat(500 * 1024)));
    let pushed = tablet.push(&hub, &[&command]).await;
    pushed.refused(401, "device_revoked");
    agrees(hub).await;
}

async fn what_was_kept_aside_before_stays_aside(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let mut ben = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    revoke(&hub, &ana.tablet.id).await;
    let check = ana.tablet.open(0, 1);
    let pushed = Tablet::outcomes(ana.tablet.push(&hub, &[&check]).await);
    assert_eq!(pushed, ["quarantined: the device is revoked"]);
    ben.pull(&hub).await;
    let hub = put_back(hub, &backup).await;
    end_the_wait(&hub).await;

    // It comes late, so that it is decided anew
    ben.report(&hub, &[]).await;

    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await;
    let aside = [at(1, "orders.open", "quarantined")];
    assert_eq!(of_device(entries, &ana.tablet.id), aside);
    assert_eq!(cards(entries), ["quarantined"]);
    agrees(hub).await;
}

async fn where_the_key_is_lost_an_admin_says_whose_log_it_is(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let check = ana.tablet.open(0, 1);
    ana.tablet.push(&hub, &[&check]).await.expect(200);
    let table = json!({"name": "T99", "room": "Cellar", "seats": 2});
    post(&hub, "admin", "tables", table).await.expect(201);
    ana.pull(&hub).await;
    let home = hub.stop().await;
    restored(&home, &backup).await;
    let lost = "DELETE FROM hub WHERE name = 'position_key'".to_owned();
    home.sql(&[lost]).await;
    let hub = Hub::start(home, Options::default()).await;
    ana.report(&hub, &[]).await;
    // All have come, and nothing shows that what they say is true
    assert_eq!(phase(&hub).await, "collecting");
    let named = json!({"deviceId": ana.tablet.id});
    let nobody = json!({"deviceId": crate::kit::fresh()});
    let adopt = async |who, named: &Value| post(&hub, who, "recovery/adopt", named.clone()).await;
    adopt("manager", &named).await.refused(403, "forbidden");
    adopt("admin", &nobody).await.refused(422, "invalid");

    assert_eq!(adopt("admin", &named).await.status, 204);

    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await.to_vec();
    let at = |kind: &str| {
        entries
            .iter()
            .position(|entry| entry["kind"] == kind)
            .unwrap()
    };
    assert!(at("orders.open") < at("sync.start_epoch"));
    assert!(
        at("floor.add_table") < at("sync.start_epoch"),
        "word for word"
    );
    let admin = crate::kit::device::subject(&hub.token("admin").await);
    assert_eq!(entries[at("sync.start_epoch")]["by"], json!(admin));
    assert_eq!(
        entries[at("sync.start_epoch")]["events"][0]["data"]["epoch"],
        2
    );
    // It goes on under the new key, which whoever is enrolled from here on pins
    assert_ne!(reader.tablet.key, ana.tablet.key);
    ana.tablet.position = ana.tablet.snapshot(&hub, 0).await["position"].clone();
    let more = ana.tablet.add(check.order, 1);
    assert_eq!(
        Tablet::outcomes(ana.tablet.push(&hub, &[&more]).await),
        ["applied"]
    );
    agrees(hub).await;
}
