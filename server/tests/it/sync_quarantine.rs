//! What cannot be decided is kept whole, and the queue goes on behind it.

use crate::kit::device::cards;
use crate::kit::told::Transcript;
use crate::kit::{Cmd, Hub, Store, Tablet};
use serde_json::{Value, json};

on_both! {
    what_cannot_be_read_is_kept_whole_and_the_queue_goes_on,
    what_depends_on_a_quarantined_command_waits_and_the_rest_goes_in,
    an_unknown_kind_that_names_a_line_holds_nothing_back,
    bad_texts_never_make_the_hub_ill,
    a_command_that_fails_in_its_batch_is_tried_alone_and_kept_aside,
    too_much_trouble_makes_the_hub_stop_and_say_so,
}

/// Each way in which a command may not read, with how its reason begins.
fn unreadable(tablet: &mut Tablet) -> Vec<(Cmd, &'static str)> {
    let mut nul = tablet.open(0, 1);
    nul.wire["args"]["lines"][0]["note"] = json!("no\u{0}onion");
    let large = tablet
        .open(1, 1)
        .with("note", json!("x".repeat(257 * 1024)));
    let unparsable = tablet.open(2, 1).with("args", json!("nonsense"));
    let kind = tablet.open(3, 1).with("kind", json!("orders.flambé"));
    let version = tablet.open(4, 1).with("version", json!(77));
    let forbidden = tablet.open(5, 1).with("kind", json!("auth.add_person"));
    let mut road = tablet.open(6, 1).with("kind", json!("devices.revoke"));
    road.wire["args"] = json!({"id": tablet.id});
    vec![
        (nul, "unreadable|orders.open does not read"),
        (large, "too_large"),
        (unparsable, "orders.open does not read"),
        (kind, "unknown kind orders.flambé version 1"),
        (version, "unknown kind orders.open version 77"),
        (forbidden, "auth.add_person does not read"),
        (road, "devices.revoke does not travel in a queue"),
    ]
}

async fn what_cannot_be_read_is_kept_whole_and_the_queue_goes_on(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let bad = unreadable(&mut tablet);
    let good = tablet.open(7, 1);
    for (command, reason) in &bad {
        let outcome = Tablet::outcomes(tablet.push(&hub, &[command]).await).remove(0);
        let reason = reason
            .split('|')
            .any(|reason| outcome.starts_with(&format!("quarantined: {reason}")));
        assert!(reason, "{outcome}");
    }

    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &[&good]).await),
        ["applied"]
    );

    let entries = tablet.read_log(&hub, 500).await;
    let kept = &entries[entries.len() - bad.len() - 1..entries.len() - 1];
    for (entry, (command, _)) in kept.iter().zip(&bad) {
        let mut whole = command.wire.clone();
        whole.as_object_mut().unwrap().remove("mid");
        assert_eq!(entry["command"], whole, "all of it is kept but its place");
        assert_eq!(
            (&entry["mid"], entry["cmdId"].as_str()),
            (&command.wire["mid"], Some(command.id()))
        );
    }
    assert_eq!(cards(kept), vec!["quarantined"; bad.len()]);
    let again: Vec<&Cmd> = bad
        .iter()
        .map(|(command, _)| command)
        .filter(|cmd| cmd.wire.to_string().len() < 1000)
        .collect();
    let outcomes = Tablet::outcomes(tablet.push(&hub, &again).await);
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome.starts_with("quarantined")),
        "asked again: {outcomes:?}"
    );
    hub.told()
}

async fn what_depends_on_a_quarantined_command_waits_and_the_rest_goes_in(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let lost = tablet.open(0, 1).with("version", json!(2));
    let add = tablet.add(lost.order, 1);
    let other = tablet.open(1, 1);
    let send = tablet.send(lost.order, &add.lines.clone());
    let sent = tablet.send(other.order, &other.lines.clone());

    let outcomes = Tablet::outcomes(
        tablet
            .push(&hub, &[&lost, &add, &other, &send, &sent])
            .await,
    );

    assert_eq!(
        outcomes[0],
        "quarantined: unknown kind orders.open version 2"
    );
    assert_eq!(outcomes[1], format!("quarantined: waits for {}", lost.id()));
    assert_eq!(outcomes[2], "applied");
    assert!(
        outcomes[3].starts_with("quarantined: waits for "),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[4], "applied");

    let hub = hub.restart().await;
    let late = tablet.add(add.order, 1);
    let outcome = Tablet::outcomes(tablet.push(&hub, &[&late]).await).remove(0);
    assert!(
        outcome.starts_with("quarantined: waits for "),
        "it waits over a restart too: {outcome}"
    );
    hub.told()
}

async fn an_unknown_kind_that_names_a_line_holds_nothing_back(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let open = tablet.open(0, 2);
    tablet.push(&hub, &[&open]).await.expect(200);
    let mut void = tablet
        .send(open.order, &open.lines.clone())
        .with("kind", json!("orders.toast"));
    void.wire["args"]["tickets"] = json!([]);
    let send = tablet.send(open.order, &open.lines.clone());

    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&void, &send]).await);

    assert_eq!(
        outcomes,
        [
            "quarantined: unknown kind orders.toast version 1",
            "applied"
        ]
    );
    hub.told()
}

/// PostgreSQL refuses NUL where SQLite does not: what a reason quotes must not carry it into the database.
async fn bad_texts_never_make_the_hub_ill(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    for text in [
        "\u{0}",
        "a\u{0}b",
        "\u{7}",
        "\u{1f4a9}",
        "x\u{301}",
        &"y".repeat(5000),
    ] {
        let mut field = tablet.open(0, 1);
        field.wire["args"][text] = json!(1);
        let commands = [
            tablet
                .open(0, 1)
                .with("kind", json!(text))
                .at_place(field.wire["mid"].as_u64().unwrap()),
            field.at_place(tablet.next - 1),
        ];
        tablet.next = commands[1].wire["mid"].as_u64().unwrap() + 1;
        let outcomes = Tablet::outcomes(tablet.push(&hub, &[&commands[0], &commands[1]]).await);
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.starts_with("quarantined: unknown")
                    || outcome.contains("does not read")),
            "{outcomes:?}"
        );
        assert!(
            outcomes.iter().all(|outcome| outcome.len() < 1000),
            "a reason is short"
        );
    }
    assert_eq!(hub.get("/health").send().await.expect(200)["status"], "ok");
    assert!(
        !hub.home.log().contains("a command failed alone"),
        "nothing of it was trouble"
    );
    hub.told()
}

/// A fault in the database that strikes one command only: a check with this word in a note cannot be stored.
async fn plant(hub: &Hub) {
    let sql = match hub.home.store {
        Store::Sqlite => vec![
            "CREATE TRIGGER planted BEFORE INSERT ON aggregates WHEN NEW.kind = 'order' AND instr(NEW.body, 'poison') > 0
             BEGIN SELECT RAISE(ABORT, 'planted'); END"
                .to_owned(),
        ],
        Store::Postgres => vec![
            "CREATE FUNCTION planted() RETURNS trigger AS $$ BEGIN
               IF NEW.kind = 'order' AND position('poison' in NEW.body) > 0 THEN RAISE EXCEPTION 'planted'; END IF;
               RETURN NEW; END $$ LANGUAGE plpgsql"
                .to_owned(),
            "CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON aggregates FOR EACH ROW EXECUTE FUNCTION planted()".to_owned(),
        ],
    };
    hub.home.sql(&sql).await;
}

async fn heal(hub: &Hub) {
    let table = if hub.home.store == Store::Postgres {
        " ON aggregates"
    } else {
        ""
    };
    hub.home
        .sql(&[format!("DROP TRIGGER planted{table}")])
        .await;
}

fn poisoned(tablet: &mut Tablet, table: usize) -> Cmd {
    let mut command = tablet.open(table, 1);
    command.wire["args"]["lines"][0]["note"] = json!("poison");
    command
}

async fn a_command_that_fails_in_its_batch_is_tried_alone_and_kept_aside(
    store: Store,
) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    plant(&hub).await;
    let (first, bad) = (tablet.open(0, 1), poisoned(&mut tablet, 1));
    let (add, last) = (tablet.add(bad.order, 1), tablet.open(2, 1));

    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&first, &bad, &add, &last]).await);

    assert_eq!(
        outcomes[..2],
        ["applied".to_owned(), "quarantined: trouble".to_owned()]
    );
    assert!(
        outcomes[2].starts_with("quarantined: waits for"),
        "{outcomes:?}"
    );
    assert_eq!(outcomes[3], "applied");
    assert_eq!(
        hub.home.log().matches("a command failed alone").count(),
        3,
        "it was tried alone three times"
    );
    assert_eq!(
        hub.get("/health").send().await.expect(200)["status"],
        "ok",
        "one bad command is no illness"
    );
    tablet.read_log(&hub, 500).await;
    hub.told()
}

async fn too_much_trouble_makes_the_hub_stop_and_say_so(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let ana = hub.token("ana").await;
    plant(&hub).await;
    let bad: Vec<Cmd> = (0..4).map(|table| poisoned(&mut tablet, table)).collect();
    let good = tablet.open(5, 1);
    let all: Vec<&Cmd> = bad.iter().chain([&good]).collect();

    let ill = tablet.push(&hub, &all).await;
    assert_eq!(ill.header("retry-after"), Some("1"));
    ill.refused(503, "hub_ill");
    tablet.push(&hub, &all).await.refused(503, "hub_ill");
    let order = json!({"tableId": tablet.floor.tables[0], "guests": 2, "items": []});
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&order)
        .await
        .refused(503, "hub_ill");
    assert_eq!(
        hub.get("/health").send().await.expect(200)["status"],
        "degraded"
    );
    assert_eq!(
        tablet.pull(&hub, 500).await.expect(200)["entries"]
            .as_array()
            .map(Vec::len),
        Some(3),
        "one can read"
    );

    heal(&hub).await;
    let hub = hub.restart().await;
    let outcomes = Tablet::outcomes(tablet.push(&hub, &all).await);
    let trouble = "quarantined: trouble".to_owned();
    let applied = "applied".to_owned();
    assert_eq!(
        outcomes,
        [
            trouble.clone(),
            trouble.clone(),
            trouble,
            applied.clone(),
            applied
        ]
    );
    let health: Value = hub.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "ok");
    hub.told()
}
