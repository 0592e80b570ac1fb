//! Cancelling a check: everything on it is voided, and the table is free. An intent.

use super::void::voided;
use super::{Closed, How, Line, Status, known};
use crate::auth::Act;
use crate::event::Event;
use crate::ids::{BillId, OrderId, TableId};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::{Key, State};
use crate::text::Note;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancel {
    pub order: OrderId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
}

/// The check is done: paid, or cancelled. Its table is free.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderClosed {
    pub order: OrderId,
    pub table: Option<TableId>,
    pub how: How,
    /// A bill that was open and that nobody pays any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void_bill: Option<BillId>,
    pub at: Moment,
}

/// Something came to a check that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReopened {
    pub order: OrderId,
    pub table: Option<TableId>,
    pub at: Moment,
}

pub fn cancel(state: &State, cmd: &Cancel, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    ctx.must_be(state, Act::TakeOrders)?;
    let order = known(state, cmd.order)?;
    match (order.status(), ctx.origin) {
        (Status::Cancelled, Origin::Queued) => return Ok(Vec::new()),
        (Status::Cancelled | Status::Completed, _) => return Err(Refusal::Rule(Code::OrderClosed)),
        (_, _) => {}
    }
    let bill = order.open_bill.and_then(|bill| state.bill(bill));
    let paid = bill.is_some_and(|bill| !bill.payments.is_empty());
    if paid || order.lines.iter().any(|line| line.billed.is_some()) || !order.loose.is_empty() {
        return Err(Refusal::Rule(Code::AlreadyPaid));
    }
    let wanted: Vec<(&Line, _)> = order
        .lines
        .iter()
        .filter(|line| line.counts())
        .map(|line| (line, None))
        .collect();
    let mut events = voided(state, order, &wanted, cmd.reason.as_ref(), ctx)?;
    events.push(
        OrderClosed {
            order: order.id,
            table: order.table,
            how: How::Cancelled,
            void_bill: order.open_bill,
            at: ctx.at,
        }
        .into(),
    );
    Ok(events)
}

pub fn apply_closed(state: &mut State, event: &OrderClosed) {
    state.change_order(event.order, |order| {
        let (at, how) = (event.at, event.how);
        order.closed = Some(Closed { at, how });
        if event.void_bill.is_some() {
            order.open_bill = None;
        }
        order.touched(event.at);
    });
    if let Some(bill) = event.void_bill {
        state.change_bill(bill, |bill| bill.void = Some(event.at));
    }
    if let Some(table) = event.table {
        state.change_table(table, |table| table.let_go(event.order));
    }
}

pub fn apply_reopened(state: &mut State, event: &OrderReopened) {
    state.change_order(event.order, |order| {
        order.closed = None;
        order.touched(event.at);
    });
    if let Some(table) = event.table {
        state.change_table(table, |table| table.take(event.order));
    }
}

/// The rows that closing or opening a check again writes.
pub(crate) fn keys(order: OrderId, table: Option<TableId>, bill: Option<BillId>) -> Vec<Key> {
    let table = table.map(Key::Table);
    let bill = bill.map(Key::Bill);
    [Key::Order(order)]
        .into_iter()
        .chain(table)
        .chain(bill)
        .collect()
}
