//! Money: what was ordered is what was billed, taken and is due; receipts have no gaps; the reports count it once.

use super::Log;
use domain::billing::bill::{BillLine, Final, says};
use domain::billing::{totals, totals_of};
use domain::ids::BillId;
use domain::orders::Order;
use domain::{Aggregate, Event, Key, State};
use std::collections::{BTreeMap, BTreeSet};

/// On each check lines, tax and tips are what was taken and what is due; no paid bill says anything else than its
/// lines; receipts are numbered without a gap.
pub(super) fn money(hub: &Log, state: &State, found: &mut Vec<String>) {
    let mut captured = BTreeSet::new();
    let mut paid: BTreeMap<BillId, &Final> = BTreeMap::new();
    let mut receipts: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for (head, events) in &hub.entries {
        for event in events {
            if let Event::PaymentTaken(event) = event
                && !captured.insert(event.payment.id)
            {
                let id = event.payment.id;
                found.push(format!("payment {id} is taken again in entry {}", head.seq));
            }
            if let Event::BillPaid(event) = event {
                if paid.insert(event.bill, &event.paid).is_some() {
                    let (bill, seq) = (event.bill, head.seq);
                    found.push(format!("bill {bill} is paid again in entry {seq}"));
                }
                let series = receipts.entry(event.paid.series).or_default();
                series.extend(event.paid.number);
            }
        }
    }
    for (bill, first) in paid {
        if state.bill(bill).and_then(|bill| bill.paid.as_ref()) != Some(first) {
            found.push(format!(
                "bill {bill} says something else than when it was paid"
            ));
        }
    }
    for (series, numbers) in receipts {
        let count = u32::try_from(numbers.len()).unwrap_or(0);
        if !numbers.iter().copied().eq(1..=count) {
            found.push(format!("the receipts of series {series} are {numbers:?}"));
        }
    }
    for order in state.keys().filter_map(|key| match key {
        Key::Order(id) => state.order(*id),
        _ => None,
    }) {
        if let Err(why) = adds_up(state, order) {
            found.push(format!("check {}: {why}", order.id));
        }
    }
}

/// The reports count each paid bill once, to the cent, on one day: by their lines and by what they were paid with alike.
pub(super) fn reports(hub: &Log, state: &State, found: &mut Vec<String>) -> rusqlite::Result<()> {
    let events = hub.entries.iter().flat_map(|(_, events)| events);
    let paid: BTreeMap<String, i64> = events
        .filter_map(|event| match event {
            Event::BillPaid(event) => Some((event.bill.to_string(), event.paid.total.minor())),
            _ => None,
        })
        .collect();
    let mut both = Vec::new();
    for table in ["sales", "sales_tenders"] {
        let text = format!(
            "SELECT bill, MIN(day), MAX(day), SUM(net), SUM(tax), SUM(tips) FROM {table} GROUP BY bill"
        );
        let mut query = hub.db.prepare(&text)?;
        let rows = query.query_map([], |row| {
            let days: (String, String) = (row.get(1)?, row.get(2)?);
            let sums: (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((row.get::<_, String>(0)?, (days, sums)))
        })?;
        let bills: BTreeMap<_, _> = rows.collect::<rusqlite::Result<_>>()?;
        let counted = bills
            .iter()
            .map(|(bill, (_, (net, tax, _)))| (bill.clone(), net + tax));
        if !counted.eq(paid.clone()) {
            found.push(format!("{table} counts {bills:?}, the log {paid:?}"));
        }
        let given = state.keys().filter_map(|key| match &state.row(key)?.body {
            Aggregate::Bill(bill) if bill.paid.is_some() => {
                Some((bill.id.to_string(), bill.tips().ok()?.minor()))
            }
            _ => None,
        });
        let counted = bills
            .iter()
            .map(|(bill, (_, (_, _, tips)))| (bill.clone(), *tips));
        if !counted.eq(given.collect::<BTreeMap<_, _>>()) {
            found.push(format!("{table} counts other tips than were given"));
        }
        for (bill, ((first, last), _)) in &bills {
            if first != last {
                found.push(format!("{table} counts bill {bill} on two days"));
            }
        }
        both.push(bills);
    }
    if both.first() != both.last() {
        found.push("the reports by line and by tender differ".into());
    }
    Ok(())
}

fn adds_up(state: &State, order: &Order) -> Result<(), String> {
    let too_much = |_| "an amount that cannot be".to_owned();
    let lines = totals(order).map_err(too_much)?.subtotal.minor();
    let unbilled = totals_of(order.unbilled(), order.prices_include_tax).map_err(too_much)?;
    let (open_lines, unbilled) = (unbilled.subtotal.minor(), unbilled.total.minor());
    let (mut billed_lines, mut billed, mut paid, mut given) = (0, 0, 0, 0);
    for bill in order.bills.iter().filter_map(|bill| state.bill(*bill)) {
        let said = says(bill, Some(order)).map_err(too_much)?;
        paid += said.taken.minor();
        if let Some(paid) = &bill.paid {
            billed += paid.total.minor();
            billed_lines += paid.subtotal.minor();
            given += said.taken.minor() - paid.total.minor();
            let amounts: i64 = paid.lines.iter().map(|line| line.amount.minor()).sum();
            let own = |line: &BillLine| {
                let line = order.line(line.line);
                line.is_some_and(|line| line.counts() && line.billed == Some(bill.id))
            };
            if amounts != paid.subtotal.minor() || !paid.lines.iter().all(own) {
                return Err(format!("bill {} is not its lines", bill.id));
            }
            if said.taken.minor() < paid.total.minor() {
                return Err(format!("bill {} is paid with too little", bill.id));
            }
        }
    }
    // Without tax: each bill rounds its own.
    if lines != billed_lines + open_lines {
        return Err(format!(
            "{lines} of lines, {billed_lines} billed, {open_lines} not"
        ));
    }
    let due = unbilled + given - (paid - billed);
    let open = order.open_bill.and_then(|bill| state.bill(bill));
    let says = open.map(|bill| says(bill, Some(order))).transpose();
    let says = says.map_err(too_much)?;
    match says {
        Some(says) if says.due.minor() != due => Err(format!("{due} is due, not {says:?}")),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::RestaurantId;
    use domain::sync::Chain;
    use rusqlite::Connection;

    #[test]
    fn a_tip_that_the_reports_made_up_is_seen() {
        let db = Connection::open_in_memory().unwrap();
        for table in ["sales", "sales_tenders"] {
            let columns = "(bill TEXT, day TEXT, net INTEGER, tax INTEGER, tips INTEGER)";
            db.execute_batch(&format!("CREATE TABLE {table} {columns}"))
                .unwrap();
        }
        let row = "INSERT INTO sales_tenders VALUES ('a', '2026-11-21', 0, 0, 1)";
        db.execute_batch(row).unwrap();
        let log = Log {
            db,
            entries: Vec::new(),
            bytes: Vec::new(),
            chain: Chain::start(RestaurantId(uuid::Uuid::nil())),
        };
        let mut found = Vec::new();
        reports(&log, &State::default(), &mut found).unwrap();
        let tips = |why: &&String| why.contains("tips");
        assert_eq!(found.iter().filter(tips).count(), 1, "{found:?}");
    }
}
