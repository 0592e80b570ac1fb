//! Opening a check: on a table, for so many guests, perhaps with its first lines and a Send.

use super::add::{NewLine, added_lines};
use super::send::{Fire, Firing, unsent_with};
use super::{Order, add};
use crate::event::Event;
use crate::ids::{OrderId, PersonId, TableId};
use crate::notifications::{About, Cards};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin, Place};
use crate::settings::Settings;
use crate::state::{Key, State};
use crate::text::{Guests, Name};
use crate::time::{Day, Moment};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Open {
    pub order: OrderId,
    pub table: TableId,
    pub guests: Guests,
    /// The open checks that the opener saw on the table: another one there is news to both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<OrderId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<NewLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fire: Option<Fire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    pub order: OrderId,
    pub number: Option<u32>,
    pub table: Option<TableId>,
    pub table_name: Option<Name>,
    pub guests: Guests,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub at: Moment,
    pub day: Day,
    pub prices_include_tax: bool,
}

/// A found check learns its table when the command that opened it arrives after all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seated {
    pub order: OrderId,
    pub table: TableId,
    pub table_name: Option<Name>,
    pub guests: Guests,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub at: Moment,
}

pub fn open(state: &State, cmd: &Open, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let settings = state.settings().ok_or(Refusal::Unknown("restaurant"))?;
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.open", Some(cmd.order), &mut cards)?;
    if cmd.lines.len() > add::MOST_LINES_AT_ONCE {
        return Err(Refusal::bad("items", "too_many"));
    }
    let mut events = vec![opening(state, cmd, ctx, settings, &mut cards)?];
    events.extend(crate::settings::in_use(settings));
    // A found check is there already, perhaps with some of these very lines.
    let there = state.order(cmd.order);
    let lines = added_lines(state, cmd.order, there, &cmd.lines, ctx, &mut cards)?;
    if !lines.is_empty() {
        let (at, lines_of) = (ctx.at, cmd.order);
        events.push(
            add::Added {
                order: lines_of,
                lines: lines.clone(),
                at,
            }
            .into(),
        );
    }
    if let Some(fire) = &cmd.fire {
        let unsent = unsent_with(there, &lines);
        let firing = Firing::of(cmd.order, &fire.tickets, ctx, state);
        events.extend(firing.fire(&unsent, &mut cards)?);
    }
    events.extend(cards.into_events());
    Ok(events)
}

/// The event that makes the check, or that seats one which was found before.
fn opening(
    state: &State,
    cmd: &Open,
    ctx: &Ctx,
    settings: &Settings,
    cards: &mut Cards,
) -> Result<Event, Refusal> {
    let table = known_table(state, cmd, ctx, cards)?;
    let table_name = table.map(|table| table.name.clone());
    if let Some(there) = state.order(cmd.order) {
        if there.table.is_some() || ctx.origin == Origin::Live {
            return Err(Refusal::Rule(Code::AlreadyExists));
        }
        let (order, table, guests, at) = (cmd.order, cmd.table, cmd.guests, ctx.at);
        return Ok(Seated {
            order,
            table,
            table_name,
            guests,
            by: ctx.by,
            by_name: ctx.by_name(state),
            at,
        }
        .into());
    }
    if let Some(table) = table {
        let news: Vec<OrderId> = table
            .orders
            .iter()
            .copied()
            .filter(|id| !cmd.beside.contains(id))
            .collect();
        if !news.is_empty() && ctx.origin == Origin::Queued {
            let orders = news.into_iter().chain([cmd.order]).collect();
            cards.raise(About::TwoChecks {
                table: table.id,
                table_name: table.name.clone(),
                orders,
            });
        }
    }
    Ok(opened(
        state,
        cmd.order,
        Some(cmd.table),
        table_name,
        cmd.guests,
        ctx,
        settings,
    )
    .into())
}

fn known_table<'a>(
    state: &'a State,
    cmd: &Open,
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Option<&'a crate::floor::Table>, Refusal> {
    let table = state.table(cmd.table).filter(|table| !table.removed);
    match (table, ctx.origin) {
        (Some(table), _) => Ok(Some(table)),
        (None, Origin::Live) => Err(Refusal::bad("tableId", "unknown")),
        (None, Origin::Queued) => {
            cards.raise(About::UnknownTable {
                order: cmd.order,
                table: cmd.table,
            });
            Ok(None)
        }
    }
}

/// A new check with the hub's next number of the day; on a device it has none yet.
fn opened(
    state: &State,
    order: OrderId,
    table: Option<TableId>,
    table_name: Option<Name>,
    guests: Guests,
    ctx: &Ctx,
    settings: &Settings,
) -> Opened {
    let day = settings.day_of(ctx.at);
    let number = match ctx.place {
        Place::Hub => Some(state.orders_on(day) + 1),
        Place::Device => None,
    };
    Opened {
        order,
        number,
        table,
        table_name,
        guests,
        by: ctx.by,
        by_name: ctx.by_name(state),
        at: ctx.at,
        day,
        prices_include_tax: settings.prices_include_tax,
    }
}

/// It has happened at the table: where nobody knows its check, it gets one of its own.
pub(crate) fn found_check(
    state: &State,
    order: OrderId,
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Event, Refusal> {
    let settings = state.settings().ok_or(Refusal::Unknown("restaurant"))?;
    let guests = Guests::new(1).map_err(|bad| Refusal::bad("guests", bad.code()))?;
    cards.raise(About::FoundCheck { order });
    Ok(opened(state, order, None, None, guests, ctx, settings).into())
}

pub fn apply_opened(state: &mut State, event: &Opened) {
    let order = Order {
        id: event.order,
        number: event.number,
        table: event.table,
        table_name: event.table_name.clone(),
        name: None,
        guests: event.guests,
        opened_by: event.by,
        opened_by_name: event.by_name.clone(),
        opened_at: event.at,
        updated_at: event.at,
        day: event.day,
        prices_include_tax: event.prices_include_tax,
        lines: Vec::new(),
        tickets: Vec::new(),
        owner: None,
        bills: Vec::new(),
        open_bill: None,
        loose: Vec::new(),
        closed: None,
    };
    state.put(Key::Order(event.order), order.into());
    if let Some(last) = event.number {
        state.put(
            Key::OrderCounter(event.day),
            crate::state::Counter { last }.into(),
        );
    }
    if let Some(table) = event.table {
        state.change_table(table, |table| table.take(event.order));
    }
}

pub fn apply_seated(state: &mut State, event: &Seated) {
    state.change_order(event.order, |order| {
        order.table = Some(event.table);
        order.table_name = event.table_name.clone();
        order.guests = event.guests;
        order.opened_by = event.by;
        order.opened_by_name = event.by_name.clone();
        order.touched(event.at);
    });
    // A found check may be done before it learns where it stood.
    if state.order(event.order).is_some_and(Order::is_open) {
        state.change_table(event.table, |table| table.take(event.order));
    }
}
