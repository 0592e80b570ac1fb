//! The bill of a check as the guest will read it: the open one, else what is unbilled, else the last that was paid.

use super::standing::{Wait, order_in, waiting_for};
use super::{currency, one, settings};
use crate::error::{StoreError, Stored};
use crate::store::rows::Layer;
use domain::Key;
use domain::billing::bill::{Bill as Stands, BillLine as StandsLine, says};
use domain::billing::{self, Totals};
use domain::ids::{BillId, OrderId};
use domain::orders::Order;
use protocol::view::{Bill, BillLine, BillStatus, Payment};
use rusqlite::Connection;
use uuid::Uuid;

pub(super) fn bill(db: &Connection, id: OrderId) -> Stored<Option<Bill>> {
    let Some(order) = order_in(db, Layer::Both, id)? else {
        return Ok(None);
    };
    let waits = waiting_for(db, id)?;
    let found = find(db, &order)?;
    let known = found.is_some();
    let bill = found.unwrap_or_else(|| nothing_asked(&order));
    let says = says(&bill, Some(&order)).map_err(|why| StoreError::corrupt("bill", why))?;
    let Totals {
        subtotal,
        taxes,
        tax: _,
        total,
    } = says.totals;
    let paid = bill.paid.as_ref();
    let table = paid.map_or(order.table_name.as_ref(), |paid| paid.table_name.as_ref());
    let settings = settings(db)?;
    Ok(Some(Bill {
        order: id,
        table_name: table.map(ToString::to_string),
        id: known.then_some(bill.id),
        status: status(&bill, known),
        number: paid.and_then(|paid| paid.printed()),
        lines: says.lines.into_iter().map(line).collect(),
        subtotal,
        taxes,
        total,
        paid: says.taken,
        tips: says.tips,
        due: says.due,
        payments: payments(&bill, &waits),
        unsent: order.unsent().count(),
        currency: currency(settings.as_ref()),
    }))
}

fn find(db: &Connection, order: &Order) -> Stored<Option<Stands>> {
    let unbilled = order.unbilled().next().is_some();
    let last = order.bills.last().copied().filter(|_| !unbilled);
    Ok(match order.open_bill.or(last) {
        Some(id) => one!(db, Key::Bill(id), Bill),
        None => None,
    })
}

/// As it would be if it were asked for now.
fn nothing_asked(order: &Order) -> Stands {
    Stands {
        id: BillId(Uuid::nil()),
        order: order.id,
        opened_by: None,
        opened_by_name: None,
        opened_at: order.updated_at,
        payments: Vec::new(),
        paid: None,
        void: None,
    }
}

fn status(bill: &Stands, known: bool) -> BillStatus {
    match (known, &bill.paid, &bill.void) {
        (false, _, _) => BillStatus::None,
        (true, Some(_), _) => BillStatus::Paid,
        (true, None, Some(_)) => BillStatus::Void,
        (true, None, None) => BillStatus::Open,
    }
}

fn line(line: StandsLine) -> BillLine {
    BillLine {
        line: line.line,
        name: line.name.into(),
        modifiers: line.modifiers.into_iter().map(String::from).collect(),
        quantity: line.quantity.get(),
        amount: line.amount,
    }
}

fn payments(bill: &Stands, waits: &[Wait]) -> Vec<Payment> {
    let payments = bill
        .payments
        .iter()
        .map(|payment| payment_of(payment, waits));
    payments.collect()
}

fn payment_of(payment: &billing::Payment, waits: &[Wait]) -> Payment {
    Payment {
        id: payment.id,
        method: payment.method,
        amount: payment.amount,
        tip: payment.tip,
        tendered: payment.tendered,
        change: payment.change(),
        by: payment.by_name.as_ref().map(ToString::to_string),
        at: payment.at,
        at_hub: !waits.iter().any(|wait| wait.holds_payment(payment.id)),
    }
}
