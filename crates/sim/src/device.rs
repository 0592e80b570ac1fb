//! A device's side: the real core on a disk of its own, and the person who holds it.

use crate::disk;
use crate::hub::offline;
use crate::world::{Rng, Seeded};
use client::sync::{After, CallError, Step};
use client::{Core, Identity, Setup};
use comanda::world::World;
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, LineId, OrderId, PersonId, TicketId};
use domain::orders::add::{Add, NewLine};
use domain::orders::name::Name;
use domain::orders::open::Open;
use domain::orders::send::Send;
use domain::sync::Position;
use domain::text::{Guests, Label, Quantity};
use protocol::bridge::{Answer, Model, Submission, View};
use protocol::sync::EnrolAnswer;
use protocol::view::{Check, Floor, Menu};
use rusqlite::{Connection, OpenFlags};
use std::sync::Arc;

/// A command that a device has shown as done.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: CommandId,
    pub device: String,
    pub command: Command,
}

#[derive(Debug)]
pub struct DeviceSide {
    world: Arc<Seeded>,
    pub disk: String,
    core: Option<Core>,
    /// Counts its crashes: an answer to an earlier life reaches nobody.
    pub life: u64,
    /// The call that it waits for, and until when.
    pub waiting: Option<Waiting>,
    pub cut_until: i64,
    pub full_until: i64,
}

#[derive(Debug, Clone)]
pub struct Waiting {
    pub call: u64,
    pub step: Step,
    pub until: i64,
}

impl DeviceSide {
    pub fn new(world: &Arc<Seeded>, disk: &str) -> Self {
        let world = Arc::clone(world);
        let mut device = Self {
            world,
            disk: disk.to_owned(),
            core: None,
            life: 0,
            waiting: None,
            cut_until: 0,
            full_until: 0,
        };
        device.open();
        device
    }

    /// A new device of the restaurant.
    pub fn bind(&mut self, answer: EnrolAnswer) {
        let identity = Identity::new(answer, self.disk.clone(), DeviceKind::Waiter, String::new());
        if let Some(core) = &mut self.core {
            // A failure shows at once: nothing works without it.
            assert!(core.bind(&identity).is_ok(), "{} is bound", self.disk);
        }
    }

    fn open(&mut self) {
        disk::register();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let opened =
            Connection::open_with_flags_and_vfs(disk::path(&self.disk, "device"), flags, disk::VFS);
        let Ok(db) = opened else { return };
        let journal =
            "PRAGMA locking_mode=exclusive; PRAGMA journal_mode=wal; PRAGMA synchronous=full;";
        if db.execute_batch(journal).is_err() {
            return;
        }
        let setup = Setup {
            build: "sim".into(),
            evictable: false,
        };
        self.core = Core::open(db, setup, self.world.now()).ok();
    }

    /// The process ends without a word and starts again.
    pub fn crash(&mut self) {
        disk::crash(&self.disk);
        self.core = None;
        self.life += 1;
        self.waiting = None;
        self.open();
    }

    /// After every operation: a disk that has gone down takes the process with it.
    pub fn mind_the_disk(&mut self) {
        if disk::is_down(&self.disk) || self.core.is_none() {
            self.crash();
        }
    }

    pub fn identity(&self) -> Option<Identity> {
        self.core.as_ref()?.identity().ok()?
    }

    /// Where it stands in the log.
    pub fn position(&self) -> Option<Position> {
        self.core.as_ref()?.position().ok()?
    }

    pub fn has_unsent(&self) -> bool {
        self.core
            .as_ref()
            .is_none_or(|core| core.unsent().unwrap_or(true))
    }

    fn view(&self, view: &View) -> Option<Model> {
        self.core.as_ref()?.query(view).ok()
    }

    fn floor(&self) -> Option<Floor> {
        if let Some(Model::Floor(floor)) = self.view(&View::Floor) {
            Some(floor)
        } else {
            None
        }
    }

    fn menu(&self) -> Option<Menu> {
        if let Some(Model::Menu(menu)) = self.view(&View::Menu) {
            Some(menu)
        } else {
            None
        }
    }

    fn check(&self, order: OrderId) -> Option<Check> {
        if let Some(Model::Check { check }) = self.view(&View::Check { order }) {
            check
        } else {
            None
        }
    }

    /// Somebody does something with what the screen shows; what it then shows as done is returned.
    pub fn act(&mut self, rng: &mut Rng) -> Option<Shown> {
        let command = self.idea(rng)?;
        let core = self.core.as_mut()?;
        let id = CommandId(self.world.id());
        let ask = Submission::new(id, &command).ok()?;
        // Tapped once, twice, thrice: it is one command.
        let taps = 1 + usize::from(rng.per_mille(150)) + usize::from(rng.per_mille(50));
        let stored =
            (0..taps).any(|_| matches!(core.submit(&ask, self.world.now()), Answer::Stored { .. }));
        self.mind_the_disk();
        stored.then(|| Shown {
            id,
            device: self.disk.clone(),
            command,
        })
    }

    /// What somebody might do now.
    fn idea(&mut self, rng: &mut Rng) -> Option<Command> {
        let floor = self.floor()?;
        self.be_somebody(rng);
        let table = rng.pick(&floor.tables)?.clone();
        let beside: Vec<OrderId> = table.checks.iter().map(|check| check.order).collect();
        let Some(order) = rng.pick(&beside).copied().filter(|_| rng.per_mille(900)) else {
            let (order, guests) = (OrderId(self.world.id()), Guests::new(2).ok()?);
            let lines = if rng.per_mille(300) {
                self.lines(rng)?
            } else {
                Vec::new()
            };
            return Some(
                Open {
                    order,
                    table: table.id,
                    guests,
                    beside,
                    lines,
                    fire: None,
                }
                .into(),
            );
        };
        if rng.per_mille(80) {
            let name = Label::new(format!("party {}", rng.below(9))).ok();
            let name = name.filter(|_| rng.per_mille(700));
            return Some(Name { order, name }.into());
        }
        let check = self.check(order)?;
        if !check.send.is_empty() && rng.per_mille(450) {
            let tickets = (0..check.tickets)
                .map(|_| TicketId(self.world.id()))
                .collect();
            return Some(
                Send {
                    order,
                    lines: check.send,
                    tickets,
                }
                .into(),
            );
        }
        Some(
            Add {
                order,
                lines: self.lines(rng)?,
                fire: None,
            }
            .into(),
        )
    }

    fn lines(&self, rng: &mut Rng) -> Option<Vec<NewLine>> {
        let menu = self.menu()?;
        let count = 1 + rng.below(3);
        (0..count)
            .map(|_| {
                let dish = rng.pick(&menu.dishes)?.id;
                let quantity = Quantity::new(1 + i64::from(rng.per_mille(300))).ok()?;
                let id = LineId(self.world.id());
                Some(NewLine {
                    id,
                    dish,
                    quantity,
                    modifiers: Vec::new(),
                    note: None,
                    seat: None,
                    course: None,
                    frozen: None,
                })
            })
            .collect()
    }

    fn be_somebody(&mut self, rng: &mut Rng) {
        let Some(Model::Session(session)) = self.view(&View::Session) else {
            return;
        };
        let people: Vec<PersonId> = session.people.iter().map(|person| person.id).collect();
        if (session.person.is_none() || rng.per_mille(50))
            && let (Some(core), Some(person)) = (self.core.as_mut(), rng.pick(&people))
        {
            // A full disk may refuse it; then nobody holds the device and nothing is accepted.
            drop(core.hold(Some(*person)));
        }
    }

    /// What it wants of the hub now. Naming a child needs nobody.
    pub fn step(&mut self) -> Option<Step> {
        let core = self.core.as_mut()?;
        core.wake();
        let step = core.next_step();
        let step = match step {
            Ok(Step::NameChild) => {
                let child = domain::ids::DeviceId(self.world.id());
                core.fork(child, self.world.now())
                    .and_then(|()| core.next_step())
            }
            other => other,
        };
        self.mind_the_disk();
        step.ok()
            .filter(|step| !matches!(step, Step::Rest | Step::NameChild))
    }

    pub fn answered(&mut self, step: &Step, answer: Answered) -> Option<After> {
        let now = self.world.now();
        let core = self.core.as_mut()?;
        let after = match (step, answer) {
            (Step::Push(request), Answered::Push(answer)) => core.on_push(request, answer, now),
            (Step::Pull(_), Answered::Pull(answer)) => core.on_pull(answer, now),
            (Step::Snapshot { .. }, Answered::Snapshot(answer)) => core.on_snapshot(answer, now),
            (Step::EnrolChild(_), Answered::Enrol(answer)) => core.on_child(answer, now),
            _ => return None,
        };
        self.mind_the_disk();
        after.ok()
    }

    /// Nobody answered.
    pub fn timed_out(&mut self, step: &Step) {
        let offline = match step {
            Step::Push(_) => Answered::Push(Err(offline())),
            Step::Pull(_) => Answered::Pull(Err(offline())),
            Step::Snapshot { .. } => Answered::Snapshot(Err(offline())),
            Step::EnrolChild(_) => Answered::Enrol(Err(offline())),
            Step::NameChild | Step::Rest => return,
        };
        self.answered(step, offline);
    }

    /// Ends the process cleanly, so that its database can be read by the checker.
    pub fn close(&mut self) {
        self.core = None;
    }
}

/// An answer on its way back.
#[derive(Debug)]
pub enum Answered {
    Push(Result<protocol::sync::PushAnswer, CallError>),
    Pull(Result<protocol::sync::PullAnswer, CallError>),
    Snapshot(Result<String, CallError>),
    Enrol(Result<EnrolAnswer, CallError>),
}
