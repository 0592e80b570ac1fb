//! A Socket.IO client without I/O: text frames in, what to do about them out. The transport is whoever calls.

use engineioxide_core::{Packet as Frame, ProtocolVersion};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use socketioxide_core::Value;
use socketioxide_core::packet::{Packet, PacketData};
use socketioxide_core::parser::{Parse, ParseConfig, ParserState};
use socketioxide_parser_common::CommonParser;

/// What the caller is to do after a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Send this text frame.
    Send(String),
    /// The hub took the token: events follow.
    Connected,
    Event {
        name: String,
        data: Json,
    },
    /// The hub refused the token; trying again with the same one is of no use.
    Refused {
        message: String,
    },
    /// It is over: close the transport. A new socket may be tried.
    Closed {
        why: Close,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Close {
    #[error("the hub said goodbye")]
    Hub,
    #[error("a frame that no hub sends")]
    Protocol,
    #[error("no sign of life from the hub")]
    Silence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Opening,
    Connecting,
    Connected,
    Over,
}

/// One connection, from the open WebSocket to its end.
#[derive(Debug)]
pub struct Socket {
    token: String,
    phase: Phase,
    /// How long the hub may be silent: its ping interval and grace, once it has said them.
    patience: u64,
    heard: u64,
}

/// What an unopened hub is granted for its first word.
const FIRST_WORD_MS: u64 = 10_000;

impl Socket {
    /// For a WebSocket that has just opened, at `now` on any clock of milliseconds that does not go back.
    #[must_use]
    pub fn new(token: String, now: u64) -> Self {
        Self {
            token,
            phase: Phase::Opening,
            patience: FIRST_WORD_MS,
            heard: now,
        }
    }

    /// The address of the hub's sockets, from that of the hub (`https://hub.example`).
    #[must_use]
    pub fn url(hub: &str) -> String {
        let hub = hub.trim_end_matches('/');
        let hub = match hub.strip_prefix("http") {
            Some(rest) => format!("ws{rest}"),
            None => hub.to_owned(),
        };
        format!("{hub}/socket.io/?EIO=4&transport=websocket")
    }

    /// When to call `expired`, if nothing is heard until then.
    #[must_use]
    pub fn deadline(&self) -> u64 {
        self.heard.saturating_add(self.patience)
    }

    /// Has the hub been silent for too long? A link can be dead without an end.
    pub fn expired(&mut self, now: u64) -> Option<Action> {
        (self.phase != Phase::Over && now >= self.deadline()).then(|| self.end(Close::Silence))
    }

    /// A text frame came. Binary ones never do: the hub sends JSON only, and the caller closes on one.
    pub fn receive(&mut self, text: &str, now: u64) -> Vec<Action> {
        self.heard = now;
        if self.phase == Phase::Over {
            return Vec::new();
        }
        match self.phase {
            Phase::Opening => vec![self.open(text)],
            Phase::Connecting | Phase::Connected | Phase::Over => self.frame(text),
        }
    }

    /// The transport's first frame: the codec writes it but does not read it, for it is the server's.
    fn open(&mut self, text: &str) -> Action {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Open {
            ping_interval: u64,
            ping_timeout: u64,
        }
        let Some(open) = text
            .strip_prefix('0')
            .and_then(|body| serde_json::from_str::<Open>(body).ok())
        else {
            return self.end(Close::Protocol);
        };
        self.patience = open.ping_interval.saturating_add(open.ping_timeout);
        self.phase = Phase::Connecting;
        let auth = CommonParser
            .encode_default(&json!({ "token": self.token }))
            .ok();
        send(Packet::connect("/", auth))
    }

    fn frame(&mut self, text: &str) -> Vec<Action> {
        match Frame::parse(ProtocolVersion::V4, text.to_owned()) {
            Ok(Frame::Ping) => vec![Action::Send(Frame::Pong.into())],
            Ok(Frame::Noop | Frame::Pong) => Vec::new(),
            Ok(Frame::Close) => vec![self.end(Close::Hub)],
            Ok(Frame::Message(message)) => self.message(&message).into_iter().collect(),
            Ok(
                Frame::Open(_)
                | Frame::Upgrade
                | Frame::PingUpgrade
                | Frame::PongUpgrade
                | Frame::Binary(_)
                | Frame::BinaryV3(_),
            )
            | Err(_) => vec![self.end(Close::Protocol)],
        }
    }

    fn message(&mut self, message: &str) -> Option<Action> {
        // The codec is the server's: it knows no refusal (4), which only a client gets. Packets that announce binaries
        // (5, 6) would make it ask for the time, which panics on wasm; our hub sends none.
        match message.as_bytes().first() {
            Some(b'4') => return Some(self.refused(message)),
            Some(b'5' | b'6') => return Some(self.end(Close::Protocol)),
            _ => {}
        }
        let state = ParserState::default();
        let Ok(packet) =
            CommonParser.decode_str(&ParseConfig::default(), &state, message.to_owned().into())
        else {
            return Some(self.end(Close::Protocol));
        };
        match packet.inner {
            PacketData::Connect(_) if self.phase == Phase::Connecting => {
                self.phase = Phase::Connected;
                Some(Action::Connected)
            }
            PacketData::Event(value, _) => {
                Some(event(&value).unwrap_or_else(|| self.end(Close::Protocol)))
            }
            PacketData::Disconnect => Some(self.end(Close::Hub)),
            // We ask for no acknowledgement, so one is nobody's.
            PacketData::Connect(_)
            | PacketData::EventAck(..)
            | PacketData::ConnectError(_)
            | PacketData::BinaryEvent(..)
            | PacketData::BinaryAck(..) => None,
        }
    }

    fn refused(&mut self, message: &str) -> Action {
        #[derive(Deserialize)]
        struct Body {
            message: String,
        }
        self.phase = Phase::Over;
        let body = message
            .find('{')
            .and_then(|at| serde_json::from_str::<Body>(&message[at..]).ok());
        Action::Refused {
            message: body.map_or_else(String::new, |body| body.message),
        }
    }

    fn end(&mut self, why: Close) -> Action {
        self.phase = Phase::Over;
        Action::Closed { why }
    }
}

/// `["name", data]`; an event without data has null.
fn event(value: &Value) -> Option<Action> {
    let mut list = serde_json::from_str::<Vec<Json>>(value.as_str()?)
        .ok()?
        .into_iter();
    let Some(Json::String(name)) = list.next() else {
        return None;
    };
    let data = list.next().unwrap_or_default();
    Some(Action::Event { name, data })
}

fn send(packet: Packet) -> Action {
    let text = match CommonParser.encode(packet) {
        Value::Str(text, _) => String::from(text),
        Value::Bytes(_) => String::new(),
    };
    Action::Send(Frame::Message(text.into()).into())
}

#[cfg(test)]
mod tests {
    use super::{Action, Close, Socket};
    use serde_json::json;

    const OPEN: &str = r#"0{"sid":"AAAAAAAAAAAAAAAAAAAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;

    fn connected() -> Socket {
        let mut socket = Socket::new("t0k".to_owned(), 0);
        assert_eq!(
            socket.receive(OPEN, 1),
            [Action::Send(r#"40{"token":"t0k"}"#.to_owned())]
        );
        assert_eq!(
            socket.receive(r#"40{"sid":"BAAAAAAAAAAAAAAAAAAAAA"}"#, 2),
            [Action::Connected]
        );
        socket
    }

    #[test]
    fn opens_then_shows_its_token_then_hears_events() {
        let mut socket = connected();
        let heard = socket.receive(r#"42["sync:poke",{"epoch":"1-a","seq":7}]"#, 3);
        assert_eq!(
            heard,
            [Action::Event {
                name: "sync:poke".to_owned(),
                data: json!({"epoch": "1-a", "seq": 7})
            }]
        );
        let bare = socket.receive(r#"42["hello"]"#, 4);
        assert_eq!(
            bare,
            [Action::Event {
                name: "hello".to_owned(),
                data: json!(null)
            }]
        );
    }

    #[test]
    fn answers_a_ping() {
        assert_eq!(connected().receive("2", 3), [Action::Send("3".to_owned())]);
    }

    #[test]
    fn a_refused_token_says_why() {
        let mut socket = Socket::new("old".to_owned(), 0);
        socket.receive(OPEN, 1);
        let refused = socket.receive(r#"44{"message":"unauthorized"}"#, 2);
        assert_eq!(
            refused,
            [Action::Refused {
                message: "unauthorized".to_owned()
            }]
        );
        assert_eq!(socket.receive("2", 3), []);
    }

    #[test]
    fn silence_ends_it() {
        let mut socket = connected();
        assert_eq!(socket.deadline(), 45_002);
        assert_eq!(socket.expired(45_001), None);
        socket.receive("2", 45_001);
        assert_eq!(socket.expired(45_002), None);
        assert_eq!(
            socket.expired(90_001),
            Some(Action::Closed {
                why: Close::Silence
            })
        );
        assert_eq!(socket.expired(99_999), None);
    }

    #[test]
    fn what_no_hub_sends_ends_it_without_a_panic() {
        for text in [
            "",
            "9",
            "é",
            "0{",
            r#"451-["x",{"_placeholder":true,"num":0}]"#,
            "42{",
            "42[1]",
            "b4AQID",
            "4",
        ] {
            let mut socket = connected();
            let actions = socket.receive(text, 3);
            assert_eq!(
                actions,
                [Action::Closed {
                    why: Close::Protocol
                }],
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_address_follows_the_hubs() {
        assert_eq!(
            Socket::url("https://hub.example/"),
            "wss://hub.example/socket.io/?EIO=4&transport=websocket"
        );
        assert_eq!(
            Socket::url("http://127.0.0.1:8080"),
            "ws://127.0.0.1:8080/socket.io/?EIO=4&transport=websocket"
        );
    }
}
