//! A machine in a story: time that jumps when nobody works, and a link to the scripted hub that can be cut.

use client::suite::peer::{ANA, EVENING, MINE, Peer, enrolment, id};
use client::sync::{Call, CallError, Host, Reply, Unreachable, Wire};
use domain::ids::DeviceId;
use domain::time::Moment;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use protocol::bridge::Changed;
use serde::Serialize;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// What the story can reach while the engine runs.
pub struct World {
    pub peer: RefCell<Peer>,
    pub up: Cell<bool>,
    /// When each call was made, and which.
    pub calls: RefCell<Vec<(u64, String)>>,
    pub most_at_once: Cell<usize>,
    pub told: RefCell<Vec<Changed>>,
    /// The hub answers this instead, for as long as it is set.
    pub says: RefCell<Option<Reply>>,
    at_once: Cell<usize>,
    chance: Cell<u32>,
    started: Instant,
    socket: RefCell<Option<UnboundedSender<String>>>,
}

#[derive(Clone)]
pub struct Machine(pub Rc<World>);

impl Machine {
    pub fn new(peer: Peer) -> Self {
        Self(Rc::new(World {
            peer: RefCell::new(peer),
            up: Cell::new(true),
            calls: RefCell::default(),
            most_at_once: Cell::new(0),
            told: RefCell::default(),
            says: RefCell::default(),
            at_once: Cell::new(0),
            chance: Cell::new(7),
            started: Instant::now(),
            socket: RefCell::default(),
        }))
    }

    pub fn peer<T>(&self, work: impl FnOnce(&mut Peer) -> T) -> T {
        work(&mut self.0.peer.borrow_mut())
    }

    /// The hub says something on the socket.
    pub fn says(&self, text: &str) {
        let socket = self.0.socket.borrow();
        socket
            .as_ref()
            .expect("a socket is open")
            .unbounded_send(text.into())
            .unwrap();
    }

    pub fn poke(&self) {
        let (epoch, seq) = self.peer(|peer| (peer.epoch.clone(), peer.seq()));
        self.says(&format!(
            "42{}",
            json!(["sync:poke", {"epoch": epoch, "seq": seq}])
        ));
    }

    /// The network falls silent: nothing ends, nothing comes.
    pub fn cut(&self) {
        self.0.up.set(false);
    }

    pub fn calls_of(&self, path: &str) -> Vec<u64> {
        let calls = self.0.calls.borrow();
        let of = calls.iter().filter(|(_, url)| url.contains(path));
        of.map(|(at, _)| *at).collect()
    }

    fn answer(&self, call: &Call) -> Reply {
        if let Some(reply) = &*self.0.says.borrow() {
            return reply.clone();
        }
        let (path, body) = (call.url.as_str(), call.body.as_deref().unwrap_or("null"));
        if path.ends_with("/sync/push") {
            let push = serde_json::from_str(body).unwrap();
            return reply(&self.peer(|peer| peer.push(&push)));
        }
        if path.ends_with("/sync/pull") {
            let pull = serde_json::from_str(body).unwrap();
            return reply(&self.peer(|peer| Ok(peer.pull(&pull))));
        }
        if path.contains("/sync/snapshot") {
            let body = self.peer(|peer| peer.snapshot(MINE, 1));
            return ok(body);
        }
        if path.ends_with("/devices/enrol") {
            return reply(&Ok(enrolment(DeviceId(id(0xE1)))));
        }
        if path.ends_with("/auth/login") {
            return login(body);
        }
        ok("{}".into())
    }
}

fn login(body: &str) -> Reply {
    if body.contains("demo-ana") {
        return ok(
            json!({"accessToken": "a", "refreshToken": "r", "expiresIn": 900, "user": {"id": ANA}})
                .to_string(),
        );
    }
    Reply {
        status: 401,
        retry_after: None,
        body: json!({"status": 401, "code": "bad_credentials"}).to_string(),
    }
}

fn ok(body: String) -> Reply {
    Reply {
        status: 200,
        retry_after: None,
        body,
    }
}

fn reply<T: Serialize>(answer: &Result<T, CallError>) -> Reply {
    match answer {
        Ok(answer) => ok(serde_json::to_string(answer).unwrap()),
        Err(CallError::Refused {
            status,
            code,
            expected,
            retry_after,
        }) => Reply {
            status: *status,
            retry_after: *retry_after,
            body: json!({"status": status, "code": code, "expected": expected}).to_string(),
        },
        Err(error) => panic!("{error}"),
    }
}

pub struct Line {
    heard: UnboundedReceiver<String>,
    own: UnboundedSender<String>,
}

impl Wire for Line {
    async fn heard(&mut self) -> Option<String> {
        self.heard.next().await
    }

    async fn say(&mut self, text: String) -> Result<(), Unreachable> {
        // The hub's answer to the token.
        if text.starts_with("40") {
            self.own.unbounded_send(r#"40{"sid":"b"}"#.into()).unwrap();
        }
        Ok(())
    }
}

impl Host for Machine {
    type Wire = Line;

    fn now(&self) -> Moment {
        EVENING.plus(i64::try_from(self.ticks()).unwrap())
    }

    fn ticks(&self) -> u64 {
        u64::try_from(self.0.started.elapsed().as_millis()).unwrap() + 1
    }

    fn id(&self) -> Uuid {
        id(0xEE)
    }

    fn chance(&self) -> u32 {
        let chance = self.0.chance.get().wrapping_mul(1_664_525).wrapping_add(7);
        self.0.chance.set(chance);
        chance >> 8
    }

    fn hub(&self) -> String {
        "http://hub".into()
    }

    async fn sleep(&self, millis: u64) {
        sleep(Duration::from_millis(millis)).await;
    }

    async fn call(&self, call: Call) -> Result<Reply, Unreachable> {
        let world = &self.0;
        world
            .calls
            .borrow_mut()
            .push((self.ticks(), call.url.clone()));
        let sync = call.url.contains("/sync/");
        if sync {
            world.at_once.set(world.at_once.get() + 1);
            world
                .most_at_once
                .set(world.most_at_once.get().max(world.at_once.get()));
        }
        // A round trip; or, with the link cut, all of the caller's patience.
        let there = world.up.get();
        let patience = if there {
            20
        } else {
            call.timeout_millis.into()
        };
        self.sleep(patience).await;
        if sync {
            world.at_once.set(world.at_once.get() - 1);
        }
        if there && world.up.get() {
            Ok(self.answer(&call))
        } else {
            Err(Unreachable("timed out".into()))
        }
    }

    async fn wire(&self, _: String) -> Result<Line, Unreachable> {
        if !self.0.up.get() {
            std::future::pending::<()>().await;
        }
        let (own, heard) = unbounded();
        let open = r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;
        own.unbounded_send(open.into()).unwrap();
        *self.0.socket.borrow_mut() = Some(own.clone());
        Ok(Line { heard, own })
    }

    fn changed(&self, changed: Changed) {
        self.0.told.borrow_mut().push(changed);
    }
}
