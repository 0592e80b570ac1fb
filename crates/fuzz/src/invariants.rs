//! What holds after each command, whoever gave it: no line is lost or fired twice, and the money adds up.

use domain::billing::bill::{says, standing};
use domain::ids::{BillId, LineId, OrderId, PaymentId};
use domain::money::Money;
use domain::orders::{How, Line, Order};
use domain::{Event, Key, State};
use std::collections::{BTreeMap, BTreeSet};

/// What has been told so far.
#[derive(Debug, Default)]
pub struct Seen {
    fired: BTreeSet<(OrderId, LineId)>,
    quantities: BTreeMap<(OrderId, LineId), i64>,
    /// What of a line was voided and is a line of its own.
    voided: BTreeMap<(OrderId, LineId), i64>,
    payments: BTreeMap<OrderId, Vec<PaymentId>>,
    /// The last receipt's number of each series.
    receipts: BTreeMap<u64, u32>,
}

/// Looks at the checks that these events have touched.
pub fn holds(state: &State, events: &[Event], seen: &mut Seen) -> Result<(), String> {
    events.iter().try_for_each(|event| seen.hear(event))?;
    let touched: BTreeSet<OrderId> = events.iter().filter_map(Event::order).collect();
    for id in touched {
        let order = state
            .order(id)
            .ok_or("events are about a check that is not there")?;
        lines(order, seen)?;
        money(state, order, seen)?;
        place(state, order)?;
    }
    Ok(())
}

impl Seen {
    fn hear(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::LinesFired(fired) => {
                for line in &fired.lines {
                    if !self.fired.insert((fired.order, *line)) {
                        return Err(format!("line {line} is fired twice"));
                    }
                }
            }
            Event::LinesAdded(added) => {
                for line in &added.lines {
                    let before = self
                        .quantities
                        .insert((added.order, line.id), line.quantity.get().into());
                    if before.is_some() {
                        return Err(format!("line {} is added twice", line.id));
                    }
                }
            }
            Event::LineChanged(changed) => {
                let line = (changed.order, changed.line);
                let apart = self.voided.get(&line).copied().unwrap_or(0);
                self.quantities
                    .insert(line, i64::from(changed.quantity.get()) + apart);
            }
            Event::LinesVoided(voided) => {
                for part in &voided.lines {
                    let apart = part.part.map_or(0, |(_, quantity)| quantity.get().into());
                    *self.voided.entry((voided.order, part.line)).or_default() += apart;
                }
            }
            Event::PaymentTaken(taken) => self
                .payments
                .entry(taken.order)
                .or_default()
                .push(taken.payment.id),
            Event::BillPaid(paid) => {
                if let Some(number) = paid.paid.number {
                    let last = self.receipts.insert(paid.paid.series, number);
                    if number != last.unwrap_or(0) + 1 {
                        return Err(format!("receipt {number} comes after {last:?}"));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn lines(order: &Order, seen: &Seen) -> Result<(), String> {
    let ids: BTreeSet<LineId> = order.lines.iter().map(|line| line.id).collect();
    if ids.len() != order.lines.len() {
        return Err("a line stands twice on its check".into());
    }
    let tickets: BTreeSet<_> = order.tickets.iter().map(|ticket| ticket.id).collect();
    if tickets.len() != order.tickets.len() {
        return Err("two tickets of a check have one id".into());
    }
    for ticket in &order.tickets {
        let lines: BTreeSet<LineId> = ticket.lines.iter().copied().collect();
        if lines.len() != ticket.lines.len() {
            return Err("a line stands twice on its ticket".into());
        }
        if lines.iter().any(|line| !ids.contains(line)) {
            return Err("a ticket names a line that is not on its check".into());
        }
    }
    for line in &order.lines {
        let on = order
            .tickets
            .iter()
            .filter(|ticket| ticket.lines.contains(&line.id))
            .count();
        let stations: BTreeSet<_> = line.frozen.stations.iter().collect();
        let due = if line.was_fired() { stations.len() } else { 0 };
        if on != due {
            return Err(format!("a line has {on} tickets and {due} stations"));
        }
    }
    for ((of, id), quantity) in seen
        .quantities
        .range((order.id, LineId(uuid::Uuid::nil()))..)
    {
        if *of != order.id {
            break;
        }
        let own = |line: &&Line| line.id == *id || line.part_of == Some(*id);
        let there: i64 = order
            .lines
            .iter()
            .filter(own)
            .map(|line| i64::from(line.quantity.get()))
            .sum();
        if there != *quantity {
            return Err(format!(
                "of {quantity} of a line {there} are left, voided or not"
            ));
        }
    }
    Ok(())
}

fn money(state: &State, order: &Order, seen: &Seen) -> Result<(), String> {
    let too_much = |_| "a check comes to more than money can be".to_owned();
    let bill = |id: &BillId| state.bill(*id).ok_or(format!("bill {id} is not there"));
    let bills: Vec<_> = order.bills.iter().map(bill).collect::<Result<_, _>>()?;
    let held = bills
        .iter()
        .flat_map(|bill| &bill.payments)
        .chain(&order.loose);
    let mut held: Vec<PaymentId> = held.map(|payment| payment.id).collect();
    let mut taken = seen.payments.get(&order.id).cloned().unwrap_or_default();
    held.sort_unstable();
    taken.sort_unstable();
    if held != taken {
        return Err(format!(
            "{} payments were taken, {} are held",
            taken.len(),
            held.len()
        ));
    }
    let mut billed = BTreeSet::new();
    for bill in &bills {
        says(bill, Some(order)).map_err(too_much)?;
        let Some(paid) = &bill.paid else { continue };
        if Money::sum(paid.lines.iter().map(|line| line.amount)) != Ok(paid.subtotal) {
            return Err("a paid bill's lines do not add up".into());
        }
        if bill.taken().map_err(too_much)? < paid.total {
            return Err("a bill counts as paid and is not".into());
        }
        if paid.tax < Money::ZERO || paid.tax > paid.total {
            return Err("a bill's tax is more than the bill".into());
        }
        for line in &paid.lines {
            if !billed.insert(line.line) {
                return Err("a line is on two paid bills".into());
            }
            let now = order.line(line.line).and_then(|line| line.total().ok());
            if now != Some(line.amount) {
                return Err("a line costs something else than its paid bill says".into());
            }
        }
    }
    let marked = order
        .lines
        .iter()
        .filter(|line| line.billed.is_some())
        .count();
    if marked != billed.len() {
        return Err(format!(
            "{marked} lines are billed, bills have {}",
            billed.len()
        ));
    }
    let stands = standing(order, bills).map_err(too_much)?;
    match Money::new(stands.totals.total.minor() - stands.taken.minor()) {
        Ok(due) if due == stands.due => Ok(()),
        _ => Err("what is due is not what it comes to less what was taken".into()),
    }
}

fn place(state: &State, order: &Order) -> Result<(), String> {
    let done = order
        .closed
        .as_ref()
        .is_some_and(|closed| closed.how == How::Completed);
    if done && (order.unsent().next().is_some() || order.unbilled().next().is_some()) {
        return Err("a check is done and has something left".into());
    }
    if order
        .open_bill
        .is_some_and(|bill| state.bill(bill).is_none_or(|bill| !bill.is_open()))
    {
        return Err("a check's open bill is not open".into());
    }
    let table = order
        .table
        .and_then(|id| state.row(&Key::Table(id)).and(state.table(id)));
    let lists = table
        .is_none_or(|table| table.more > 0 || table.orders.contains(&order.id) == order.is_open());
    if lists {
        Ok(())
    } else {
        Err("a table does not list its open checks".into())
    }
}
