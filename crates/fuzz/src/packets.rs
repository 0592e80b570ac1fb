//! The device's end of the socket: frames of Engine.IO and Socket.IO in any order, whole or damaged.

use crate::mutate;
use crate::{Case, Reached, Target};
use client::socket::{Action, Close, Socket};
use sim::world::Rng;

const FRAMES: [&str; 20] = [
    r#"0{"sid":"AAAAAAAAAAAAAAAAAAAAAA","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#,
    r#"40{"sid":"BAAAAAAAAAAAAAAAAAAAAA"}"#,
    r#"42["sync:poke",{"epoch":{"n":1,"tag":"a"},"seq":7}]"#,
    r#"42["order:new",{"seq":9,"order":{"id":"x","items":[]}}]"#,
    r#"42["hello"]"#,
    r#"4217["numbered",{"a":[1,2,{"b":null}]}]"#,
    r#"42/admin,["elsewhere",1]"#,
    r#"431["acknowledged"]"#,
    r#"44{"message":"unauthorized"}"#,
    r#"451-["binary",{"_placeholder":true,"num":0}]"#,
    r#"461-7[{"_placeholder":true,"num":0}]"#,
    "41",
    "40",
    "2",
    "2probe",
    "3",
    "3probe",
    "5",
    "6",
    "bAQIDBA==",
];

/// The order in which a hub speaks.
const GREETING: [&str; 2] = [FRAMES[0], FRAMES[1]];

#[derive(Debug)]
pub struct Packets;

impl Target for Packets {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for frame in GREETING.iter().take(rng.below(20).min(2)) {
            parts.push(frame.bytes().collect());
        }
        for _ in 0..1 + rng.below(12) {
            let mut part: Vec<u8> = rng.pick(&FRAMES).unwrap_or(&"").bytes().collect();
            for _ in 0..rng.below(4) {
                mutate::bytes(rng, &mut part);
            }
            parts.push(part);
        }
        Case { parts }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let mut socket = Socket::new("t0k\"en".into(), 0);
        let (mut over, mut sent, mut connected) = (false, 0, false);
        for (now, part) in (1..).zip(&case.parts) {
            // A WebSocket of the browser's or of ours gives no text that is none.
            let text = String::from_utf8_lossy(part);
            let actions = socket.receive(&text, now);
            if over && !actions.is_empty() {
                return Err(format!("it is over and still does {actions:?}"));
            }
            for action in &actions {
                match action {
                    Action::Send(frame) => {
                        reached.note("sends");
                        sent += 1;
                        readable(frame, sent == 1)?;
                    }
                    Action::Connected if connected => return Err("it connects twice".into()),
                    Action::Connected => {
                        reached.note("connected");
                        connected = true;
                    }
                    Action::Event { .. } if !connected => {
                        reached.note("event before it is connected")
                    }
                    Action::Event { name, data } => {
                        reached.note("event");
                        if name == "sync:poke"
                            && serde_json::from_value::<protocol::sync::Poke>(data.clone()).is_ok()
                        {
                            reached.note("poke");
                        }
                    }
                    Action::Refused { .. } => {
                        reached.note("refused");
                        over = true;
                    }
                    Action::Closed {
                        why: Close::Protocol,
                    } => {
                        reached.note("no frame");
                        over = true;
                    }
                    Action::Closed {
                        why: Close::Hub | Close::Silence,
                    } => {
                        reached.note("closed");
                        over = true;
                    }
                }
            }
            if socket.deadline() < now {
                return Err("it has no patience".into());
            }
        }
        Ok(())
    }

    fn must_reach(&self) -> Vec<String> {
        [
            "sends",
            "connected",
            "event",
            "poke",
            "refused",
            "no frame",
            "closed",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// What we encode we decode: the token that goes out is the one that was put in, whatever is in it.
fn readable(frame: &str, first: bool) -> Result<(), String> {
    if frame == "3" {
        return Ok(());
    }
    let auth = frame.strip_prefix("40").filter(|_| first);
    let auth = auth.and_then(|auth| serde_json::from_str::<serde_json::Value>(auth).ok());
    match auth {
        Some(auth) if auth["token"] == "t0k\"en" => Ok(()),
        Some(_) | None => Err(format!("nobody can read what it sends: {frame}")),
    }
}
