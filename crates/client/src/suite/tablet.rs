//! A waiter's tablet: a core on a file of its own, with words for what is done on it.

use super::Disk;
use super::peer::{ANA, EVENING, KITCHEN, MINE, Peer, RESTAURANT, SOUP, T4, enrolment, id};
use crate::sync::{After, CallError, Step, Unreachable};
use crate::{Core, Identity, Setup};
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DeviceId, DishId, LineId, OrderId, PersonId, TicketId};
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::orders::send::{Named, Send};
use domain::orders::void::{Part, Void};
use domain::text::{Guests, Note, Quantity};
use domain::time::Moment;
use protocol::bridge::{Answer, Model, Submission, Told, View};
use protocol::sync::{EnrolAnswer, PushRequest};
use protocol::view::{Attention, Bill, Board, Check, Floor, Line, Menu, Place, Session, Sync};
use rusqlite::Connection;

/// What a tablet calls its database.
pub const DATABASE: &str = "device.db";

pub struct Tablet<'d> {
    pub core: Core,
    pub now: Moment,
    disk: &'d dyn Disk,
    file: &'static str,
    commands: u128,
    /// Tells the commands of two tablets apart.
    salt: u128,
}

pub fn setup() -> Setup {
    Setup {
        build: "test".into(),
        evictable: false,
    }
}

pub fn identity(answer: EnrolAnswer) -> Identity {
    Identity::new(
        answer,
        "Tablet".into(),
        DeviceKind::Waiter,
        "http://hub".into(),
    )
}

/// No answer from the hub.
pub fn dead() -> CallError {
    CallError::Unreachable(Unreachable("no network".into()))
}

impl<'d> Tablet<'d> {
    /// The screen in the kitchen, with the hub's state and in nobody's hands.
    pub fn in_kitchen(disk: &'d dyn Disk, peer: &mut Peer) -> Self {
        let file = "kitchen.db";
        let mut screen = Self {
            core: Core::open(disk.open(file), setup(), EVENING).unwrap(),
            now: EVENING,
            disk,
            file,
            commands: 0,
            salt: 0x51_0000,
        };
        let answer = enrolment(KITCHEN);
        let kind = DeviceKind::Kitchen;
        let identity = Identity::new(answer, "Wall".into(), kind, "http://hub".into());
        screen.core.bind(&identity).unwrap();
        screen.sync(peer);
        screen
    }

    /// Enrolled, with the hub's state, in Ana's hands.
    pub fn at(disk: &'d dyn Disk, peer: &mut Peer) -> Self {
        let mut tablet = Self::on(disk);
        tablet.core.bind(&identity(enrolment(MINE))).unwrap();
        tablet.sync(peer);
        tablet.core.hold(Some(ANA)).unwrap();
        tablet
    }

    /// What that disk holds: at first nothing.
    pub fn on(disk: &'d dyn Disk) -> Self {
        Self {
            core: Core::open(disk.open(DATABASE), setup(), EVENING).unwrap(),
            now: EVENING,
            disk,
            file: DATABASE,
            commands: 0,
            salt: 0,
        }
    }

    /// The process ends; its database lies there.
    pub fn ended(self) -> Connection {
        let Self {
            core, disk, file, ..
        } = self;
        drop(core);
        disk.open(file)
    }

    /// The process ends and begins again.
    pub fn reopened(self) -> Self {
        let Self {
            now,
            disk,
            file,
            commands,
            salt,
            ..
        } = self;
        let core = Core::open(self.ended(), setup(), now).unwrap();
        Self {
            core,
            now,
            disk,
            file,
            commands,
            salt,
        }
    }

    /// Another tablet with a copy of this one's database.
    pub fn copied(&self) -> Self {
        let file = "copy.db";
        let copy = format!("VACUUM INTO '{}'", self.disk.path(file));
        self.core.db.execute_batch(&copy).unwrap();
        Self {
            core: Core::open(self.disk.open(file), setup(), self.now).unwrap(),
            now: self.now,
            disk: self.disk,
            file,
            commands: self.commands,
            salt: 0xC0_0000,
        }
    }

    /// Asked of the core's own connection, since a browser's is alone with its file; between transactions it sees
    /// what is stored and nothing else.
    pub fn sql<T: rusqlite::types::FromSql>(&self, query: &str) -> T {
        assert!(self.core.db.is_autocommit(), "in the middle of writing");
        let db = &self.core.db;
        db.query_row(query, [], |row| row.get(0)).unwrap()
    }

    pub fn next_id(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(id(0xC0_FFEE_0000 + self.salt + self.commands))
    }

    pub fn submit(&mut self, command: impl Into<Command>) -> Answer {
        let id = self.next_id();
        self.submit_as(id, command)
    }

    pub fn submit_as(&mut self, id: CommandId, command: impl Into<Command>) -> Answer {
        let submission = Submission::new(id, &command.into()).unwrap();
        self.core.submit(&submission, self.now)
    }

    /// Taps something that has to go in.
    pub fn does(&mut self, command: impl Into<Command>) {
        let answer = self.submit(command);
        assert!(stored(&answer), "{answer:?}");
    }

    /// Asks the core what is due and lets the hub do it, until nothing is.
    pub fn sync(&mut self, peer: &mut Peer) {
        for _ in 0..50 {
            self.core.wake();
            while let After::Go = self.step(peer) {}
            self.look();
            if matches!(self.core.next_step().unwrap(), Step::Rest | Step::Pull(_)) {
                return;
            }
        }
        panic!("no end of syncing");
    }

    /// The screen is drawn anew: a kitchen's says what is on it.
    fn look(&mut self) {
        let tickets: Vec<TicketId> = self.board().tickets.iter().map(|one| one.id).collect();
        self.core.saw(&tickets, self.now);
    }

    pub fn step(&mut self, peer: &mut Peer) -> After {
        let now = self.now;
        let device = self.device();
        match self.core.next_step().unwrap() {
            Step::Rest => After::Wait,
            Step::NameChild => {
                self.core.fork(DeviceId(id(0xE9 + self.salt)), now).unwrap();
                After::Go
            }
            Step::EnrolChild(ask) => self.core.on_child(Ok(enrolment(ask.id)), now).unwrap(),
            Step::Snapshot { oldest } => {
                let snapshot = peer.snapshot(device, oldest);
                self.core.on_snapshot(Ok(snapshot), now).unwrap()
            }
            Step::Push(push) => {
                let answer = peer.push(&push);
                self.core.on_push(&push, answer, now).unwrap()
            }
            Step::Report(report) => {
                let answer = peer.report(&report);
                self.core.on_report(&report, answer, now).unwrap()
            }
            Step::Pull(pull) => {
                let answer = peer.pull(&pull);
                self.core.on_pull(Ok(answer), now).unwrap()
            }
        }
    }

    pub fn push(&mut self) -> PushRequest {
        match self.core.next_step().unwrap() {
            Step::Push(push) => push,
            other => panic!("not a push: {other:?}"),
        }
    }

    pub fn device(&self) -> DeviceId {
        self.core.identity().unwrap().unwrap().device
    }

    pub fn check(&self, order: OrderId) -> Check {
        match self.core.query(&View::Check { order }).unwrap() {
            Model::Check { check } => check.expect("no such check"),
            other => panic!("{other:?}"),
        }
    }

    pub fn line(&self, order: OrderId, number: u128) -> Line {
        let mut lines = self.check(order).lines.into_iter();
        lines
            .find(|one| one.id == line(number))
            .expect("no such line")
    }

    pub fn place(&self, order: OrderId, number: u128) -> Place {
        self.line(order, number).place
    }

    pub fn floor(&self) -> Floor {
        match self.core.query(&View::Floor).unwrap() {
            Model::Floor(floor) => floor,
            other => panic!("{other:?}"),
        }
    }

    pub fn board(&self) -> Board {
        match self.core.query(&View::Board { station: None }).unwrap() {
            Model::Board(board) => board,
            other => panic!("{other:?}"),
        }
    }

    pub fn tray(&self) -> Attention {
        match self.core.query(&View::Attention).unwrap() {
            Model::Attention(attention) => attention,
            other => panic!("{other:?}"),
        }
    }

    pub fn bill(&self, order: OrderId) -> Bill {
        match self.core.query(&View::Bill { order }).unwrap() {
            Model::Bill { bill } => *bill.expect("no such check"),
            other => panic!("{other:?}"),
        }
    }

    pub fn menu(&self) -> Menu {
        match self.core.query(&View::Menu).unwrap() {
            Model::Menu(menu) => menu,
            other => panic!("{other:?}"),
        }
    }

    pub fn session(&self) -> Session {
        match self.core.query(&View::Session).unwrap() {
            Model::Session(session) => session,
            other => panic!("{other:?}"),
        }
    }

    pub fn pill(&self) -> Sync {
        match self.core.query(&View::Sync).unwrap() {
            Model::Sync(sync) => sync,
            other => panic!("{other:?}"),
        }
    }
}

pub fn stored(answer: &Answer) -> bool {
    matches!(
        answer,
        Answer::Stored {
            outcome: Told::OnDevice
        }
    )
}

pub fn line(number: u128) -> LineId {
    LineId(id(0x11_0000 + number))
}

pub fn ticket(number: u128) -> TicketId {
    TicketId(id(0x71_0000 + number))
}

pub fn new_line(number: u128, dish: DishId) -> NewLine {
    NewLine {
        id: line(number),
        dish,
        quantity: Quantity::new(1).unwrap(),
        modifiers: Vec::new(),
        note: None,
        seat: None,
        course: None,
        frozen: None,
    }
}

pub fn open(order: OrderId) -> Open {
    Open {
        order,
        table: T4,
        guests: Guests::new(2).unwrap(),
        beside: Vec::new(),
        lines: Vec::new(),
        fire: None,
    }
}

pub fn open_with(order: OrderId, lines: &[u128]) -> Open {
    Open {
        lines: lines.iter().map(|number| new_line(*number, SOUP)).collect(),
        ..open(order)
    }
}

pub fn add(order: OrderId, numbers: &[u128]) -> Add {
    Add {
        order,
        lines: numbers
            .iter()
            .map(|number| new_line(*number, SOUP))
            .collect(),
        fire: None,
    }
}

pub fn send(order: OrderId, numbers: &[u128], fired: u128) -> Send {
    Send {
        order,
        lines: numbers
            .iter()
            .map(|number| Named {
                line: line(*number),
                quantity: Quantity::new(1).unwrap(),
            })
            .collect(),
        tickets: vec![ticket(fired)],
    }
}

pub fn void(order: OrderId, number: u128, reason: Option<&str>) -> Void {
    Void {
        order,
        lines: vec![Part {
            line: line(number),
            quantity: None,
        }],
        reason: reason.map(|reason| Note::new(reason).unwrap()),
    }
}

/// For stories in which somebody else holds the tablet.
pub fn hold(tablet: &mut Tablet, person: PersonId) {
    tablet.core.hold(Some(person)).unwrap();
    assert_eq!(
        tablet.core.identity().unwrap().unwrap().restaurant,
        RESTAURANT
    );
}
