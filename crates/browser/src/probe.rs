//! Calls for the end-to-end tests of this host alone: rows of their own, a panic on purpose, a socket to look at.

use client::socket::{Action, Socket};
use client::sync::{Call, Method, Wire};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use wasm_bindgen::JsError;

use crate::websocket::Link;
use crate::worker::Port;

#[derive(Debug)]
pub(crate) struct Probe {
    connection: Connection,
    port: Port,
}

impl Probe {
    pub(crate) fn new(connection: Connection, port: Port) -> Result<Self, JsError> {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
        )?;
        Ok(Self { connection, port })
    }

    /// None: it is no probe.
    pub(crate) async fn call(&self, request: &str) -> Option<String> {
        let request = serde_json::from_str::<Json>(request).ok()?;
        if request["call"] != "probe" {
            return None;
        }
        let answer = self.answer(&request).await;
        let answer = answer.unwrap_or_else(|what| json!({ "answer": "trouble", "what": what }));
        Some(answer.to_string())
    }

    async fn answer(&self, request: &Json) -> Result<Json, String> {
        let text = |key: &str| request[key].as_str().unwrap_or_default();
        match text("do") {
            "put" => self.put(text("text")),
            "list" => self.list(),
            "pragmas" => self.pragmas(),
            "panic" => self.fall(text("text")),
            "reopen" => {
                self.port.reopen(text("restaurant"));
                Ok(json!({ "answer": "done" }))
            }
            "fetch" => fetch(text("url")).await,
            "socket" => listen(text("hub"), text("token")).await,
            other => Err(format!("no probe {other}")),
        }
    }

    fn put(&self, text: &str) -> Result<Json, String> {
        self.connection
            .execute("INSERT INTO probe (text) VALUES ($1)", [text])
            .map_err(|e| e.to_string())?;
        self.port.changed(
            &json!({ "revision": self.connection.last_insert_rowid(), "topics": [] }).to_string(),
        );
        Ok(json!({ "answer": "done" }))
    }

    fn list(&self) -> Result<Json, String> {
        let rows = || {
            let mut statement = self
                .connection
                .prepare("SELECT text FROM probe ORDER BY id")?;
            statement
                .query_map([], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(json!({ "answer": "rows", "rows": rows().map_err(|e| e.to_string())? }))
    }

    fn pragmas(&self) -> Result<Json, String> {
        let read = |name: &str| {
            let value = self
                .connection
                .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
            value
                .map(|value| format!("{value:?}"))
                .map_err(|e| e.to_string())
        };
        Ok(
            json!({ "journal": read("journal_mode")?, "synchronous": read("synchronous")?, "locking": read("locking_mode")? }),
        )
    }

    #[expect(clippy::panic, reason = "a panic is what the test asks for")]
    fn fall(&self, text: &str) -> Result<Json, String> {
        panic!("{text}, with {} changes", self.connection.total_changes())
    }
}

async fn fetch(url: &str) -> Result<Json, String> {
    let call = Call {
        method: Method::Get,
        url: url.to_owned(),
        token: None,
        body: None,
        timeout_millis: 3_000,
    };
    let reply = crate::http::call(call).await.map_err(|e| e.to_string())?;
    Ok(json!({ "status": reply.status, "length": reply.body.len() }))
}

/// Everything that a socket says until it ends, or has said five things.
async fn listen(hub: &str, token: &str) -> Result<Json, String> {
    let Ok(mut link) = Link::open(&Socket::url(hub)).await else {
        return Ok(json!({ "said": [] }));
    };
    let (mut socket, mut said) = (Socket::new(token.to_owned(), 0), Vec::new());
    while let Some(text) = link.heard().await {
        for action in socket.receive(&text, 0) {
            if let Action::Send(text) = &action {
                link.say(text.clone()).await.map_err(|e| e.to_string())?;
            }
            said.push(format!("{action:?}"));
        }
        if said.len() >= 5 {
            break;
        }
    }
    Ok(json!({ "said": said }))
}
