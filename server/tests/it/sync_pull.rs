//! Pulling: one snapshot for each page, a chain that anyone can check, and when a device has to start anew.

use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, Tablet};
use serde_json::{Value, json};

on_both! {
    a_log_read_in_pages_is_whole_and_its_chain_holds,
    pages_stay_contiguous_while_others_write,
    a_position_that_nobody_signed_and_nobody_knows_leads_to_a_snapshot,
    an_older_epoch_leads_to_a_snapshot,
    a_snapshot_holds_what_the_log_makes_and_what_became_of_the_devices_commands,
    a_pull_that_does_not_read_is_refused_by_name,
}

async fn a_log_read_in_pages_is_whole_and_its_chain_holds(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let commands: Vec<_> = (0..9).map(|n| tablet.open(n, 1)).collect();
    tablet
        .push(&hub, &commands.iter().collect::<Vec<_>>())
        .await
        .expect(200);

    let whole = tablet.read_log(&hub, 500).await.to_vec();
    for limit in [1, 7, 50] {
        assert_eq!(
            tablet.read_log(&hub, limit).await,
            whole,
            "in pages of {limit}"
        );
    }
    let none = tablet.pull(&hub, 10).await.expect(200);
    assert_eq!(
        (&none["entries"], &none["more"]),
        (&json!([]), &json!(false))
    );
    hub.told()
}

async fn pages_stay_contiguous_while_others_write(store: Store) {
    let hub = Hub::demo(store).await;
    let (mut reader, mut writer) = (Tablet::enrol(&hub).await, Tablet::enrol(&hub).await);
    let writing = async {
        for n in 0..60 {
            let command = writer.open(n % 12, 2);
            writer.push(&hub, &[&command]).await.expect(200);
        }
    };
    let reading = async {
        // Each reading checks by itself that there is no gap and that the chain ends at the head.
        for _ in 0..12 {
            reader.read_log(&hub, 9).await;
        }
    };
    tokio::join!(writing, reading);
}

async fn a_position_that_nobody_signed_and_nobody_knows_leads_to_a_snapshot(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let epoch = tablet.epoch();

    tablet.position["position"]["chain"] = json!("00".repeat(32));
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "chain"})
    );
    tablet.position["position"]["seq"] = json!(1_000_000);
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "chain"})
    );
    tablet.position["position"]["epoch"] = json!({"n": 99, "tag": "0123456789abcdef"});
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "chain"})
    );

    let snapshot = tablet.snapshot(&hub, 0).await;
    tablet.verify(&snapshot["position"]);
    assert_eq!(
        snapshot["position"]["position"]["epoch"], epoch,
        "nobody can move the hub without its key"
    );
    hub.told()
}

async fn an_older_epoch_leads_to_a_snapshot(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    tablet.position["position"]["epoch"] = json!({"n": 0, "tag": "0123456789abcdef"});
    assert_eq!(
        tablet.pull(&hub, 10).await.expect(200),
        json!({"reset": "epoch"})
    );
    hub.told()
}

async fn a_snapshot_holds_what_the_log_makes_and_what_became_of_the_devices_commands(store: Store) {
    let hub = Hub::demo(store).await;
    let (mut tablet, mut other) = (Tablet::enrol(&hub).await, Tablet::enrol(&hub).await);
    let mut commands = vec![tablet.open(0, 3)];
    commands.push(tablet.send(commands[0].order, &commands[0].lines.clone()));
    commands.push(tablet.open(1, 1));
    tablet
        .push(&hub, &commands.iter().collect::<Vec<_>>())
        .await
        .expect(200);
    let others = other.open(2, 1);
    other.push(&hub, &[&others]).await.expect(200);

    let snapshot = tablet.snapshot(&hub, 2).await;

    let mids: Vec<_> = snapshot["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|decided| &decided["mid"])
        .collect();
    assert_eq!(
        mids,
        [&json!(2), &json!(3)],
        "its own, from the oldest that it holds"
    );
    assert_eq!(snapshot["lastMid"], 3);
    let mut state = domain::State::default();
    let mut bytes = Vec::new();
    for entry in tablet.read_log(&hub, 500).await {
        bytes.push(entry.to_string());
    }
    for entry in &bytes {
        let events = domain::sync::EntryHead::read(entry)
            .unwrap()
            .events()
            .unwrap();
        events
            .iter()
            .for_each(|event| domain::apply(&mut state, event));
    }
    let snapshot = tablet.snapshot(&hub, 0).await;
    let rows = snapshot["rows"].as_array().unwrap();
    for SnapshotRow { key, row } in rows.iter().map(SnapshotRow::of) {
        assert_eq!(
            state.row(&key),
            Some(&row),
            "{key} is what the entries make it"
        );
    }
    let counters = state
        .keys()
        .filter(|key| key.kind() == "order_counter")
        .count();
    assert_eq!(
        rows.len(),
        state.len() - counters,
        "nothing is missing, nothing is beside the log"
    );
}

struct SnapshotRow {
    key: domain::Key,
    row: domain::Row,
}

impl SnapshotRow {
    fn of(value: &Value) -> Self {
        let read: protocol::sync::SnapshotRow =
            serde_json::from_value(value.clone()).expect("a row");
        Self {
            key: read.key,
            row: read.row,
        }
    }
}

async fn a_pull_that_does_not_read_is_refused_by_name(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let tablet = Tablet::enrol(&hub).await;
    let ask = async |body: Value| {
        hub.post("/api/v1/sync/pull")
            .by(&tablet.token)
            .json(&body)
            .await
    };
    let mut body = tablet.pull_body(10);
    body["position"]["position"]["chain"] = json!("zz");
    let refused = ask(body).await.refused(400, "bad_request");
    assert_eq!(refused["errors"][0]["field"], "position.position.chain");
    let mut body = tablet.pull_body(10);
    body["limit"] = json!(-1);
    assert_eq!(
        ask(body).await.refused(400, "bad_request")["errors"][0]["field"],
        "limit"
    );
    let zero = ask(tablet.pull_body(0)).await.expect(200);
    assert_eq!(
        zero["more"], false,
        "a limit that is too small is the smallest"
    );
    hub.told()
}
