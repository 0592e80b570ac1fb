//! AsyncAPI: what sockets and Kafka's topics tell.

use super::schemas::{self, Fields, object, reference};
use crate::project::TOPICS;
use axum::Json;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

pub async fn asyncapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// A socket's event, when it comes, and its payload.
const EVENTS: [(&str, &str, Fields); 5] = [
    (
        "order:new",
        "An order's first lines are sent to the kitchen; to everybody.",
        &[("seq", "integer"), ("order", "Order")],
    ),
    (
        "order:update",
        "Any later change of an order or of an item's status; to everybody.",
        &[
            ("seq", "integer"),
            ("order", "Order"),
            ("changed", "[uuid]"),
        ],
    ),
    (
        "bill:paid",
        "A bill is paid in full; to managers, admins and staff.",
        &[("seq", "integer"), ("bill", "Bill")],
    ),
    (
        "table:update",
        "A table's state changes; to staff, managers and admins.",
        &[("seq", "integer"), ("table", "Table")],
    ),
    (
        "sync:poke",
        "The restaurant's position moved; to every device.",
        &[("epoch", "object"), ("seq", "integer")],
    ),
];

fn document() -> Value {
    let (mut channels, mut operations) = (Map::new(), Map::new());
    let mut add = |name: String, address: &str, server: &str, about: &str, payload: Value| {
        let pointer = format!("#/channels/{name}");
        let channel = json!({
            "address": address,
            "servers": [{"$ref": format!("#/servers/{server}")}],
            "description": about,
            "messages": {"told": {"contentType": "application/json", "payload": payload}},
        });
        let operation = json!({"action": "send", "channel": {"$ref": pointer}});
        operations.insert(format!("tell_{name}"), operation);
        channels.insert(name, channel);
    };
    for (event, about, fields) in EVENTS {
        let name = format!("socket_{}", event.replace(':', "_"));
        add(name, event, "socket", about, object(fields));
    }
    for topic in TOPICS {
        let name = format!("topic_{}", topic.replace('.', "_"));
        let about = "Key: the restaurant's id. Headers: id, type, epoch, seq.";
        add(name, topic, "kafka", about, reference("CloudEvent"));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Comanda",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One event for each order and command. Delivery to Kafka is at least once: compare epoch, \
                then apply seq == last + 1, drop what is not above last, read past a gap.",
        },
        "servers": {
            "socket": {
                "host": "localhost", "pathname": "/socket.io", "protocol": "socketio",
                "description": "Socket.IO, protocol 5, namespace /, auth: {token}",
            },
            "kafka": {"host": "localhost:9092", "protocol": "kafka", "description": "Where KAFKA_BROKERS says"},
        },
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas::all()},
    })
}
