//! A check as it stands here: the hub's word, what waits on top of it, and where each line really is.

use super::{body, one};
use crate::error::Stored;
use crate::store::pending::{self, Pending};
use crate::store::rows::{self, Layer};
use domain::ids::{LineId, OrderId, PersonId};
use domain::orders::add::NewLine;
use domain::orders::{Line, LineState, Order};
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

    fn lines(&self) -> &[NewLine] {
        if let Command::Open(open) = &self.command {
            &open.lines
        } else if let Command::Add(add) = &self.command {
            &add.lines
        } else {
            &[]
        }
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
        self.lines().iter().any(|new| new.id == line)
    }

    /// Whether it fires this line, if the line was there before it.
    fn fires(&self, line: LineId) -> bool {
        if let Command::Send(send) = &self.command {
            send.lines.iter().any(|named| named.line == line)
        } else {
            self.fires_all()
        }
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
        if self.waits.is_empty() {
            return at_hub(line);
        }
        let base = self.base.as_ref().and_then(|base| base.line(line.id));
        match &line.state {
            LineState::Draft if base.is_some() => Place::DraftAtHub,
            LineState::Draft => match self.maker(line.id) {
                Some(wait) if !wait.at_hub => Place::DraftHere { since: wait.since },
                Some(_) | None => Place::DraftAtHub,
            },
            LineState::Sent { .. } => match base.filter(|base| !base.is_draft()) {
                Some(base) => at_hub(base),
                None => self.sending(line),
            },
        }
    }

    fn sending(&self, line: &Line) -> Place {
        match self.sender(line.id) {
            Some(wait) if !wait.at_hub => Place::SendingHere { since: wait.since },
            Some(_) | None => at_hub(line),
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

fn at_hub(line: &Line) -> Place {
    match &line.state {
        LineState::Draft => Place::DraftAtHub,
        LineState::Sent { at, by_name, .. } => Place::SentAtHub {
            at: *at,
            by: by_name.as_ref().map(ToString::to_string),
        },
    }
}

pub(super) fn order_in(db: &Connection, layer: Layer, id: OrderId) -> Stored<Option<Order>> {
    let row = rows::get(db, layer, &Key::Order(id))?;
    Ok(row.and_then(|row| body!(row, Order)))
}

/// Adds to a check the lines of a command that has left no trace on it, and marks what it fires.
fn refused_lines(order: &mut Order, wait: &Wait) {
    for new in wait.lines() {
        if order.line(new.id).is_none() {
            order.lines.extend(line(new, wait));
        }
    }
    for line in order.lines.iter_mut().filter(|line| line.is_draft()) {
        if wait.fires(line.id) {
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
    })
}
