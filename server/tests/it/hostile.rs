//! People who mean no good: with a token of their own making, with a tablet that is not theirs, with a phone on the guests' wifi,
//! or with an apron. What they can do all the same stands in `docs/security.md`, each sentence with its test.

use crate::kit::device::{Floor, subject};
use crate::kit::hub::Home;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Options, Socket, Store, Tablet, fresh};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

on_both! {
    a_token_of_ones_own_making_opens_nothing,
    a_tablet_can_name_anybody_and_the_log_says_which_tablet_it_was,
    no_queue_brings_people_devices_or_settings,
    a_waiter_makes_no_money_and_no_rights,
    a_made_up_price_goes_in_with_a_card,
    an_old_moment_counts_as_today,
    pins_are_guessed_at_one_count_over_all_devices,
    nobody_asks_more_often_under_another_name,
    a_flood_of_sign_ins_holds_up_no_order,
    bodies_that_never_end_hold_up_nobody,
    no_path_leads_out_of_the_screens,
    sockets_without_a_token_hear_nothing_and_hold_up_nobody,
}

const PROFILE: &str = "/api/v1/auth/profile";

async fn a_token_of_ones_own_making_opens_nothing(store: Store) {
    let hub = Hub::demo(store).await;
    let good = hub.token("ana").await;
    hub.get(PROFILE).by(&good).send().await.expect(200);
    let parts: Vec<&str> = good.split('.').collect();
    let decoded = |part: &str| BASE64.decode(part).expect("base64");
    let read = |part: &str| serde_json::from_slice::<Value>(&decoded(part)).expect("JSON");
    let written = |value: &Value| BASE64.encode(value.to_string());
    let (header, claims) = (read(parts[0]), read(parts[1]));
    let admin = subject(&hub.token("admin").await);
    let mut more = claims.clone();
    (more["sub"], more["role"]) = (json!(admin), json!("admin"));
    let mut longer = claims.clone();
    longer["exp"] = json!(4_000_000_000_i64);

    let mut all = Vec::new();
    // Without a signature, under each name that somebody has once fallen for.
    for alg in ["none", "None", "NONE", "", "ES384"] {
        let head = written(&json!({"alg": alg, "typ": "JWT", "kid": header["kid"]}));
        for claims in [&claims, &more] {
            all.push(format!("{head}.{}.", written(claims)));
            all.push(format!("{head}.{}.{}", written(claims), parts[2]));
        }
    }
    // The public key, of which everybody may know, as a secret.
    let jwks = hub.get("/api/v1/auth/jwks.json").unheard().send().await;
    let key = jwks.body["keys"][0].clone();
    let coordinate = |name: &str| decoded(key[name].as_str().expect("a coordinate"));
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let hs256 = Header {
        kid: header["kid"].as_str().map(str::to_owned),
        ..Header::new(Algorithm::HS256)
    };
    for secret in [
        &point[..],
        &point[1..],
        jwks.text.as_bytes(),
        key.to_string().as_bytes(),
        b"",
    ] {
        let forged = jsonwebtoken::encode(&hs256, &more, &EncodingKey::from_secret(secret));
        all.push(forged.expect("signed"));
    }
    // A key of one's own, under the hub's name and under others.
    let own = rcgen::KeyPair::generate().expect("a key");
    let own = EncodingKey::from_ec_der(own.serialized_der());
    for kid in [
        header["kid"].as_str(),
        Some("../../../dev/null"),
        Some("1' OR '1'='1"),
        None,
    ] {
        let head = Header {
            kid: kid.map(str::to_owned),
            ..Header::new(Algorithm::ES256)
        };
        all.push(jsonwebtoken::encode(&head, &more, &own).expect("signed"));
    }
    // The hub's own signature under other claims, and half of a token.
    for claims in [&more, &longer] {
        all.push(format!("{}.{}.{}", parts[0], written(claims), parts[2]));
    }
    all.push(format!("{}.{}", parts[0], parts[1]));
    all.push(format!("{good}."));
    all.push("..".to_owned());
    all.push(claims["sid"].as_str().expect("a session").to_owned());
    for token in &all {
        let answer = hub.get(PROFILE).unheard().by(token).send().await;
        answer.refused(401, "unauthorized");
    }
    for token in [&all[0], &all[all.len() - 2]] {
        let socket = Socket::connect_with(&hub, Some(json!({ "token": token }))).await;
        assert!(socket.is_err(), "{token}");
    }
    // A good token is good in one place only.
    let path = format!("{PROFILE}?access_token={good}&token={good}");
    hub.get(&path)
        .unheard()
        .send()
        .await
        .refused(401, "unauthorized");
    for (name, value) in [
        ("authorization", format!("Basic {good}")),
        ("authorization", good.clone()),
        ("cookie", format!("token={good}; accessToken={good}")),
        ("x-access-token", good.clone()),
    ] {
        let asked = hub.get(PROFILE).unheard().header(name, &value);
        asked.send().await.refused(401, "unauthorized");
    }
}

/// What the log says of the newest entry of this kind.
async fn last(hub: &Hub, kind: &str) -> Value {
    let mut reader = Tablet::enrol_as(hub, "office").await;
    let entries = reader.read_log(hub, 500).await;
    let found = entries.iter().rfind(|entry| entry["kind"] == kind);
    found
        .unwrap_or_else(|| panic!("no {kind} in the log"))
        .clone()
}

async fn a_tablet_can_name_anybody_and_the_log_says_which_tablet_it_was(store: Store) {
    let hub = Hub::demo(store).await;
    let (admin, manager) = (
        subject(&hub.token("admin").await),
        subject(&hub.token("manager").await),
    );
    let mut stolen = Tablet::enrol(&hub).await;
    let open = stolen.open(0, 1).with("by", json!(admin));
    let send = stolen
        .send(open.order, &open.lines)
        .with("by", json!(admin));
    let outcomes = Tablet::outcomes(stolen.push(&hub, &[&open, &send]).await);
    assert_eq!(outcomes, ["applied"; 2]);
    let cook = json!({"status": "preparing"});
    let path = format!("/api/v1/kitchen/items/{}", open.lines[0]);
    let kitchen = hub.token("kitchen").await;
    hub.ask("PATCH", &path)
        .by(&kitchen)
        .json(&cook)
        .await
        .expect(200);
    let void = |stolen: &mut Tablet, approved_by: Value| {
        let mut cmd = stolen.send(open.order, &[]);
        cmd.wire["kind"] = json!("orders.void");
        cmd.wire["args"] =
            json!({"order": open.order, "lines": [{"line": open.lines[0]}], "reason": "gone"});
        cmd.with("approvedBy", approved_by)
    };

    // Nobody's word, and a waiter's own, are not enough; a manager's name is, PIN or not: the tablet had looked at that.
    let alone = void(&mut stolen, Value::Null);
    let ana = json!(stolen.floor.ana);
    let by_himself = void(&mut stolen, ana);
    let approved = void(&mut stolen, json!(manager));
    let pushed = stolen.push(&hub, &[&alone, &by_himself, &approved]).await;
    let refused = "rejected: approval_required";
    assert_eq!(Tablet::outcomes(pushed), [refused, refused, "applied"]);

    let entry = last(&hub, "orders.void").await;
    assert_eq!(
        (&entry["device"], &entry["approvedBy"]),
        (&json!(stolen.id), &json!(manager))
    );
}

async fn no_queue_brings_people_devices_or_settings(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let paths = ["auth/users", "devices", "tables", "settings", "menu"];
    let house = async || {
        let mut all = Vec::new();
        for path in paths {
            let mut body = hub
                .get(&format!("/api/v1/{path}"))
                .unheard()
                .by(&admin)
                .send()
                .await
                .expect(200);
            // When it was heard of, and how far its queue is, is no setting.
            for device in body["items"].as_array_mut().into_iter().flatten() {
                device["lastSeenAt"].take();
                device["queuePosition"].take();
            }
            all.push(body);
        }
        all
    };
    let mut stolen = Tablet::enrol(&hub).await;
    let before = house().await;
    let (me, ana) = (subject(&admin), stolen.floor.ana.clone());
    let (device, table, dish) = (
        stolen.id.clone(),
        stolen.floor.tables[0],
        stolen.floor.dishes[0],
    );
    let wanted = [
        (
            "auth.add_person",
            json!({"id": fresh(), "username": "eve", "fullName": "Eve", "role": "admin"}),
        ),
        ("auth.change_person", json!({"id": ana, "role": "admin"})),
        (
            "auth.change_person",
            json!({"id": me, "active": false, "credentials": ["password", "pin"]}),
        ),
        (
            "devices.enrol",
            json!({"id": fresh(), "name": "Eve's", "kind": "office"}),
        ),
        ("devices.rename", json!({"id": device, "name": "Harmless"})),
        ("devices.revoke", json!({"id": device})),
        ("floor.change_table", json!({"id": table, "remove": true})),
        ("menu.change_dish", json!({"id": dish, "price": 1})),
        ("settings.change", json!({"pricesIncludeTax": false})),
        (
            "sync.start_epoch",
            json!({"epoch": 99, "from": 0, "why": "eve"}),
        ),
        (
            "sync.record_gap",
            json!({"device": device, "from": 1, "to": 9}),
        ),
    ];
    for (kind, args) in &wanted {
        let mut cmd = stolen
            .send(domain::ids::OrderId(fresh()), &[])
            .with("by", json!(me));
        (cmd.wire["kind"], cmd.wire["args"]) = (json!(kind), args.clone());
        let outcomes = Tablet::outcomes(stolen.push(&hub, &[&cmd]).await);
        assert_eq!(
            outcomes,
            [format!("quarantined: {kind} does not travel in a queue")]
        );
    }
    for (path, (before, after)) in paths.iter().zip(before.iter().zip(house().await)) {
        assert_eq!(after, *before, "{path}");
    }
    hub.told()
}

async fn a_waiter_makes_no_money_and_no_rights(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (ben, floor) = (hub.token("ben").await, Floor::of(&hub).await);
    let items = json!([{"dishId": floor.dishes[0], "quantity": 1}]);
    let body = json!({"tableId": floor.tables[0], "guests": 2, "items": items, "send": true});
    let order = hub
        .post("/api/v1/orders")
        .by(&ben)
        .json(&body)
        .await
        .expect(201);
    let path = format!("/api/v1/orders/{}", order["id"].as_str().expect("an id"));
    let bill = hub.post("/api/v1/billing/bills").by(&ben);
    let bill = bill
        .json(&json!({"orderId": order["id"]}))
        .await
        .expect(201);
    let payments = format!(
        "/api/v1/billing/bills/{}/payments",
        bill["id"].as_str().expect("an id")
    );
    let total = bill["total"].as_i64().expect("a total");
    let item = format!(
        "{path}/items/{}",
        order["items"][0]["id"].as_str().expect("an id")
    );
    let me = format!("/api/v1/auth/users/{}", subject(&ben));
    let cash = |amount: Value, tip: Value| json!({"method": "cash", "amount": amount, "tip": tip});
    let asked = [
        ("POST", payments.as_str(), cash(json!(-500), json!(0)), 422),
        ("POST", &payments, cash(json!(total), json!(-total)), 422),
        ("POST", &payments, cash(json!(0), json!(0)), 422),
        ("POST", &payments, cash(json!(total + 1), json!(0)), 409),
        ("POST", &payments, cash(json!(i64::MAX), json!(0)), 422),
        ("POST", &payments, cash(json!(0.01), json!(0)), 400),
        (
            "POST",
            &payments,
            json!({"method": "cash", "amount": total, "by": "somebody"}),
            400,
        ),
        (
            "POST",
            &payments,
            json!({"method": "card", "amount": total}),
            422,
        ),
        ("PATCH", &item, json!({"price": 1}), 400),
        ("PATCH", &item, json!({"quantity": -1}), 422),
        ("PATCH", &me, json!({"role": "admin"}), 403),
        ("PATCH", PROFILE, json!({"role": "admin"}), 400),
        ("GET", "/api/v1/reports/sales", json!({}), 403),
        ("GET", "/api/v1/events", json!({}), 403),
        ("GET", "/api/v1/auth/users", json!({}), 403),
        (
            "POST",
            "/api/v1/devices/codes",
            json!({"kind": "office"}),
            403,
        ),
        ("POST", "/api/v1/recovery/end", json!({}), 403),
        (
            "PATCH",
            "/api/v1/settings",
            json!({"pricesIncludeTax": false}),
            403,
        ),
    ];
    for (method, path, body, status) in asked {
        let answer = hub.ask(method, path).by(&ben).json(&body).await;
        assert_eq!(
            answer.status, status,
            "{method} {path} {body}: {}",
            answer.text
        );
    }
    let path = format!(
        "/api/v1/billing/bills/{}",
        bill["id"].as_str().expect("an id")
    );
    let now = hub.get(&path).by(&ben).send().await.expect(200);
    assert_eq!(
        (&now["total"], &now["payments"]),
        (&bill["total"], &bill["payments"])
    );
    hub.told()
}

async fn a_made_up_price_goes_in_with_a_card(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut open = tablet.open(0, 1);
    let revision = 1;
    open.wire["args"]["lines"][0]["frozen"] = json!({
        "name": "Champagne", "kitchenName": null, "price": 1, "taxRate": "0", "allergens": [], "stations": [],
        "revision": revision,
    });
    let mut below = tablet.add(open.order, 1);
    below.wire["args"]["lines"][0]["frozen"] = open.wire["args"]["lines"][0]["frozen"].clone();
    below.wire["args"]["lines"][0]["frozen"]["price"] = json!(-1);
    let outcomes = Tablet::outcomes(tablet.push(&hub, &[&open, &below]).await);
    assert_eq!(
        outcomes,
        ["applied", "quarantined: items[0].price: out_of_range"]
    );
    let entry = last(&hub, "orders.open").await;
    let cards = entry["events"].as_array().expect("events").iter();
    let cards: Vec<_> = cards
        .filter(|event| event["kind"] == "card.raised")
        .collect();
    assert_eq!(cards.len(), 1, "{entry}");
    assert_eq!(cards[0]["data"]["card"]["about"]["what"], "price_differs");
}

async fn an_old_moment_counts_as_today(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let day = last(&hub, "devices.enrol").await["day"].clone();
    for at in [0, -1, i64::MIN, i64::MAX, 946_684_800_000] {
        let open = tablet.open(0, 1).with("at", json!(at));
        assert_eq!(
            Tablet::outcomes(tablet.push(&hub, &[&open]).await),
            ["applied"]
        );
        let entry = last(&hub, "orders.open").await;
        assert_eq!(
            (&entry["day"], &entry["at"]),
            (&day, &json!(at)),
            "what was said stands, what counts is the hub's"
        );
    }
}

async fn pins_are_guessed_at_one_count_over_all_devices(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (one, two) = (Tablet::enrol(&hub).await, Tablet::enrol(&hub).await);
    let third = Tablet::enrol_as(&hub, "office").await;
    let guess = async |device: &Tablet, pin: &str| {
        let body = json!({"username": "manager", "pin": pin});
        hub.post("/api/v1/auth/pin")
            .by(&device.token)
            .json(&body)
            .await
    };
    for (device, pin) in [(&one, "0001"), (&two, "0002"), (&one, "0003")] {
        guess(device, pin).await.refused(401, "wrong_credentials");
    }
    guess(&third, "2000").await.refused(429, "locked");
    hub.told()
}

async fn nobody_asks_more_often_under_another_name(store: Store) {
    let env = vec![("COMANDA_RATE_ANONYMOUS", "10".to_owned())];
    let options = Options {
        env,
        ..Options::default()
    };
    let hub = Hub::start(Home::demo(store).await, options).await;
    let mut heard = Vec::new();
    for n in 0..30 {
        let from = format!("203.0.113.{n}");
        let asked = hub.get(PROFILE).unheard().header("x-forwarded-for", &from);
        let asked = asked
            .header("forwarded", &format!("for={from}"))
            .header("x-real-ip", &from);
        heard.push(asked.send().await.status);
    }
    assert_eq!(
        heard.iter().filter(|status| **status == 401).count(),
        10,
        "{heard:?}"
    );
    assert_eq!(
        heard.iter().filter(|status| **status == 429).count(),
        20,
        "{heard:?}"
    );
}

/// A device takes an order, and has its answer soon.
async fn still_serves(hub: &Hub, tablet: &mut Tablet) {
    let open = tablet.open(0, 1);
    let pushed = tokio::time::timeout(Duration::from_secs(15), tablet.push(hub, &[&open])).await;
    let pushed = pushed.expect("an answer while others do their worst");
    assert_eq!(Tablet::outcomes(pushed), ["applied"]);
}

async fn a_flood_of_sign_ins_holds_up_no_order(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let body = json!({"username": "admin", "password": "guessed"});
    let mut flood = Vec::new();
    for _ in 0..40 {
        let asked =
            reqwest::Client::new().post(format!("http://{}/api/v1/auth/login", hub.address()));
        let asked = asked
            .header("content-type", "application/json")
            .body(body.to_string());
        flood.push(tokio::spawn(asked.send()));
    }
    still_serves(&hub, &mut tablet).await;
    for one in flood {
        let answer = one.await.expect("it ran").expect("an answer");
        assert_eq!(answer.status().as_u16(), 401);
    }
}

/// Somebody's own connection, with this said on it.
async fn says(hub: &Hub, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(hub.address()).await.expect("connected");
    stream.write_all(text.as_bytes()).await.expect("said");
    stream
}

async fn bodies_that_never_end_hold_up_nobody(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut held = Vec::new();
    for n in 0..60 {
        let half = match n % 3 {
            0 => {
                "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"us"
            }
            1 => "GET /api/v1/orders HTTP/1.1\r\nhost: x\r\nx-slow: ",
            _ => {
                "POST /api/v1/sync/push HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"pro"
            }
        };
        held.push(says(&hub, half).await);
    }
    still_serves(&hub, &mut tablet).await;
    // One that says how much it will bring is not even listened to.
    let huge = "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n";
    let mut stream = says(&hub, huge).await;
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 413");
    let headers = format!(
        "GET /livez HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n",
        "x".repeat(2_000_000)
    );
    let mut stream = TcpStream::connect(hub.address()).await.expect("connected");
    let _cut = stream.write_all(headers.as_bytes()).await;
    let mut answer = Vec::new();
    let _cut = stream.read_to_end(&mut answer).await;
    assert!(
        !answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    still_serves(&hub, &mut tablet).await;
    drop(held);
}

async fn no_path_leads_out_of_the_screens(store: Store) {
    let hub = Hub::demo(store).await;
    let file = hub
        .home
        .folder
        .path()
        .join("comanda.lock")
        .display()
        .to_string();
    let up = "../".repeat(12);
    let paths = [
        format!("/{up}etc/passwd"),
        "/..%2f..%2f..%2f..%2f..%2fetc/passwd".to_owned(),
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/assets/..%5c..%5c..%5cetc%5cpasswd".to_owned(),
        "/....//....//etc/passwd".to_owned(),
        file.clone(),
        format!("//{file}"),
        "/kitchen/../../Cargo.toml".to_owned(),
        "/index.html%00.js".to_owned(),
        "/api/v1/../../etc/passwd".to_owned(),
        "/api/v1/auth/users/..%2f..%2fdevices".to_owned(),
        "/API/V1/orders".to_owned(),
        "/api/v1//orders".to_owned(),
        "/api/v1/orders/".to_owned(),
        "/api/v1/%6frders".to_owned(),
    ];
    for path in paths {
        let mut stream = says(
            &hub,
            &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        )
        .await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.get(9..12).unwrap_or_default();
        assert!(["400", "401", "404"].contains(&status), "{path}: {answer}");
        assert!(
            !answer.contains("root:") && !answer.contains("[workspace]"),
            "{path}: {answer}"
        );
    }
}

async fn sockets_without_a_token_hear_nothing_and_hold_up_nobody(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let mut held = Vec::new();
    for _ in 0..200 {
        let url = format!(
            "ws://{}/socket.io/?EIO=4&transport=websocket",
            hub.address()
        );
        let (socket, _) = tokio_tungstenite::connect_async(url)
            .await
            .expect("a socket");
        held.push(socket);
    }
    let mut heard = Socket::connect(&hub, &tablet.token).await;
    still_serves(&hub, &mut tablet).await;
    let poked = tokio::time::timeout(Duration::from_secs(15), heard.until("sync:poke")).await;
    poked.expect("a poke while others do their worst");
    use futures_util::StreamExt;
    for socket in &mut held {
        // The greeting, and then not a word.
        while let Ok(Some(Ok(said))) =
            tokio::time::timeout(Duration::from_millis(1), socket.next()).await
        {
            let said = said.to_text().expect("a text").to_owned();
            assert!(said.starts_with('0') || said == "2", "{said}");
        }
    }
}

/// Every `.rs` file beneath.
fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "rs" || ending == "mjs")
        {
            all.push(path);
        }
    }
}

/// The page names a test for whatever it says: one that is gone takes its sentence along.
#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let mut files = Vec::new();
    for folder in ["server/src", "server/tests", "crates"] {
        sources(&root.join(folder), &mut files);
    }
    let text: String = files
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("a source"))
        .collect();
    let ticked = page.split('`').skip(1).step_by(2);
    let plain = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
    };
    let named: Vec<&str> = ticked
        .filter(plain)
        .filter(|name| name.matches('_').count() >= 2)
        .collect();
    assert!(named.len() > 30, "the page names its tests: {named:?}");
    let gone: Vec<_> = named
        .iter()
        .filter(|name| !text.contains(&format!("fn {name}(")))
        .collect();
    assert!(
        gone.is_empty(),
        "the page names what is not there: {gone:?}"
    );
}
