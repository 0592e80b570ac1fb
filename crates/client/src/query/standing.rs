//! A check as it stands here: the hub's word, what waits on top of it, and where each line really is.

use super::{body, one};
use crate::error::Stored;
use crate::store::pending::{self, Pending};
use crate::store::rows::{self, Layer};
use domain::ids::{LineId, OrderId, PaymentId, PersonId, TicketId};
use domain::orders::add::NewLine;
use domain::orders::{Line, LineState, Order, Stage};
use domain::sync::Outcome;
use domain::text::{Course, Name};
use domain::time::Moment;
use domain::{Command, Key};
use protocol::view::Place;
use rusqlite::Connection;
use std::collections::HashMap;

/// A pending command of a check, read.
#[derive(Debug)]
pub(super) struct Wait {
    since: Moment,
    /// The hub says that it took it, though the log has not come yet.
    at_hub: bool,
    by: Option<PersonId>,
    by_name: Option<Name>,
    command: Command,
}

impl Wait {
    fn of(db: &Connection, pending: &Pending) -> Stored<Option<Wait>> {
        let Some(envelope) = pending.envelope() else {
            return Ok(None);
        };
        let Ok(command) = envelope.command() else {
            return Ok(None);
        };
        let hint = pending.hint.map(|hint| hint.outcome);
        Ok(Some(Wait {
            since: pending.stored_at,
            at_hub: hint == Some(Outcome::Applied),
            by: envelope.by,
            by_name: person_name(db, envelope.by)?,
            command,
        }))
    }

    /// Open and Add may fire all that is there by then.
    fn fires_all(&self) -> bool {
        if let Command::Open(open) = &self.command {
            open.fire.is_some()
        } else if let Command::Add(add) = &self.command {
            add.fire.is_some()
        } else {
            false
        }
    }

    fn makes(&self, line: LineId) -> bool {
        self.command.new_lines().iter().any(|new| new.id == line)
    }

    /// Whether it fires this line, if the line was there before it.
    fn fires(&self, line: LineId) -> bool {
        let named = if let Command::Send(send) = &self.command {
            &send.lines
        } else if let Command::Force(force) = &self.command {
            &force.lines
        } else {
            return self.fires_all();
        };
        named.iter().any(|named| named.line == line)
    }

    /// Whether it does something to this line, beyond making or firing it.
    fn touches(&self, order: &Order, line: &Line) -> bool {
        let on = |ticket: TicketId| {
            let ticket = order.ticket(ticket);
            ticket.is_some_and(|ticket| ticket.lines.contains(&line.id))
        };
        match &self.command {
            Command::Change(cmd) => cmd.line == line.id,
            Command::Void(cmd) => cmd
                .lines
                .iter()
                .any(|part| part.line == line.id || line.part_of == Some(part.line)),
            Command::Serve(cmd) => cmd.lines.contains(&line.id),
            Command::Cancel(_) => true,
            Command::Advance(cmd) => cmd.line == line.id,
            Command::Undo(cmd) => cmd.line == line.id,
            Command::Bump(cmd) => on(cmd.ticket),
            Command::Recall(cmd) => on(cmd.ticket),
            Command::Acknowledge(cmd) => cmd.lines.contains(&line.id),
            Command::Open(_) | Command::Add(_) | Command::Send(_) | Command::Force(_) => false,
            Command::Name(_) | Command::HandOver(_) | Command::See(_) => false,
            Command::OpenBill(_) | Command::Pay(_) => false,
            Command::Clear(_) | Command::SetAvailability(_) => false,
            Command::AddPerson(_) | Command::ChangePerson(_) => false,
            Command::EnrolDevice(_) | Command::RevokeDevice(_) | Command::RenameDevice(_) => false,
            Command::AddRoom(_) | Command::AddTable(_) | Command::ChangeTable(_) => false,
            Command::AddCategory(_) | Command::ChangeCategory(_) => false,
            Command::AddDish(_) | Command::ChangeDish(_) => false,
            Command::AddGroup(_) | Command::ChangeGroup(_) | Command::ChangeSettings(_) => false,
            Command::Found(_) | Command::StartEpoch(_) | Command::RecordGap(_) => false,
        }
    }

    /// It takes this payment, and the hub has not said that it has it.
    pub(super) fn holds_payment(&self, payment: PaymentId) -> bool {
        matches!(&self.command, Command::Pay(pay) if pay.payment == payment && !self.at_hub)
    }
}

fn person_name(db: &Connection, person: Option<PersonId>) -> Stored<Option<Name>> {
    let Some(person) = person else {
        return Ok(None);
    };
    Ok(one!(db, Key::Person(person), Person).map(|person| person.full_name))
}

/// What waits, by check.
pub(super) fn waiting(db: &Connection) -> Stored<HashMap<OrderId, Vec<Wait>>> {
    let mut all: HashMap<OrderId, Vec<Wait>> = HashMap::new();
    for pending in pending::of_orders(db)? {
        if let Some((order, wait)) = pending.order.zip(Wait::of(db, &pending)?) {
            all.entry(order).or_default().push(wait);
        }
    }
    Ok(all)
}

pub(super) fn waiting_for(db: &Connection, order: OrderId) -> Stored<Vec<Wait>> {
    let found = pending::of_order(db, order)?;
    let read = found.iter().map(|pending| Wait::of(db, pending));
    read.filter_map(Result::transpose).collect()
}

/// One check as screens show it.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    /// With the lines, too, that this device's own rules refuse by now: only the hub's word removes one.
    pub(super) order: Order,
    base: Option<Order>,
    waits: &'a [Wait],
}

impl<'a> Standing<'a> {
    pub(super) fn of(db: &Connection, mut order: Order, waits: &'a [Wait]) -> Stored<Self> {
        let base = if waits.is_empty() {
            None
        } else {
            order_in(db, Layer::Base, order.id)?
        };
        for wait in waits {
            refused_lines(&mut order, wait);
        }
        Ok(Self { order, base, waits })
    }

    pub(super) fn place(&self, line: &Line) -> Place {
        let base = self.base.as_ref().and_then(|base| base.line(line.id));
        let settled = self.waits.is_empty() || line.voided.is_some() || line.held.is_some();
        match &line.state {
            _ if settled => self.stands(line),
            LineState::Draft => match self.maker(line.id).filter(|wait| !wait.at_hub) {
                Some(wait) if base.is_none() => Place::DraftHere { since: wait.since },
                Some(_) | None => Place::DraftAtHub,
            },
            LineState::Sent { .. } => match self.sender(line.id).filter(|wait| !wait.at_hub) {
                Some(wait) if !base.is_some_and(Line::was_fired) => {
                    Place::SendingHere { since: wait.since }
                }
                Some(_) | None => self.stands(line),
            },
        }
    }

    /// Since when something of this line waits for the hub.
    pub(super) fn line_waits(&self, line: &Line, place: &Place) -> Option<Moment> {
        if let Place::DraftHere { since } | Place::SendingHere { since } = place {
            return Some(*since);
        }
        let waits = self.waits.iter().filter(|wait| !wait.at_hub);
        let touching = waits.filter(|wait| wait.touches(&self.order, line));
        touching.map(|wait| wait.since).min()
    }

    /// Where the rules say that it is.
    fn stands(&self, line: &Line) -> Place {
        if let Some(voided) = &line.voided {
            return Place::Voided {
                at: voided.at,
                by: text(voided.by_name.as_ref()),
                reason: text(voided.reason.as_ref()),
            };
        }
        let LineState::Sent { at, by_name, .. } = &line.state else {
            return match line.held {
                Some(since) => Place::Held { since },
                None => Place::DraftAtHub,
            };
        };
        if let Some(served) = &line.served {
            return Place::Served {
                at: served.at,
                by: text(served.by_name.as_ref()),
            };
        }
        let stages = || line.stages.iter().map(|stage| stage.at);
        let by = text(by_name.as_ref());
        match line.stage() {
            Stage::Ready => Place::Ready {
                since: stages().max().unwrap_or(*at),
            },
            Stage::Preparing => Place::Preparing {
                since: stages().min().unwrap_or(*at),
            },
            Stage::New => match seen(&self.order, line) {
                Some(at) => Place::SeenByKitchen { at, by },
                None => Place::SentAtHub { at: *at, by },
            },
        }
    }

    fn maker(&self, line: LineId) -> Option<&Wait> {
        self.waits.iter().find(|wait| wait.makes(line))
    }

    /// The first that fires the line, not before the one that makes it.
    fn sender(&self, line: LineId) -> Option<&Wait> {
        let made = self.waits.iter().position(|wait| wait.makes(line));
        self.waits
            .iter()
            .skip(made.unwrap_or(0))
            .find(|wait| wait.fires(line))
    }

    /// Since when something of it waits for the hub.
    pub(super) fn waiting_since(&self) -> Option<Moment> {
        let waits = self.waits.iter().filter(|wait| !wait.at_hub);
        waits.map(|wait| wait.since).min()
    }
}

/// When the last of its stations had it on a screen; none while one has not.
fn seen(order: &Order, line: &Line) -> Option<Moment> {
    let tickets = order.tickets.iter();
    let with = tickets.filter(|ticket| ticket.lines.contains(&line.id));
    let seen: Option<Vec<Moment>> = with.map(|ticket| ticket.seen).collect();
    seen?.into_iter().max()
}

fn text(from: Option<&impl ToString>) -> Option<String> {
    from.map(ToString::to_string)
}

pub(crate) fn order_in(db: &Connection, layer: Layer, id: OrderId) -> Stored<Option<Order>> {
    let row = rows::get(db, layer, &Key::Order(id))?;
    Ok(row.and_then(|row| body!(row, Order)))
}

/// Adds to a check the lines of a command that has left no trace on it, and marks what it fires.
fn refused_lines(order: &mut Order, wait: &Wait) {
    for new in wait.command.new_lines() {
        if order.line(new.id).is_none() {
            order.lines.extend(line(new, wait));
        }
    }
    for line in order.lines.iter_mut().filter(|line| line.is_draft()) {
        // One that is held was to be fired, and waits for somebody.
        if line.held.is_none() && wait.fires(line.id) {
            line.state = LineState::Sent {
                at: wait.since,
                by: wait.by,
                by_name: wait.by_name.clone(),
            };
        }
    }
}

fn line(new: &NewLine, wait: &Wait) -> Option<Line> {
    Some(Line {
        id: new.id,
        dish: new.dish,
        quantity: new.quantity,
        frozen: new.frozen.clone()?,
        note: new.note.clone(),
        seat: new.seat,
        course: new.course.unwrap_or(Course::FIRST),
        by: wait.by,
        by_name: wait.by_name.clone(),
        added_at: wait.since,
        state: LineState::Draft,
        stages: Vec::new(),
        served: None,
        voided: None,
        held: None,
        billed: None,
        part_of: None,
    })
}
