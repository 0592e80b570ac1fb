//! The shapes of the outside contract, drawn from state. More fields may come, none may go.

use domain::auth::Person;
use domain::billing::bill::{Bill, BillLine, says, standing};
use domain::billing::pay::PaymentTaken;
use domain::billing::{Payment, Tax};
use domain::floor::Spot;
use domain::ids::{BillId, CategoryId, DishId, GroupId, OrderId, TableId};
use domain::menu::{Category, Dish, Group};
use domain::money::{Money, Rate};
use domain::orders::{Line, LineState, Modifier, Order, Stage, Ticket};
use domain::settings::Settings;
use domain::text::Label;
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
    /// Absent for the kitchen.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<i64>,
}

fn modifier(modifier: &Modifier) -> ModifierShape {
    ModifierShape {
        id: modifier.id.to_string(),
        name: modifier.name.to_string(),
        price: Some(modifier.price.minor()),
    }
}

impl ItemShape {
    /// As the kitchen may see it.
    pub fn without_money(&self) -> Self {
        let mut item = self.clone();
        item.money = None;
        item.modifiers
            .iter_mut()
            .for_each(|modifier| modifier.price = None);
        item
    }
}

impl OrderShape {
    /// As the kitchen may see it.
    pub fn without_money(&self) -> Self {
        let mut order = self.clone();
        order.money = None;
        order.items = order.items.iter().map(ItemShape::without_money).collect();
        order
    }
}

pub fn order(state: &State, id: OrderId) -> Option<OrderShape> {
    let revision = state.row(&Key::Order(id))?.revision;
    let order = state.order(id)?;
    let bills: Vec<&Bill> = order
        .bills
        .iter()
        .filter_map(|id| state.bill(*id))
        .collect();
    Some(order_of(order, revision, &bills, state.settings()?))
}

/// An order with all its bills.
pub fn order_of(order: &Order, revision: u64, bills: &[&Bill], settings: &Settings) -> OrderShape {
    // What is stored has been decided within the bounds of money.
    let standing = standing(order, bills.iter().copied()).ok();
    let money = standing.map(|stands| OrderMoney {
        subtotal: stands.totals.subtotal.minor(),
        discount: 0,
        service_charge: 0,
        tax: stands.totals.tax.minor(),
        total: stands.totals.total.minor(),
        paid: stands.taken.minor(),
        due: stands.due.minor(),
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

pub fn item(line: &Line) -> ItemShape {
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
        modifiers: line.frozen.modifiers.iter().map(modifier).collect(),
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
    position: u16,
    spot: Option<Spot>,
    /// Told once, when it is taken away.
    removed: bool,
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
        status: table.status(),
        order_ids: table
            .orders
            .iter()
            .rev()
            .take(MOST_ORDER_IDS)
            .map(ToString::to_string)
            .collect(),
        position: table.position,
        spot: table.spot,
        removed: table.removed,
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
        status: ticket.status(order).as_str(),
        lines: ticket
            .lines
            .iter()
            .filter_map(|id| order.line(*id))
            .map(|line| ticket_line(line, ticket))
            .collect(),
    }
}

/// How far this ticket's station is with the line.
fn line_status(line: &Line, ticket: &Ticket) -> &'static str {
    match (&line.state, line.stage_at(&ticket.station)) {
        (_, _) if line.voided.is_some() => "voided",
        (_, _) if line.served.is_some() => "served",
        (LineState::Draft, _) => "draft",
        (LineState::Sent { .. }, Stage::New) => "new",
        (LineState::Sent { .. }, Stage::Preparing) => "preparing",
        (LineState::Sent { .. }, Stage::Ready) => "ready",
    }
}

fn ticket_line(line: &Line, ticket: &Ticket) -> TicketLineShape {
    let modifiers = line.frozen.modifiers.iter().map(modifier);
    TicketLineShape {
        item_id: line.id.to_string(),
        name: line.frozen.name.to_string(),
        kitchen_name: line.frozen.kitchen_name.clone().map(Into::into),
        quantity: line.quantity.get(),
        modifiers: modifiers
            .map(|modifier| ModifierShape {
                price: None,
                ..modifier
            })
            .collect(),
        note: line.note.clone().map(Into::into),
        seat: line.seat.map(domain::text::Seat::get),
        allergens: line
            .frozen
            .allergens
            .iter()
            .map(ToString::to_string)
            .collect(),
        status: line_status(line, ticket),
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

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BillShape {
    id: String,
    order_id: String,
    table_name: Option<String>,
    number: Option<u32>,
    /// The numbers begin anew with each epoch: only with its series does one tell a receipt apart.
    series: Option<u64>,
    status: &'static str,
    lines: Vec<BillLineShape>,
    subtotal: Money,
    discount: i64,
    service_charge: i64,
    taxes: Vec<Tax>,
    tax: Money,
    total: Money,
    tips: Money,
    paid: Money,
    due: Money,
    payments: Vec<PaymentShape>,
    currency: String,
    day: Option<String>,
    opened_by: Option<String>,
    opened_by_name: Option<String>,
    opened_at: String,
    paid_at: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct BillLineShape {
    item_id: String,
    name: String,
    modifiers: Vec<String>,
    quantity: u16,
    amount: Money,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentShape {
    id: String,
    method: &'static str,
    amount: Money,
    tip: Money,
    tendered: Option<Money>,
    change: Money,
    status: &'static str,
    by: Option<String>,
    by_name: Option<String>,
    at: String,
}

pub fn bill(state: &State, id: BillId) -> Option<BillShape> {
    let bill = state.bill(id)?;
    bill_of(bill, state.order(bill.order), state.settings()?)
}

/// A bill as it now is; an open one follows its order.
pub fn bill_of(bill: &Bill, order: Option<&Order>, settings: &Settings) -> Option<BillShape> {
    let says = says(bill, order).ok()?;
    let final_ = bill.paid.as_ref();
    let table_name = match final_ {
        Some(paid) => paid.table_name.clone(),
        None => order.and_then(|order| order.table_name.clone()),
    };
    Some(BillShape {
        id: bill.id.to_string(),
        order_id: bill.order.to_string(),
        table_name: table_name.map(Into::into),
        number: final_.and_then(|paid| paid.number),
        series: final_.map(|paid| paid.series),
        status: bill.status(),
        lines: says.lines.iter().map(bill_line).collect(),
        subtotal: says.totals.subtotal,
        discount: 0,
        service_charge: 0,
        taxes: says.totals.taxes,
        tax: says.totals.tax,
        total: says.totals.total,
        tips: says.tips,
        paid: says.taken,
        due: says.due,
        payments: bill.payments.iter().map(payment).collect(),
        currency: settings.currency.code().to_owned(),
        day: final_.map(|paid| paid.day.to_string()),
        opened_by: bill.opened_by.map(|id| id.to_string()),
        opened_by_name: bill.opened_by_name.clone().map(Into::into),
        opened_at: bill.opened_at.rfc3339(),
        paid_at: final_.map(|paid| paid.at.rfc3339()),
    })
}

fn bill_line(line: &BillLine) -> BillLineShape {
    BillLineShape {
        item_id: line.line.to_string(),
        name: line.name.to_string(),
        modifiers: line.modifiers.iter().map(ToString::to_string).collect(),
        quantity: line.quantity.get(),
        amount: line.amount,
    }
}

pub fn payment(payment: &Payment) -> PaymentShape {
    PaymentShape {
        id: payment.id.to_string(),
        method: payment.method.as_str(),
        amount: payment.amount,
        tip: payment.tip,
        tendered: payment.given(),
        change: payment.change(),
        status: "captured",
        by: payment.by.map(|id| id.to_string()),
        by_name: payment.by_name.clone().map(Into::into),
        at: payment.at.rfc3339(),
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenShape {
    #[serde(flatten)]
    payment: PaymentShape,
    /// None where no bill was open to take it.
    bill_id: Option<String>,
    order_id: String,
}

/// A payment with what it was taken for.
pub fn taken(taken: &PaymentTaken) -> TakenShape {
    TakenShape {
        payment: payment(&taken.payment),
        bill_id: taken.bill.map(|id| id.to_string()),
        order_id: taken.order.to_string(),
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct CategoryShape {
    id: String,
    name: String,
    position: u16,
}

pub fn category(state: &State, id: CategoryId) -> Option<CategoryShape> {
    state.category(id).map(category_of)
}

pub fn category_of(category: &Category) -> CategoryShape {
    CategoryShape {
        id: category.id.to_string(),
        name: category.name.to_string(),
        position: category.position,
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DishShape {
    id: String,
    category_id: String,
    name: String,
    kitchen_name: Option<String>,
    description: Option<String>,
    #[serde(flatten)]
    money: Option<DishMoney>,
    allergens: Vec<String>,
    available: bool,
    remaining: Option<u16>,
    modifier_group_ids: Vec<String>,
    stations: Vec<String>,
    position: u16,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct DishMoney {
    price: Money,
    tax_rate: Rate,
}

pub fn dish(state: &State, id: DishId, money: bool) -> Option<DishShape> {
    state.dish(id).map(|dish| dish_of(dish, money))
}

pub fn dish_of(dish: &Dish, money: bool) -> DishShape {
    let words = |labels: &[Label]| labels.iter().map(ToString::to_string).collect();
    DishShape {
        id: dish.id.to_string(),
        category_id: dish.category.to_string(),
        name: dish.name.to_string(),
        kitchen_name: dish.kitchen_name.clone().map(Into::into),
        description: dish.description.clone().map(Into::into),
        money: money.then_some(DishMoney {
            price: dish.price,
            tax_rate: dish.tax_rate,
        }),
        allergens: words(&dish.allergens),
        available: dish.available,
        remaining: dish.remaining,
        modifier_group_ids: dish
            .modifier_groups
            .iter()
            .map(ToString::to_string)
            .collect(),
        stations: words(&dish.stations),
        position: dish.position,
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct GroupShape {
    id: String,
    name: String,
    min: u16,
    max: u16,
    options: Vec<ModifierShape>,
}

pub fn group(state: &State, id: GroupId) -> Option<GroupShape> {
    state.group(id).map(|group| group_of(group, true))
}

pub fn group_of(group: &Group, money: bool) -> GroupShape {
    let options = group.options.iter().map(|option| ModifierShape {
        id: option.id.to_string(),
        name: option.name.to_string(),
        price: money.then_some(option.price.minor()),
    });
    GroupShape {
        id: group.id.to_string(),
        name: group.name.to_string(),
        min: group.min,
        max: group.max,
        options: options.collect(),
    }
}
