//! Bugs on purpose, each of which breaks one promise: the simulator has to find them.

use crate::store::outbox::Record;
use domain::billing::bill::BillPaid;
use domain::money::Money;
use domain::orders::send::Fired;
use domain::rules::{Ctx, Verdict};
use domain::time::Moment;
use domain::{Aggregate, Command, Event, Key, Row, State};
use std::cell::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Others are told before the commit.
    PokeBeforeCommit,
    /// The outbox is written after the commit, by itself.
    OutboxOutside,
    /// A place in the feed comes from a sequence that no rollback takes back.
    PlainSequence,
    /// A page that has a successor lacks its first entry.
    PageBoundary,
    /// Adding to a check saves all of it, as its author saw it.
    WholeOrder,
    /// The relay goes on after the last record that Kafka took, though it had not taken one before.
    HighWater,
    /// More of a line that was sent fires the line once more.
    FiresAgain,
    /// A refusal is told and not written into the log.
    SilentRefusal,
    /// A node of the hub believes what it had read before the other one wrote.
    StaleCache,
    /// What is added to a check changes the bill that it was paid with.
    BillChanged,
    /// What has happened is judged as if somebody could still choose.
    FactsRefused,
    /// A hub that was put back decides everything anew.
    Redecides,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    static SEQUENCE: Cell<i64> = const { Cell::new(0) };
}

/// Plants a bug in whatever runs on this thread from now on.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

pub(crate) fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// The next of a sequence of which nothing is ever given back; a new hub begins a new one.
pub(crate) fn next_of_sequence(last: i64) -> i64 {
    let next = if last == 0 { 1 } else { SEQUENCE.get() + 1 };
    SEQUENCE.set(next);
    next
}

/// What was added after the author of this command had looked goes.
pub(crate) fn save_whole(state: &mut State, command: &Command, seen: Option<Moment>) {
    let (Command::Add(cmd), Some(seen)) = (command, seen) else {
        return;
    };
    let key = Key::Order(cmd.order);
    let row = state.row(&key).cloned();
    if let Some(Row {
        revision,
        body: Aggregate::Order(mut order),
    }) = row
    {
        order.lines.retain(|line| line.added_at <= seen);
        let body = Aggregate::Order(order);
        state.load(key, Some(Row { revision, body }));
    }
}

/// The verdict, with what a bug adds to it.
pub(crate) fn tampered(state: &State, command: &Command, ctx: &Ctx, verdict: Verdict) -> Verdict {
    let Verdict::Applied { mut events } = verdict else {
        return verdict;
    };
    match command {
        Command::Change(cmd) if is(Bug::FiresAgain) => {
            let order = state.order(cmd.order);
            let line = order.and_then(|order| order.line(cmd.line));
            if line.is_some_and(domain::orders::Line::was_fired) {
                let fired = Fired {
                    order: cmd.order,
                    lines: vec![cmd.line],
                    tickets: Vec::new(),
                    by: ctx.by,
                    by_name: None,
                    at: ctx.at,
                };
                events.push(fired.into());
            }
        }
        Command::Add(cmd) if is(Bug::BillChanged) => {
            let order = state.order(cmd.order).into_iter();
            let bills = order.flat_map(|order| &order.bills);
            let paid = bills.filter_map(|id| state.bill(*id)?.paid.clone().map(|paid| (*id, paid)));
            for (bill, mut paid) in paid {
                paid.total = Money::new(paid.total.minor() + 1).unwrap_or_default();
                let order = cmd.order;
                events.push(Event::BillPaid(BillPaid { bill, order, paid }));
            }
        }
        _ => {}
    }
    Verdict::Applied { events }
}

/// How many of these records the relay takes for sent, where only some were.
pub(crate) fn past_the_gap(records: &[Record], sent: &[anyhow::Result<()>]) -> Option<usize> {
    let last = sent.iter().rposition(Result::is_ok)?;
    is(Bug::HighWater).then_some((last + 1).min(records.len()))
}
