//! The floor: rooms, tables, and a brief word on each open check.

use super::standing::{Standing, Wait, waiting};
use super::{attention, bodies, check};
use crate::error::Stored;
use domain::ids::{OrderId, TableId};
use domain::orders::{Order, Status};
use protocol::view::{CheckBrief, Floor, Place, Room, Table, TableState};
use rusqlite::Connection;
use std::collections::HashMap;

pub(super) fn floor(db: &Connection) -> Stored<Floor> {
    let mut rooms: Vec<_> = bodies!(db, "room", Room).collect();
    let mut tables: Vec<_> = bodies!(db, "table", Table)
        .filter(|table| !table.removed)
        .collect();
    rooms.sort_by_key(|room| (room.position, room.id));
    tables.sort_by_key(|table| (table.position, table.id));
    let mut seated = checks(db)?;
    let tables = tables
        .into_iter()
        .map(|table| table_of(&table, seated.remove(&Some(table.id)).unwrap_or_default()))
        .collect();
    // What is left stands on no table, or on one that is not here any more.
    let mut loose: Vec<CheckBrief> = seated
        .into_values()
        .flatten()
        .map(|(brief, _)| brief)
        .collect();
    loose.sort_by_key(|brief| (brief.opened_at, brief.order));
    let rooms = rooms.into_iter().map(|room| Room {
        id: room.id,
        name: room.name.to_string(),
    });
    Ok(Floor {
        rooms: rooms.collect(),
        tables,
        loose,
    })
}

/// A check and whether the kitchen lacks something of it.
type Seated = (CheckBrief, bool);

fn checks(db: &Connection) -> Stored<HashMap<Option<TableId>, Vec<Seated>>> {
    let waits: HashMap<OrderId, Vec<Wait>> = waiting(db)?;
    let cards = attention::by_order(db)?;
    let mut all: HashMap<Option<TableId>, Vec<Seated>> = HashMap::new();
    for order in bodies!(db, "order", Order) {
        let waits = waits.get(&order.id).map(Vec::as_slice).unwrap_or_default();
        let cards = cards.get(&order.id).copied().unwrap_or_default();
        let table = order.table;
        all.entry(table)
            .or_default()
            .push(seated(db, order, waits, cards)?);
    }
    for checks in all.values_mut() {
        checks.sort_by_key(|(brief, _)| (brief.opened_at, brief.order));
    }
    Ok(all)
}

fn seated(db: &Connection, order: Order, waits: &[Wait], cards: usize) -> Stored<Seated> {
    let standing = Standing::of(db, order, waits)?;
    let order = &standing.order;
    let there = || order.lines.iter().filter(|line| line.counts());
    let brief = CheckBrief {
        order: order.id,
        number: order.number,
        name: order.name.as_ref().map(ToString::to_string),
        guests: order.guests.get(),
        owner: check::owner(order),
        owner_id: order.owner(),
        opened_at: order.opened_at,
        touched_at: order.updated_at,
        lines: there().count(),
        unsent: order.unsent().count(),
        ready: there()
            .filter(|line| line.status() == Status::Ready)
            .count(),
        bill: order.open_bill.is_some(),
        cards,
        waiting_since: standing.waiting_since(),
        total: check::total(order)?,
    };
    let lacks = there().any(|line| is_lacking(&standing.place(line)));
    Ok((brief, lacks))
}

/// The kitchen does not have it.
fn is_lacking(place: &Place) -> bool {
    match place {
        Place::DraftHere { .. } | Place::DraftAtHub => true,
        Place::SendingHere { .. } | Place::Held { .. } => true,
        Place::SentAtHub { .. } | Place::SeenByKitchen { .. } => false,
        Place::Preparing { .. } | Place::Ready { .. } => false,
        Place::Served { .. } | Place::Voided { .. } => false,
    }
}

fn table_of(table: &domain::floor::Table, seated: Vec<Seated>) -> Table {
    Table {
        id: table.id,
        name: table.name.to_string(),
        room: table.room,
        seats: table.seats.get(),
        spot: table.spot,
        state: state_of(&seated),
        checks: seated.into_iter().map(|(brief, _)| brief).collect(),
    }
}

/// The most urgent of what its checks show.
fn state_of(seated: &[Seated]) -> TableState {
    let any = |is: fn(&Seated) -> bool| seated.iter().any(is);
    if seated.is_empty() {
        TableState::Free
    } else if any(|(brief, _)| brief.cards > 0) {
        TableState::Attention
    } else if any(|(brief, _)| brief.ready > 0) {
        TableState::Ready
    } else if any(|(_, lacks)| *lacks) {
        TableState::NotSent
    } else if any(|(brief, _)| brief.bill) {
        TableState::Bill
    } else if any(|(brief, _)| brief.lines > 0) {
        TableState::Ordered
    } else {
        TableState::Seated
    }
}
