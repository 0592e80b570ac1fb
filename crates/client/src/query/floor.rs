//! The floor: rooms, tables, and a brief word on each open check.

use super::standing::{Standing, Wait, waiting};
use super::{bodies, check};
use crate::error::Stored;
use domain::ids::{OrderId, TableId};
use domain::orders::Order;
use protocol::view::{CheckBrief, Floor, Place, Room, Table, TableState};
use rusqlite::Connection;
use std::collections::HashMap;

pub(super) fn floor(db: &Connection) -> Stored<Floor> {
    let mut rooms: Vec<_> = bodies!(db, "room", Room).collect();
    let mut tables: Vec<_> = bodies!(db, "table", Table).collect();
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
    let mut all: HashMap<Option<TableId>, Vec<Seated>> = HashMap::new();
    for order in bodies!(db, "order", Order) {
        let waits = waits.get(&order.id).map(Vec::as_slice).unwrap_or_default();
        let table = order.table;
        all.entry(table)
            .or_default()
            .push(seated(db, order, waits)?);
    }
    for checks in all.values_mut() {
        checks.sort_by_key(|(brief, _)| (brief.opened_at, brief.order));
    }
    Ok(all)
}

fn seated(db: &Connection, order: Order, waits: &[Wait]) -> Stored<Seated> {
    let standing = Standing::of(db, order, waits)?;
    let order = &standing.order;
    let brief = CheckBrief {
        order: order.id,
        number: order.number,
        name: order.name.as_ref().map(ToString::to_string),
        guests: order.guests.get(),
        owner: order.opened_by_name.as_ref().map(ToString::to_string),
        opened_at: order.opened_at,
        touched_at: order.updated_at,
        lines: order.lines.len(),
        unsent: order.unsent().count(),
        waiting_since: standing.waiting_since(),
        total: check::total(order)?,
    };
    let lacks = order
        .lines
        .iter()
        .any(|line| !matches!(standing.place(line), Place::SentAtHub { .. }));
    Ok((brief, lacks))
}

fn table_of(table: &domain::floor::Table, seated: Vec<Seated>) -> Table {
    let state = if seated.is_empty() {
        TableState::Free
    } else if seated.iter().any(|(_, lacks)| *lacks) {
        TableState::NotSent
    } else if seated.iter().all(|(brief, _)| brief.lines == 0) {
        TableState::Seated
    } else {
        TableState::Ordered
    };
    Table {
        id: table.id,
        name: table.name.to_string(),
        room: table.room,
        seats: table.seats.get(),
        spot: table.spot,
        state,
        checks: seated.into_iter().map(|(brief, _)| brief).collect(),
    }
}
