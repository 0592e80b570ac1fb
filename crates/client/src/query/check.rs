//! One check: its lines and where each really is, what a Send would fire, what it comes to.

use super::standing::{Standing, order_in, waiting_for};
use super::{body, currency, one, settings};
use crate::error::{StoreError, Stored};
use crate::store::rows::{self, Layer};
use domain::Key;
use domain::billing::{Totals, totals};
use domain::floor::Table;
use domain::ids::{OrderId, RoomId};
use domain::money::Money;
use domain::notifications::{About, Card};
use domain::orders::Order;
use domain::orders::send::{Named, tickets_needed};
use protocol::view::{Check, Line};
use rusqlite::Connection;

pub(super) fn check(db: &Connection, id: OrderId) -> Stored<Option<Check>> {
    let Some(order) = order_in(db, Layer::Both, id)? else {
        return Ok(None);
    };
    let (send, tickets) = would_send(&order);
    let waits = waiting_for(db, id)?;
    let standing = Standing::of(db, order, &waits)?;
    let lines = lines(&standing)?;
    let order = &standing.order;
    let table = match order.table {
        Some(id) => one!(db, Key::Table(id), Table),
        None => None,
    };
    let settings = settings(db)?;
    let Totals {
        subtotal,
        tax,
        total,
    } = sums(order)?;
    Ok(Some(Check {
        order: id,
        number: order.number,
        table: order.table,
        table_name: order.table_name.as_ref().map(ToString::to_string),
        name: order.name.as_ref().map(ToString::to_string),
        room_name: match &table {
            Some(table) => room_name(db, table.room)?,
            None => None,
        },
        guests: order.guests.get(),
        opened_at: order.opened_at,
        people: people(order),
        lines,
        subtotal,
        tax,
        total,
        prices_include_tax: order.prices_include_tax,
        send,
        tickets,
        beside: beside(table.as_ref(), id),
        cards: cards(db, order)?,
        currency: currency(settings.as_ref()),
    }))
}

/// Only what the rules know of can be sent: a line that they refuse by now waits for the hub.
fn would_send(order: &Order) -> (Vec<Named>, usize) {
    let named = order.unsent().map(|line| Named {
        line: line.id,
        quantity: line.quantity,
    });
    (named.collect(), tickets_needed(order.unsent()))
}

fn lines(standing: &Standing<'_>) -> Stored<Vec<Line>> {
    let lines = standing.order.lines.iter().map(|line| {
        Ok(Line {
            id: line.id,
            name: line.frozen.name.to_string(),
            quantity: line.quantity.get(),
            total: line.total().map_err(too_much)?,
            note: line.note.as_ref().map(ToString::to_string),
            seat: line.seat.map(|seat| seat.get()),
            course: line.course.get(),
            by: line.by_name.as_ref().map(ToString::to_string),
            place: standing.place(line),
        })
    });
    lines.collect()
}

/// The rules let no such check come to be.
fn too_much(why: domain::money::TooMuch) -> StoreError {
    StoreError::corrupt("check", why)
}

fn sums(order: &Order) -> Stored<Totals> {
    totals(order).map_err(too_much)
}

/// What a check comes to.
pub(super) fn total(order: &Order) -> Stored<Money> {
    Ok(sums(order)?.total)
}

/// Everybody whose lines stand here, in the order in which they came.
fn people(order: &Order) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    let names = order.lines.iter().filter_map(|line| line.by_name.as_ref());
    for name in order.opened_by_name.iter().chain(names) {
        if !people.iter().any(|known| known == name.as_str()) {
            people.push(name.to_string());
        }
    }
    people
}

fn room_name(db: &Connection, id: RoomId) -> Stored<Option<String>> {
    Ok(one!(db, Key::Room(id), Room).map(|room| room.name.to_string()))
}

fn beside(table: Option<&Table>, id: OrderId) -> Vec<OrderId> {
    let orders = table.into_iter().flat_map(|table| &table.orders);
    orders.copied().filter(|other| *other != id).collect()
}

fn cards(db: &Connection, order: &Order) -> Stored<Vec<Card>> {
    let id = order.id.to_string();
    let mut found = rows::list(db, Layer::Both, "order_id = ?1", &id)?;
    if let Some(table) = order.table {
        let having = "table_id = ?1 AND kind = 'card' AND order_id IS NULL";
        found.extend(rows::list(db, Layer::Both, having, &table.to_string())?);
    }
    let cards = found.into_iter().filter_map(|(_, row)| body!(row, Card));
    Ok(cards.filter(|card| concerns(card, order.id)).collect())
}

fn concerns(card: &Card, order: OrderId) -> bool {
    match &card.about {
        About::TwoChecks { orders, .. } => orders.contains(&order),
        About::AlreadySent { .. }
        | About::LineRepeated { .. }
        | About::FoundCheck { .. }
        | About::UnknownTable { .. }
        | About::PriceDiffers { .. }
        | About::NotPermitted { .. }
        | About::Rejected { .. }
        | About::MissingRange { .. }
        | About::Quarantined { .. } => true,
    }
}
