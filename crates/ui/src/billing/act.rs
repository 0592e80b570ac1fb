//! Asking for the bill and taking money, as commands with their ids drawn.

use domain::Command;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::ids::{BillId, OrderId, PaymentId};

use super::view::Tender;

pub fn open(bill: BillId, order: OrderId) -> Command {
    Command::OpenBill(OpenBill { bill, order })
}

/// Takes what the guest gave in cash. None: it is not enough for anything.
pub fn pay(payment: PaymentId, bill: BillId, order: OrderId, tender: &Tender) -> Option<Command> {
    let taken = tender.taken()?;
    Some(Command::Pay(Pay {
        payment,
        order,
        bill,
        method: Method::Cash,
        amount: taken.amount,
        tip: taken.tip,
        tendered: Some(taken.given),
    }))
}
