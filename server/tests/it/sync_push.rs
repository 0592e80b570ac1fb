//! Pushing: every edge of the hub's checks, in the order in which it makes them.

use crate::kit::device::cards;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Store, Tablet};
use serde_json::json;

on_both! {
    a_gap_is_told_with_the_place_that_is_expected,
    a_copied_queue_is_a_fork,
    an_id_with_another_payload_is_kept_aside_at_the_end_and_a_fork_below,
    what_names_a_thing_that_is_there_does_not_wait_for_a_copy_of_its_command,
    a_repeat_in_flight_has_one_effect,
    a_known_command_in_a_new_place_says_so_in_the_log,
    an_answer_that_was_lost_is_found_by_a_pull,
    what_goes_in_before_a_gap_in_one_push_stays_in,
    another_epoch_is_refused,
    another_devices_queue_is_refused,
    a_push_has_bounds,
    the_two_kinds_of_token_do_not_open_each_others_doors,
}

async fn a_gap_is_told_with_the_place_that_is_expected(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let (first, second) = (tablet.open(0, 1), tablet.open(1, 1));

    let gap = tablet.push(&hub, &[&second]).await.refused(409, "gap");
    assert_eq!(gap["expected"], 1);

    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &[&first, &second]).await),
        ["applied", "applied"]
    );
    hub.told()
}

async fn a_copied_queue_is_a_fork(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut copy = tablet.clone();
    let (one, two) = (tablet.open(0, 1), tablet.open(1, 1));
    let (other, third) = (copy.open(2, 1), copy.open(3, 1));
    tablet.push(&hub, &[&one, &two]).await.expect(200);

    copy.push(&hub, &[&other]).await.refused(409, "fork");
    copy.push(&hub, &[&third]).await.refused(409, "fork");

    let entries = tablet.read_log(&hub, 500).await;
    let opened = entries
        .iter()
        .filter(|entry| entry["kind"] == "orders.open");
    assert_eq!(opened.count(), 2, "nothing of the copy went in");
    hub.told()
}

async fn an_id_with_another_payload_is_kept_aside_at_the_end_and_a_fork_below(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    tablet.push(&hub, &[&first]).await.expect(200);

    let mut other = first.clone();
    other.wire["args"]["guests"] = json!(9);
    tablet.push(&hub, &[&other]).await.refused(409, "fork");

    let answer = tablet.push(&hub, &[&other.at_place(2)]).await.expect(200);
    let decided = &answer["outcomes"][0];
    assert_eq!(decided["outcome"], "quarantined");
    assert_ne!(
        decided["cmdId"],
        first.id(),
        "it is kept under an id of its own"
    );

    let entries = tablet.read_log(&hub, 500).await;
    let kept = entries.last().expect("an entry");
    assert_eq!(
        (&kept["mid"], &kept["command"]["args"]["guests"]),
        (&json!(2), &json!(9)),
        "it is kept whole"
    );
    assert_eq!(cards(&entries[entries.len() - 1..]), ["quarantined"]);
    hub.told()
}

async fn what_names_a_thing_that_is_there_does_not_wait_for_a_copy_of_its_command(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    let mut other = first.clone().at_place(2);
    other.wire["args"]["guests"] = json!(9);
    tablet.next = 3;
    let add = tablet.add(first.order, 1);
    let send = tablet.send(first.order, &first.lines);

    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&first, &other, &add, &send]).await);

    assert_eq!(outcomes[0], "applied");
    assert!(outcomes[1].starts_with("quarantined"), "{outcomes:?}");
    assert_eq!(
        outcomes[2..],
        ["applied", "applied"],
        "its check is there: nothing of it waits"
    );
    hub.told()
}

async fn a_repeat_in_flight_has_one_effect(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let commands: Vec<_> = (0..20).map(|n| tablet.open(n % 12, 2)).collect();
    let all: Vec<_> = commands.iter().collect();

    let pushes = futures_util::future::join_all((0..4).map(|_| tablet.push(&hub, &all))).await;

    let first = pushes[0].body["outcomes"].clone();
    for push in pushes {
        assert_eq!(
            push.expect(200)["outcomes"],
            first,
            "whoever asks twice hears the same"
        );
    }
    let entries = tablet.read_log(&hub, 500).await;
    assert_eq!(
        entries
            .iter()
            .filter(|entry| !entry["mid"].is_null())
            .count(),
        20
    );
}

async fn a_known_command_in_a_new_place_says_so_in_the_log(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    let answer = tablet.push(&hub, &[&first]).await.expect(200);

    let again = tablet.push(&hub, &[&first.at_place(2)]).await.expect(200);

    assert_eq!(again["outcomes"][0]["seq"], answer["outcomes"][0]["seq"]);
    tablet.next = 3;
    let third = tablet.open(1, 0);
    tablet.push(&hub, &[&third]).await.expect(200);
    let entries = tablet.read_log(&hub, 500).await;
    let [.., known, _] = entries else {
        panic!("two entries")
    };
    assert_eq!(
        (&known["kind"], &known["mid"], &known["of"]),
        (&json!("known"), &json!(2), &answer["outcomes"][0]["seq"])
    );
    assert_eq!(known["events"], json!([]), "it has no effect of its own");
    hub.told()
}

async fn an_answer_that_was_lost_is_found_by_a_pull(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    let _lost = tablet.push(&hub, &[&first]).await;

    let page = tablet.pull(&hub, 500).await.expect(200);

    let entry: serde_json::Value =
        serde_json::from_str(page["entries"][0].as_str().unwrap()).unwrap();
    assert_eq!(
        (entry["cmdId"].as_str(), &entry["mid"]),
        (Some(first.id()), &json!(1))
    );
    assert_eq!(
        (&entry["device"], &entry["outcome"]),
        (&json!(tablet.id), &json!("applied"))
    );
    hub.told()
}

async fn what_goes_in_before_a_gap_in_one_push_stays_in(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let (first, second, fourth) = (
        tablet.open(0, 1),
        tablet.open(1, 1),
        tablet.open(2, 1).at_place(4),
    );

    let gap = tablet
        .push(&hub, &[&first, &second, &fourth])
        .await
        .refused(409, "gap");

    assert_eq!(gap["expected"], 3);
    let snapshot = tablet.snapshot(&hub, 0).await;
    assert_eq!(snapshot["lastMid"], 2);
    assert_eq!(snapshot["outcomes"].as_array().map(Vec::len), Some(2));
    hub.told()
}

async fn another_epoch_is_refused(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let first = tablet.open(0, 1);
    let mut body = tablet.push_body(&[&first]);
    body["epoch"]["tag"] = json!("0123456789abcdef");
    tablet.push_as(&hub, &body).await.refused(409, "epoch");
    body["epoch"] = json!({"n": 0, "tag": "0123456789abcdef"});
    tablet.push_as(&hub, &body).await.refused(409, "epoch");
    assert_eq!(
        tablet.snapshot(&hub, 0).await["lastMid"],
        0,
        "nothing went in"
    );
    hub.told()
}

async fn another_devices_queue_is_refused(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (mut tablet, other) = (Tablet::enrol(&hub).await, Tablet::enrol(&hub).await);
    let first = tablet.open(0, 1);
    let body = tablet.push_body(&[&first]);
    other.push_as(&hub, &body).await.refused(403, "forbidden");
    let pull = hub
        .post("/api/v1/sync/pull")
        .by(&other.token)
        .json(&tablet.pull_body(10))
        .await;
    pull.refused(403, "forbidden");
    hub.told()
}

async fn a_push_has_bounds(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let many: Vec<_> = (0..257).map(|n| tablet.open(n % 12, 0)).collect();
    let all: Vec<_> = many.iter().collect();

    let refused = tablet.push(&hub, &all).await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "commands");

    let mut large = tablet.push_body(&all[..3]);
    for command in large["commands"].as_array_mut().unwrap() {
        command["args"]["note"] = json!("x".repeat(200 * 1024));
    }
    tablet.push_as(&hub, &large).await.refused(413, "too_large");

    let outcomes = Tablet::outcomes(tablet.push(&hub, &all[..256]).await);
    assert!(
        outcomes.iter().all(|outcome| outcome == "applied"),
        "256 at once are taken"
    );
    hub.told()
}

async fn the_two_kinds_of_token_do_not_open_each_others_doors(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let tablet = Tablet::enrol(&hub).await;
    let admin = hub.token("admin").await;
    for path in [
        "/api/v1/orders",
        "/api/v1/tables",
        "/api/v1/menu",
        "/api/v1/events",
        "/api/v1/kitchen/tickets",
    ] {
        hub.get(path)
            .by(&tablet.token)
            .send()
            .await
            .refused(403, "forbidden");
        hub.get(path).send().await.refused(401, "unauthorized");
        hub.get(path)
            .by("nonsense")
            .send()
            .await
            .refused(401, "unauthorized");
        hub.get(path)
            .by("non.sen.se")
            .send()
            .await
            .refused(401, "unauthorized");
    }
    hub.get("/api/v1/sync/snapshot")
        .by(&admin)
        .send()
        .await
        .refused(403, "forbidden");
    hub.post("/api/v1/sync/pull")
        .by(&admin)
        .json(&tablet.pull_body(1))
        .await
        .refused(403, "forbidden");
    hub.post("/api/v1/sync/push")
        .by(&admin)
        .json(&tablet.push_body(&[]))
        .await
        .refused(403, "forbidden");
    for path in ["/api/v1/sync/push", "/api/v1/sync/pull"] {
        hub.post(path)
            .json(&json!({}))
            .await
            .refused(401, "unauthorized");
    }
    hub.told()
}
