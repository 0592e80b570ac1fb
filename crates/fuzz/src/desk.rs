//! A hub on a disk in memory, spoken to through its own router: what a request really goes through, but for the network.

use crate::book::{DISPLAY, EVENING, OFFICE, RESTAURANT, TABLET, founding};
use anyhow::Context;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use client::sync::{After, CallError, Step};
use client::{Core, Identity, Setup};
use comanda::api::{Api, routes};
use comanda::auth::password::Passwords;
use comanda::auth::token::hash;
use comanda::handle::Side;
use comanda::limits::{Limits, Rates};
use comanda::store::{Db, head};
use comanda::world::World;
use comanda::{Hub, demo, sockets, verify};
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::DeviceId;
use domain::sync::Position;
use protocol::sync::{EnrolAnswer, Signed};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sim::disk;
use sim::world::Seeded;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// An answer of the hub's: its status and what it says.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// The token of a device of the book's.
pub fn token(device: DeviceId) -> String {
    format!("token of {device}").replace(' ', "-")
}

#[derive(Debug)]
pub struct Desk {
    runtime: Runtime,
    pub hub: Arc<Hub>,
    pub world: Arc<Seeded>,
    api: Api,
    router: Router,
    pub disk: String,
}

impl Drop for Desk {
    fn drop(&mut self) {
        disk::discard(&self.disk);
    }
}

/// A disk of its own for each, and none begins with another's name.
pub fn fresh(what: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("fuzz-{what}-{}-", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Desk {
    /// Opens whatever lies on the disk.
    pub fn open(disk: String, passwords: &Passwords) -> anyhow::Result<Self> {
        disk::register();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let world = Arc::new(Seeded::new(7));
        // The corpus's evening has begun.
        world.pass(EVENING.since(world.now()).max(0));
        let hub = runtime.block_on(async {
            let options = SqliteConnectOptions::new()
                .filename(disk::path(&disk, "hub"))
                .vfs(disk::VFS)
                .create_if_missing(true)
                .locking_mode(SqliteLockingMode::Exclusive)
                .journal_mode(SqliteJournalMode::Memory)
                .synchronous(SqliteSynchronous::Full);
            let db = Db::sqlite_alone(options).await?;
            Hub::open(db, Arc::clone(&world) as Arc<dyn World>, None).await
        })?;
        let none = Rates {
            anonymous: 0,
            per_actor: 0,
            sign_in: 0,
        };
        let api = Api {
            hub: Arc::clone(&hub),
            passwords: passwords.clone(),
            demo: None,
            relay: Default::default(),
            limits: Arc::new(Limits::new(none)),
            believed: Arc::default(),
            seen: Arc::default(),
            founding: Arc::default(),
        };
        let router = routes::router(&api);
        Ok(Self {
            runtime,
            hub,
            world,
            api,
            router,
            disk,
        })
    }

    /// With the hub's end of its sockets too.
    pub fn with_sockets(mut self) -> Self {
        let (layer, io) = sockets::layer(&self.api);
        let (api, news) = (self.api.clone(), io.clone());
        self.runtime.spawn(sockets::pass_on(api.clone(), news));
        self.runtime.spawn(sockets::show_out(api, io));
        self.router = routes::router(&self.api).layer(layer);
        self
    }

    /// The corpus's restaurant, on a new disk.
    pub fn founded(passwords: &Passwords) -> anyhow::Result<Self> {
        let desk = Self::open(fresh("house"), passwords)?;
        desk.runtime.block_on(desk.hub.found(RESTAURANT))?;
        for command in founding()? {
            let side = match &command {
                Command::EnrolDevice(enrol) => vec![Side::DeviceToken {
                    device: enrol.id,
                    hash: hash(&token(enrol.id)),
                }],
                _ => Vec::new(),
            };
            desk.runtime
                .block_on(demo::act(&desk.hub, RESTAURANT, command, side))?;
        }
        Ok(desk)
    }

    /// Another hub on a copy of this one's disk.
    pub fn copied(&self, passwords: &Passwords) -> anyhow::Result<Self> {
        let disk = fresh("copy");
        disk::copy(&self.disk, &disk);
        Self::open(disk, passwords)
    }

    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn ask(
        &self,
        method: &str,
        path: &str,
        by: DeviceId,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", token(by)))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .map_err(|why| why.to_string())?;
        self.world.pass(1);
        self.run(self.answer(request))
    }

    pub async fn answer(&self, request: Request<Body>) -> Result<Answer, String> {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .map_err(|why| why.to_string())?;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .map_err(|why| why.to_string())?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|why| why.to_string())?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, text, body })
    }

    pub fn head(&self) -> anyhow::Result<head::Head> {
        let head = self.run(async {
            let mut tx = self.hub.db.read().await?;
            head::read(&mut tx, RESTAURANT).await
        })?;
        head.context("the hub has no head")
    }

    pub fn signed(&self, position: &Position) -> Signed {
        self.hub.sign(RESTAURANT, position)
    }

    /// The log's chain, its fold and its recount.
    pub fn agrees(&self) -> Result<(), String> {
        let verified = self
            .run(verify::verify(&self.hub.db))
            .map_err(|why| format!("{why:#}"))?;
        let differ: Vec<String> = verified
            .into_iter()
            .flat_map(|one| one.differences)
            .collect();
        if differ.is_empty() {
            Ok(())
        } else {
            Err(differ.join("; "))
        }
    }

    /// The hub is neither ill nor behind another.
    pub fn is_well(&self) -> Result<(), String> {
        match (self.hub.is_ill(), self.hub.is_behind()) {
            (true, _) => Err("the hub has fallen ill".into()),
            (_, true) => Err("the hub takes itself for an old copy".into()),
            (false, false) => Ok(()),
        }
    }

    /// One step of a device's with this hub.
    pub fn serve(&self, core: &mut Core, step: Step) -> Result<After, String> {
        let now = self.world.now();
        let trouble = |why: client::StoreError| format!("a device cannot go on: {why}");
        match step {
            Step::Push(request) => {
                let answer = self.call("push", request.device, &request)?;
                core.on_push(&request, answer, now).map_err(trouble)
            }
            Step::Pull(request) => {
                let answer = self.call("pull", request.device, &request)?;
                core.on_pull(answer, now).map_err(trouble)
            }
            Step::Report(request) => {
                let answer = self.call("recover", request.device, &request)?;
                core.on_report(&request, answer, now).map_err(trouble)
            }
            Step::Snapshot { oldest } => {
                let device = core
                    .identity()
                    .map_err(trouble)?
                    .ok_or("a device that is none")?
                    .device;
                let path = format!("/api/v1/sync/snapshot?oldest={oldest}");
                let answer = self.ask("GET", &path, device, Vec::new())?;
                core.on_snapshot(accepted(answer).map(|answer| answer.text), now)
                    .map_err(trouble)
            }
            Step::NameChild | Step::EnrolChild(_) => Err("a device takes itself for a copy".into()),
            Step::Rest => Ok(After::Wait),
        }
    }

    fn call<Q: serde::Serialize, A: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        by: DeviceId,
        request: &Q,
    ) -> Result<Result<A, CallError>, String> {
        let body = serde_json::to_vec(request).map_err(|why| why.to_string())?;
        let answer = self.ask("POST", &format!("/api/v1/sync/{what}"), by, body)?;
        let read = |answer: Answer| {
            serde_json::from_str(&answer.text).map_err(|why| CallError::Garbled(why.to_string()))
        };
        Ok(accepted(answer).and_then(read))
    }

    /// Lets a device and this hub go on until both have all.
    pub fn sync(&self, core: &mut Core) -> Result<(), String> {
        const MOST_STEPS: usize = 60;
        core.wake();
        for _ in 0..MOST_STEPS {
            match core.next_step() {
                Ok(Step::Rest) => {
                    let head = self.head().map_err(|why| format!("{why:#}"))?.position;
                    let position = core.position().map_err(|why| why.to_string())?;
                    if position.as_ref() != Some(&head) {
                        core.wake();
                    } else if core.unsent().map_err(|why| why.to_string())? {
                        return Err("a device keeps what the hub does not take".into());
                    } else {
                        return Ok(());
                    }
                }
                Ok(step) => {
                    self.serve(core, step)?;
                }
                Err(why) => return Err(format!("a device does not go on: {why}")),
            }
        }
        Err("a device never comes to rest".into())
    }

    /// A device of the book's, as it is right after its enrolment, on a disk of this name.
    pub fn device(&self, device: DeviceId, disk: &str) -> Result<Core, String> {
        let kind = match device {
            TABLET => DeviceKind::Waiter,
            DISPLAY => DeviceKind::Kitchen,
            OFFICE => DeviceKind::Office,
            other => return Err(format!("{other} is no device of the book's")),
        };
        let answer = EnrolAnswer {
            device_id: device,
            device_token: token(device),
            restaurant_id: RESTAURANT,
            position_key: self.hub.keys.position_key(),
        };
        let identity = Identity::new(answer, "Fuzzed".into(), kind, String::new());
        let mut core = started(disk)?;
        core.bind(&identity).map_err(|why| why.to_string())?;
        Ok(core)
    }
}

/// The database on a device's disk.
pub fn database(disk: &str) -> Result<Connection, String> {
    disk::register();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let path = disk::path(disk, "device");
    let db = Connection::open_with_flags_and_vfs(path, flags, disk::VFS)
        .map_err(|why| why.to_string())?;
    db.execute_batch("PRAGMA journal_mode=memory;")
        .map_err(|why| why.to_string())?;
    Ok(db)
}

/// The device's program begins on whatever its disk holds.
pub fn started(disk: &str) -> Result<Core, String> {
    let setup = Setup {
        build: "fuzz".into(),
        evictable: false,
    };
    Core::open(database(disk)?, setup, EVENING)
        .map_err(|why| format!("a device does not start: {why}"))
}

fn accepted(answer: Answer) -> Result<Answer, CallError> {
    if answer.status == 200 {
        return Ok(answer);
    }
    Err(CallError::Refused {
        status: answer.status,
        code: answer.code().to_owned(),
        expected: answer.body["expected"].as_u64(),
        retry_after: None,
    })
}
