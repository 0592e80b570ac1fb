//! The hub's side: the real core on a disk that can be crashed, copied and put back.

use crate::disk;
use crate::world::Seeded;
use client::sync::{CallError, ChildAsk, Unreachable};
use comanda::handle::{Busy, PushError};
use comanda::live::Told;
use comanda::store::Db;
use comanda::world::{World, token};
use comanda::{Hub, demo, sync};
use domain::Command;
use domain::auth::{AddPerson, Role};
use domain::devices::{DeviceKind, Enrol};
use domain::floor::{AddRoom, AddTable, Room};
use domain::ids::{CategoryId, DeviceId, DishId, PersonId, RestaurantId, RoomId, TableId};
use domain::menu::{AddCategory, AddDish, Category, Dish};
use domain::money::Money;
use domain::settings::{Found, Settings};
use domain::sync::Position;
use domain::text::{Currency, Label, MinuteOfDay, Name, Seats, Username};
use domain::time::Zone;
use protocol::sync::{
    EnrolAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest, RecoverAnswer, RecoverRequest,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::broadcast::Receiver;

const TABLES: i64 = 3;
const DISHES: u16 = 6;

/// A hub that may be up or down.
#[derive(Debug)]
pub struct HubSide {
    world: Arc<Seeded>,
    pub disk: String,
    pub restaurant: RestaurantId,
    life: Option<Life>,
    /// Every position that it has told others of.
    pub told: Vec<Position>,
}

/// One life of its process.
#[derive(Debug)]
struct Life {
    runtime: Runtime,
    hub: Arc<Hub>,
    told: Receiver<Arc<Told>>,
}

fn options(disk: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(disk::path(disk, "hub"))
        .vfs(disk::VFS)
        .create_if_missing(true)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
}

impl Life {
    fn begin(world: &Arc<Seeded>, disk: &str) -> Option<Life> {
        disk::register();
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let opened = runtime.block_on(async {
            let db = Db::sqlite_alone(options(disk)).await?;
            Hub::open(db, Arc::clone(world) as Arc<dyn World>, None).await
        });
        let hub = opened.ok()?;
        let told = hub.listen();
        Some(Life { runtime, hub, told })
    }
}

impl HubSide {
    /// A small restaurant on a new disk.
    pub fn found(world: &Arc<Seeded>, disk: &str) -> anyhow::Result<HubSide> {
        let restaurant = RestaurantId(world.id());
        let mut hub = HubSide {
            world: Arc::clone(world),
            disk: disk.to_owned(),
            restaurant,
            life: Life::begin(world, disk),
            told: Vec::new(),
        };
        let life = hub
            .life
            .as_ref()
            .ok_or_else(|| anyhow::anyhow!("the hub does not start"))?;
        life.runtime.block_on(seed(&life.hub, world, restaurant))?;
        hub.listen();
        Ok(hub)
    }

    pub fn is_up(&self) -> bool {
        self.life.is_some()
    }

    /// The power goes: what was not synced is lost.
    pub fn crash(&mut self) {
        self.listen();
        disk::crash(&self.disk);
        self.life = None;
    }

    pub fn start(&mut self) {
        if self.life.is_none() {
            self.life = Life::begin(&self.world, &self.disk);
        }
    }

    /// Notes what it has told others.
    fn listen(&mut self) {
        if let Some(life) = &mut self.life {
            while let Ok(told) = life.told.try_recv() {
                self.told.push(told.position.clone());
            }
        }
    }

    /// Runs one operation; a disk that went down under it takes the process with it.
    fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&Arc<Hub>, RestaurantId) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let life = self.life.as_ref().ok_or(offline())?;
        let answer = life.runtime.block_on(work(&life.hub, self.restaurant));
        self.listen();
        if disk::is_down(&self.disk) {
            self.crash();
            return Err(offline());
        }
        answer
    }

    pub fn push(&mut self, request: PushRequest) -> Result<PushAnswer, CallError> {
        self.run(async |hub, restaurant| {
            sync::answer_push(hub, restaurant, request)
                .await
                .map_err(push_error)
        })
    }

    pub fn pull(&mut self, request: &PullRequest) -> Result<PullAnswer, CallError> {
        self.run(async |hub, restaurant| {
            sync::answer_pull(hub, restaurant, request)
                .await
                .map_err(busy)
        })
    }

    pub fn report(&mut self, request: &RecoverRequest) -> Result<RecoverAnswer, CallError> {
        self.run(async |hub, restaurant| {
            let answer = sync::recover::answer(hub, restaurant, request).await;
            answer.map_err(busy)
        })
    }

    pub fn snapshot(&mut self, device: DeviceId, oldest: u64) -> Result<String, CallError> {
        self.run(async |hub, restaurant| {
            let snapshot = sync::answer_snapshot(hub, restaurant, device, oldest).await;
            let snapshot = snapshot.map_err(|_| busy(Busy::Database))?;
            serde_json::to_string(&snapshot).map_err(|_| busy(Busy::Trouble))
        })
    }

    /// Enrols a device, or the child of one; asking again renews its token.
    pub fn enrol(
        &mut self,
        id: DeviceId,
        name: &str,
        kind: DeviceKind,
        of: Option<DeviceId>,
    ) -> Result<EnrolAnswer, CallError> {
        let device_token = token(self.world.as_ref());
        let name = Name::new(name).map_err(|_| busy(Busy::Trouble))?;
        self.run(async |hub, restaurant| {
            let command = Command::from(Enrol {
                id,
                name,
                kind,
                fork_of: of,
            });
            match demo::act(hub, restaurant, command, Vec::new()).await {
                Ok(()) => {}
                // Another try had come through.
                Err(error) if format!("{error:#}").contains("already_exists") => {}
                Err(_) => return Err(busy(Busy::Database)),
            }
            let position_key = hub.keys.position_key();
            Ok(EnrolAnswer {
                device_id: id,
                device_token,
                restaurant_id: restaurant,
                position_key,
            })
        })
    }

    pub fn enrol_child(&mut self, ask: &ChildAsk) -> Result<EnrolAnswer, CallError> {
        self.enrol(ask.id, &ask.name, ask.kind, Some(ask.fork_of))
    }
}

/// Nobody answers.
pub fn offline() -> CallError {
    CallError::Unreachable(Unreachable("simulated".into()))
}

fn refused(status: u16, code: &str, expected: Option<u64>) -> CallError {
    CallError::Refused {
        status,
        code: code.to_owned(),
        expected,
        retry_after: None,
    }
}

fn busy(busy: Busy) -> CallError {
    refused(503, busy.code(), None)
}

fn push_error(error: PushError) -> CallError {
    match error {
        PushError::Epoch => refused(409, "epoch", None),
        PushError::Gap { expected } => refused(409, "gap", Some(expected)),
        PushError::Fork => refused(409, "fork", None),
        PushError::Revoked => refused(401, "device_revoked", None),
        PushError::Bad { .. } => refused(400, "bad_request", None),
        PushError::Busy(why) => busy(why),
    }
}

async fn seed(hub: &Arc<Hub>, world: &Arc<Seeded>, restaurant: RestaurantId) -> anyhow::Result<()> {
    hub.found(restaurant).await?;
    let settings = Settings {
        restaurant,
        name: Name::new("The Seed")?,
        currency: Currency::new("EUR")?,
        zone: Zone::new("Europe/Berlin")?,
        language: Label::new("en")?,
        day_start: MinuteOfDay::new(240)?,
        prices_include_tax: true,
        demo: false,
        in_use: false,
    };
    demo::act(hub, restaurant, Found { settings }.into(), Vec::new()).await?;
    let people = [
        ("ana", Role::Staff),
        ("ben", Role::Staff),
        ("mara", Role::Manager),
        ("kit", Role::Kitchen),
    ];
    for (name, role) in people {
        let (id, username) = (PersonId(world.id()), Username::new(name)?);
        let add = AddPerson {
            id,
            username,
            full_name: Name::new(name)?,
            role,
        };
        demo::act(hub, restaurant, add.into(), Vec::new()).await?;
    }
    let room = RoomId(world.id());
    let add = AddRoom {
        room: Room {
            id: room,
            name: Name::new("Room")?,
            position: 1,
        },
    };
    demo::act(hub, restaurant, add.into(), Vec::new()).await?;
    for number in 1..=TABLES {
        let (id, name, seats) = (
            TableId(world.id()),
            Name::new(format!("T{number}"))?,
            Seats::new(4)?,
        );
        let add = AddTable {
            id,
            name,
            room,
            new_room: None,
            seats,
            position: 1,
            spot: None,
        };
        demo::act(hub, restaurant, add.into(), Vec::new()).await?;
    }
    let category = CategoryId(world.id());
    let add = AddCategory {
        category: Category {
            id: category,
            name: Name::new("All")?,
            position: 1,
            dishes: Vec::new(),
            removed: false,
        },
    };
    demo::act(hub, restaurant, add.into(), Vec::new()).await?;
    for number in 1..=DISHES {
        let station = if number % 2 == 0 { "kitchen" } else { "bar" };
        let dish = Dish {
            id: DishId(world.id()),
            category,
            name: Name::new(format!("Dish {number}"))?,
            kitchen_name: None,
            description: None,
            price: Money::new(i64::from(number) * 100)?,
            tax_rate: "10".parse()?,
            allergens: Vec::new(),
            available: true,
            stations: vec![Label::new(station)?],
            position: number,
            remaining: None,
            modifier_groups: Vec::new(),
            removed: false,
        };
        demo::act(hub, restaurant, AddDish { dish }.into(), Vec::new()).await?;
    }
    Ok(())
}
