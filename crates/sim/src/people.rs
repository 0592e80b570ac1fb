//! People: what somebody who holds a device might do next, as often as it happens in a real service.

use crate::device::DeviceSide;
use crate::world::Rng;
use client::Core;
use comanda::world::World;
use domain::Command;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::devices::DeviceKind;
use domain::ids::{BillId, LineId, OrderId, PaymentId, PersonId, TableId, TicketId};
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
use domain::orders::send::{Fire, Force, Named, Send};
use domain::orders::serve::Serve;
use domain::orders::void::{Part, Void};
use domain::text::{Course, Guests, Label, Note, Quantity, Seat};
use protocol::bridge::{Model, View};
use protocol::view::{BumpedTicket, Check, Floor, Line, Menu, Place, Table, Ticket};

#[derive(Debug, Clone, Copy)]
enum Idea {
    Name,
    Add,
    Send,
    Change,
    Void,
    Serve,
    Bill,
    Pay,
    HandOver,
    Cancel,
    Force,
    Clear,
    CountDish,
}

/// How the evening stands, as far as one sees it here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct House {
    is_full: bool,
    /// Of these nobody has seen to yet.
    cards: usize,
}

/// More checks are not begun than a small house has room for.
const FULL: usize = 14;
/// Of a thousand times, how often somebody goes on with the same check.
const STAYS: u64 = 650;

impl House {
    fn of(floor: &Floor) -> Self {
        let seated = || floor.tables.iter().flat_map(|table| &table.checks);
        let all = || seated().chain(&floor.loose);
        Self {
            is_full: all().count() >= FULL,
            cards: all().map(|check| check.cards).sum(),
        }
    }
}

impl DeviceSide {
    /// What somebody might do now.
    pub(crate) fn idea(&mut self, rng: &mut Rng) -> Option<Command> {
        let kind = self.identity()?.kind;
        self.be_somebody(rng);
        match kind {
            DeviceKind::Kitchen => self.cooks_idea(rng),
            DeviceKind::Waiter | DeviceKind::Office => self.waiters_idea(rng),
        }
    }

    /// Whoever has a check on the screen goes on with it for a while, and looks at nothing else.
    fn waiters_idea(&mut self, rng: &mut Rng) -> Option<Command> {
        if let Some((order, house)) = self.at_check.filter(|_| rng.per_mille(STAYS)) {
            return self.about(order, house, rng);
        }
        let floor = self.floor()?;
        let house = House::of(&floor);
        let (order, new) = match !floor.loose.is_empty() && rng.per_mille(60) {
            true => (rng.pick(&floor.loose)?.order, None),
            false => self.at_table(rng.pick(&floor.tables)?, house, rng)?,
        };
        self.at_check = Some((order, house));
        match new {
            Some(open) => Some(open.into()),
            None => self.about(order, house, rng),
        }
    }

    /// A check that stands there, or a new one.
    fn at_table(
        &self,
        table: &Table,
        house: House,
        rng: &mut Rng,
    ) -> Option<(OrderId, Option<Open>)> {
        let beside: Vec<OrderId> = table.checks.iter().map(|check| check.order).collect();
        match rng.pick(&beside).copied() {
            Some(order) if house.is_full || rng.per_mille(930) => Some((order, None)),
            Some(_) | None => {
                let open = self.sit_down(table.id, beside, rng)?;
                Some((open.order, Some(open)))
            }
        }
    }

    fn sit_down(&self, table: TableId, beside: Vec<OrderId>, rng: &mut Rng) -> Option<Open> {
        let lines = match rng.per_mille(500) {
            true => self.lines(rng)?,
            false => Vec::new(),
        };
        let at_once = !lines.is_empty() && rng.per_mille(400);
        let tickets = self.tickets(4);
        Some(Open {
            order: OrderId(self.world.id()),
            table,
            guests: Guests::new(1 + i64::try_from(rng.below(6)).ok()?).ok()?,
            beside,
            lines,
            fire: at_once.then_some(Fire { tickets }),
        })
    }

    /// What is likely with a check that stands so.
    fn about(&self, order: OrderId, house: House, rng: &mut Rng) -> Option<Command> {
        let check = self.check(order)?;
        let if_so = |so: bool, weight: usize| if so { weight } else { 0 };
        let held = check.lines.iter().any(is_held);
        let all_out = !check.lines.is_empty() && check.send.is_empty();
        // Where others wait for a table, people order less and ask for the bill.
        let (eats, goes) = if house.is_full { (8, 60) } else { (22, 0) };
        let ideas = [
            (if_so(check.lines.len() < 12, eats), Idea::Add),
            (if_so(!check.send.is_empty(), 45), Idea::Send),
            (if_so(check.lines.iter().any(is_there), 20), Idea::Serve),
            (if_so(check.bill.is_some(), 34 + goes), Idea::Pay),
            (
                if_so(check.bill.is_none() && all_out, 16 + goes),
                Idea::Bill,
            ),
            (if_so(check.bill.is_none() && !all_out, 3), Idea::Bill),
            (if_so(held, 20), Idea::Force),
            (if_so(!check.lines.is_empty(), 14), Idea::Change),
            (if_so(!check.lines.is_empty(), 9), Idea::Void),
            (4, Idea::Name),
            (3, Idea::HandOver),
            (3 + house.cards.min(20), Idea::Clear),
            (2, Idea::CountDish),
            (1 + goes / 20, Idea::Cancel),
        ];
        match rng.weighted(&ideas)? {
            Idea::Name => named(order, rng),
            Idea::Add => self.add(order, rng),
            Idea::Send => self.send(&check),
            Idea::Change => change(&check, rng),
            Idea::Void => void(&check, rng),
            Idea::Serve => serve(&check, rng),
            Idea::Bill => Some(self.bill(&check)),
            Idea::Pay => self.pay(&check, rng),
            Idea::HandOver => self.hand_over(order, rng),
            Idea::Cancel => {
                let reason = note("left");
                Some(Cancel { order, reason }.into())
            }
            Idea::Force => self.force(&check),
            Idea::Clear => self.clear(rng),
            Idea::CountDish => self.count_dish(rng),
        }
    }

    fn cooks_idea(&self, rng: &mut Rng) -> Option<Command> {
        let board = self.board()?;
        let struck = board.tickets.iter().find_map(acknowledge);
        if struck.is_some() && rng.per_mille(300) {
            return struck;
        }
        let ticket = rng.pick(&board.tickets);
        match rng.below(1000) {
            0..400 => advance(ticket?, rng),
            400..460 => undo(ticket?, rng),
            460..830 => ticket.map(bump),
            830..920 => board.bumped.first().map(recall),
            _ => self.count_dish(rng),
        }
    }

    fn add(&self, order: OrderId, rng: &mut Rng) -> Option<Command> {
        let lines = self.lines(rng)?;
        let fire = None;
        Some(Add { order, lines, fire }.into())
    }

    fn send(&self, check: &Check) -> Option<Command> {
        let send = Send {
            order: check.order,
            lines: check.send.clone(),
            tickets: self.tickets(check.tickets),
        };
        Some(send.into())
    }

    fn force(&self, check: &Check) -> Option<Command> {
        let held = check.lines.iter().find(|line| is_held(line))?;
        let quantity = Quantity::new(i64::from(held.quantity)).ok()?;
        let line = held.id;
        let lines = vec![Named { line, quantity }];
        let (order, tickets) = (check.order, self.tickets(2));
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

    fn bill(&self, check: &Check) -> Command {
        let bill = BillId(self.world.id());
        let order = check.order;
        OpenBill { bill, order }.into()
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
        (0..count).map(|_| self.line(&menu, rng)).collect()
    }

    fn line(&self, menu: &Menu, rng: &mut Rng) -> Option<NewLine> {
        let dish = rng.pick(&menu.dishes)?;
        let chosen = dish.groups.iter().filter_map(|id| {
            let group = menu.groups.iter().find(|group| group.id == *id)?;
            let wanted = usize::from(group.min).max(usize::from(rng.per_mille(500)));
            Some(group.options.iter().take(wanted).map(|option| option.id))
        });
        let modifiers = chosen.flatten().collect();
        Some(NewLine {
            id: LineId(self.world.id()),
            dish: dish.id,
            quantity: Quantity::new(1 + i64::from(rng.per_mille(300))).ok()?,
            modifiers,
            note: note("well done").filter(|_| rng.per_mille(100)),
            seat: Seat::new(1 + i64::try_from(rng.below(4)).ok()?)
                .ok()
                .filter(|_| rng.per_mille(150)),
            course: Course::new(1 + i64::from(rng.per_mille(300))).ok(),
            frozen: None,
        })
    }

    fn be_somebody(&mut self, rng: &mut Rng) {
        let nobody = |core: &Core| core.person().is_ok_and(|person| person.is_none());
        let change = rng.per_mille(50);
        if !change && !self.core().is_some_and(|core| nobody(core)) {
            return;
        }
        let people = self.people();
        if let (Some(person), Some(core)) = (rng.pick(&people), self.core()) {
            // A full disk may refuse it; then nobody holds the device and nothing is accepted.
            drop(core.hold(Some(*person)));
        }
    }
}

fn is_held(line: &Line) -> bool {
    matches!(line.place, Place::Held { .. })
}

fn is_draft(line: &Line) -> bool {
    matches!(line.place, Place::DraftHere { .. } | Place::DraftAtHub)
}

/// It can be carried, so far as anybody knows here.
fn is_there(line: &Line) -> bool {
    match line.place {
        Place::Ready { .. } | Place::Preparing { .. } => true,
        Place::SentAtHub { .. } | Place::SeenByKitchen { .. } => true,
        Place::SendingHere { .. } => true,
        Place::DraftHere { .. } | Place::DraftAtHub | Place::Held { .. } => false,
        Place::Served { .. } | Place::Voided { .. } => false,
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
    // What is not sent yet is changed rather than what is.
    let drafts: Vec<&Line> = check.lines.iter().filter(|line| is_draft(line)).collect();
    let all: Vec<&Line> = check.lines.iter().collect();
    let line = rng.pick(if drafts.is_empty() { &all } else { &drafts })?;
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
    let line = line.id;
    let lines = vec![Part { line, quantity }];
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
    let there: Vec<&Line> = check.lines.iter().filter(|line| is_there(line)).collect();
    let all = rng.per_mille(500);
    let one = rng.pick(&there)?.id;
    let lines = match all {
        true => there.iter().map(|line| line.id).collect(),
        false => vec![one],
    };
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
    let begun: Vec<_> = ticket
        .lines
        .iter()
        .filter(|line| line.stage != Stage::New)
        .collect();
    let line = rng.pick(&begun)?;
    let undo = Undo {
        order: ticket.order,
        line: line.id,
        station: Label::new(ticket.station.clone()).ok()?,
        from: line.stage,
        to: Stage::New,
    };
    Some(undo.into())
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

fn bump(ticket: &Ticket) -> Command {
    let (order, ticket) = (ticket.order, ticket.id);
    BumpTicket { order, ticket }.into()
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
