//! The router's own list, walked: what is public is exactly what the contract says, and every other route refuses
//! whoever may not.

use crate::kit::{Hub, Store, Tablet, fresh};
use comanda::api::routes;
use comanda::api::table::{Route, Who};
use domain::auth::{Act, Role, may};
use domain::devices::DeviceKind;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

on_both! {
    every_route_refuses_whoever_may_not,
}

/// The contract's list, but for what the screens are served from.
const PUBLIC: [&str; 10] = [
    "GET /health",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    "GET /api/docs",
    "GET /api/v1/openapi.json",
    "GET /api/v1/asyncapi.json",
    "GET /api/v1/auth/jwks.json",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
];

/// Public for the first, or with a code.
const AT_FIRST: [&str; 2] = ["POST /api/v1/auth/register", "POST /api/v1/devices/enrol"];

fn all() -> Vec<(String, Route)> {
    let v1 = routes::v1().into_iter();
    let v1 = v1.map(|route| (format!("/api/v1{}", route.path), route));
    let root = routes::root().into_iter();
    let root = root.map(|route| (route.path.to_owned(), route));
    v1.chain(root).collect()
}

#[test]
fn what_is_public_is_what_the_contract_says() {
    let named = |wanted: fn(Who) -> bool| -> BTreeSet<String> {
        let routes = all().into_iter().filter(|(_, route)| wanted(route.who));
        routes
            .map(|(path, route)| format!("{} {path}", route.method))
            .collect()
    };
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(named(|who| who == Who::Public), set(&PUBLIC));
    let at_first = named(|who| matches!(who, Who::Register(_) | Who::Enrol(_)));
    assert_eq!(at_first, set(&AT_FIRST));
}

#[test]
fn no_route_is_there_twice_and_each_says_what_it_does() {
    let mut seen = BTreeSet::new();
    for (path, route) in all() {
        assert!(seen.insert(format!("{} {path}", route.method)), "{path}");
        assert!(
            !route.does.is_empty(),
            "{} {path} says nothing",
            route.method
        );
    }
}

/// A token and whom it is of.
struct Holder {
    what: &'static str,
    token: String,
    who: Of,
}

enum Of {
    Person(Role, Option<DeviceKind>),
    Device,
    Revoked,
}

async fn holders(hub: &Hub) -> Vec<Holder> {
    let mut all = Vec::new();
    for (what, role) in [
        ("admin", Role::Admin),
        ("manager", Role::Manager),
        ("ana", Role::Staff),
        ("kitchen", Role::Kitchen),
    ] {
        let (token, who) = (hub.token(what).await, Of::Person(role, None));
        all.push(Holder { what, token, who });
    }
    for (what, kind) in [
        ("waiter", DeviceKind::Waiter),
        ("kitchen", DeviceKind::Kitchen),
        ("office", DeviceKind::Office),
    ] {
        let device = Tablet::enrol_as(hub, what).await;
        for (name, pin, role) in [
            ("admin", "1000", Role::Admin),
            ("manager", "2000", Role::Manager),
            ("ana", "3001", Role::Staff),
        ] {
            let body = json!({"username": name, "pin": pin});
            let asked = hub.post("/api/v1/auth/pin").by(&device.token);
            let session = asked.json(&body).await.expect(200);
            let token = session["accessToken"].as_str().unwrap().to_owned();
            let who = Of::Person(role, Some(kind));
            all.push(Holder {
                what: name,
                token,
                who,
            });
        }
        let (token, who) = (device.token, Of::Device);
        all.push(Holder { what, token, who });
    }
    let gone = Tablet::enrol(hub).await;
    let path = format!("/api/v1/devices/{}", gone.id);
    let admin = hub.token("admin").await;
    hub.delete(&path).by(&admin).send().await.expect(204);
    all.push(Holder {
        what: "revoked",
        token: gone.token,
        who: Of::Revoked,
    });
    all
}

/// What is refused with 401 or 403; none where the request goes on.
fn refused(route: &Route, of: &Of) -> Option<u16> {
    let able = |role, kind: Option<DeviceKind>, act: Act| {
        may(role, kind, act) && !(kind.is_some() && act.needs_password())
    };
    match (route.who, of) {
        (Who::Public, _) => None,
        (Who::Device, Of::Revoked) if ["/sync/push", "/sync/recover"].contains(&route.path) => None,
        (_, Of::Revoked) => Some(401),
        (Who::Device | Who::Enrol(_), Of::Device) => None,
        (Who::Device, Of::Person(..)) => Some(403),
        (_, Of::Device) => Some(403),
        (Who::Person, Of::Person(..)) => None,
        (Who::Oneself, Of::Person(_, kind)) => kind.is_some().then_some(403),
        (Who::May(act) | Who::Enrol(act) | Who::Register(act), Of::Person(role, kind)) => {
            (!able(*role, *kind, act)).then_some(403)
        }
    }
}

async fn every_route_refuses_whoever_may_not(store: Store) {
    let hub = Hub::demo(store).await;
    let holders = holders(&hub).await;
    let stale = hub
        .token_that_ends_in(&holders[0].token, Duration::ZERO)
        .await;
    let mut routes = all();
    // Signing out ends the session that all others are asked with.
    routes.sort_by_key(|(path, _)| path.ends_with("/logout"));
    let mut wrong = Vec::new();
    for (path, route) in &routes {
        let path = path.replace("{id}", &fresh().to_string());
        let path = path.replace("{itemId}", &fresh().to_string());
        let ask = |token: Option<&str>| {
            let asked = hub.ask(route.method.as_str(), &path).unheard();
            // Not from this machine, so that a demo enrols nobody by itself.
            let asked = asked.header("host", "elsewhere.example");
            let asked = match token {
                Some(token) => asked.by(token),
                None => asked,
            };
            async {
                match route.takes {
                    Some(_) => asked.raw("text/plain", "nonsense").await,
                    None => asked.send().await,
                }
            }
        };
        let name = format!("{} {path}", route.method);
        if route.who == Who::Public {
            let answer = ask(None).await;
            if [401, 403].contains(&answer.status) || answer.status >= 500 {
                wrong.push(format!("{name}: public, and answers {}", answer.status));
            }
            continue;
        }
        // Whoever enrols with a code shows it in the body, which this one cannot be asked for.
        let nobody = if matches!(route.who, Who::Enrol(_)) {
            415
        } else {
            401
        };
        for (what, token, due) in [
            ("nobody", None, nobody),
            ("nonsense", Some("nonsense"), 401),
            ("a stale token", Some(stale.as_str()), 401),
        ] {
            let answer = ask(token).await;
            let asks = answer.header("www-authenticate") == Some("Bearer");
            if answer.status != due || asks != (due == 401) {
                wrong.push(format!("{name} by {what}: {}, not {due}", answer.status));
            }
        }
        for holder in &holders {
            let answer = ask(Some(&holder.token)).await;
            let no = [401, 403].contains(&answer.status).then_some(answer.status);
            if no != refused(route, &holder.who) || answer.status >= 500 {
                let on = match holder.who {
                    Of::Person(_, Some(kind)) => format!(" on a device for {}", kind.as_str()),
                    Of::Person(_, None) | Of::Device | Of::Revoked => String::new(),
                };
                wrong.push(format!("{name} by {}{on}: {}", holder.what, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
