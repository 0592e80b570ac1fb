//! A device's side: the real core on a disk of its own.

use crate::disk;
use crate::hub::offline;
use crate::people::House;
use crate::world::{Rng, Seeded};
use client::sync::{After, CallError, Step};
use client::{Core, Identity, Setup};
use comanda::world::World;
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DeviceId, OrderId};
use domain::sync::Position;
use domain::time::Moment;
use protocol::bridge::{Answer, Model, Submission, View};
use protocol::sync::{EnrolAnswer, PullAnswer};
use protocol::view::{Board, Check, Floor, Menu, Trouble};
use rusqlite::{Connection, OpenFlags};
use std::sync::Arc;

/// A command that somebody was shown as done.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: CommandId,
    /// The device's disk; none where the hub itself had answered.
    pub device: Option<String>,
    pub command: Command,
}

/// What came of an idea.
#[derive(Debug)]
pub enum Acted {
    Shown(Box<Shown>),
    /// The hub is older than this device, which keeps to what the hub knows.
    NotKnown(&'static str),
    Nothing,
}

#[derive(Debug)]
pub struct DeviceSide {
    pub(crate) world: Arc<Seeded>,
    pub disk: String,
    core: Option<Core>,
    /// Counts its crashes: an answer to an earlier life reaches nobody.
    pub life: u64,
    /// The call that it waits for, and until when.
    pub waiting: Option<Waiting>,
    pub cut_until: i64,
    /// Somebody has taken it along, when.
    pub away_since: Option<i64>,
    pub full_until: i64,
    /// How far its clock is off.
    pub skew: i64,
    /// Its build does not know this kind of event yet.
    pub older: Option<&'static str>,
    /// The hub that it speaks with does not know this kind of command yet.
    pub newer: Option<&'static str>,
    /// It has heard so from that hub.
    pub has_heard: bool,
    /// The check that somebody has on its screen, and how the house stood when they looked.
    pub(crate) at_check: Option<(OrderId, House)>,
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
            away_since: None,
            full_until: 0,
            skew: 0,
            older: None,
            newer: None,
            has_heard: false,
            at_check: None,
        };
        device.open();
        device
    }

    /// A new device of the restaurant.
    pub fn bind(&mut self, answer: EnrolAnswer, kind: DeviceKind) {
        let identity = Identity::new(answer, self.disk.clone(), kind, String::new());
        if let Some(core) = &mut self.core {
            // A failure shows at once: nothing works without it.
            assert!(core.bind(&identity).is_ok(), "{} is bound", self.disk);
        }
    }

    fn open(&mut self) {
        disk::register();
        client::planted::forget(self.older);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
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
        self.core = Core::open(db, setup, self.now()).ok();
    }

    /// What its own clock says.
    pub fn now(&self) -> Moment {
        self.world.now().plus(self.skew)
    }

    /// Its core, in the build that it is.
    pub(crate) fn core(&mut self) -> Option<&mut Core> {
        client::planted::forget(self.older);
        self.core.as_mut()
    }

    /// The process ends without a word and starts again.
    pub fn crash(&mut self) {
        disk::crash(&self.disk);
        self.core = None;
        self.life += 1;
        self.waiting = None;
        self.at_check = None;
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

    /// It was told that nobody trusts it any more.
    pub fn is_revoked(&self) -> bool {
        matches!(self.view(&View::Sync), Some(Model::Sync(sync)) if sync.trouble == Some(Trouble::Revoked))
    }

    /// It has met something that its build does not know, and waits for its update.
    pub fn waits_for_update(&self) -> bool {
        let Some(Model::Sync(sync)) = self.view(&View::Sync) else {
            return false;
        };
        matches!(sync.trouble, Some(Trouble::UpdateNeeded { .. }))
    }

    pub(crate) fn view(&self, view: &View) -> Option<Model> {
        self.core.as_ref()?.query(view).ok()
    }

    pub(crate) fn floor(&self) -> Option<Floor> {
        match self.view(&View::Floor)? {
            Model::Floor(floor) => Some(floor),
            _ => None,
        }
    }

    pub(crate) fn menu(&self) -> Option<Menu> {
        match self.view(&View::Menu)? {
            Model::Menu(menu) => Some(menu),
            _ => None,
        }
    }

    pub(crate) fn board(&self) -> Option<Board> {
        match self.view(&View::Board { station: None })? {
            Model::Board(board) => Some(board),
            _ => None,
        }
    }

    pub(crate) fn check(&self, order: OrderId) -> Option<Check> {
        match self.view(&View::Check { order })? {
            Model::Check { check } => check,
            _ => None,
        }
    }

    /// Somebody does something with what the screen shows.
    pub fn act(&mut self, rng: &mut Rng) -> Acted {
        let Some(command) = self.idea(rng) else {
            return Acted::Nothing;
        };
        let (id, now) = (CommandId(self.world.id()), self.now());
        let Ok(ask) = Submission::new(id, &command) else {
            return Acted::Nothing;
        };
        // Tapped once, twice, thrice: it is one command.
        let taps = 1 + usize::from(rng.per_mille(150)) + usize::from(rng.per_mille(50));
        let Some(core) = self.core() else {
            return Acted::Nothing;
        };
        let answers: Vec<Answer> = (0..taps).map(|_| core.submit(&ask, now)).collect();
        self.mind_the_disk();
        let stored = |answer: &Answer| matches!(answer, Answer::Stored { .. });
        if answers.iter().any(stored) {
            let device = Some(self.disk.clone());
            let shown = Shown {
                id,
                device,
                command,
            };
            return Acted::Shown(Box::new(shown));
        }
        let unknown = |answer: &Answer| matches!(answer, Answer::Trouble { what } if what.contains("does not know"));
        match answers.iter().any(unknown) {
            true => Acted::NotKnown(command.kind()),
            false => Acted::Nothing,
        }
    }

    /// What it wants of the hub now. Naming a child needs nobody.
    pub fn step(&mut self) -> Option<Step> {
        let (child, now) = (DeviceId(self.world.id()), self.now());
        let core = self.core()?;
        core.wake();
        let step = match core.next_step() {
            Ok(Step::NameChild) => core.fork(child, now).and_then(|()| core.next_step()),
            other => other,
        };
        self.mind_the_disk();
        step.ok()
            .filter(|step| !matches!(step, Step::Rest | Step::NameChild))
    }

    pub fn answered(&mut self, step: &Step, answer: Answered) -> Option<After> {
        let now = self.now();
        let core = self.core()?;
        let after = match (step, answer) {
            (Step::Push(request), Answered::Push(answer)) => core.on_push(request, answer, now),
            (Step::Pull(_), Answered::Pull(answer)) => core.on_pull(answer, now),
            (Step::Snapshot { .. }, Answered::Snapshot(answer)) => core.on_snapshot(answer, now),
            (Step::EnrolChild(_), Answered::Enrol(answer)) => core.on_child(answer, now),
            (Step::Report(request), Answered::Report(answer)) => {
                core.on_report(request, answer, now)
            }
            _ => return None,
        };
        self.look_at_the_wall(step);
        self.mind_the_disk();
        after.ok()
    }

    /// A kitchen's screen is drawn anew, and says what is on it.
    fn look_at_the_wall(&mut self, step: &Step) {
        let drawn = matches!(step, Step::Pull(_) | Step::Snapshot { .. });
        let kind = self.identity().map(|identity| identity.kind);
        if !drawn || kind != Some(DeviceKind::Kitchen) {
            return;
        }
        let (board, now) = (self.board(), self.now());
        let tickets = board.iter().flat_map(|board| &board.tickets);
        let tickets: Vec<_> = tickets.map(|ticket| ticket.id).collect();
        if let Some(core) = self.core() {
            // A disk that fails in it is minded like any other.
            let _stored = core.saw(&tickets, now);
        }
    }

    /// Nobody answered.
    pub fn timed_out(&mut self, step: &Step) {
        let offline = match step {
            Step::Push(_) => Answered::Push(Err(offline())),
            Step::Pull(_) => Answered::Pull(Err(offline())),
            Step::Snapshot { .. } => Answered::Snapshot(Err(offline())),
            Step::EnrolChild(_) => Answered::Enrol(Err(offline())),
            Step::Report(_) => Answered::Report(Err(offline())),
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
    Report(Result<protocol::sync::RecoverAnswer, CallError>),
}

impl Answered {
    /// The hub has answered, and with what it knows.
    pub fn is_good(&self) -> bool {
        let entries = |answer: &PullAnswer| matches!(answer, PullAnswer::Entries { .. });
        match self {
            Self::Push(answer) => answer.is_ok(),
            Self::Pull(answer) => answer.as_ref().is_ok_and(entries),
            Self::Snapshot(_) | Self::Enrol(_) | Self::Report(_) => false,
        }
    }

    /// The hub does not know this kind of command yet.
    pub fn without(&mut self, kind: &str) {
        let knows = match self {
            Self::Push(Ok(answer)) => &mut answer.knows,
            Self::Pull(Ok(PullAnswer::Entries { knows, .. })) => knows,
            _ => return,
        };
        knows.retain(|known| known.split('@').next() != Some(kind));
    }
}
