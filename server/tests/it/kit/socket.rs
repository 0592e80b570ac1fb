//! A Socket.IO client that we can see through: protocol 5 over Engine.IO 4, by WebSocket.

use super::hub::Hub;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Ws = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[derive(Debug)]
pub struct Socket(Ws);

impl Socket {
    /// Connects with an `auth` of one's own; the error is what `connect_error` would get.
    pub async fn connect_with(hub: &Hub, auth: Option<Value>) -> Result<Self, Value> {
        let url = format!(
            "ws://{}/socket.io/?EIO=4&transport=websocket",
            hub.address()
        );
        let (ws, _) = connect_async(url).await.expect("a WebSocket");
        let mut socket = Self(ws);
        let open = socket.text().await.expect("an open packet");
        assert!(open.starts_with("0{"), "{open}");
        let auth = auth.map(|auth| auth.to_string()).unwrap_or_default();
        socket
            .0
            .send(Message::text(format!("40{auth}")))
            .await
            .expect("sent");
        let answer = socket.text().await.expect("an answer");
        match answer.strip_prefix("44") {
            Some(error) => Err(serde_json::from_str(error).expect("JSON")),
            None => {
                assert!(answer.starts_with("40{"), "{answer}");
                Ok(socket)
            }
        }
    }

    pub async fn connect(hub: &Hub, token: &str) -> Self {
        Self::connect_with(hub, Some(json!({"token": token})))
            .await
            .expect("a good token")
    }

    /// The next text that is no ping; none where the socket has ended.
    async fn text(&mut self) -> Option<String> {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(40), self.0.next())
                .await
                .expect("something is said");
            match next? {
                Ok(Message::Text(text)) if text.as_str() == "2" => {
                    self.0.send(Message::text("3")).await.ok()?
                }
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next event, whatever it is: its name and payload.
    pub async fn event(&mut self) -> (String, Value) {
        let text = self.text().await.expect("an event and not the end");
        let body = text
            .strip_prefix("42")
            .unwrap_or_else(|| panic!("an event: {text}"));
        let (name, payload): (String, Value) =
            serde_json::from_str(body).expect("name and payload");
        (name, payload)
    }

    /// The next event of this name, and the names of those before it.
    pub async fn until(&mut self, name: &str) -> (Vec<String>, Value) {
        let mut before = Vec::new();
        loop {
            let (heard, payload) = self.event().await;
            if heard == name {
                return (before, payload);
            }
            before.push(heard);
        }
    }

    /// Whether the hub ends this socket within the time.
    pub async fn ends_within(&mut self, long: Duration) -> bool {
        tokio::time::timeout(long, async {
            while let Some(text) = self.text().await {
                if text.starts_with("41") {
                    return;
                }
            }
        })
        .await
        .is_ok()
    }
}
