//! A device's side: the real core on a disk of its own, and the person who holds it.

use crate::disk;
use crate::hub::offline;
use crate::world::{Rng, Seeded};
use client::sync::{After, CallError, Step};
use client::{Core, Identity, Setup};
use comanda::world::World;
use domain::Command;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::devices::DeviceKind;
use domain::ids::{BillId, CommandId, LineId, OrderId, PaymentId, PersonId, TicketId};
use domain::kitchen::{Acknowledge, Advance, BumpTicket, Recall, Undo};
use domain::menu::SetAvailability;
use domain::money::Money;
use domain::notifications::Clear;
use domain::orders::Stage;
use domain::orders::add::{Add, NewLine};
use domain::orders::cancel::Cancel;
use domain::orders::change::{Change, FromTo, Set};
use domain::orders::hand_over::HandOver;
use domain::orders::name::Name;
use domain::orders::open::Open;
use domain::orders::send::{Force, Named, Send};
use domain::orders::serve::Serve;
use domain::orders::void::{Part, Void};
use domain::sync::Position;
use domain::text::{Guests, Label, Note, Quantity};
use protocol::bridge::{Answer, Model, Submission, View};
use protocol::sync::EnrolAnswer;
use protocol::view::{Board, BumpedTicket, Check, Floor, Line, Menu, Place, Ticket};
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
    pub fn bind(&mut self, answer: EnrolAnswer, kind: DeviceKind) {
        let identity = Identity::new(answer, self.disk.clone(), kind, String::new());
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

    fn board(&self) -> Option<Board> {
        if let Some(Model::Board(board)) = self.view(&View::Board { station: None }) {
            Some(board)
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
        let kind = self.identity()?.kind;
        self.be_somebody(rng);
        match kind {
            DeviceKind::Kitchen => self.cooks_idea(rng),
            DeviceKind::Waiter | DeviceKind::Office => self.waiters_idea(rng),
        }
    }

    fn waiters_idea(&self, rng: &mut Rng) -> Option<Command> {
        let floor = self.floor()?;
        let table = rng.pick(&floor.tables)?.clone();
        let beside: Vec<OrderId> = table.checks.iter().map(|check| check.order).collect();
        let Some(order) = rng.pick(&beside).copied().filter(|_| rng.per_mille(900)) else {
            let lines = match rng.per_mille(300) {
                true => self.lines(rng)?,
                false => Vec::new(),
            };
            let open = Open {
                order: OrderId(self.world.id()),
                table: table.id,
                guests: Guests::new(2).ok()?,
                beside,
                lines,
                fire: None,
            };
            return Some(open.into());
        };
        let check = self.check(order)?;
        let idea = match rng.below(1000) {
            0..60 => named(order, rng),
            60..360 => self.send(&check),
            360..440 => change(&check, rng),
            440..520 => void(&check, rng),
            520..610 => serve(&check, rng),
            610..670 => self.bill(&check),
            670..770 => self.pay(&check, rng),
            770..780 => self.hand_over(order, rng),
            780..785 => Some(
                Cancel {
                    order,
                    reason: note("left"),
                }
                .into(),
            ),
            785..815 => self.force(&check),
            815..830 => self.clear(rng),
            _ => None,
        };
        idea.or_else(|| {
            let lines = self.lines(rng)?;
            Some(
                Add {
                    order,
                    lines,
                    fire: None,
                }
                .into(),
            )
        })
    }

    fn cooks_idea(&self, rng: &mut Rng) -> Option<Command> {
        let board = self.board()?;
        let struck = board.tickets.iter().find_map(acknowledge);
        if struck.is_some() && rng.per_mille(300) {
            return struck;
        }
        let ticket = rng.pick(&board.tickets);
        match rng.below(1000) {
            0..380 => advance(ticket?, rng),
            380..440 => undo(ticket?, rng),
            440..850 => bump(ticket),
            850..950 => rng.pick(&board.bumped).map(recall),
            _ => self.count_dish(rng),
        }
    }

    fn send(&self, check: &Check) -> Option<Command> {
        let send = Send {
            order: check.order,
            lines: check.send.clone(),
            tickets: self.tickets(check.tickets),
        };
        (!check.send.is_empty()).then(|| send.into())
    }

    fn force(&self, check: &Check) -> Option<Command> {
        let held = check
            .lines
            .iter()
            .find(|line| matches!(line.place, Place::Held { .. }))?;
        let lines = vec![Named {
            line: held.id,
            quantity: Quantity::new(i64::from(held.quantity)).ok()?,
        }];
        let (order, tickets) = (check.order, self.tickets(1));
        Some(
            Force {
                order,
                lines,
                tickets,
            }
            .into(),
        )
    }

    fn tickets(&self, count: usize) -> Vec<TicketId> {
        (0..count).map(|_| TicketId(self.world.id())).collect()
    }

    fn bill(&self, check: &Check) -> Option<Command> {
        let open = OpenBill {
            bill: BillId(self.world.id()),
            order: check.order,
        };
        check.bill.is_none().then(|| open.into())
    }

    /// All of it, or half; with a note that is large enough.
    fn pay(&self, check: &Check, rng: &mut Rng) -> Option<Command> {
        let bill = check.bill.as_ref()?;
        let due = bill.due.minor();
        let amount = if rng.per_mille(300) { due / 2 } else { due };
        let tip = if rng.per_mille(300) { 100 } else { 0 };
        let pay = Pay {
            payment: PaymentId(self.world.id()),
            order: check.order,
            bill: bill.id,
            method: Method::Cash,
            amount: Money::new(amount).ok()?,
            tip: Money::new(tip).ok()?,
            tendered: Some(Money::new(amount + tip + 500).ok()?),
        };
        Some(pay.into())
    }

    fn hand_over(&self, order: OrderId, rng: &mut Rng) -> Option<Command> {
        let to = *rng.pick(&self.people())?;
        Some(HandOver { order, to }.into())
    }

    fn clear(&self, rng: &mut Rng) -> Option<Command> {
        let Some(Model::Attention(tray)) = self.view(&View::Attention) else {
            return None;
        };
        let card = rng.pick(&tray.cards)?;
        let (card, revision) = (card.card.id, card.revision);
        Some(Clear { card, revision }.into())
    }

    /// A dish is gone, is there again, or is counted from now on.
    fn count_dish(&self, rng: &mut Rng) -> Option<Command> {
        let menu = self.menu()?;
        let dish = rng.pick(&menu.dishes)?.id;
        let available = rng.per_mille(600);
        let remaining = match rng.per_mille(400) {
            true => Some(u16::try_from(rng.below(8)).ok()?),
            false => None,
        };
        let set = SetAvailability {
            dish,
            available,
            remaining,
        };
        Some(set.into())
    }

    fn people(&self) -> Vec<PersonId> {
        match self.view(&View::Session) {
            Some(Model::Session(session)) => session.people.iter().map(|it| it.id).collect(),
            Some(_) | None => Vec::new(),
        }
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
        let people = self.people();
        let nobody = |core: &Core| core.person().is_ok_and(|person| person.is_none());
        let Some(core) = self.core.as_mut() else {
            return;
        };
        if (nobody(core) || rng.per_mille(50))
            && let Some(person) = rng.pick(&people)
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
        let (board, now) = (self.board(), self.world.now());
        let tickets = board.iter().flat_map(|board| &board.tickets);
        let tickets: Vec<_> = tickets.map(|ticket| ticket.id).collect();
        if let Some(core) = &mut self.core {
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

fn named(order: OrderId, rng: &mut Rng) -> Option<Command> {
    let name = Label::new(format!("party {}", rng.below(9))).ok();
    let name = name.filter(|_| rng.per_mille(700));
    Some(Name { order, name }.into())
}

fn note(text: &str) -> Option<Note> {
    Note::new(text).ok()
}

fn change(check: &Check, rng: &mut Rng) -> Option<Command> {
    let line = rng.pick(&check.lines)?;
    let from = Quantity::new(i64::from(line.quantity)).ok()?;
    let to = Quantity::new(1 + i64::try_from(rng.below(4)).ok()?).ok()?;
    let noted = rng.per_mille(200).then(|| Set { to: note("rare") });
    let change = Change {
        order: check.order,
        line: line.id,
        quantity: Some(FromTo { from, to }),
        note: noted,
        seat: None,
        course: None,
    };
    Some(change.into())
}

fn void(check: &Check, rng: &mut Rng) -> Option<Command> {
    let line = rng.pick(&check.lines)?;
    line.void?;
    let part = line.quantity > 1 && rng.per_mille(500);
    let quantity = part.then(|| Quantity::new(1).ok()).flatten();
    let lines = vec![Part {
        line: line.id,
        quantity,
    }];
    let (order, reason) = (check.order, note("not wanted"));
    Some(
        Void {
            order,
            lines,
            reason,
        }
        .into(),
    )
}

fn serve(check: &Check, rng: &mut Rng) -> Option<Command> {
    let waits = |line: &&Line| match line.place {
        Place::Ready { .. } | Place::Preparing { .. } => true,
        Place::SentAtHub { .. } | Place::SeenByKitchen { .. } => true,
        Place::SendingHere { .. } => true,
        Place::DraftHere { .. } | Place::DraftAtHub | Place::Held { .. } => false,
        Place::Served { .. } | Place::Voided { .. } => false,
    };
    let there: Vec<&Line> = check.lines.iter().filter(waits).collect();
    let lines = vec![rng.pick(&there)?.id];
    let order = check.order;
    Some(Serve { order, lines }.into())
}

fn advance(ticket: &Ticket, rng: &mut Rng) -> Option<Command> {
    let line = rng.pick(&ticket.lines)?;
    let to = match rng.per_mille(500) {
        true => Stage::Preparing,
        false => Stage::Ready,
    };
    let advance = Advance {
        order: ticket.order,
        line: line.id,
        station: Label::new(ticket.station.clone()).ok(),
        to,
    };
    Some(advance.into())
}

fn undo(ticket: &Ticket, rng: &mut Rng) -> Option<Command> {
    let line = rng.pick(&ticket.lines)?;
    let undo = Undo {
        order: ticket.order,
        line: line.id,
        station: Label::new(ticket.station.clone()).ok()?,
        from: line.stage,
        to: Stage::New,
    };
    (line.stage != Stage::New).then(|| undo.into())
}

fn acknowledge(ticket: &Ticket) -> Option<Command> {
    let struck = ticket.lines.iter().filter(|line| line.voided.is_some());
    let lines: Vec<LineId> = struck.map(|line| line.id).collect();
    let acknowledge = Acknowledge {
        order: ticket.order,
        ticket: ticket.id,
        lines,
    };
    (!acknowledge.lines.is_empty()).then(|| acknowledge.into())
}

fn bump(ticket: Option<&Ticket>) -> Option<Command> {
    let (order, ticket) = (ticket?.order, ticket?.id);
    Some(BumpTicket { order, ticket }.into())
}

fn recall(bumped: &BumpedTicket) -> Command {
    let (order, ticket) = (bumped.ticket.order, bumped.ticket.id);
    let bump = Some(bumped.bump);
    Recall {
        order,
        ticket,
        bump,
    }
    .into()
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
