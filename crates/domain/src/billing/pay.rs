//! Taking money. The cash is in the drawer: a fact, recorded whatever the bill looks like by now.

use super::bill::{self, Bill};
use super::{Method, Payment, fits};
use crate::auth::Act;
use crate::event::Event;
use crate::ids::{BillId, OrderId, PaymentId};
use crate::money::Money;
use crate::notifications::{About, Cards};
use crate::orders::open::found_check;
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::{Key, State};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pay {
    pub payment: PaymentId,
    /// The check that it was taken for: where the bill is unknown, the money stays with it.
    pub order: OrderId,
    pub bill: BillId,
    pub method: Method,
    pub amount: Money,
    #[serde(default)]
    pub tip: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tendered: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentTaken {
    pub order: OrderId,
    /// None where it is unassigned: no open bill was there to take it.
    pub bill: Option<BillId>,
    pub payment: Payment,
}

pub fn pay(state: &State, cmd: &Pay, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_or_flag(
        state,
        Act::TakePayment,
        "billing.pay",
        Some(cmd.order),
        &mut cards,
    )?;
    well_formed(cmd)?;
    let settings = state.settings().ok_or(Refusal::Unknown("restaurant"))?;
    let order = state.order(cmd.order);
    let mut events = Vec::new();
    if order.is_none() {
        match ctx.origin {
            Origin::Live => return Err(Refusal::Unknown("order")),
            Origin::Queued => events.push(found_check(state, cmd.order, ctx, &mut cards)?),
        }
    }
    if let Some(known) = order.and_then(|order| taken_before(state, order, cmd.payment)) {
        return match ctx.origin {
            Origin::Live => Err(Refusal::Rule(Code::AlreadyExists)),
            // Told twice: it counts once.
            Origin::Queued if same(known, cmd) => Ok(cards.into_events().collect()),
            Origin::Queued => Err(Refusal::bad("payment", "repeated")),
        };
    }
    let taken = order.into_iter().flat_map(|order| all_taken(state, order));
    let with_tips = |payment: &Payment| payment.amount.plus(payment.tip);
    if !fits(taken.map(with_tips).chain([cmd.amount.plus(cmd.tip)])) {
        return Err(Refusal::too_much("amount"));
    }
    let bill = match ctx.origin {
        Origin::Live => Some(payable(state, cmd)?),
        Origin::Queued => {
            let named = state.bill(cmd.bill);
            let named = named.filter(|bill| bill.order == cmd.order && bill.is_open());
            let open = order.and_then(|order| state.bill(order.open_bill?));
            named.or(open).map(|bill| bill.id)
        }
    };
    if bill.is_none() {
        let was_paid = state.bill(cmd.bill).is_some_and(|bill| bill.paid.is_some());
        let (order, amount) = (cmd.order, cmd.amount);
        cards.raise(if was_paid {
            About::Overpaid {
                order,
                bill: Some(cmd.bill),
                amount,
            }
        } else {
            About::UnassignedMoney { order, amount }
        });
    }
    let payment = Payment {
        id: cmd.payment,
        method: cmd.method,
        amount: cmd.amount,
        tip: cmd.tip,
        tendered: cmd.tendered,
        by: ctx.by,
        by_name: ctx.by_name(state),
        at: ctx.at,
        day: settings.day_of(ctx.at),
    };
    let order = cmd.order;
    events.push(
        PaymentTaken {
            order,
            bill,
            payment,
        }
        .into(),
    );
    events.extend(cards.into_events());
    Ok(events)
}

fn well_formed(cmd: &Pay) -> Result<(), Refusal> {
    for (field, amount) in [("amount", cmd.amount), ("tip", cmd.tip)] {
        if amount < Money::ZERO {
            return Err(Refusal::too_much(field));
        }
    }
    let wanted = cmd.amount.plus(cmd.tip);
    let wanted = wanted.map_err(|_| Refusal::too_much("amount"))?;
    if cmd.tendered.is_some_and(|given| given < wanted) {
        return Err(Refusal::bad("tendered", "too_little"));
    }
    if cmd.method != Method::Cash {
        return Err(Refusal::bad("method", "not_available"));
    }
    Ok(())
}

/// While somebody can choose, they pay an open bill, and not more than it is.
fn payable(state: &State, cmd: &Pay) -> Result<BillId, Refusal> {
    let bill: Option<&Bill> = state.bill(cmd.bill).filter(|bill| bill.order == cmd.order);
    let bill = bill.ok_or(Refusal::Unknown("bill"))?;
    if !bill.is_open() {
        return Err(Refusal::Rule(Code::BillClosed));
    }
    let says = bill::says(bill, state.order(bill.order));
    let due = says.map_err(|_| Refusal::too_much("amount"))?.due;
    if cmd.amount > due {
        return Err(Refusal::Rule(Code::Overpayment));
    }
    if cmd.amount == Money::ZERO && due > Money::ZERO {
        return Err(Refusal::too_much("amount"));
    }
    Ok(bill.id)
}

/// Whatever has been taken for a check.
fn all_taken<'a>(
    state: &'a State,
    order: &'a crate::orders::Order,
) -> impl Iterator<Item = &'a Payment> {
    let bills = order.bills.iter().filter_map(|bill| state.bill(*bill));
    bills.flat_map(|bill| &bill.payments).chain(&order.loose)
}

fn taken_before<'a>(
    state: &'a State,
    order: &'a crate::orders::Order,
    payment: PaymentId,
) -> Option<&'a Payment> {
    all_taken(state, order).find(|known| known.id == payment)
}

fn same(known: &Payment, cmd: &Pay) -> bool {
    known.amount == cmd.amount && known.tip == cmd.tip && known.method == cmd.method
}

pub fn apply_taken(state: &mut State, event: &PaymentTaken) {
    match event.bill {
        Some(bill) => state.change_bill(bill, |bill| bill.payments.push(event.payment.clone())),
        None => state.change_order(event.order, |order| order.loose.push(event.payment.clone())),
    }
    state.change_order(event.order, |order| order.touched(event.payment.at));
}

/// The rows that paying reads: the bills of the check.
pub(crate) fn keys(state: &State, cmd: &Pay) -> Vec<Key> {
    let order = state.order(cmd.order);
    let bills = order.into_iter().flat_map(|order| &order.bills);
    bills.copied().chain([cmd.bill]).map(Key::Bill).collect()
}
