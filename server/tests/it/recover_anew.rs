//! A hub that was put back to a time before somebody came: a device, a person, a PIN, a key.

use crate::kit::device::subject;
use crate::kit::{Answer, Hub, Store, Tablet};
use crate::recover::{
    Replica, agrees, backed_up, decided, end_the_wait, get, phase, post, put_back,
};
use serde_json::{Value, json};

on_both! {
    a_device_that_the_hub_does_not_know_any_more_is_enrolled_anew_and_brings_all,
    what_was_enrolled_meanwhile_is_in_the_log_whoever_comes,
    who_was_added_or_got_another_pin_signs_in_with_it_again,
    no_device_says_who_signs_in,
    a_key_that_comes_again_after_the_loss_is_done_once,
    who_was_there_of_late_is_waited_for_however_it_was_heard,
}

const ENROL: &str = "/api/v1/devices/enrol";

/// A manager's word for one device.
async fn code(hub: &Hub) -> String {
    let made = post(hub, "manager", "devices/codes", json!({"kind": "waiter"})).await;
    made.expect(201)["code"].as_str().unwrap().to_owned()
}

/// Not from this machine, so that the demo enrols nobody by itself.
async fn enrolled(hub: &Hub, code: &str, was: &str) -> Value {
    let body = json!({"name": "Ben's", "kind": "waiter", "code": code, "forkOf": was});
    let asked = hub.post(ENROL).header("host", "elsewhere.example");
    asked.json(&body).await.expect(201)
}

impl Replica {
    /// The same device under the name that it was given anew.
    fn becomes(&mut self, enrolled: &Value) {
        let text = |field: &str| enrolled[field].as_str().unwrap().to_owned();
        (self.tablet.id, self.tablet.token) = (text("deviceId"), text("deviceToken"));
        self.tablet.next = 1;
    }
}

async fn a_device_that_the_hub_does_not_know_any_more_is_enrolled_anew_and_brings_all(
    store: Store,
) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let mut ben = Replica::enrol(&hub, "waiter").await;
    // What came before its first snapshot only others hold
    ana.pull(&hub).await;
    let check = ben.tablet.open(0, 1);
    ben.tablet.push(&hub, &[&check]).await.expect(200);
    ben.pull(&hub).await;
    let late = ben.tablet.add(check.order, 1);
    let answer = ben.tablet.push(&hub, &[&late]).await.expect(200);
    let brought = [ben.acknowledged(&late, &decided(&answer, 0))];
    let waits = ben.tablet.add(check.order, 1);
    let hub = put_back(hub, &backup).await;
    let refused = ben.tablet.pull(&hub, 9).await;
    refused.refused(401, "unauthorized");

    // A manager's word brings it back while the log stands still, and a crash forgets nothing of it
    let (code, was) = (code(&hub).await, ben.tablet.id.clone());
    let answer = enrolled(&hub, &code, &was).await;
    let body = json!({"name": "Ben's", "kind": "waiter", "code": code});
    let again = hub.post(ENROL).header("host", "elsewhere.example");
    let again = again.json(&body).await;
    again.refused(422, "bad_code");
    let hub = hub.restart().await;
    ben.becomes(&answer);
    ben.tablet.pull(&hub, 9).await.refused(503, "recovering");
    let awaited = get(&hub, "manager", "recovery").await;
    let awaited = awaited["devices"].as_array().unwrap().iter();
    let awaited: Vec<_> = awaited.map(|one| one["deviceId"].clone()).collect();
    assert_eq!(awaited, [json!(ana.tablet.id), json!(ben.tablet.id)]);
    ana.report(&hub, &[]).await;
    assert_eq!(phase(&hub).await, "collecting", "it is waited for");
    ben.report(&hub, &brought).await;
    assert_eq!(phase(&hub).await, "open");

    let mut reader = Replica::enrol(&hub, "office").await;
    let entries = reader.tablet.read_log(&hub, 500).await;
    let at = |kind: &str, device: &str| {
        let is = |entry: &Value| entry["kind"] == kind && entry.to_string().contains(device);
        entries
            .iter()
            .position(is)
            .unwrap_or_else(|| panic!("{kind} of {device}"))
    };
    let began = at("sync.start_epoch", "");
    assert!(
        at("devices.enrol", &was) < began,
        "its first name is there again, word for word"
    );
    assert!(at("orders.open", &was) < began);
    let anew = at("devices.enrol", &ben.tablet.id);
    assert!(began < anew);
    let device = &entries[anew]["events"][0]["data"]["device"];
    assert_eq!(device["forkOf"], json!(was), "revoked with what it was");
    let late = at("orders.add", &check.order.to_string());
    assert_eq!(entries[late]["outcome"], "applied");
    // And goes on
    ben.tablet.position = ben.tablet.snapshot(&hub, 0).await["position"].clone();
    let waits = waits.at_place(1);
    assert_eq!(
        Tablet::outcomes(ben.tablet.push(&hub, &[&waits]).await),
        ["applied"]
    );
    let order = get(&hub, "ana", &format!("orders/{}", check.order)).await;
    assert_eq!(order["items"].as_array().unwrap().len(), 3);
    agrees(hub).await;
}

async fn what_was_enrolled_meanwhile_is_in_the_log_whoever_comes(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let hub = put_back(hub, &backup).await;
    let child =
        json!({"id": crate::kit::fresh(), "name": "T", "kind": "waiter", "forkOf": ana.tablet.id});
    let forked = hub.post(ENROL).by(&ana.tablet.token).json(&child).await;
    forked.refused(503, "recovering");
    let nobody = crate::kit::fresh().to_string();
    let answer = enrolled(&hub, &code(&hub).await, &nobody).await;

    end_the_wait(&hub).await;

    let mut tablet = Tablet::of(&hub, &answer).await;
    let open = tablet.open(0, 1);
    assert_eq!(
        Tablet::outcomes(tablet.push(&hub, &[&open]).await),
        ["applied"]
    );
    let path = format!("devices/{}", tablet.id);
    let device = get(&hub, "manager", &path).await;
    assert_eq!(
        (&device["name"], &device["forkOf"]),
        (&json!("Ben's"), &Value::Null)
    );
    agrees(hub).await;
}

async fn sign_in_by_pin(hub: &Hub, tablet: &Tablet, username: &str, pin: &str) -> u16 {
    let asked = hub.post("/api/v1/auth/pin").by(&tablet.token);
    let body = json!({"username": username, "pin": pin});
    asked.json(&body).await.status
}

async fn change_user(hub: &Hub, id: &str, change: Value) {
    let path = format!("/api/v1/auth/users/{id}");
    let asked = hub.ask("PATCH", &path).by(&hub.token("admin").await);
    asked.json(&change).await.expect(200);
}

/// Ana's tablet knows that Ben has got another PIN since the backup, and that Nina has come.
async fn with_other_people(store: Store) -> (Hub, Replica, String) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let ben = subject(&hub.token("ben").await);
    change_user(&hub, &ben, json!({"pin": "7777"})).await;
    let nina = json!({
        "username": "nina", "password": "a good password", "fullName": "Nina", "role": "staff",
    });
    let nina = post(&hub, "admin", "auth/register", nina).await.expect(201);
    let nina = nina["id"].as_str().unwrap().to_owned();
    change_user(&hub, &nina, json!({"pin": "8888"})).await;
    ana.pull(&hub).await;
    (put_back(hub, &backup).await, ana, nina)
}

async fn who_was_added_or_got_another_pin_signs_in_with_it_again(store: Store) {
    let (hub, ana, nina) = with_other_people(store).await;

    ana.report(&hub, &[]).await;

    assert_eq!(phase(&hub).await, "open");
    let tries = async |name, pin| sign_in_by_pin(&hub, &ana.tablet, name, pin).await;
    assert_eq!(tries("ben", "7777").await, 200);
    assert_eq!(tries("ben", "3002").await, 401, "the one that was changed");
    assert_eq!(tries("nina", "8888").await, 200);
    // Passwords are on no device: an admin gives her one
    let login = async |password: &str| {
        let body = json!({"username": "nina", "password": password});
        hub.post("/api/v1/auth/login").json(&body).await.status
    };
    assert_eq!(login("a good password").await, 401);
    assert_eq!(login("").await, 401);
    change_user(&hub, &nina, json!({"password": "another good one"})).await;
    assert_eq!(login("another good one").await, 200);
    let twice = json!({
        "username": "nina", "password": "a good password", "fullName": "Nina", "role": "staff",
    });
    let twice = post(&hub, "admin", "auth/register", twice).await;
    twice.refused(409, "username_taken");
    agrees(hub).await;
}

async fn no_device_says_who_signs_in(store: Store) {
    let (hub, mut ana, _) = with_other_people(store).await;
    // Ana's own PIN for the admin
    let (admin, own) = (
        subject(&hub.token("admin").await),
        ana.tablet.floor.ana.clone(),
    );
    let pins = ana.side["pins"].as_array_mut().expect("PINs");
    let of = |pins: &[Value], who: &str| pins.iter().position(|pin| pin["person"] == who).unwrap();
    let verifier = pins[of(pins, &own)]["verifier"].clone();
    let at = of(pins, &admin);
    pins[at]["verifier"] = verifier;

    ana.report(&hub, &[]).await;

    let tries = async |name, pin| sign_in_by_pin(&hub, &ana.tablet, name, pin).await;
    assert_eq!(tries("admin", "3001").await, 401);
    assert_eq!(tries("admin", "1000").await, 200);
    // Of Ben's the log says that it was changed, and nobody knows what to
    assert_eq!(tries("ben", "7777").await, 401);
    assert_eq!(tries("ben", "3002").await, 401);
    agrees(hub).await;
}

async fn a_key_that_comes_again_after_the_loss_is_done_once(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let (hub, backup) = backed_up(hub).await;
    let write = async |hub: &Hub, path: &str, body: Value| -> Answer {
        let path = format!("/api/v1/{path}");
        let asked = hub.post(&path).by(&hub.token("ana").await).key("once");
        asked.json(&body).await
    };
    let (table, dish) = (ana.tablet.floor.tables[0], ana.tablet.floor.dishes[0]);
    let order = json!({"tableId": table, "guests": 2, "items": [{"dishId": dish, "quantity": 1}], "send": true});
    let ordered = write(&hub, "orders", order.clone()).await.expect(201);
    let bill = json!({"orderId": ordered["id"]});
    let billed = write(&hub, "billing/bills", bill.clone()).await.expect(201);
    let of_bill = format!("billing/bills/{}/payments", billed["id"].as_str().unwrap());
    let pay = json!({"method": "cash", "amount": billed["due"]});
    let paid = write(&hub, &of_bill, pay.clone()).await.expect(201);
    let add = format!("orders/{}/send", ordered["id"].as_str().unwrap());
    write(&hub, &add, json!({})).await;
    ana.pull(&hub).await;
    let hub = put_back(hub, &backup).await;
    ana.report(&hub, &[]).await;

    for (path, body, made) in [
        ("orders", &order, &ordered),
        ("billing/bills", &bill, &billed),
        (&of_bill, &pay, &paid),
    ] {
        let first = write(&hub, path, body.clone()).await;
        assert_eq!(first.header("idempotency-replayed"), Some("true"), "{path}");
        let second = write(&hub, path, body.clone()).await;
        assert_eq!((first.status, &first.text), (second.status, &second.text));
        assert_eq!(first.header("location"), second.header("location"));
        assert!(first.header("location").is_some());
        assert_eq!(first.expect(201)["id"], made["id"], "{path}");
    }

    let orders = get(&hub, "ana", "orders?limit=100").await;
    assert_eq!(orders["items"].as_array().unwrap().len(), 1);
    let bill = get(
        &hub,
        "ana",
        &format!("billing/bills/{}", billed["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(bill["payments"].as_array().unwrap().len(), 1);
    agrees(hub).await;
}

async fn who_was_there_of_late_is_waited_for_however_it_was_heard(store: Store) {
    let hub = Hub::demo(store).await;
    let mut ana = Replica::enrol(&hub, "waiter").await;
    let mut ben = Tablet::enrol(&hub).await;
    let home = hub.stop().await;
    // Both were enrolled long ago, and Ben's was last heard then
    home.sql(&[
        r#"UPDATE aggregates SET body = REPLACE(body, '"enrolledAt":', '"enrolledAt":-')"#
            .to_owned(),
        format!(
            "UPDATE device_queues SET seen_at = 0 WHERE device = '{}'",
            ben.id
        ),
    ])
    .await;
    let backup = home.copied().await;
    let hub = Hub::start(home, crate::kit::Options::default()).await;
    let open = ben.open(0, 1);
    ben.push(&hub, &[&open]).await.expect(200);
    ana.pull(&hub).await;
    let hub = put_back(hub, &backup).await;
    let awaited = async || -> Vec<Value> {
        let found = get(&hub, "manager", "recovery").await;
        let found = found["devices"].as_array().unwrap().iter();
        found.map(|one| one["deviceId"].clone()).collect()
    };
    // She has only ever pulled
    assert_eq!(awaited().await, [json!(ana.tablet.id)]);

    ana.report(&hub, &[]).await;

    // Her log says that Ben's was there in the evening that is lost
    assert_eq!(phase(&hub).await, "collecting");
    assert!(awaited().await.contains(&json!(ben.id)));
}
