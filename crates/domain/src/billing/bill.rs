//! A bill: a live view of what its check has unbilled until it is paid; then final, numbered and never changed.

use super::{Payment, Tax, Totals, totals_of};
use crate::auth::Act;
use crate::event::Event;
use crate::ids::{BillId, DishId, LineId, OrderId, PersonId};
use crate::money::{Money, TooMuch};
use crate::notifications::Cards;
use crate::orders::open::found_check;
use crate::orders::{Line, Order};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin, Place};
use crate::state::{Counter, Key, State};
use crate::text::{Name, Quantity};
use crate::time::{Day, Moment};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    pub id: BillId,
    pub order: OrderId,
    pub opened_by: Option<PersonId>,
    pub opened_by_name: Option<Name>,
    pub opened_at: Moment,
    pub payments: Vec<Payment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Final>,
    /// Its check was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Moment>,
}

/// What a paid bill says, for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Final {
    /// Given by the hub, without gaps in its series; on a device there is none yet.
    pub number: Option<u32>,
    pub series: u64,
    pub at: Moment,
    pub day: Day,
    pub table_name: Option<Name>,
    pub lines: Vec<BillLine>,
    pub taxes: Vec<Tax>,
    pub subtotal: Money,
    pub tax: Money,
    pub total: Money,
}

impl Final {
    /// The number as it is printed. Each epoch has a series of its own, for what a lost one has printed nobody knows.
    pub fn printed(&self) -> Option<String> {
        let number = self.number?;
        Some(match self.series {
            1 => number.to_string(),
            series => format!("{series}-{number}"),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillLine {
    pub line: LineId,
    pub dish: DishId,
    pub name: Name,
    pub modifiers: Vec<Name>,
    pub quantity: Quantity,
    pub amount: Money,
}

impl Bill {
    pub fn is_open(&self) -> bool {
        self.paid.is_none() && self.void.is_none()
    }

    pub fn status(&self) -> &'static str {
        match (&self.paid, &self.void) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "void",
            (None, None) => "open",
        }
    }

    pub fn taken(&self) -> Result<Money, TooMuch> {
        Money::sum(self.payments.iter().map(|payment| payment.amount))
    }

    pub fn tips(&self) -> Result<Money, TooMuch> {
        Money::sum(self.payments.iter().map(|payment| payment.tip))
    }
}

/// What a bill says now.
#[derive(Debug, Clone, PartialEq)]
pub struct Says {
    pub lines: Vec<BillLine>,
    pub totals: Totals,
    pub taken: Money,
    pub tips: Money,
    /// Less than nothing where more was taken than it comes to.
    pub due: Money,
}

/// A paid bill says what it said when it was paid; an open one what its check has unbilled.
pub fn says(bill: &Bill, order: Option<&Order>) -> Result<Says, TooMuch> {
    let (lines, totals) = match (&bill.paid, order) {
        (Some(paid), _) => (paid.lines.clone(), paid.totals()),
        (None, Some(order)) if bill.void.is_none() => live(order)?,
        (None, _) => (Vec::new(), totals_of([], true)?),
    };
    let taken = bill.taken()?;
    Ok(Says {
        due: Money::new(totals.total.minor() - taken.minor())?,
        tips: bill.tips()?,
        taken,
        lines,
        totals,
    })
}

impl Final {
    fn totals(&self) -> Totals {
        Totals {
            subtotal: self.subtotal,
            taxes: self.taxes.clone(),
            tax: self.tax,
            total: self.total,
        }
    }
}

fn live(order: &Order) -> Result<(Vec<BillLine>, Totals), TooMuch> {
    let totals = totals_of(order.unbilled(), order.prices_include_tax)?;
    let lines = order.unbilled().map(bill_line);
    Ok((lines.collect::<Result<_, _>>()?, totals))
}

fn bill_line(line: &Line) -> Result<BillLine, TooMuch> {
    let modifiers = line.frozen.modifiers.iter();
    Ok(BillLine {
        line: line.id,
        dish: line.dish,
        name: line.frozen.name.clone(),
        modifiers: modifiers.map(|modifier| modifier.name.clone()).collect(),
        quantity: line.quantity,
        amount: line.total()?,
    })
}

/// What a whole check comes to, and what was taken for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub totals: Totals,
    pub taken: Money,
    pub due: Money,
}

/// Paid bills say what they said, what is unbilled is added: so no cent of tax is rounded anew.
pub fn standing<'a>(
    order: &Order,
    bills: impl IntoIterator<Item = &'a Bill>,
) -> Result<Standing, TooMuch> {
    let mut totals = totals_of(order.unbilled(), order.prices_include_tax)?;
    let mut taken = Money::sum(order.loose.iter().map(|payment| payment.amount))?;
    for bill in bills {
        taken = taken.plus(bill.taken()?)?;
        if let Some(paid) = &bill.paid {
            totals.subtotal = totals.subtotal.plus(paid.subtotal)?;
            totals.tax = totals.tax.plus(paid.tax)?;
            totals.total = totals.total.plus(paid.total)?;
            totals.taxes.extend(paid.taxes.iter().cloned());
        }
    }
    let due = Money::new(totals.total.minor() - taken.minor())?;
    Ok(Standing { totals, taken, due })
}

/// What a check has still to pay.
pub fn due_of_unbilled(state: &State, order: OrderId) -> Result<Money, Refusal> {
    let Some(order) = state.order(order) else {
        return Ok(Money::ZERO);
    };
    let totals = totals_of(order.unbilled(), order.prices_include_tax);
    Ok(totals.map_err(|_| Refusal::too_much("total"))?.total)
}

/// The guests ask for the bill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenBill {
    pub bill: BillId,
    pub order: OrderId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillOpened {
    pub bill: BillId,
    pub order: OrderId,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub at: Moment,
}

/// The bill is paid in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BillPaid {
    pub bill: BillId,
    pub order: OrderId,
    pub paid: Final,
}

pub fn open_bill(state: &State, cmd: &OpenBill, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_or_flag(
        state,
        Act::TakePayment,
        "billing.open",
        Some(cmd.order),
        &mut cards,
    )?;
    let mut events = Vec::new();
    match (state.order(cmd.order), ctx.origin) {
        (Some(order), Origin::Live) => {
            if let Some(refused) = not_billable(state, order, cmd.bill) {
                return Err(Refusal::Rule(refused));
            }
        }
        // Somebody was quicker, or nothing is due: the money that comes finds its bill by the check.
        (Some(order), Origin::Queued) if not_billable(state, order, cmd.bill).is_some() => {
            return Ok(cards.into_events().collect());
        }
        (Some(_), Origin::Queued) => {}
        (None, Origin::Live) => return Err(Refusal::bad("orderId", "unknown")),
        // Another check's bill, with what was paid for it, is not to be begun anew.
        (None, Origin::Queued) if state.bill(cmd.bill).is_some() => {
            return Ok(cards.into_events().collect());
        }
        (None, Origin::Queued) => events.push(found_check(state, cmd.order, ctx, &mut cards)?),
    }
    events.push(
        BillOpened {
            bill: cmd.bill,
            order: cmd.order,
            by: ctx.by,
            by_name: ctx.by_name(state),
            at: ctx.at,
        }
        .into(),
    );
    events.extend(cards.into_events());
    Ok(events)
}

fn not_billable(state: &State, order: &Order, bill: BillId) -> Option<Code> {
    if state.bill(bill).is_some() {
        return Some(Code::AlreadyExists);
    }
    if order.status() == crate::orders::Status::Cancelled {
        return Some(Code::OrderClosed);
    }
    let nothing_due = order.unbilled().next().is_none();
    (order.open_bill.is_some() || nothing_due).then_some(Code::BillExists)
}

/// The bill of a check that what was taken pays in full, and what was taken beyond it.
pub fn settled(
    state: &State,
    order: OrderId,
    ctx: &Ctx,
) -> Result<Option<(BillPaid, Option<Money>)>, Refusal> {
    let too_much = |_| Refusal::too_much("amount");
    let Some(order) = state.order(order) else {
        return Ok(None);
    };
    let bill = order.open_bill.and_then(|bill| state.bill(bill));
    let Some(bill) = bill.filter(|bill| bill.is_open() && !bill.payments.is_empty()) else {
        return Ok(None);
    };
    let says = says(bill, Some(order)).map_err(too_much)?;
    if says.due > Money::ZERO {
        return Ok(None);
    }
    let number = match ctx.place {
        Place::Hub => Some(state.receipts(ctx.epoch) + 1),
        Place::Device => None,
    };
    let day = match state.settings() {
        Some(settings) => settings.day_of(ctx.at),
        None => order.day,
    };
    let paid = Final {
        number,
        series: ctx.epoch,
        at: ctx.at,
        day,
        table_name: order.table_name.clone(),
        lines: says.lines,
        taxes: says.totals.taxes,
        subtotal: says.totals.subtotal,
        tax: says.totals.tax,
        total: says.totals.total,
    };
    let over = Money::new(-says.due.minor()).map_err(too_much)?;
    let (bill, order) = (bill.id, order.id);
    let over = (over > Money::ZERO).then_some(over);
    Ok(Some((BillPaid { bill, order, paid }, over)))
}

pub fn apply_opened(state: &mut State, event: &BillOpened) {
    let bill = Bill {
        id: event.bill,
        order: event.order,
        opened_by: event.by,
        opened_by_name: event.by_name.clone(),
        opened_at: event.at,
        payments: Vec::new(),
        paid: None,
        void: None,
    };
    state.put(Key::Bill(event.bill), bill.into());
    state.change_order(event.order, |order| {
        order.bills.push(event.bill);
        order.open_bill = Some(event.bill);
        order.touched(event.at);
    });
}

pub fn apply_paid(state: &mut State, event: &BillPaid) {
    state.change_bill(event.bill, |bill| bill.paid = Some(event.paid.clone()));
    state.change_order(event.order, |order| {
        let taken = |id: LineId| event.paid.lines.iter().any(|line| line.line == id);
        for line in order.lines.iter_mut().filter(|line| taken(line.id)) {
            line.billed = Some(event.bill);
        }
        if order.open_bill == Some(event.bill) {
            order.open_bill = None;
        }
        order.touched(event.paid.at);
    });
    if let Some(last) = event.paid.number {
        let key = Key::ReceiptCounter(event.paid.series);
        state.put(key, Counter { last }.into());
    }
}
