//! The kitchen's board: what has been fired, by the hub's word or on this device itself.

use super::{bodies, body};
use crate::error::Stored;
use crate::store::rows::{self, Layer};
use domain::ids::LineId;
use domain::orders::{self, Order};
use domain::text::Label;
use protocol::view::{AllDay, Board, Ticket, TicketLine};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Orders of which the kitchen has something.
const IN_THE_KITCHEN: &str = "kind = 'order' AND open = 1 AND status = ?1";

pub(super) fn board(db: &Connection, station: Option<&Label>) -> Stored<Board> {
    let mut tickets = Vec::new();
    let mut owed = Owed::default();
    for order in fired(db)? {
        for ticket in &order.tickets {
            if station.is_none_or(|station| *station == ticket.station) {
                owed.count(&order, ticket);
                tickets.push(ticket_of(&order, ticket));
            }
        }
    }
    tickets.sort_by_key(|ticket| (ticket.fired_at, ticket.id));
    Ok(Board {
        stations: stations(db)?,
        tickets,
        all_day: owed.all_day(),
    })
}

fn fired(db: &Connection) -> Stored<Vec<Order>> {
    let found = rows::list(
        db,
        Layer::Both,
        IN_THE_KITCHEN,
        orders::Status::Sent.as_str(),
    )?;
    Ok(found
        .into_iter()
        .filter_map(|(_, row)| body!(row, Order))
        .collect())
}

fn stations(db: &Connection) -> Stored<Vec<String>> {
    let all: BTreeSet<String> = bodies!(db, "dish", Dish)
        .flat_map(|dish| dish.stations)
        .map(String::from)
        .collect();
    Ok(all.into_iter().collect())
}

fn ticket_of(order: &Order, ticket: &orders::Ticket) -> Ticket {
    let lines = ticket.lines.iter().filter_map(|id| order.line(*id));
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
        lines: lines.map(|line| line_of(line, &ticket.station)).collect(),
    }
}

fn line_of(line: &orders::Line, station: &Label) -> TicketLine {
    let elsewhere = line.frozen.stations.iter().filter(|also| *also != station);
    TicketLine {
        id: line.id,
        name: kitchen_name(line),
        quantity: line.quantity.get(),
        note: line.note.as_ref().map(ToString::to_string),
        seat: line.seat.map(|seat| seat.get()),
        allergens: line
            .frozen
            .allergens
            .iter()
            .map(ToString::to_string)
            .collect(),
        also_at: elsewhere.map(ToString::to_string).collect(),
    }
}

fn kitchen_name(line: &orders::Line) -> String {
    let frozen = &line.frozen;
    let name = frozen.kitchen_name.as_ref().unwrap_or(&frozen.name);
    name.to_string()
}

/// How many of each dish the kitchen owes; a line at two stations is cooked once.
#[derive(Debug, Default)]
struct Owed {
    seen: HashSet<LineId>,
    dishes: HashMap<String, u32>,
}

impl Owed {
    fn count(&mut self, order: &Order, ticket: &orders::Ticket) {
        for line in ticket.lines.iter().filter_map(|id| order.line(*id)) {
            if self.seen.insert(line.id) {
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
