//! The shapes of the outside contract, drawn from state. More fields may come, none may go.

use domain::auth::Person;
use domain::billing::totals;
use domain::ids::{OrderId, TableId};
use domain::orders::{Line, Order, Ticket};
use domain::settings::Settings;
use domain::{Key, State};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderShape {
    id: String,
    number: Option<u32>,
    table_id: Option<String>,
    table_name: Option<String>,
    name: Option<String>,
    guests: u16,
    status: &'static str,
    items: Vec<ItemShape>,
    #[serde(flatten)]
    money: Option<OrderMoney>,
    currency: String,
    opened_by: Option<String>,
    opened_by_name: Option<String>,
    opened_at: String,
    updated_at: String,
    revision: u64,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderMoney {
    subtotal: i64,
    discount: i64,
    service_charge: i64,
    tax: i64,
    total: i64,
    paid: i64,
    due: i64,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemShape {
    id: String,
    dish_id: String,
    name: String,
    quantity: u16,
    #[serde(flatten)]
    money: Option<ItemMoney>,
    modifiers: Vec<ModifierShape>,
    note: Option<String>,
    seat: Option<u16>,
    course: u16,
    status: &'static str,
    created_by: Option<String>,
    created_by_name: Option<String>,
    sent_at: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemMoney {
    unit_price: i64,
    total: i64,
}

#[derive(Debug, Clone, Serialize)]
struct ModifierShape {
    id: String,
    name: String,
}

impl OrderShape {
    /// As the kitchen may see it.
    pub fn without_money(&self) -> Self {
        let mut order = self.clone();
        order.money = None;
        order.items.iter_mut().for_each(|item| item.money = None);
        order
    }
}

pub fn order(state: &State, id: OrderId) -> Option<OrderShape> {
    let revision = state.row(&Key::Order(id))?.revision;
    Some(order_of(state.order(id)?, revision, state.settings()?))
}

pub fn order_of(order: &Order, revision: u64, settings: &Settings) -> OrderShape {
    // What is stored has been decided within the bounds of money.
    let totals = totals(order).ok();
    let money = totals.map(|totals| OrderMoney {
        subtotal: totals.subtotal.minor(),
        discount: 0,
        service_charge: 0,
        tax: totals.tax.minor(),
        total: totals.total.minor(),
        paid: 0,
        due: totals.total.minor(),
    });
    OrderShape {
        id: order.id.to_string(),
        number: order.number,
        table_id: order.table.map(|id| id.to_string()),
        table_name: order.table_name.clone().map(Into::into),
        name: order.name.clone().map(Into::into),
        guests: order.guests.get(),
        status: order.status().as_str(),
        items: order.lines.iter().map(item).collect(),
        money,
        currency: settings.currency.code().to_owned(),
        opened_by: order.opened_by.map(|id| id.to_string()),
        opened_by_name: order.opened_by_name.clone().map(Into::into),
        opened_at: order.opened_at.rfc3339(),
        updated_at: order.updated_at.rfc3339(),
        revision,
    }
}

fn item(line: &Line) -> ItemShape {
    let unit_price = line.frozen.price.minor();
    let total = line
        .total()
        .map(domain::money::Money::minor)
        .unwrap_or_default();
    ItemShape {
        id: line.id.to_string(),
        dish_id: line.dish.to_string(),
        name: line.frozen.name.to_string(),
        quantity: line.quantity.get(),
        money: Some(ItemMoney { unit_price, total }),
        modifiers: Vec::new(),
        note: line.note.clone().map(Into::into),
        seat: line.seat.map(domain::text::Seat::get),
        course: line.course.get(),
        status: line.status().as_str(),
        created_by: line.by.map(|id| id.to_string()),
        created_by_name: line.by_name.clone().map(Into::into),
        sent_at: line.sent_at().map(domain::time::Moment::rfc3339),
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableShape {
    id: String,
    name: String,
    room: Option<String>,
    seats: u16,
    status: &'static str,
    order_ids: Vec<String>,
}

/// An answer names at most so many of a table's open checks.
const MOST_ORDER_IDS: usize = 20;

pub fn table(state: &State, id: TableId) -> Option<TableShape> {
    let table = state.table(id)?;
    Some(table_of(
        table,
        state.room(table.room).map(|room| room.name.to_string()),
    ))
}

pub fn table_of(table: &domain::floor::Table, room: Option<String>) -> TableShape {
    TableShape {
        id: table.id.to_string(),
        name: table.name.to_string(),
        room,
        seats: table.seats.get(),
        status: if table.orders.is_empty() {
            "free"
        } else {
            "occupied"
        },
        order_ids: table
            .orders
            .iter()
            .rev()
            .take(MOST_ORDER_IDS)
            .map(ToString::to_string)
            .collect(),
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketShape {
    id: String,
    order_id: String,
    number: Option<u32>,
    table_name: Option<String>,
    station: String,
    course: u16,
    by: Option<String>,
    by_name: Option<String>,
    fired_at: String,
    status: &'static str,
    lines: Vec<TicketLineShape>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct TicketLineShape {
    item_id: String,
    name: String,
    kitchen_name: Option<String>,
    quantity: u16,
    modifiers: Vec<ModifierShape>,
    note: Option<String>,
    seat: Option<u16>,
    allergens: Vec<String>,
    status: &'static str,
}

pub fn ticket(order: &Order, ticket: &Ticket) -> TicketShape {
    TicketShape {
        id: ticket.id.to_string(),
        order_id: order.id.to_string(),
        number: order.number,
        table_name: order.table_name.clone().map(Into::into),
        station: ticket.station.to_string(),
        course: ticket.course.get(),
        by: ticket.by.map(|id| id.to_string()),
        by_name: ticket.by_name.clone().map(Into::into),
        fired_at: ticket.fired_at.rfc3339(),
        status: "new",
        lines: ticket
            .lines
            .iter()
            .filter_map(|id| order.line(*id))
            .map(ticket_line)
            .collect(),
    }
}

fn ticket_line(line: &Line) -> TicketLineShape {
    TicketLineShape {
        item_id: line.id.to_string(),
        name: line.frozen.name.to_string(),
        kitchen_name: line.frozen.kitchen_name.clone().map(Into::into),
        quantity: line.quantity.get(),
        modifiers: Vec::new(),
        note: line.note.clone().map(Into::into),
        seat: line.seat.map(domain::text::Seat::get),
        allergens: line
            .frozen
            .allergens
            .iter()
            .map(ToString::to_string)
            .collect(),
        status: if line.is_draft() { "draft" } else { "new" },
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserShape {
    id: String,
    username: String,
    full_name: String,
    role: &'static str,
    is_active: bool,
    created_at: String,
    updated_at: String,
}

pub fn user(person: &Person) -> UserShape {
    UserShape {
        id: person.id.to_string(),
        username: person.username.as_str().to_owned(),
        full_name: person.full_name.to_string(),
        role: person.role.as_str(),
        is_active: person.active,
        created_at: person.created_at.rfc3339(),
        updated_at: person.updated_at.rfc3339(),
    }
}
