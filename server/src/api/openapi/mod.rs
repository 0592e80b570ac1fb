//! What outsiders read: OpenAPI of the routes that there are, AsyncAPI of what is told, and a page for people.

pub mod page;
pub mod schemas;
pub mod told;

use super::routes;
use super::table::{Route, Who};
use axum::Json;
use axum::http::Method;
use schemas::reference;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

pub async fn openapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// Every route with the path under which it is asked.
fn all() -> impl Iterator<Item = (String, Route)> {
    let v1 = routes::v1().into_iter();
    let v1 = v1.map(|route| (format!("/api/v1{}", route.path), route));
    let root = routes::root().into_iter();
    v1.chain(root.map(|route| (route.path.to_owned(), route)))
}

fn document() -> Value {
    let mut paths = Map::new();
    for (path, route) in all() {
        let method = route.method.as_str().to_lowercase();
        let methods = paths.entry(path.clone()).or_insert_with(|| json!({}));
        methods[method] = operation(&path, &route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Comanda",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Ordering for a restaurant that goes on working when the network does not. Money is an \
                integer of the currency's minor unit, a rate a decimal in percent, a time RFC 3339 in UTC.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "person": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "device": {"type": "http", "scheme": "bearer", "bearerFormat": "opaque"},
            },
        },
    })
}

fn is_write(route: &Route) -> bool {
    route.method != Method::GET
}

/// `/auth/*` and `/devices/enrol` ignore keys, so that no token is stored.
fn takes_key(path: &str, route: &Route) -> bool {
    let keyless = ["/api/v1/auth/", "/api/v1/devices/enrol", "/api/v1/sync/"];
    is_write(route) && !keyless.iter().any(|start| path.starts_with(start))
}

fn operation(path: &str, route: &Route) -> Value {
    let area = path.trim_start_matches("/api/v1/").trim_start_matches('/');
    let area = area.split(['/', '.']).next().unwrap_or_default();
    let security = match route.who {
        Who::Public => json!([]),
        Who::Device => json!([{"device": []}]),
        Who::Enrol(_) | Who::Register(_) => json!([{}, {"person": []}]),
        Who::Person | Who::Oneself | Who::May(_) => json!([{"person": []}]),
    };
    let mut operation = json!({
        "operationId": name(path, route),
        "summary": route.does,
        "description": said(route.who),
        "tags": [area],
        "security": security,
        "parameters": parameters(path, route),
        "responses": responses(path, route),
    });
    if let Some(body) = route.takes {
        operation["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": reference(body)}},
        });
    }
    operation
}

fn name(path: &str, route: &Route) -> String {
    let words = path
        .trim_start_matches("/api/v1")
        .split(['/', '-', '.', '{', '}']);
    let words = words.filter(|word| !word.is_empty()).map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    route.method.as_str().to_lowercase() + &words.collect::<String>()
}

/// Who may, in words.
pub(super) fn said(who: Who) -> String {
    match who {
        Who::Public => "Without a token.".into(),
        Who::Person => "Anybody who is signed in.".into(),
        Who::Oneself => "Anybody who is signed in with a password.".into(),
        Who::Device => "A device, by its own token.".into(),
        Who::May(act) => format!("Who may: {}.", act.what()),
        Who::Enrol(act) => format!("With a code; or who may: {}.", act.what()),
        Who::Register(act) => format!(
            "The first one, at an empty hub; then who may: {}.",
            act.what()
        ),
    }
}

fn parameters(path: &str, route: &Route) -> Vec<Value> {
    let in_path = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    let in_path = in_path.map(|(name, _)| {
        json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}})
    });
    let in_query = route.query.iter().map(|name| {
        let schema = match *name {
            "limit" => json!({"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
            "since" => json!({"type": "string", "format": "date-time"}),
            "from" | "to" => json!({"type": "string", "format": "date"}),
            "tableId" => json!({"type": "string", "format": "uuid"}),
            _ => json!({"type": "string"}),
        };
        json!({"name": name, "in": "query", "required": false, "schema": schema})
    });
    let key = takes_key(path, route).then(|| {
        json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same body gives the same answer again.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
        })
    });
    in_path.chain(in_query).chain(key).collect()
}

fn responses(path: &str, route: &Route) -> Value {
    let mut all = Map::new();
    let (status, schema) = route.gives;
    let mut good = json!({"description": "Done"});
    if let Some(schema) = schema {
        let mut content = json!({"application/json": {"schema": reference(schema)}});
        if path.starts_with("/api/v1/reports/") {
            content["text/csv"] = json!({"schema": {"type": "string"}});
        }
        good["content"] = content;
    } else if status == 200 {
        good["content"] = json!({"*/*": {"schema": {}}});
    }
    all.insert(status.to_string(), good);
    if path == "/health" || path == "/readyz" {
        all.insert(
            "503".into(),
            json!({"description": "The database is not there"}),
        );
        return Value::Object(all);
    }
    if path == "/api/v1/menu" {
        all.insert("304".into(), json!({"description": "Still the same"}));
    }
    for status in refusals(path, route) {
        let description = match status {
            400 => "Not JSON, not the shape, or a query that does not read",
            401 => "No token, or one that is not good",
            403 => "This token may not",
            404 => "There is no such thing",
            409 => "A rule refuses it: `code` says which",
            410 => "The cursor is older than what is kept",
            413 => "Over 1 MiB",
            415 => "Not JSON",
            422 => "A value that cannot be: `errors` name the fields",
            429 => "Too much was asked for: see Retry-After",
            _ => "Not now: see Retry-After",
        };
        let problem = json!({
            "description": description,
            "content": {"application/problem+json": {"schema": reference("Problem")}},
        });
        all.insert(status.to_string(), problem);
    }
    Value::Object(all)
}

fn refusals(path: &str, route: &Route) -> Vec<u16> {
    let mut all = vec![503];
    let mut add = |when: bool, statuses: &[u16]| {
        if when {
            all.extend(statuses);
        }
    };
    add(path.starts_with("/api/"), &[429]);
    let tokens = route.who != Who::Public || route.takes.is_some();
    add(tokens, &[401]);
    add(!matches!(route.who, Who::Public | Who::Person), &[403]);
    add(route.takes.is_some(), &[400, 413, 415, 422]);
    add(!route.query.is_empty() || takes_key(path, route), &[400]);
    add(path.contains('{'), &[404]);
    let ruled = is_write(route) && !matches!(route.who, Who::Public | Who::Oneself);
    add(ruled, &[409]);
    // A rule may ask for somebody who may more, and the state for what the body names.
    add(ruled, &[403, 422]);
    add(path == "/api/v1/events", &[410]);
    all
}
