//! The documents: whole, made from the routes that there are, and true of what the hub answers.

use crate::kit::device::Floor;
use crate::kit::{Hub, Store, Tablet};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

async fn document(hub: &Hub, name: &str) -> Value {
    let path = format!("/api/v1/{name}.json");
    hub.get(&path).send().await.expect(200)
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(to)) = map.get("$ref") {
                found.insert(to.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn the_documents_hold_all_that_they_name() {
    let hub = Hub::demo(Store::Sqlite).await;
    for name in ["openapi", "asyncapi"] {
        let document = document(&hub, name).await;
        let mut named = BTreeSet::new();
        references(&document, &mut named);
        assert!(!named.is_empty());
        for pointer in named {
            let path = pointer.strip_prefix('#').expect("within the document");
            assert!(document.pointer(path).is_some(), "{name}: {pointer}");
        }
    }
    let page = hub.get("/api/docs").send().await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("<script") && !page.text.contains("//cdn"));
    for word in ["/api/v1/orders", "Send what is unsent", "id=\"Order\""] {
        assert!(page.text.contains(word), "{word}");
    }
}

#[tokio::test]
async fn every_operation_says_what_it_takes_and_gives() {
    let hub = Hub::demo(Store::Sqlite).await;
    let document = document(&hub, "openapi").await;
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(METHODS.contains(&method.as_str()), "{path} {method}");
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            let good = operation["responses"].as_object().expect("answers");
            assert!(good.keys().any(|status| status.starts_with('2')), "{path}");
            let in_path = path.matches('{').count();
            let parameters = operation["parameters"].as_array().expect("parameters");
            let named = parameters.iter().filter(|one| one["in"] == "path");
            assert_eq!(named.count(), in_path, "{path}");
        }
    }
}

/// A refusal of an unknown field names those that there are.
#[tokio::test]
async fn what_is_taken_is_what_is_documented() {
    let hub = Hub::demo(Store::Sqlite).await;
    let document = document(&hub, "openapi").await;
    let (admin, device) = (hub.token("admin").await, Tablet::enrol(&hub).await);
    let mut wrong = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(pointer) = body["$ref"].as_str() else {
                continue;
            };
            let schema = document.pointer(&pointer[1..]).expect("a schema");
            let fields = schema["properties"].as_object().expect("fields");
            let documented: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
            let by_device = operation["security"][0].get("device").is_some();
            let token = if by_device { &device.token } else { &admin };
            let id = crate::kit::fresh().to_string();
            let asked = path.replace("{id}", &id).replace("{itemId}", &id);
            let asked = hub.ask(&method.to_uppercase(), &asked).by(token);
            let refused = asked.json(&json!({"nonsense": 1})).await;
            let refused = refused.refused(400, "bad_request");
            let message = refused["errors"][0]["message"].as_str().expect("words");
            let names = message.split('`').skip(3).step_by(2);
            let taken: BTreeSet<&str> = names.collect();
            if taken != documented {
                wrong.push(format!("{method} {path}: {taken:?}, not {documented:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What of a value is not as a schema says.
fn wrong(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(pointer) = schema["$ref"].as_str() {
        let schema = document.pointer(&pointer[1..]).expect("a schema");
        return wrong(document, schema, value, at, found);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|schema| {
            let mut found = Vec::new();
            wrong(document, schema, value, at, &mut found);
            found.is_empty()
        });
        if !fits {
            found.push(format!("{at}: {value} fits nothing of {any:?}"));
        }
        return;
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("{other} is not known here"),
    };
    let listed = schema["enum"].as_array();
    if !fits || listed.is_some_and(|values| !values.contains(value)) {
        found.push(format!("{at}: {value} is not {schema}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        if value.get(name).is_none() {
            found.push(format!("{at}: no {name}"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            wrong(document, schema, value, &format!("{at}.{name}"), found);
        }
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        wrong(
            document,
            &schema["items"],
            item,
            &format!("{at}[{n}]"),
            found,
        );
    }
}

#[tokio::test]
async fn what_is_answered_is_what_is_documented() {
    let hub = Hub::demo(Store::Sqlite).await;
    let document = document(&hub, "openapi").await;
    let (admin, floor) = (hub.token("admin").await, Floor::of(&hub).await);
    let _device = Tablet::enrol(&hub).await;
    let items = json!([{"dishId": floor.dishes[0], "quantity": 2, "note": "no basil"}]);
    let order = json!({"tableId": floor.tables[0], "guests": 2, "items": items, "send": true});
    let opened = hub.post("/api/v1/orders").by(&admin).json(&order).await;
    let opened = opened.expect(201);
    let mut found = Vec::new();
    let schema = json!({"$ref": "#/components/schemas/Order"});
    wrong(&document, &schema, &opened, "order", &mut found);
    let paths = document["paths"].as_object().expect("paths");
    for (path, methods) in paths {
        let answer = &methods["get"]["responses"]["200"]["content"]["application/json"];
        if path.contains('{') || answer.is_null() {
            continue;
        }
        let asked = format!("{path}{}", needs(path));
        for who in ["admin", "kitchen"] {
            let token = hub.token(who).await;
            let said = hub.get(&asked).by(&token).send().await;
            match said.status {
                200 => wrong(&document, &answer["schema"], &said.body, path, &mut found),
                403 if who == "kitchen" => {}
                status => found.push(format!("{asked} by {who}: {status} {}", said.text)),
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A query that a list cannot do without.
fn needs(path: &str) -> &'static str {
    if path.starts_with("/api/v1/reports/") {
        "?from=2026-01-01&to=2026-12-31"
    } else {
        ""
    }
}
