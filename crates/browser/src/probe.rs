//! Calls for the end-to-end tests of this host alone: rows of their own, a panic on purpose, a socket to look at, and
//! the core's own suite.

use client::socket::{Action, Socket};
use client::suite::{Disk, STORIES, story};
use client::sync::{Call, Method, Wire};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use wasm_bindgen::JsError;

use crate::storage::Pool;
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
            "stories" => Ok(json!(
                STORIES.iter().map(|(name, _)| name).collect::<Vec<_>>()
            )),
            "story" => tell(text("name"), text("on")).await,
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

/// Files of a story's own, opened as a device's.
struct Files(Pool);

impl Disk for Files {
    #[expect(clippy::panic, reason = "a story that cannot go on fails")]
    fn open(&self, file: &str) -> Connection {
        let opened = self.0.database(file);
        opened.unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    fn path(&self, file: &str) -> String {
        file.to_owned()
    }
}

/// A story that fails panics: the worker falls, and says with what words.
async fn tell(name: &str, on: &str) -> Result<Json, String> {
    let story = story(name).ok_or_else(|| format!("no story {name}"))?;
    let pool = Pool::open("suite", on).await.map_err(|e| e.to_string())?;
    story(&Files(pool));
    Ok(json!({ "answer": "done" }))
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
