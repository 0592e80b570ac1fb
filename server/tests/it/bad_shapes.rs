//! Bad input made from the shapes themselves: whatever the document says of a body is broken in every way, field by field.

use crate::kit::device::Floor;
use crate::kit::hub::program;
use crate::kit::{Answer, Hub, Store, Tablet, fresh};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

on_both! {
    whatever_is_broken_is_named_and_changes_nothing,
    what_another_restaurant_has_is_unknown_here,
}

/// What proves who one is may be any text: that it is wrong is said of the whole.
const PROOFS: [&str; 6] = [
    "username",
    "password",
    "currentPassword",
    "pin",
    "refreshToken",
    "code",
];

/// One operation that takes a body.
struct Operation {
    method: String,
    path: String,
    shape: Value,
}

/// A value that cannot be, and the field that has to be named for it.
struct Broken {
    field: String,
    value: Value,
}

impl Broken {
    fn new(field: impl Into<String>, value: Value) -> Self {
        let field = field.into();
        Self { field, value }
    }
}

/// The document, and ids of things that there are, by the field that names them.
struct Shapes {
    document: Value,
    ids: BTreeMap<&'static str, Value>,
}

impl Shapes {
    async fn of(hub: &Hub, ids: BTreeMap<&'static str, Value>) -> Self {
        let document = hub.get("/api/v1/openapi.json").unheard().send().await;
        let document = document.expect(200);
        Self { document, ids }
    }

    fn operations(&self) -> Vec<Operation> {
        let paths = self.document["paths"].as_object().expect("paths");
        let methods = paths.iter().flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| (path, method, operation))
        });
        let operation = |(path, method, operation): (&String, &String, &Value)| {
            let shape = &operation["requestBody"]["content"]["application/json"]["schema"];
            shape.is_object().then(|| Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                shape: shape.clone(),
            })
        };
        methods.filter_map(operation).collect()
    }

    /// What a reference points at, or what is there instead of null.
    fn plain<'a>(&'a self, shape: &'a Value) -> &'a Value {
        if let Some(pointer) = shape["$ref"].as_str() {
            let path = pointer.strip_prefix('#').expect("within the document");
            return self.plain(self.document.pointer(path).expect("it is there"));
        }
        match shape["anyOf"].as_array() {
            Some(either) => self.plain(&either[0]),
            None => shape,
        }
    }

    fn good(&self, name: &str, shape: &Value) -> Value {
        let shape = self.plain(shape);
        if let Some(words) = shape["enum"].as_array() {
            return words[0].clone();
        }
        match shape["type"].as_str() {
            Some("string") if shape["format"] == "uuid" => self
                .ids
                .get(name)
                .cloned()
                .unwrap_or_else(|| json!(fresh())),
            Some("string") if name == "taxRate" => json!("10"),
            Some("string") => match shape["pattern"].as_str() {
                Some(pattern) if pattern.contains("A-Z") => json!("EUR"),
                Some(pattern) if pattern.contains(':') => json!("04:00"),
                Some(_) => json!("1234"),
                None => json!("something"),
            },
            Some("integer") => json!(1),
            Some("boolean") => json!(true),
            Some("array") => json!([self.good(name, &shape["items"])]),
            Some("object") => {
                let needed = shape["required"].as_array().expect("required").iter();
                let field = |name: &Value| {
                    let name = name.as_str().expect("a name");
                    let good = self.good(name, &shape["properties"][name]);
                    (name.to_owned(), good)
                };
                Value::Object(needed.map(field).collect::<Map<_, _>>())
            }
            other => panic!("{name}: {other:?}"),
        }
    }

    fn broken(&self, name: &str, shape: &Value) -> Vec<Broken> {
        let shape = self.plain(shape);
        let here = |values: Vec<Value>| -> Vec<Broken> {
            let values = values.into_iter();
            values.map(|value| Broken::new("", value)).collect()
        };
        let not_text = vec![json!(7), json!(true), json!(["x"]), json!({"x": 1})];
        match shape["type"].as_str() {
            Some("string") => {
                let mut values = not_text;
                values.extend(bad_texts(name, shape).into_iter().map(Value::from));
                here(values)
            }
            Some("integer") => here(vec![
                json!("7"),
                json!(true),
                json!(1.5),
                json!([1]),
                json!({}),
                json!(-1),
                json!(i64::MIN),
                json!(i64::MAX),
                json!(u64::MAX),
                json!(1e300),
            ]),
            Some("boolean") => here(vec![json!("yes"), json!(1), json!([true]), json!({})]),
            Some("array") => {
                let mut all = here(vec![json!({}), json!("x"), json!(7), json!(true)]);
                let items = self.broken(name, &shape["items"]).into_iter();
                all.extend(items.map(|broken| {
                    Broken::new(format!("[0]{}", broken.field), json!([broken.value]))
                }));
                let good = self.good(name, &shape["items"]);
                all.push(Broken::new("", json!(vec![good; 1000])));
                all.push(Broken::new("[0]", json!([null])));
                all
            }
            Some("object") => {
                let mut all = here(vec![json!("x"), json!(7), json!(false)]);
                all.extend(self.broken_fields(name, shape));
                all
            }
            other => panic!("{name}: {other:?}"),
        }
    }

    fn broken_fields(&self, name: &str, shape: &Value) -> Vec<Broken> {
        let dot = if name.is_empty() { "" } else { "." };
        let good = self.good(name, shape);
        let mut all = Vec::new();
        for (field, inner) in shape["properties"].as_object().expect("fields") {
            for broken in self.broken(field, inner) {
                let mut whole = good.clone();
                whole[field] = broken.value;
                all.push(Broken::new(format!("{dot}{field}{}", broken.field), whole));
            }
        }
        for field in shape["required"].as_array().expect("required") {
            let field = field.as_str().expect("a name");
            let mut missing = good.clone();
            missing.as_object_mut().expect("an object").remove(field);
            all.push(Broken::new(format!("{dot}{field}"), missing));
            let mut null = good.clone();
            null[field] = Value::Null;
            all.push(Broken::new(format!("{dot}{field}"), null));
        }
        let mut more = good;
        more["nosuchField"] = json!(1);
        all.push(Broken::new(format!("{dot}nosuchField"), more));
        all
    }

    /// A path with ids in it.
    fn place(&self, path: &str) -> String {
        let of = |name: &str| self.ids[name].as_str().expect("an id").to_owned();
        let name = ["tables", "categories", "dishes", "groups", "orders"]
            .into_iter()
            .chain(["tickets", "bills", "users", "devices"])
            .find(|name| path.contains(&format!("{name}/{{id}}")));
        let path = match name {
            Some("groups") => path.replace("{id}", &of("modifierGroupIds")),
            Some("categories") => path.replace("{id}", &of("categoryId")),
            Some("dishes") => path.replace("{id}", &of("dishId")),
            Some(name) => path.replace("{id}", &of(&format!("{}Id", name.trim_end_matches('s')))),
            None => path.to_owned(),
        };
        path.replace("{itemId}", &of("itemId"))
    }
}

fn bad_texts(name: &str, shape: &Value) -> Vec<String> {
    let picky = shape["enum"].is_array() || shape["format"].is_string();
    let picky = picky || shape["pattern"].is_string() || name == "taxRate";
    let bounded = shape["minLength"].is_u64();
    if PROOFS.contains(&name) && !picky && !bounded {
        return Vec::new();
    }
    let mut texts = vec!["a\u{0}b".to_owned(), "x".repeat(20_000)];
    if picky {
        texts.extend(["no such thing", "-1"].map(str::to_owned));
    }
    if picky || bounded {
        texts.push(String::new());
    }
    texts
}

/// One of each kind of thing in the restaurant of whoever holds this token.
async fn things(hub: &Hub, by: &str) -> BTreeMap<&'static str, Value> {
    let make = async |path: &str, body: Value| -> Value {
        let ask = hub.post(&format!("/api/v1/{path}")).unheard().by(by);
        ask.json(&body).await.expect(201)
    };
    let mut ids = BTreeMap::new();
    let table = make(
        "tables",
        json!({"name": "X1", "room": "Cellar", "seats": 2}),
    )
    .await;
    let category = make("menu/categories", json!({"name": "Things"})).await;
    let options = json!([{"name": "This"}]);
    let group = json!({"name": "Which", "options": options});
    let group = make("menu/modifier-groups", group).await;
    let dish = json!({"categoryId": category["id"], "name": "Thing", "price": 100});
    let dish = make("menu/dishes", dish).await;
    let items = json!([{"dishId": dish["id"], "quantity": 1}]);
    let order = json!({"tableId": table["id"], "guests": 2, "items": items, "send": true});
    let order = make("orders", order).await;
    let bill = make("billing/bills", json!({"orderId": order["id"]})).await;
    let person = json!({"username": fresh().to_string(), "password": "a good one", "fullName": "X", "role": "staff"});
    let person = make("auth/register", person).await;
    let device = make("devices/enrol", json!({"name": "X", "kind": "office"})).await;
    let tickets = hub.get("/api/v1/kitchen/tickets").unheard().by(by);
    let tickets = tickets.send().await.expect(200);
    ids.insert("tableId", table["id"].clone());
    ids.insert("categoryId", category["id"].clone());
    ids.insert("modifierGroupIds", group["id"].clone());
    ids.insert("modifiers", group["options"][0]["id"].clone());
    ids.insert("dishId", dish["id"].clone());
    ids.insert("orderId", order["id"].clone());
    ids.insert("itemId", order["items"][0]["id"].clone());
    ids.insert("billId", bill["id"].clone());
    ids.insert("userId", person["id"].clone());
    ids.insert("deviceId", device["deviceId"].clone());
    ids.insert("ticketId", tickets["items"][0]["id"].clone());
    ids
}

/// The fields that a refusal names; or why it is none as it should be.
fn named(answer: &Answer) -> Result<Vec<&str>, String> {
    let code = match answer.status {
        400 => "bad_request",
        422 => "invalid",
        _ => return Err(format!("{} {}", answer.status, answer.text)),
    };
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    let fields: Vec<&str> = errors
        .filter(|error| error["code"].is_string() && error["message"].is_string())
        .filter_map(|error| error["field"].as_str())
        .collect();
    let form = answer.header("content-type") == Some("application/problem+json");
    let good = form && answer.body["code"] == code && !fields.is_empty();
    good.then_some(fields).ok_or_else(|| answer.text.clone())
}

async fn whatever_is_broken_is_named_and_changes_nothing(store: Store) {
    let hub = Hub::demo(store).await;
    let admin = hub.token("admin").await;
    let tablet = Tablet::enrol(&hub).await;
    let shapes = Shapes::of(&hub, things(&hub, &admin).await).await;
    let before = tablet.snapshot(&hub, 0).await["position"]["position"].clone();
    let (mut count, mut wrong) = (0, Vec::new());
    for operation in shapes.operations() {
        let Operation {
            method,
            path,
            shape,
        } = &operation;
        let place = shapes.place(path);
        let token = if path.ends_with("/auth/pin") {
            &tablet.token
        } else {
            &admin
        };
        let ask = || hub.ask(method, &place).unheard().by(token);
        // What is chosen with a dish may take something off its price.
        let takes_off = |value: &Value| value.pointer("/options/0/price") == Some(&json!(-1));
        let broken = shapes.broken("", shape).into_iter();
        for Broken { field, value } in broken.filter(|broken| !takes_off(&broken.value)) {
            count += 1;
            let text: String = value.to_string().chars().take(200).collect();
            let answer = ask().json(&value).await;
            let fields = named(&answer);
            let right = |fields: &Vec<&str>| fields.iter().any(|named| named.starts_with(&field));
            if !fields.as_ref().is_ok_and(right) {
                wrong.push(format!(
                    "{method} {path} {field}: {text} is answered {fields:?}"
                ));
            }
        }
        let good = shapes.good("", shape).to_string();
        let open = good.trim_end_matches('}');
        let comma = if open == "{" { "" } else { "," };
        let deep = format!("{open}{comma}\"deep\":{}", "[".repeat(100_000));
        let twice = format!("{open}{comma}\"twice\":1,\"twice\":2}}");
        let mut not_utf8 = good.clone().into_bytes();
        not_utf8.splice(1..1, *b"\"\xff\":1,");
        let raw = [
            Vec::new(),
            b"{".to_vec(),
            b"NaN".to_vec(),
            good.replace('}', "").into_bytes(),
            format!("{good}{good}").into_bytes(),
            deep.into_bytes(),
            twice.into_bytes(),
            not_utf8,
        ];
        for body in raw {
            count += 1;
            let refused = ask().raw("application/json", body).await;
            refused.refused(400, "bad_request");
        }
        let large = ask().raw("application/json", vec![b' '; 10 * 1024 * 1024]);
        large.await.refused(413, "too_large");
        ask()
            .raw("text/plain", good)
            .await
            .refused(415, "unsupported_media_type");
        count += 2;
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 300, "{count} bad requests");
    let after = tablet.snapshot(&hub, 0).await["position"]["position"].clone();
    assert_eq!(after, before, "the log has not moved");
    hub.stop().await;
}

/// The admin of a restaurant in the same database.
async fn neighbour(hub: &Hub) -> String {
    let mut add = program();
    add.args(["restaurant", "add", "Next door"])
        .envs(hub.home.env());
    let added = add.output().await.expect("it runs").stdout;
    let added: Value = serde_json::from_slice(&added).expect("one line of JSON");
    let body = json!({"username": added["username"], "password": added["password"]});
    let session = hub.post("/api/v1/auth/login").unheard().json(&body).await;
    session.expect(200)["accessToken"]
        .as_str()
        .expect("a token")
        .to_owned()
}

async fn what_another_restaurant_has_is_unknown_here(store: Store) {
    let hub = Hub::demo(store).await;
    let (admin, other) = (hub.token("admin").await, neighbour(&hub).await);
    let (ours, theirs) = (things(&hub, &admin).await, things(&hub, &other).await);
    let _demo = Floor::of(&hub).await;
    let shapes = Shapes::of(&hub, ours).await;
    let foreign = Shapes {
        document: shapes.document.clone(),
        ids: theirs.clone(),
    };
    let state = async |by: &str| {
        let feed = hub.get("/api/v1/events?limit=200").unheard().by(by);
        let orders = hub.get("/api/v1/orders").unheard().by(by);
        json!([
            feed.send().await.expect(200),
            orders.send().await.expect(200)
        ])
    };
    let before = (state(&admin).await, state(&other).await);
    let mut count = 0;
    let paths = shapes.document["paths"].as_object().expect("paths");
    for (path, methods) in paths.iter().filter(|(path, _)| path.contains("{id}")) {
        for (method, operation) in methods.as_object().expect("methods") {
            let ask = hub.ask(&method.to_uppercase(), &foreign.place(path));
            let ask = ask.unheard().by(&admin);
            let shape = &operation["requestBody"]["content"]["application/json"]["schema"];
            let answer = match shape.is_object() {
                true => ask.json(&shapes.good("", shape)).await,
                false => ask.send().await,
            };
            answer.refused(404, "not_found");
            count += 1;
        }
    }
    // `seen` are the fields of a body that name what has to be there.
    for Operation {
        method,
        path,
        shape,
    } in shapes.operations()
    {
        for (field, foreign) in &theirs {
            let plain = shapes.plain(&shape);
            let mut body = shapes.good("", &shape);
            let (named, there) = match *field {
                "dishId" | "modifiers" if plain["properties"]["items"].is_object() => {
                    let there = &mut body["items"][0][*field];
                    (format!("items[0].{field}"), there)
                }
                _ if plain["properties"][*field].is_object() => {
                    ((*field).to_owned(), &mut body[*field])
                }
                _ => continue,
            };
            let many = ["modifiers", "modifierGroupIds"].contains(field);
            *there = if many {
                json!([foreign])
            } else {
                foreign.clone()
            };
            let ask = hub.ask(&method, &shapes.place(&path)).unheard().by(&admin);
            let refused = ask.json(&body).await.refused(422, "invalid");
            let said = refused["errors"][0]["field"].as_str().expect("a field");
            assert!(
                said.starts_with(&named),
                "{method} {path}: {said}, not {named}"
            );
            count += 1;
        }
    }
    assert!(count > 30, "{count} things of others");
    assert_eq!((state(&admin).await, state(&other).await), before);
    hub.stop().await;
}
