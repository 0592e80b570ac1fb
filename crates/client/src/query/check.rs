//! One check: its lines and where each really is, what a Send would fire, what it comes to.

use super::standing::{Standing, order_in, waiting_for};
use super::{body, currency, one, settings};
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::store::rows::{self, Layer};
use domain::Key;
use domain::auth::{Act, may};
use domain::billing::bill::says;
use domain::billing::{Totals, totals};
use domain::floor::Table;
use domain::ids::{OrderId, RoomId};
use domain::money::Money;
use domain::notifications::Card;
use domain::orders::send::{Named, tickets_needed};
use domain::orders::void::Needs;
use domain::orders::{self, Order};
use protocol::view::{BillBrief, Check, Line, VoidNeeds};
use rusqlite::Connection;

impl Core {
    pub(super) fn check(&self, id: OrderId) -> Stored<Option<Check>> {
        let db = &self.db;
        let Some(order) = order_in(db, Layer::Both, id)? else {
            return Ok(None);
        };
        let (send, tickets) = would_send(db, &order)?;
        let waits = waiting_for(db, id)?;
        let standing = Standing::of(db, order, &waits)?;
        let lines = lines(&standing, self.holder()?)?;
        let order = &standing.order;
        let table = match order.table {
            Some(id) => one!(db, Key::Table(id), Table),
            None => None,
        };
        let settings = settings(db)?;
        let Totals {
            subtotal,
            taxes: _,
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
            owner: owner(order),
            owner_id: order.owner(),
            bill: bill_brief(db, order)?,
            closed: !order.is_open(),
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

    /// What whoever holds this device may do about a line.
    fn holder(&self) -> Stored<Holder> {
        let kind = self.identity()?.map(|identity| identity.kind);
        let person = self.person_row()?.filter(|person| person.active);
        let can = |act| {
            let person = person.as_ref();
            person.is_some_and(|person| may(person.role, kind, act))
        };
        Ok(Holder {
            takes_orders: can(Act::TakeOrders),
            voids_cooking: can(Act::VoidCooking),
        })
    }
}

/// Who holds this device, so far as voiding goes.
#[derive(Clone, Copy)]
struct Holder {
    takes_orders: bool,
    voids_cooking: bool,
}

impl Holder {
    fn void(self, line: &orders::Line) -> Option<VoidNeeds> {
        let needs = line.void_needs(self.voids_cooking);
        needs
            .filter(|_| self.takes_orders)
            .map(|needs| match needs {
                Needs::Nothing => VoidNeeds::Nothing,
                Needs::Reason => VoidNeeds::Reason,
                Needs::Approval => VoidNeeds::Approval,
            })
    }
}

/// Only what the rules know of can be sent: a line that they refuse by now waits for the hub, and one that is held
/// waits until its dish is there again.
fn would_send(db: &Connection, order: &Order) -> Stored<(Vec<Named>, usize)> {
    let mut unsent = Vec::new();
    for line in order.unsent() {
        let there = match line.held {
            Some(_) => one!(db, Key::Dish(line.dish), Dish)
                .is_some_and(|dish| dish.is_there(line.quantity.get())),
            None => true,
        };
        if there {
            unsent.push(line);
        }
    }
    let named = unsent.iter().map(|line| Named {
        line: line.id,
        quantity: line.quantity,
    });
    let named = named.collect();
    Ok((named, tickets_needed(unsent)))
}

fn lines(standing: &Standing<'_>, holder: Holder) -> Stored<Vec<Line>> {
    let lines = standing.order.lines.iter().map(|line| {
        let place = standing.place(line);
        let modifiers = line.frozen.modifiers.iter();
        Ok(Line {
            id: line.id,
            dish: line.dish,
            name: line.frozen.name.to_string(),
            modifiers: modifiers
                .map(|modifier| modifier.name.to_string())
                .collect(),
            quantity: line.quantity.get(),
            total: line.total().map_err(too_much)?,
            note: line.note.as_ref().map(ToString::to_string),
            seat: line.seat.map(|seat| seat.get()),
            course: line.course.get(),
            by: line.by_name.as_ref().map(ToString::to_string),
            void: holder.void(line),
            waiting: standing.line_waits(line, &place),
            place,
        })
    });
    lines.collect()
}

fn bill_brief(db: &Connection, order: &Order) -> Stored<Option<BillBrief>> {
    let Some(id) = order.open_bill else {
        return Ok(None);
    };
    let Some(bill) = one!(db, Key::Bill(id), Bill) else {
        return Ok(None);
    };
    let due = says(&bill, Some(order)).map_err(too_much)?.due;
    Ok(Some(BillBrief { id, due }))
}

/// Whose check it is.
pub(super) fn owner(order: &Order) -> Option<String> {
    let name = match &order.owner {
        Some(owner) => owner.name.as_ref(),
        None => order.opened_by_name.as_ref(),
    };
    name.map(ToString::to_string)
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

/// What nobody has seen to yet.
fn cards(db: &Connection, order: &Order) -> Stored<Vec<Card>> {
    let id = order.id.to_string();
    let own = "order_id = ?1 AND kind = 'card' AND open = 1";
    let mut found = rows::list(db, Layer::Both, own, &id)?;
    if let Some(table) = order.table {
        let having = "table_id = ?1 AND kind = 'card' AND open = 1 AND order_id IS NULL";
        found.extend(rows::list(db, Layer::Both, having, &table.to_string())?);
    }
    let cards = found.into_iter().filter_map(|(_, row)| body!(row, Card));
    let concerns = |card: &Card| card.about.orders().contains(&order.id);
    Ok(cards.filter(concerns).collect())
}
