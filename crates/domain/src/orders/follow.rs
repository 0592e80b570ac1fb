//! What follows by itself from what was decided about a check: its bill is paid, it is done, it is open again,
//! its table shows something else.

use super::cancel::{OrderClosed, OrderReopened};
use super::{How, Order, Status};
use crate::billing::bill;
use crate::event::Event;
use crate::floor::{MarkIs, TableMarked};
use crate::ids::OrderId;
use crate::notifications::{About, Cards};
use crate::refusal::Refusal;
use crate::rules::{Ctx, Origin, apply};
use crate::state::{Key, State};

/// The events, and what follows from them.
pub fn follow(state: &State, events: Vec<Event>, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut orders: Vec<OrderId> = events.iter().filter_map(Event::order).collect();
    orders.sort_unstable();
    orders.dedup();
    let mut all = Following { events, ctx };
    for order in orders {
        all.of(state, order)?;
    }
    Ok(all.events)
}

struct Following<'a> {
    events: Vec<Event>,
    ctx: &'a Ctx,
}

impl Following<'_> {
    fn of(&mut self, state: &State, id: OrderId) -> Result<(), Refusal> {
        let mut after = narrow(state, id, &self.events, self.ctx);
        for event in &self.events {
            apply(&mut after, event);
        }
        let was_billed = |order: &Order| order.lines.iter().any(|line| line.billed.is_some());
        let paid_before = state.order(id).is_some_and(was_billed);
        if let Some(order) = after.order(id)
            && order.closed.is_some()
            && order.unbilled().next().is_some()
        {
            let (order, table, at) = (id, order.table, self.ctx.at);
            self.push(&mut after, OrderReopened { order, table, at }.into());
        }
        let added = |event: &Event| matches!(event, Event::LinesAdded(added) if added.order == id);
        if paid_before && self.ctx.origin == Origin::Queued && self.events.iter().any(added) {
            let amount = bill::due_of_unbilled(&after, id)?;
            self.card(&mut after, About::DueAfterPayment { order: id, amount });
        }
        if let Some((paid, over)) = bill::settled(&after, id, self.ctx)? {
            let bill = paid.bill;
            self.push(&mut after, paid.into());
            if let Some(amount) = over {
                self.card(
                    &mut after,
                    About::Overpaid {
                        order: id,
                        bill: Some(bill),
                        amount,
                    },
                );
            }
        }
        if let Some(order) = after.order(id)
            && is_done(order)
        {
            let closed = OrderClosed {
                order: id,
                table: order.table,
                how: How::Completed,
                void_bill: None,
                at: self.ctx.at,
            };
            self.push(&mut after, closed.into());
        }
        if let Some(event) = marked(&after, id) {
            self.push(&mut after, event);
        }
        Ok(())
    }

    fn push(&mut self, after: &mut State, event: Event) {
        apply(after, &event);
        self.events.push(event);
    }

    fn card(&mut self, after: &mut State, about: About) {
        let mut cards = Cards::after(self.ctx, &self.events);
        cards.raise(about);
        for event in cards.into_events() {
            self.push(after, event);
        }
    }
}

/// The rows of one check alone, so that what follows can be tried out.
fn narrow(state: &State, id: OrderId, events: &[Event], ctx: &Ctx) -> State {
    let receipts = Key::ReceiptCounter(ctx.epoch);
    let mut keys = vec![Key::Order(id), Key::Settings, receipts];
    keys.extend(order_keys(state, id));
    let own = |event: &&Event| event.order() == Some(id);
    keys.extend(events.iter().filter(own).flat_map(Event::keys));
    let mut narrow = State::default();
    for key in keys {
        if !narrow.is_loaded(&key) {
            narrow.load(key, state.row(&key).cloned());
        }
    }
    narrow
}

/// The rows that hang on a check: its table and its open bill.
pub(crate) fn order_keys(state: &State, id: OrderId) -> Vec<Key> {
    let Some(order) = state.order(id) else {
        return Vec::new();
    };
    let table = order.table.map(Key::Table);
    table
        .into_iter()
        .chain(order.open_bill.map(Key::Bill))
        .collect()
}

/// Everything that counts is paid, and nothing waits to be sent.
fn is_done(order: &Order) -> bool {
    let paid = order.lines.iter().any(|line| line.billed.is_some());
    let nothing_due = order.unbilled().next().is_none() && order.unsent().next().is_none();
    order.closed.is_none() && order.open_bill.is_none() && paid && nothing_due
}

/// The event that tells the table what its check shows by now, if that has changed.
fn marked(after: &State, id: OrderId) -> Option<Event> {
    let order = after.order(id).filter(|order| order.closed.is_none())?;
    let table = after.table(order.table?)?;
    let is = mark_of(order);
    if table.mark(id) == is || !table.orders.contains(&id) {
        return None;
    }
    let (table, order) = (table.id, id);
    Some(TableMarked { table, order, is }.into())
}

fn mark_of(order: &Order) -> MarkIs {
    let ready = |line: &super::Line| line.status() == Status::Ready;
    if order.lines.iter().any(ready) {
        MarkIs::Ready
    } else if order.open_bill.is_some() {
        MarkIs::Bill
    } else if order.lines.iter().any(super::Line::counts) {
        MarkIs::Ordered
    } else {
        MarkIs::Seated
    }
}
