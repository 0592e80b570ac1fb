//! The kitchen's board: what has been fired, by the hub's word or on this device itself, and has not left it.

use super::{bodies, body};
use crate::error::Stored;
use crate::store::rows::{self, Layer};
use domain::ids::LineId;
use domain::orders::{self, Order, Stage, Status};
use domain::text::Label;
use protocol::view::{AllDay, Board, BumpedTicket, Ticket, TicketLine, VoidedLine};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Orders of which the kitchen owes something, paid or not.
const IN_THE_KITCHEN: &str = "kind = ?1 AND kitchen >= 1";
/// So many tickets can be called back; no more orders than that hold them.
const MOST_BUMPED: usize = 20;
const LAST_BUMPED: &str = "kind = ?1 AND bumped IS NOT NULL ORDER BY bumped DESC LIMIT 20";

pub(super) fn board(db: &Connection, station: Option<&Label>) -> Stored<Board> {
    let here = |ticket: &&orders::Ticket| station.is_none_or(|here| *here == ticket.station);
    let mut tickets = Vec::new();
    let mut owed = Owed::default();
    for order in orders(db, IN_THE_KITCHEN)? {
        let there = order.tickets.iter().filter(here);
        for ticket in there.filter(|ticket| ticket.status(&order) != Status::Bumped) {
            owed.count(&order, ticket);
            tickets.push(ticket_of(&order, ticket));
        }
    }
    tickets.sort_by_key(|ticket| (ticket.fired_at, ticket.id));
    let mut bumped: Vec<BumpedTicket> = Vec::new();
    for order in orders(db, LAST_BUMPED)? {
        let there = order.tickets.iter().filter(here);
        bumped.extend(there.filter_map(|ticket| bumped_of(&order, ticket)));
    }
    bumped.sort_by_key(|bumped| std::cmp::Reverse((bumped.at, bumped.ticket.id)));
    bumped.truncate(MOST_BUMPED);
    Ok(Board {
        stations: stations(db)?,
        tickets,
        all_day: owed.all_day(),
        bumped,
    })
}

fn orders(db: &Connection, having: &str) -> Stored<Vec<Order>> {
    let found = rows::list(db, Layer::Both, having, "order")?;
    Ok(found
        .into_iter()
        .filter_map(|(_, row)| body!(row, Order))
        .collect())
}

fn stations(db: &Connection) -> Stored<Vec<String>> {
    let all: BTreeSet<String> = bodies!(db, "dish", Dish)
        .filter(|dish| !dish.removed)
        .flat_map(|dish| dish.stations)
        .map(String::from)
        .collect();
    Ok(all.into_iter().collect())
}

fn ticket_of(order: &Order, ticket: &orders::Ticket) -> Ticket {
    let lines = ticket.lines.iter().filter_map(|id| order.line(*id));
    let lines = lines.map(|line| line_of(line, &ticket.station));
    // What was voided is struck through until this station has said that it saw so.
    let shown = |line: &TicketLine| {
        let voided = line.voided.as_ref();
        voided.is_none_or(|voided| !voided.acknowledged)
    };
    Ticket {
        id: ticket.id,
        order: order.id,
        number: order.number,
        name: order.name.as_ref().map(ToString::to_string),
        table: order.table_name.as_ref().map(ToString::to_string),
        station: ticket.station.to_string(),
        course: ticket.course.get(),
        by: ticket.by_name.as_ref().map(ToString::to_string),
        guests: order.guests.get(),
        fired_at: ticket.fired_at,
        seen: ticket.seen.is_some(),
        recalled: ticket.recalled.is_some(),
        stage: stage(ticket.status(order)),
        lines: lines.filter(shown).collect(),
    }
}

/// How far a ticket is, as its lines are.
fn stage(status: Status) -> Stage {
    match status {
        Status::Preparing => Stage::Preparing,
        Status::Ready | Status::Bumped | Status::Served | Status::Completed => Stage::Ready,
        Status::Open | Status::Draft | Status::New | Status::Sent => Stage::New,
        Status::Cancelled | Status::Voided => Stage::New,
    }
}

fn bumped_of(order: &Order, ticket: &orders::Ticket) -> Option<BumpedTicket> {
    let bump = ticket.bumped.as_ref()?;
    Some(BumpedTicket {
        ticket: ticket_of(order, ticket),
        bump: bump.command,
        at: bump.at,
    })
}

fn line_of(line: &orders::Line, station: &Label) -> TicketLine {
    let elsewhere = line.frozen.stations.iter().filter(|also| *also != station);
    let modifiers = line.frozen.modifiers.iter();
    TicketLine {
        id: line.id,
        name: kitchen_name(line),
        dish: line.dish,
        quantity: line.quantity.get(),
        modifiers: modifiers
            .map(|modifier| modifier.name.to_string())
            .collect(),
        note: line.note.as_ref().map(ToString::to_string),
        seat: line.seat.map(|seat| seat.get()),
        allergens: line
            .frozen
            .allergens
            .iter()
            .map(ToString::to_string)
            .collect(),
        stage: line.stage_at(station),
        voided: line.voided.as_ref().map(|voided| VoidedLine {
            at: voided.at,
            acknowledged: voided.acknowledged.contains(station),
        }),
        served: line.served.is_some(),
        also_at: elsewhere.map(ToString::to_string).collect(),
    }
}

fn kitchen_name(line: &orders::Line) -> String {
    let frozen = &line.frozen;
    let name = frozen.kitchen_name.as_ref().unwrap_or(&frozen.name);
    name.to_string()
}

/// How many of each dish the kitchen still owes; a line at two stations is cooked once.
#[derive(Debug, Default)]
struct Owed {
    seen: HashSet<LineId>,
    dishes: HashMap<String, u32>,
}

impl Owed {
    fn count(&mut self, order: &Order, ticket: &orders::Ticket) {
        for line in ticket.lines.iter().filter_map(|id| order.line(*id)) {
            let waits = line.counts() && line.served.is_none();
            let cooks = line.stage_at(&ticket.station) != Stage::Ready;
            if waits && cooks && self.seen.insert(line.id) {
                let owed = self.dishes.entry(kitchen_name(line)).or_default();
                *owed = owed.saturating_add(u32::from(line.quantity.get()));
            }
        }
    }

    fn all_day(self) -> Vec<AllDay> {
        let dishes = self.dishes.into_iter();
        let mut all: Vec<AllDay> = dishes
            .map(|(name, quantity)| AllDay { name, quantity })
            .collect();
        all.sort_by(|a, b| {
            b.quantity
                .cmp(&a.quantity)
                .then_with(|| a.name.cmp(&b.name))
        });
        all
    }
}
