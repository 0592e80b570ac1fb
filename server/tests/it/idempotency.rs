//! A write that comes again with its key is done once and answered alike.

use crate::kit::device::Floor;
use crate::kit::told::Transcript;
use crate::kit::{Answer, Hub, Store, fresh};
use serde_json::{Value, json};

on_both! {
    the_same_key_gives_the_same_answer,
    a_refusal_is_kept_with_its_key,
    a_key_belongs_to_one_actor_method_path_and_body,
    two_at_once_have_one_effect,
    a_key_is_remembered_over_kill_nine,
    only_good_keys_are_taken,
}

fn order(floor: &Floor, table: usize) -> Value {
    json!({"tableId": floor.tables[table], "guests": 2, "items": [{"dishId": floor.dishes[0], "quantity": 1}]})
}

#[track_caller]
fn is_replay(first: &Answer, second: &Answer) {
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(
        (first.status, &first.text),
        (second.status, &second.text),
        "the same status and body again"
    );
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(first.header("content-type"), second.header("content-type"));
}

async fn count(hub: &Hub, token: &str) -> usize {
    let list = hub
        .get("/api/v1/orders?limit=200")
        .unheard()
        .by(token)
        .send()
        .await
        .expect(200);
    list["items"].as_array().unwrap().len()
}

async fn the_same_key_gives_the_same_answer(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let body = order(&floor, 0);
    let open = async || {
        hub.post("/api/v1/orders")
            .by(&ana)
            .key("open-1")
            .json(&body)
            .await
    };
    let (first, second) = (open().await, open().await);
    is_replay(&first, &second);
    let id = first.clone().expect(201)["id"].as_str().unwrap().to_owned();
    let send = async || {
        hub.post(&format!("/api/v1/orders/{id}/send"))
            .by(&ana)
            .key("open-1")
            .send()
            .await
    };
    let (first_send, second_send) = (send().await, send().await);
    assert_eq!(
        first_send.status, 200,
        "the same key on another path is another key"
    );
    is_replay(&first_send, &second_send);
    is_replay(&first, &open().await);
    assert_eq!(count(&hub, &ana).await, 1);
    hub.told()
}

async fn a_refusal_is_kept_with_its_key(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let mut body = order(&floor, 0);
    body["id"] = json!(fresh());
    hub.post("/api/v1/orders")
        .by(&ana)
        .json(&body)
        .await
        .expect(201);
    let again = async || {
        hub.post("/api/v1/orders")
            .by(&ana)
            .key("k")
            .json(&body)
            .await
    };
    let (first, second) = (again().await, again().await);
    is_replay(&first, &second);
    first.refused(409, "already_exists");
    second.refused(409, "already_exists");

    let mut bad = order(&floor, 0);
    bad["guests"] = json!(0);
    for _ in 0..2 {
        let refused = hub
            .post("/api/v1/orders")
            .by(&ana)
            .key("b")
            .json(&bad)
            .await;
        assert_eq!(
            refused.header("idempotency-replayed"),
            None,
            "bad input is not kept"
        );
        refused.refused(422, "invalid");
    }
    hub.post("/api/v1/orders")
        .by(&ana)
        .key("b")
        .json(&order(&floor, 0))
        .await
        .expect(201);
    hub.told()
}

async fn a_key_belongs_to_one_actor_method_path_and_body(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, ben, floor) = (
        hub.token("ana").await,
        hub.token("ben").await,
        Floor::of(&hub).await,
    );
    let ask = async |by: &str, table: usize| {
        hub.post("/api/v1/orders")
            .by(by)
            .key("k")
            .json(&order(&floor, table))
            .await
    };
    ask(&ana, 0).await.expect(201);
    ask(&ana, 1).await.refused(409, "idempotency_key_reused");
    ask(&ben, 1).await.expect(201);
    ask(&ben, 0).await.refused(409, "idempotency_key_reused");
    assert_eq!(count(&hub, &ana).await, 2);
    hub.told()
}

async fn two_at_once_have_one_effect(store: Store) {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let body = order(&floor, 0);
    let asked = (0..8).map(|_| {
        hub.post("/api/v1/orders")
            .by(&ana)
            .key("at-once")
            .json(&body)
    });
    let answers = futures_util::future::join_all(asked).await;
    let replayed = answers
        .iter()
        .filter(|answer| answer.header("idempotency-replayed").is_some())
        .count();
    assert_eq!(replayed, 7, "one ran and the others waited for its answer");
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 && answer.text == answers[0].text)
    );
    assert_eq!(count(&hub, &ana).await, 1);
}

async fn a_key_is_remembered_over_kill_nine(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let body = order(&floor, 0);
    let first = hub
        .post("/api/v1/orders")
        .by(&ana)
        .key("k")
        .json(&body)
        .await;
    let hub = hub.restart().await;
    let second = hub
        .post("/api/v1/orders")
        .by(&ana)
        .key("k")
        .json(&body)
        .await;
    is_replay(&first, &second);
    assert_eq!(count(&hub, &ana).await, 1);
    hub.told()
}

async fn only_good_keys_are_taken(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ana, floor) = (hub.token("ana").await, Floor::of(&hub).await);
    let body = order(&floor, 0);
    for bad in ["", "two words", &"k".repeat(129)] {
        let refused = hub
            .post("/api/v1/orders")
            .by(&ana)
            .key(bad)
            .json(&body)
            .await
            .refused(400, "bad_request");
        assert_eq!(refused["errors"][0]["field"], "Idempotency-Key");
    }
    hub.post("/api/v1/orders")
        .by(&ana)
        .key(&"k".repeat(128))
        .json(&body)
        .await
        .expect(201);
    // What is wrong is told in the contract's order: the type of a body before what is in it or beside it.
    hub.post("/api/v1/orders")
        .by(&ana)
        .key("two words")
        .raw("text/plain", "x")
        .await
        .refused(415, "unsupported_media_type");
    assert_eq!(count(&hub, &ana).await, 1);
    hub.told()
}
