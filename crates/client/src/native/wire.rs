//! A WebSocket over tokio.

use crate::sync::{Unreachable, Wire};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

#[derive(Debug)]
pub struct Link {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, Unreachable> {
        let opened = tokio_tungstenite::connect_async(url).await;
        let (stream, _) = opened.map_err(unreachable)?;
        Ok(Self { stream })
    }
}

impl Wire for Link {
    async fn heard(&mut self) -> Option<String> {
        loop {
            match self.stream.next().await?.ok()? {
                Message::Text(text) => return Some(text.to_string()),
                // The library answers these by itself.
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Binary(_) | Message::Close(_) | Message::Frame(_) => return None,
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<(), Unreachable> {
        let said = self.stream.send(Message::Text(text.into())).await;
        said.map_err(unreachable)
    }
}

fn unreachable(error: tungstenite::Error) -> Unreachable {
    Unreachable(error.to_string())
}
