//! People: how they come in, what they may change, and how they are shown out.

use crate::kit::device::subject;
use crate::kit::hub::Home;
use crate::kit::told::Transcript;
use crate::kit::{Hub, Options, Socket, Store, Tablet, fresh};
use serde_json::{Value, json};
use std::time::Duration;

on_both! {
    the_first_one_at_an_empty_hub_founds_the_restaurant,
    two_who_come_first_at_once_are_one_admin,
    a_session_goes_on_by_refresh_tokens_that_are_good_once,
    a_refresh_token_used_twice_ends_its_family,
    two_refreshes_at_once_end_the_family_too,
    whoever_signs_out_is_out_within_a_second,
    whoever_is_deactivated_is_out_within_a_second,
    another_role_asks_for_a_new_token,
    an_admin_looks_after_people,
    the_last_admin_stays,
    a_new_password_ends_the_other_sessions,
    people_are_changed_by_field,
    a_pin_opens_a_session_on_its_device,
    wrong_pins_lock_for_a_while,
    pins_reach_devices_beside_the_log,
    an_access_token_ends_and_so_does_its_socket,
    names_and_passwords_are_tried_only_so_often,
    strangers_and_people_are_asked_to_slow_down,
}

const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh";
const REGISTER: &str = "/api/v1/auth/register";
const PROFILE: &str = "/api/v1/auth/profile";
const USERS: &str = "/api/v1/auth/users";
const PIN: &str = "/api/v1/auth/pin";
const A_SECOND: Duration = Duration::from_secs(1);

async fn sign_in(hub: &Hub, username: &str, password: &str) -> Value {
    let body = json!({"username": username, "password": password});
    hub.post(LOGIN).unheard().json(&body).await.expect(200)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} in {value}"))
}

fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).expect("a JWT");
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part);
    serde_json::from_slice(&bytes.expect("base64")).expect("JSON")
}

async fn may_still(hub: &Hub, token: &str) -> u16 {
    let answer = hub.get(PROFILE).unheard().by(token).send().await;
    if answer.status == 401 {
        answer.clone().refused(401, "unauthorized");
    }
    answer.status
}

async fn user_path(hub: &Hub, who: &str) -> String {
    format!("{USERS}/{}", subject(&hub.token(who).await))
}

async fn the_first_one_at_an_empty_hub_founds_the_restaurant(store: Store) -> Transcript {
    let hub = Hub::start(Home::empty(store).await, Options::plain()).await;
    let ana =
        json!({"username": "ana", "password": "a long secret", "fullName": "Ana", "role": "staff"});
    let bad = hub.post(REGISTER).json(&ana).await.refused(422, "invalid");
    assert_eq!(bad["errors"][0]["field"], "role");
    hub.post(REGISTER)
        .raw("text/plain", "x")
        .await
        .refused(415, "unsupported_media_type");
    let mut first = ana.clone();
    first["role"] = json!("admin");
    let answer = hub.post(REGISTER).json(&first).await;
    let location = answer.header("location").expect("a place").to_owned();
    let admin = answer.expect(201);
    assert_eq!(location, format!("{USERS}/{}", text(&admin, "id")));
    assert_eq!(
        (&admin["role"], &admin["isActive"]),
        (&json!("admin"), &json!(true))
    );

    hub.post(REGISTER)
        .json(&first)
        .await
        .refused(401, "unauthorized");
    let session = sign_in(&hub, "ana", "a long secret").await;
    let token = text(&session, "accessToken");
    let ben =
        json!({"username": "ben", "password": "a long secret", "fullName": "Ben", "role": "staff"});
    hub.post(REGISTER).by(token).json(&ben).await.expect(201);
    hub.post(REGISTER)
        .by(token)
        .json(&ben)
        .await
        .refused(409, "username_taken");
    let ben = sign_in(&hub, "ben", "a long secret").await;
    hub.post(REGISTER)
        .by(text(&ben, "accessToken"))
        .json(&first)
        .await
        .refused(403, "forbidden");
    let hub = hub.restart().await;
    hub.post(REGISTER)
        .json(&first)
        .await
        .refused(401, "unauthorized");
    hub.get(&location).by(token).send().await.expect(200);
    hub.told()
}

async fn two_who_come_first_at_once_are_one_admin(store: Store) {
    let hub = Hub::start(Home::empty(store).await, Options::plain()).await;
    let body = |name: &str| json!({"username": name, "password": "a long secret", "fullName": name, "role": "admin"});
    let (ana, ben) = (body("ana"), body("ben"));
    let (one, two) = tokio::join!(hub.post(REGISTER).json(&ana), hub.post(REGISTER).json(&ben));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401]);
}

async fn a_session_goes_on_by_refresh_tokens_that_are_good_once(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let first = hub
        .post(LOGIN)
        .json(&json!({"username": "ana", "password": "demo-ana"}))
        .await
        .expect(200);
    assert_eq!(first["expiresIn"], 900);
    assert_eq!(first["user"]["username"], "ana");
    let said = claims(text(&first, "accessToken"));
    for field in [
        "sub",
        "sid",
        "username",
        "role",
        "restaurantId",
        "exp",
        "iat",
        "iss",
        "aud",
    ] {
        assert!(!said[field].is_null(), "{field}: {said}");
    }
    assert!(said.get("deviceId").is_none());
    let mut session = first.clone();
    for _ in 0..3 {
        let body = json!({"refreshToken": session["refreshToken"]});
        let next = hub.post(REFRESH).json(&body).await.expect(200);
        assert_ne!(next["refreshToken"], session["refreshToken"]);
        assert_eq!(claims(text(&next, "accessToken"))["sid"], said["sid"]);
        assert_eq!(may_still(&hub, text(&next, "accessToken")).await, 200);
        session = next;
    }
    let hub = hub.restart().await;
    let body = json!({"refreshToken": session["refreshToken"]});
    hub.post(REFRESH).json(&body).await.expect(200);
    for nothing in ["", "nonsense", text(&first, "accessToken")] {
        let body = json!({ "refreshToken": nothing });
        hub.post(REFRESH)
            .unheard()
            .json(&body)
            .await
            .refused(401, "bad_refresh_token");
    }
    hub.post(REFRESH)
        .json(&json!({"refreshToken": 7}))
        .await
        .refused(400, "bad_request");
    // A refresh token opens nothing by itself.
    assert_eq!(may_still(&hub, text(&session, "refreshToken")).await, 401);
    hub.told()
}

async fn a_refresh_token_used_twice_ends_its_family(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let stolen = sign_in(&hub, "ana", "demo-ana").await;
    let other = sign_in(&hub, "ana", "demo-ana").await;
    let body = json!({"refreshToken": stolen["refreshToken"]});
    let next = hub.post(REFRESH).unheard().json(&body).await.expect(200);
    let mut socket = Socket::connect(&hub, text(&next, "accessToken")).await;

    hub.post(REFRESH)
        .json(&body)
        .await
        .refused(401, "bad_refresh_token");

    assert!(socket.ends_within(A_SECOND).await);
    let newest = json!({"refreshToken": next["refreshToken"]});
    hub.post(REFRESH)
        .json(&newest)
        .await
        .refused(401, "bad_refresh_token");
    for session in [&stolen, &next] {
        assert_eq!(may_still(&hub, text(session, "accessToken")).await, 401);
    }
    assert_eq!(may_still(&hub, text(&other, "accessToken")).await, 200);
    hub.told()
}

async fn two_refreshes_at_once_end_the_family_too(store: Store) {
    let hub = Hub::demo(store).await;
    let session = sign_in(&hub, "ana", "demo-ana").await;
    let body = json!({"refreshToken": session["refreshToken"]});
    let (one, two) = tokio::join!(hub.post(REFRESH).json(&body), hub.post(REFRESH).json(&body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    assert_eq!(may_still(&hub, text(&session, "accessToken")).await, 401);
}

async fn whoever_signs_out_is_out_within_a_second(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (here, there) = (
        sign_in(&hub, "ana", "demo-ana").await,
        sign_in(&hub, "ana", "demo-ana").await,
    );
    let (token, other) = (text(&here, "accessToken"), text(&there, "accessToken"));
    let mut socket = Socket::connect(&hub, token).await;
    assert_eq!(may_still(&hub, token).await, 200);

    let answer = hub.post("/api/v1/auth/logout").by(token).send().await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));

    assert_eq!(may_still(&hub, token).await, 401, "at once");
    assert!(socket.ends_within(A_SECOND).await);
    assert!(
        Socket::connect_with(&hub, Some(json!({ "token": token })))
            .await
            .is_err()
    );
    let body = json!({"refreshToken": here["refreshToken"]});
    hub.post(REFRESH)
        .json(&body)
        .await
        .refused(401, "bad_refresh_token");
    assert_eq!(may_still(&hub, other).await, 200, "elsewhere they stay");
    hub.told()
}

async fn whoever_is_deactivated_is_out_within_a_second(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (admin, ana) = (
        hub.token("admin").await,
        sign_in(&hub, "ana", "demo-ana").await,
    );
    let token = text(&ana, "accessToken");
    let mut socket = Socket::connect(&hub, token).await;
    let path = user_path(&hub, "ana").await;

    let user = hub
        .ask("PATCH", &path)
        .by(&admin)
        .json(&json!({"isActive": false}))
        .await
        .expect(200);

    assert_eq!(user["isActive"], false);
    assert_eq!(may_still(&hub, token).await, 401, "at once");
    assert!(socket.ends_within(A_SECOND).await);
    let body = json!({"username": "ana", "password": "demo-ana"});
    hub.post(LOGIN)
        .json(&body)
        .await
        .refused(401, "wrong_credentials");
    hub.ask("PATCH", &path)
        .by(&admin)
        .json(&json!({"isActive": true}))
        .await
        .expect(200);
    assert_eq!(may_still(&hub, token).await, 401, "what was ended stays so");
    sign_in(&hub, "ana", "demo-ana").await;
    hub.told()
}

async fn another_role_asks_for_a_new_token(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (admin, ana) = (
        hub.token("admin").await,
        sign_in(&hub, "ana", "demo-ana").await,
    );
    let token = text(&ana, "accessToken");
    let mut socket = Socket::connect(&hub, token).await;
    let path = user_path(&hub, "ana").await;

    hub.ask("PATCH", &path)
        .by(&admin)
        .json(&json!({"role": "kitchen"}))
        .await
        .expect(200);

    assert_eq!(may_still(&hub, token).await, 401);
    assert!(socket.ends_within(A_SECOND).await);
    let body = json!({"refreshToken": ana["refreshToken"]});
    let next = hub.post(REFRESH).json(&body).await.expect(200);
    let token = text(&next, "accessToken");
    assert_eq!(claims(token)["role"], "kitchen");
    assert_eq!(may_still(&hub, token).await, 200);
    hub.told()
}

async fn an_admin_looks_after_people(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let all = hub.get(USERS).by(&admin).send().await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 5);
    let page = hub
        .get(&format!("{USERS}?limit=2"))
        .by(&admin)
        .send()
        .await
        .expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = format!("{USERS}?limit=200&after={}", text(&page, "next"));
    let rest = hub.get(&next).unheard().by(&admin).send().await.expect(200);
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next"]),
        (3, &Value::Null)
    );
    let path = user_path(&hub, "ben").await;
    let change = json!({"fullName": "Benedikt", "role": "manager"});
    let user = hub
        .ask("PATCH", &path)
        .by(&admin)
        .json(&change)
        .await
        .expect(200);
    assert_eq!(
        (&user["fullName"], &user["role"]),
        (&json!("Benedikt"), &json!("manager"))
    );
    let same = hub
        .ask("PATCH", &path)
        .by(&admin)
        .json(&json!({}))
        .await
        .expect(200);
    assert_eq!(same, user);
    assert_eq!(hub.get(&path).by(&admin).send().await.expect(200), user);
    for who in ["manager", "ana", "kitchen"] {
        let token = hub.token(who).await;
        hub.get(USERS)
            .by(&token)
            .send()
            .await
            .refused(403, "forbidden");
        hub.ask("PATCH", &path)
            .by(&token)
            .json(&json!({"role": "admin"}))
            .await
            .refused(403, "forbidden");
    }
    let nobody = format!("{USERS}/{}", fresh());
    for path in [nobody.as_str(), "/api/v1/auth/users/somebody"] {
        hub.ask("PATCH", path)
            .by(&admin)
            .json(&json!({"role": "staff"}))
            .await
            .refused(404, "not_found");
    }
    hub.told()
}

async fn the_last_admin_stays(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let path = user_path(&hub, "admin").await;
    for change in [json!({"role": "manager"}), json!({"isActive": false})] {
        hub.ask("PATCH", &path)
            .by(&admin)
            .json(&change)
            .await
            .refused(409, "last_admin");
    }
    assert_eq!(may_still(&hub, &admin).await, 200, "nothing has changed");
    let ben = user_path(&hub, "ben").await;
    let up = json!({"role": "admin"});
    hub.ask("PATCH", &ben)
        .by(&admin)
        .json(&up)
        .await
        .expect(200);
    let down = json!({"role": "staff"});
    hub.ask("PATCH", &path)
        .by(&admin)
        .json(&down)
        .await
        .expect(200);
    hub.told()
}

async fn a_new_password_ends_the_other_sessions(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (here, there) = (
        sign_in(&hub, "ana", "demo-ana").await,
        sign_in(&hub, "ana", "demo-ana").await,
    );
    let (here, there) = (text(&here, "accessToken"), text(&there, "accessToken"));
    let change = |current: Value| json!({"password": "a new secret", "currentPassword": current});
    for current in [json!("wrong"), json!(null)] {
        let bad = hub
            .ask("PATCH", PROFILE)
            .by(here)
            .json(&change(current))
            .await;
        assert_eq!(
            bad.refused(422, "invalid")["errors"][0]["field"],
            "currentPassword"
        );
    }
    let good = change(json!("demo-ana"));
    let user = hub
        .ask("PATCH", PROFILE)
        .by(here)
        .json(&good)
        .await
        .expect(200);
    assert_eq!(user["username"], "ana");
    assert_eq!(may_still(&hub, here).await, 200);
    assert_eq!(may_still(&hub, there).await, 401);
    sign_in(&hub, "ana", "a new secret").await;

    let admin = hub.token("admin").await;
    let path = user_path(&hub, "admin")
        .await
        .replace(&subject(&admin), &subject(here));
    let set = json!({"password": "set by an admin"});
    hub.ask("PATCH", &path)
        .by(&admin)
        .json(&set)
        .await
        .expect(200);
    assert_eq!(may_still(&hub, here).await, 401);
    sign_in(&hub, "ana", "set by an admin").await;
    let log = hub.home.log();
    for secret in ["a new secret", "set by an admin", "demo-ana", "argon2"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    hub.told()
}

async fn people_are_changed_by_field(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let path = user_path(&hub, "ana").await;
    for (change, field, code) in [
        (json!({"fullName": ""}), "fullName", "empty"),
        (json!({"fullName": "a\u{0}b"}), "fullName", "bad_character"),
        (json!({"role": "chef"}), "role", "unknown"),
        (json!({"password": "short"}), "password", "too_short"),
        (json!({"password": "x".repeat(129)}), "password", "too_long"),
        (json!({"pin": "12"}), "pin", "too_short"),
        (json!({"pin": "123456789"}), "pin", "too_long"),
        (json!({"pin": "12a4"}), "pin", "bad_character"),
    ] {
        let bad = hub.ask("PATCH", &path).by(&admin).json(&change).await;
        let error = bad.refused(422, "invalid")["errors"][0].clone();
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(field), &json!(code))
        );
    }
    for (change, field) in [
        (json!({"isActive": "no"}), "isActive"),
        (json!({"username": "anna"}), "username"),
        (json!({"pin": 1234}), "pin"),
    ] {
        let bad = hub.ask("PATCH", &path).by(&admin).json(&change).await;
        assert_eq!(bad.refused(400, "bad_request")["errors"][0]["field"], field);
    }
    let new = json!({"username": "Ana B", "password": "x", "fullName": "", "role": "boss"});
    let bad = hub
        .post(REGISTER)
        .by(&admin)
        .json(&new)
        .await
        .refused(422, "invalid");
    assert_eq!(
        bad["errors"].as_array().unwrap().len(),
        4,
        "all of them at once"
    );
    hub.told()
}

async fn with_pin(hub: &Hub, device: &str, username: &str, pin: &str) -> crate::kit::Answer {
    let body = json!({"username": username, "pin": pin});
    hub.post(PIN).by(device).json(&body).await
}

async fn a_pin_opens_a_session_on_its_device(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let (tablet, display) = (
        Tablet::enrol(&hub).await,
        Tablet::enrol_as(&hub, "kitchen").await,
    );
    let session = with_pin(&hub, &tablet.token, "admin", "1000")
        .await
        .expect(200);
    let token = text(&session, "accessToken");
    let said = claims(token);
    assert_eq!(
        (&said["deviceId"], &said["role"]),
        (&json!(tablet.id), &json!("admin"))
    );
    assert_eq!(may_still(&hub, token).await, 200);
    hub.get("/api/v1/events").by(token).send().await.expect(200);
    let me = user_path(&hub, "admin").await;
    for (method, path) in [
        ("GET", USERS),
        ("POST", REGISTER),
        ("PATCH", me.as_str()),
        ("PATCH", PROFILE),
        ("GET", "/api/v1/devices"),
        ("POST", "/api/v1/devices/codes"),
        ("DELETE", "/api/v1/devices/x"),
    ] {
        let answer = hub.ask(method, path).by(token).json(&json!({})).await;
        answer.refused(403, "forbidden");
    }
    let body = json!({"refreshToken": session["refreshToken"]});
    let next = hub.post(REFRESH).json(&body).await.expect(200);
    assert_eq!(claims(text(&next, "accessToken"))["deviceId"], tablet.id);

    let cook = with_pin(&hub, &display.token, "admin", "1000")
        .await
        .expect(200);
    let cook = text(&cook, "accessToken");
    assert_eq!(
        claims(cook)["role"],
        "kitchen",
        "on a kitchen's screen everybody is a cook"
    );
    hub.get("/api/v1/events")
        .by(cook)
        .send()
        .await
        .refused(403, "forbidden");

    let mut socket = Socket::connect(&hub, token).await;
    let path = format!("/api/v1/devices/{}", tablet.id);
    let admin = hub.token("admin").await;
    hub.delete(&path).by(&admin).send().await.expect(204);
    assert_eq!(
        may_still(&hub, token).await,
        401,
        "the session goes with its device"
    );
    assert!(socket.ends_within(A_SECOND).await);
    with_pin(&hub, &tablet.token, "ana", "3001")
        .await
        .refused(401, "device_revoked");
    with_pin(&hub, &admin, "ana", "3001")
        .await
        .refused(403, "forbidden");
    hub.post(PIN)
        .json(&json!({"username": "ana", "pin": "3001"}))
        .await
        .refused(401, "unauthorized");
    hub.told()
}

async fn wrong_pins_lock_for_a_while(store: Store) -> Transcript {
    let hub = Hub::demo(store).await;
    let tablet = Tablet::enrol(&hub).await;
    for pin in ["0000", "demo-ana", "3002"] {
        with_pin(&hub, &tablet.token, "ana", pin)
            .await
            .refused(401, "wrong_credentials");
    }
    let locked = with_pin(&hub, &tablet.token, "ana", "3001").await;
    let wait: u32 = locked
        .header("retry-after")
        .expect("a time")
        .parse()
        .unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    locked.refused(429, "locked");
    with_pin(&hub, &tablet.token, "ben", "3002")
        .await
        .expect(200);
    with_pin(&hub, &tablet.token, "nobody", "3002")
        .await
        .refused(401, "wrong_credentials");
    hub.told()
}

async fn pins_reach_devices_beside_the_log(store: Store) {
    let hub = Hub::demo(store).await;
    let mut tablet = Tablet::enrol(&hub).await;
    let side = tablet.snapshot(&hub, 0).await["side"].clone();
    assert_eq!(side["pins"].as_array().expect("PINs").len(), 5);
    let pull = async |tablet: &Tablet, has: &Value| {
        let mut body = tablet.pull_body(500);
        body["side"] = has.clone();
        let asked = hub.post("/api/v1/sync/pull").by(&tablet.token);
        asked.json(&body).await.expect(200)
    };
    let same = pull(&tablet, &side["revision"]).await;
    assert!(same.get("side").is_none(), "only what is new");
    assert_eq!(pull(&tablet, &json!(0)).await["side"], side);

    let path = user_path(&hub, "ana").await;
    let admin = hub.token("admin").await;
    let change = json!({"pin": "77777"});
    hub.ask("PATCH", &path)
        .by(&admin)
        .json(&change)
        .await
        .expect(200);

    let newer = pull(&tablet, &side["revision"]).await["side"].clone();
    assert!(newer["revision"].as_u64() > side["revision"].as_u64());
    assert_ne!(newer["pins"], side["pins"]);
    with_pin(&hub, &tablet.token, "ana", "77777")
        .await
        .expect(200);
    let entries = tablet.read_log(&hub, 500).await;
    let last = entries.last().unwrap();
    assert_eq!(last["kind"], "auth.change_person");
    assert_eq!(last["command"]["args"]["credentials"], json!(["pin"]));
    let all = serde_json::to_string(entries).unwrap();
    assert!(
        !all.contains("argon2") && !all.contains("77777"),
        "a secret is in the log"
    );
}

async fn an_access_token_ends_and_so_does_its_socket(store: Store) {
    let hub = Hub::demo(store).await;
    let ana = hub.token("ana").await;
    let dying = hub
        .token_that_ends_in(&ana, Duration::from_millis(2500))
        .await;
    assert_eq!(may_still(&hub, &dying).await, 200);
    let mut socket = Socket::connect(&hub, &dying).await;
    let mut other = Socket::connect(&hub, &ana).await;
    assert!(socket.ends_within(Duration::from_millis(3500)).await);
    assert_eq!(may_still(&hub, &dying).await, 401);
    assert!(!other.ends_within(Duration::from_millis(10)).await);
    let stale = hub.token_that_ends_in(&ana, Duration::ZERO).await;
    assert_eq!(may_still(&hub, &stale).await, 401);
    assert!(
        Socket::connect_with(&hub, Some(json!({ "token": stale })))
            .await
            .is_err()
    );
}

fn limited(name: &'static str, value: &str) -> Options {
    Options {
        env: vec![(name, value.to_owned())],
        ..Options::default()
    }
}

async fn names_and_passwords_are_tried_only_so_often(store: Store) -> Transcript {
    let limits = limited("COMANDA_RATE_SIGN_IN", "5");
    let hub = Hub::start(Home::demo(store).await, limits).await;
    let try_as = async |name: &str, password: &str| {
        let body = json!({"username": name, "password": password});
        hub.post(LOGIN).unheard().json(&body).await
    };
    for _ in 0..5 {
        try_as("ana", "wrong")
            .await
            .refused(401, "wrong_credentials");
    }
    let locked = try_as("ana", "demo-ana").await;
    assert!(locked.header("retry-after").is_some());
    locked.refused(429, "too_many_requests");
    try_as("ben", "demo-ben").await.expect(200);
    hub.told()
}

async fn strangers_and_people_are_asked_to_slow_down(store: Store) -> Transcript {
    let options = Options {
        env: vec![
            ("COMANDA_RATE_ANONYMOUS", "10".to_owned()),
            ("COMANDA_RATE_PER_ACTOR", "2".to_owned()),
        ],
        ..Options::default()
    };
    let hub = Hub::start(Home::demo(store).await, options).await;
    let ana = hub.token("ana").await;
    let ask = async |token: &str| {
        let answer = hub.get("/api/v1/orders").unheard().by(token).send().await;
        answer.status
    };
    let mut strangers = Vec::new();
    for _ in 0..12 {
        strangers.push(ask("nonsense").await);
    }
    assert_eq!(strangers[..9], [401; 9], "signing in was the tenth");
    assert_eq!(strangers[9..], [429; 3]);
    let slow = hub.get("/api/v1/orders").send().await;
    assert!(slow.header("retry-after").is_some());
    slow.refused(429, "too_many_requests");
    hub.get("/health").send().await.expect(200);

    let mut mine = Vec::new();
    for _ in 0..40 {
        mine.push(ask(&ana).await);
    }
    assert_eq!(mine[..20], [200; 20], "ten seconds of them at once");
    assert!(mine.contains(&429), "{mine:?}");
    hub.told()
}
