//! The hub's side: the real core on a disk that can be crashed, copied and put back.

use crate::disk;
use crate::kafka::{Kafka, Stumble};
use crate::world::Seeded;
use client::sync::{CallError, ChildAsk, Unreachable};
use comanda::handle::{Busy, Idem, Live, LiveError, PushError, Rendered};
use comanda::live::Told;
use comanda::store::Db;
use comanda::store::{aggregates, head};
use comanda::world::{World, token};
use comanda::{Hub, demo, relay, sync};
use domain::auth::{AddPerson, Role};
use domain::devices::{DeviceKind, Enrol};
use domain::floor::{AddRoom, AddTable, Room};
use domain::ids::{
    CategoryId, CommandId, DeviceId, DishId, GroupId, OptionId, PersonId, RestaurantId, RoomId,
    TableId,
};
use domain::menu::{AddCategory, AddDish, AddGroup, Category, Choice, Dish, Group};
use domain::money::Money;
use domain::recover::Phase;
use domain::settings::{Found, Settings};
use domain::sync::Position;
use domain::text::{Currency, Label, MinuteOfDay, Name, Seats, Username};
use domain::time::Zone;
use domain::{Command, Key};
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
    /// Who may do everything.
    pub admin: PersonId,
    /// How many nodes of it serve at once, and which of them is asked next.
    nodes: usize,
    pub node: usize,
    life: Option<Life>,
    /// Every position that it has told others of.
    pub told: Vec<Position>,
}

/// One life of its process.
#[derive(Debug)]
struct Life {
    runtime: Runtime,
    nodes: Vec<(Arc<Hub>, Receiver<Arc<Told>>)>,
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
    fn begin(world: &Arc<Seeded>, disk: &str, nodes: usize) -> Option<Life> {
        disk::register();
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let opened = runtime.block_on(async {
            let db = Db::sqlite_alone(options(disk)).await?;
            let mut all = Vec::new();
            for _ in 0..nodes {
                let world = Arc::clone(world) as Arc<dyn World>;
                let hub = Hub::open(db.clone(), world, None).await?;
                hub.resume().await?;
                let told = hub.listen();
                all.push((hub, told));
            }
            anyhow::Ok(all)
        });
        let nodes = opened.ok()?;
        Some(Life { runtime, nodes })
    }

    fn node(&self, at: usize) -> Option<&Arc<Hub>> {
        let (hub, _) = self.nodes.get(at % self.nodes.len().max(1))?;
        Some(hub)
    }
}

impl HubSide {
    /// A small restaurant on a new disk.
    pub fn found(world: &Arc<Seeded>, disk: &str, nodes: usize) -> anyhow::Result<HubSide> {
        let restaurant = RestaurantId(world.id());
        let admin = PersonId(world.id());
        let mut hub = HubSide {
            world: Arc::clone(world),
            disk: disk.to_owned(),
            restaurant,
            admin,
            nodes,
            node: 0,
            life: Life::begin(world, disk, nodes),
            told: Vec::new(),
        };
        let life = hub.life.as_ref();
        let node = life.and_then(|life| Some((life, life.node(0)?)));
        let (life, node) = node.ok_or_else(|| anyhow::anyhow!("the hub does not start"))?;
        life.runtime
            .block_on(seed(node, world, restaurant, admin))?;
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
            self.life = Life::begin(&self.world, &self.disk, self.nodes);
        }
    }

    /// Notes what it has told others.
    fn listen(&mut self) {
        if let Some(life) = &mut self.life {
            for (_, news) in &mut life.nodes {
                while let Ok(told) = news.try_recv() {
                    self.told.push(told.position.clone());
                }
            }
        }
    }

    /// Runs one operation; a disk that went down under it takes the process with it.
    fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(&Arc<Hub>, RestaurantId) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let life = self.life.as_ref().ok_or(offline())?;
        let hub = life.node(self.node).ok_or(offline())?;
        let answer = life.runtime.block_on(work(hub, self.restaurant));
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

    /// Somebody's write for which they wait, under a key, so that it can be asked for again. Answers its id, and whether
    /// it was the first time.
    pub fn ask(&mut self, command: &Command, key: &str) -> Result<(CommandId, bool), CallError> {
        let (by, cmd_id) = (Some(self.admin), CommandId(self.world.id()));
        let idem = Idem {
            key: key.to_owned(),
            body: command.body(),
            request: None,
        };
        let render = Box::new(move |_: &domain::State| Rendered {
            status: 201,
            body: cmd_id.to_string(),
            location: None,
        });
        let live = Live {
            by,
            device: None,
            command: command.clone(),
            cmd_id,
            idem: Some(idem),
            side: Vec::new(),
            render,
        };
        self.run(async |hub, restaurant| {
            let done = hub.live(restaurant, live).await.map_err(live_error)?;
            let id = done.answer.body.parse();
            Ok((id.map_err(|_| busy(Busy::Trouble))?, !done.replayed))
        })
    }

    /// Whether this device was revoked, so far as the hub remembers.
    pub fn has_revoked(&mut self, device: DeviceId) -> Result<bool, CallError> {
        self.run(async |hub, restaurant| {
            let looked = async {
                let mut tx = hub.db.read().await?;
                aggregates::by_keys(&mut tx, restaurant, &[Key::Device(device)]).await
            };
            let found = looked.await.map_err(|_| busy(Busy::Database))?;
            let revoked = found.iter().any(|found| match &found.row.body {
                domain::Aggregate::Device(device) => device.revoked_at.is_some(),
                _ => false,
            });
            Ok(revoked)
        })
    }

    /// Whoever puts an older copy of the database back says so. False where that did not come through.
    pub fn say_restored(&mut self) -> bool {
        let said = self.run(async |hub, restaurant| {
            let work = async {
                let mut tx = hub.db.begin().await?;
                head::begin_recovery(&mut tx, restaurant, "restored").await?;
                tx.commit().await
            };
            work.await.map_err(|_: sqlx::Error| busy(Busy::Database))
        });
        // What it had begun to do with the database as it was is over.
        self.crash();
        said.is_ok()
    }

    /// A manager waits for nobody more. Answers whether the hub had been waiting.
    pub fn end_the_wait(&mut self) -> Result<bool, CallError> {
        let admin = self.admin;
        self.run(async |hub, restaurant| {
            let work = async {
                let mut tx = hub.db.begin().await?;
                let head = head::lock(&mut tx, restaurant).await?;
                let waits = head.is_some_and(|head| head.phase == Phase::Collecting);
                if waits {
                    head::set_phase(&mut tx, restaurant, Phase::Adopting, Some(admin)).await?;
                }
                tx.commit().await?;
                Ok(waits)
            };
            let waits = work.await.map_err(|_: sqlx::Error| busy(Busy::Database))?;
            if waits {
                hub.recover(restaurant).await.map_err(busy)?;
            }
            Ok(waits)
        })
    }

    /// Carries what Kafka has not got yet.
    pub fn relay(&mut self, kafka: &mut Kafka, stumble: Option<Stumble>) -> Result<(), CallError> {
        let now = self.world.now().0;
        self.run(async |hub, restaurant| {
            let database = |_| busy(Busy::Database);
            let records = relay::unsent(hub, restaurant).await.map_err(database)?;
            let sent = kafka.take(&records, now, stumble);
            relay::confirm(hub, restaurant, &records, &sent)
                .await
                .map_err(database)
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

pub fn refused(status: u16, code: &str, expected: Option<u64>) -> CallError {
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

fn live_error(error: LiveError) -> CallError {
    match error {
        LiveError::Refused(code) => refused(409, code.as_str(), None),
        LiveError::BillExists(_) => refused(409, "bill_exists", None),
        LiveError::Unknown(_) => refused(404, "not_found", None),
        LiveError::Bad { code, .. } => refused(422, code, None),
        LiveError::KeyReused => refused(422, "key_reused", None),
        LiveError::BadCode => refused(422, "bad_code", None),
        LiveError::Replayed(_) => refused(409, "replayed", None),
        LiveError::Busy(why) => busy(why),
    }
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

async fn seed(
    hub: &Arc<Hub>,
    world: &Arc<Seeded>,
    restaurant: RestaurantId,
    admin: PersonId,
) -> anyhow::Result<()> {
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
        ("olga", admin, Role::Admin),
        ("ana", PersonId(world.id()), Role::Staff),
        ("ben", PersonId(world.id()), Role::Staff),
        ("mara", PersonId(world.id()), Role::Manager),
        ("kit", PersonId(world.id()), Role::Kitchen),
    ];
    for (name, id, role) in people {
        let username = Username::new(name)?;
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
    let side = GroupId(world.id());
    let option = |name: &str| {
        anyhow::Ok(Choice {
            id: OptionId(world.id()),
            name: Name::new(name)?,
            price: Money::new(50)?,
        })
    };
    let group = Group {
        id: side,
        name: Name::new("Side")?,
        min: 1,
        max: 2,
        options: vec![option("Fries")?, option("Salad")?],
        dishes: Vec::new(),
        removed: false,
    };
    demo::act(hub, restaurant, AddGroup { group }.into(), Vec::new()).await?;
    for number in 1..=DISHES {
        let stations = match number % 3 {
            0 => vec![Label::new("kitchen")?, Label::new("bar")?],
            1 => vec![Label::new("kitchen")?],
            _ => vec![Label::new("bar")?],
        };
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
            stations,
            position: number,
            remaining: None,
            modifier_groups: if number == 1 { vec![side] } else { Vec::new() },
            removed: false,
        };
        demo::act(hub, restaurant, AddDish { dish }.into(), Vec::new()).await?;
    }
    Ok(())
}
