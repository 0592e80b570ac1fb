//! Devices: how they come, what their tokens open, and how they go.

use crate::kit::told::Transcript;
use crate::kit::{Hub, Socket, Store, Tablet, fresh};
use serde_json::json;
use std::time::Duration;

on_both! {
    a_code_is_good_once_for_one_kind_and_for_ten_minutes,
    a_code_that_is_asked_for_twice_is_one,
    a_code_is_not_used_up_by_an_enrolment_that_is_refused,
    a_manager_enrols_without_a_code_and_staff_do_not,
    only_this_very_machine_enrols_itself_in_a_demo,
    a_fork_is_enrolled_by_its_parent_and_renewed_by_asking_again,
    a_revoked_device_may_still_push_and_nothing_else,
    a_revoked_device_pushes_eight_mebibytes_and_no_more,
    a_revocation_takes_the_forks_along,
    devices_are_listed_and_renamed,
}

const ENROL: &str = "/api/v1/devices/enrol";
const CODES: &str = "/api/v1/devices/codes";

async fn code(hub: &Hub, kind: &str) -> String {
    let manager = hub.token("manager").await;
    let answer = hub
        .post(CODES)
        .unheard()
        .by(&manager)
        .json(&json!({"kind": kind}))
        .await
        .expect(201);
    answer["code"].as_str().expect("a code").to_owned()
}

async fn a_code_is_good_once_for_one_kind_and_for_ten_minutes(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let with = |code: &str, kind: &str| json!({"name": "Pass", "kind": kind, "code": code});
    let kitchen = code(&hub, "kitchen").await;
    let bad = async |body| {
        hub.post(ENROL)
            .unheard()
            .json(&body)
            .await
            .refused(422, "bad_code")
    };

    bad(with(&kitchen, "waiter")).await;
    bad(with("AAAAAAAA", "kitchen")).await;
    let lower = hub
        .post(ENROL)
        .unheard()
        .json(&with(&kitchen.to_lowercase(), "kitchen"))
        .await
        .expect(201);
    for field in ["deviceId", "deviceToken", "restaurantId"] {
        assert!(lower[field].is_string(), "{field}");
    }
    bad(with(&kitchen, "kitchen")).await;

    let old = code(&hub, "office").await;
    hub.home
        .sql(&["UPDATE enrolment_codes SET expires_at = 0".to_owned()])
        .await;
    bad(with(&old, "office")).await;

    let twice = code(&hub, "office").await;
    let both = with(&twice, "office");
    let (one, two) = tokio::join!(
        hub.post(ENROL).unheard().json(&both),
        hub.post(ENROL).unheard().json(&both)
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "two at once: one of them gets it");
    hub.post(CODES)
        .json(&json!({"kind": "office"}))
        .await
        .refused(401, "unauthorized");
    hub.post(CODES)
        .by(&hub.token("ana").await)
        .json(&json!({"kind": "office"}))
        .await
        .refused(403, "forbidden");
    let bad = hub
        .post(CODES)
        .by(&hub.token("admin").await)
        .json(&json!({"kind": "fridge"}))
        .await;
    assert_eq!(bad.refused(422, "invalid")["errors"][0]["field"], "kind");
    hub.told()
}

async fn a_code_that_is_asked_for_twice_is_one(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let manager = hub.token("manager").await;
    let ask = async |key: &str, kind: &str| {
        let asked = hub.post(CODES).unheard().by(&manager).key(key);
        asked.json(&json!({"kind": kind})).await
    };
    let (one, two) = tokio::join!(ask("once", "waiter"), ask("once", "waiter"));
    let replayed = [&one, &two].map(|answer| answer.header("idempotency-replayed").is_some());
    assert_ne!(replayed[0], replayed[1], "one of them is told again");
    assert_eq!(one.expect(201), two.expect(201));
    ask("once", "kitchen")
        .await
        .refused(409, "idempotency_key_reused");
    let other = ask("twice", "waiter").await.expect(201);
    assert_ne!(other, ask("once", "waiter").await.expect(201));
    hub.told()
}

async fn a_code_is_not_used_up_by_an_enrolment_that_is_refused(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let there = Tablet::enrol(&hub).await;
    let code = code(&hub, "waiter").await;
    let taken = json!({"id": there.id, "name": "Tablet", "kind": "waiter", "code": code});
    hub.post(ENROL)
        .unheard()
        .json(&taken)
        .await
        .refused(409, "already_exists");
    let good = json!({"name": "Tablet", "kind": "waiter", "code": code});
    hub.post(ENROL).unheard().json(&good).await.expect(201);
    there.push(&hub, &[]).await.expect(200);
    hub.told()
}

async fn a_manager_enrols_without_a_code_and_staff_do_not(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let body = json!({"name": "Tablet", "kind": "waiter"});
    for who in ["admin", "manager"] {
        hub.post(ENROL)
            .by(&hub.token(who).await)
            .json(&body)
            .await
            .expect(201);
    }
    for who in ["ana", "kitchen"] {
        hub.post(ENROL)
            .by(&hub.token(who).await)
            .json(&body)
            .await
            .refused(403, "forbidden");
    }
    hub.post(ENROL)
        .by("nonsense")
        .json(&body)
        .await
        .refused(401, "unauthorized");
    hub.told()
}

async fn only_this_very_machine_enrols_itself_in_a_demo(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let body = json!({"name": "Tablet", "kind": "waiter"});
    for host in ["localhost:1", "127.0.0.1", "[::1]:80"] {
        hub.post(ENROL)
            .header("host", host)
            .json(&body)
            .await
            .expect(201);
    }
    for host in [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "10.0.0.1",
    ] {
        hub.post(ENROL)
            .header("host", host)
            .json(&body)
            .await
            .refused(401, "unauthorized");
    }
    for header in [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "via",
    ] {
        hub.post(ENROL)
            .header(header, "1.1 proxy")
            .json(&body)
            .await
            .refused(401, "unauthorized");
    }
    hub.told()
}

async fn a_fork_is_enrolled_by_its_parent_and_renewed_by_asking_again(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut parent = Tablet::enrol(&hub).await;
    let first = parent.open(0, 1);
    parent.push(&hub, &[&first]).await.expect(200);
    let id = fresh();
    let body = json!({"id": id, "name": "Tablet", "kind": "waiter", "forkOf": parent.id});
    let ask = async || {
        hub.post(ENROL)
            .unheard()
            .by(&parent.token)
            .json(&body)
            .await
            .expect(201)
    };

    let (one, two) = (ask().await, ask().await);

    assert_eq!(
        (&one["deviceId"], &two["deviceId"]),
        (&json!(id), &json!(id)),
        "it is the same child"
    );
    assert_ne!(one["deviceToken"], two["deviceToken"]);
    let old = hub
        .get("/api/v1/sync/snapshot")
        .by(one["deviceToken"].as_str().unwrap())
        .send()
        .await;
    old.refused(401, "unauthorized");
    let mut child = Tablet::of(&hub, &two).await;
    child.next = 2;
    let renumbered = first.at_place(1);
    let mine = child.open(1, 1);
    assert_eq!(
        Tablet::outcomes(child.push(&hub, &[&renumbered, &mine]).await),
        ["applied", "applied"]
    );
    let entries = child.read_log(&hub, 500).await;
    assert_eq!(
        entries
            .iter()
            .filter(|entry| entry["kind"] == "orders.open")
            .count(),
        2,
        "nothing doubled"
    );
    assert_eq!(
        entries
            .iter()
            .filter(|entry| entry["kind"] == "devices.enrol")
            .count(),
        2,
        "one child"
    );

    let other_kind =
        json!({"id": fresh(), "name": "Tablet", "kind": "kitchen", "forkOf": parent.id});
    hub.post(ENROL)
        .unheard()
        .by(&parent.token)
        .json(&other_kind)
        .await
        .refused(403, "forbidden");
    let stranger = json!({"id": fresh(), "name": "Tablet", "kind": "waiter", "forkOf": fresh()});
    hub.post(ENROL)
        .unheard()
        .by(&parent.token)
        .json(&stranger)
        .await
        .refused(403, "forbidden");
    hub.told()
}

async fn a_revoked_device_may_still_push_and_nothing_else(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let (before, after) = (tablet.open(0, 1), tablet.open(1, 1));
    tablet.push(&hub, &[&before]).await.expect(200);
    let mut socket = Socket::connect(&hub, &tablet.token).await;
    let path = format!("/api/v1/devices/{}", tablet.id);
    hub.delete(&path)
        .by(&hub.token("manager").await)
        .send()
        .await
        .refused(403, "forbidden");

    hub.delete(&path)
        .by(&hub.token("admin").await)
        .send()
        .await
        .expect(204);

    assert!(
        socket.ends_within(Duration::from_secs(1)).await,
        "its socket is cut within a second"
    );
    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&after]).await);
    assert_eq!(outcomes, ["quarantined: the device is revoked"]);
    tablet.pull(&hub, 10).await.refused(401, "device_revoked");
    hub.get("/api/v1/sync/snapshot")
        .by(&tablet.token)
        .send()
        .await
        .refused(401, "device_revoked");
    hub.get("/api/v1/orders")
        .by(&tablet.token)
        .send()
        .await
        .refused(401, "device_revoked");
    let child = json!({"id": fresh(), "name": "Tablet", "kind": "waiter", "forkOf": tablet.id});
    hub.post(ENROL)
        .by(&tablet.token)
        .json(&child)
        .await
        .refused(401, "device_revoked");
    let refused = Socket::connect_with(&hub, Some(json!({"token": tablet.token})))
        .await
        .unwrap_err();
    assert_eq!(refused["message"], "unauthorized");
    hub.delete(&path)
        .by(&hub.token("admin").await)
        .send()
        .await
        .refused(409, "already_revoked");
    let unknown = format!("/api/v1/devices/{}", fresh());
    hub.delete(&unknown)
        .by(&hub.token("admin").await)
        .send()
        .await
        .refused(404, "not_found");
    hub.told()
}

async fn a_revoked_device_pushes_eight_mebibytes_and_no_more(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let path = format!("/api/v1/devices/{}", tablet.id);
    hub.delete(&path)
        .by(&hub.token("admin").await)
        .send()
        .await
        .expect(204);
    let mut taken = 0;
    let refused = loop {
        let command = tablet
            .open(0, 0)
            .with("note", json!("x".repeat(500 * 1024)));
        let answer = tablet.push(&hub, &[&command]).await;
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
    };
    refused.refused(401, "device_revoked");
    assert_eq!(taken, 16, "eight mebibytes of half a mebibyte each");
}

async fn devices_are_listed_and_renamed(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (admin, manager) = (hub.token("admin").await, hub.token("manager").await);
    let (mut tablet, display) = (
        Tablet::enrol(&hub).await,
        Tablet::enrol_as(&hub, "kitchen").await,
    );
    let open = tablet.open(0, 1);
    tablet.push(&hub, &[&open]).await.expect(200);
    let all = hub
        .get("/api/v1/devices")
        .by(&manager)
        .send()
        .await
        .expect(200);
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (
            &items[0]["id"],
            &items[0]["kind"],
            &items[0]["queuePosition"]
        ),
        (&json!(tablet.id), &json!("waiter"), &json!(1))
    );
    assert_eq!(items[1]["queuePosition"], 0);
    for device in items {
        assert!(device["lastSeenAt"].is_string() && device["revokedAt"].is_null());
        for field in ["name", "enrolledAt", "forkOf"] {
            assert!(device.get(field).is_some(), "{field}");
        }
    }
    let path = format!("/api/v1/devices/{}", display.id);
    let name = json!({"name": "The pass"});
    hub.ask("PATCH", &path)
        .by(&manager)
        .json(&name)
        .await
        .refused(403, "forbidden");
    let asked = hub.ask("PATCH", &path).by(&admin).key("once");
    let renamed = asked.json(&name).await.expect(200);
    assert_eq!(
        (&renamed["name"], &renamed["kind"]),
        (&json!("The pass"), &json!("kitchen"))
    );
    assert_eq!(
        hub.get(&path).by(&manager).send().await.expect(200)["name"],
        "The pass"
    );
    let again = hub
        .ask("PATCH", &path)
        .by(&admin)
        .key("once")
        .json(&name)
        .await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    for (body, code) in [
        (json!({"name": ""}), "empty"),
        (json!({"name": "x".repeat(500)}), "too_long"),
    ] {
        let bad = hub.ask("PATCH", &path).by(&admin).json(&body).await;
        assert_eq!(bad.refused(422, "invalid")["errors"][0]["code"], code);
    }
    let nobody = format!("/api/v1/devices/{}", fresh());
    hub.ask("PATCH", &nobody)
        .by(&admin)
        .json(&name)
        .await
        .refused(404, "not_found");
    hub.get("/api/v1/devices")
        .by(&hub.token("ana").await)
        .send()
        .await
        .refused(403, "forbidden");
    hub.told()
}

async fn a_revocation_takes_the_forks_along(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let parent = Tablet::enrol(&hub).await;
    let mut chain = vec![parent];
    for _ in 0..2 {
        let of = chain.last().unwrap();
        let body = json!({"id": fresh(), "name": "Tablet", "kind": "waiter", "forkOf": of.id});
        let enrolled = hub
            .post(ENROL)
            .unheard()
            .by(&of.token)
            .json(&body)
            .await
            .expect(201);
        chain.push(Tablet::of(&hub, &enrolled).await);
    }
    let hub = hub.restart().await;
    let path = format!("/api/v1/devices/{}", chain[0].id);
    hub.delete(&path)
        .by(&hub.token("admin").await)
        .send()
        .await
        .expect(204);
    for device in &chain {
        device.pull(&hub, 10).await.refused(401, "device_revoked");
    }
    hub.told()
}
