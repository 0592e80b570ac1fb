//! What holds whatever people do: rules are total, a log replays to the state, and a scope is all that a rule reads.

use super::house::{
    ADA, ANA, BEN, FLAMBE, House, KIM, SOUP, T1, T2, WATER, add, fire, founding, id, line, named,
    open, send,
};
use crate::command::Command;
use crate::event::Event;
use crate::ids::{DishId, PersonId, TableId};
use crate::money::Money;
use crate::orders::add::Add;
use crate::orders::open::Open;
use crate::rules::{Origin, Place, Verdict, apply, decide, judge, missing, scope};
use crate::state::{Key, State};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One thing that somebody does, out of few tables, checks and lines, so that they meet.
#[derive(Debug, Clone)]
struct Step {
    by: PersonId,
    origin: Origin,
    command: Command,
}

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(vec![ANA, ANA, BEN, BEN, ADA, KIM, PersonId(id(0xbad))])
}

fn table() -> impl Strategy<Value = TableId> {
    prop::sample::select(vec![T1, T1, T2, TableId(id(0xbad))])
}

fn lines() -> impl Strategy<Value = Vec<crate::orders::add::NewLine>> {
    let dish = prop::sample::select(vec![SOUP, FLAMBE, WATER, DishId(id(0xbad))]);
    prop::collection::vec(
        (0u128..12, dish, 1i64..=999).prop_map(|(n, dish, quantity)| line(n, dish, quantity)),
        0..4,
    )
}

/// What may follow once there are checks.
fn later() -> impl Strategy<Value = Command> {
    (0usize..14, 0u128..4, 0u128..12, 1i64..5, 0i64..6000)
        .prop_map(|(which, n, line, few, much)| super::acts::some(which, n, line, few, much))
}

fn command() -> impl Strategy<Value = Command> {
    let order = 0u128..4;
    prop_oneof![
        (order.clone(), table(), lines(), any::<bool>()).prop_map(|(n, table, lines, fires)| {
            Open {
                fire: fires.then(|| fire(n)).flatten(),
                ..open(n, table, lines)
            }
            .into()
        }),
        (order.clone(), lines(), any::<bool>()).prop_map(|(n, lines, fires)| Add {
            fire: fires.then(|| fire(n)).flatten(),
            ..add(n, lines)
        }
        .into()),
        (
            order.clone(),
            prop::sample::select(vec!["", "Birthday", "Bar · Tom"])
        )
            .prop_map(|(n, text)| named(n, text).into()),
        (order, prop::collection::vec(0u128..12, 0..5))
            .prop_map(|(n, lines)| send(n, &lines).into()),
        prop::sample::select(founding()),
        later(),
        later(),
    ]
}

fn evening() -> impl Strategy<Value = Vec<Step>> {
    let origin = prop_oneof![Just(Origin::Live), Just(Origin::Queued)];
    let step = (person(), origin, command()).prop_map(|(by, origin, command)| Step {
        by,
        origin,
        command,
    });
    prop::collection::vec(step, 0..40)
}

/// Does it all, and gives the events in their order.
fn play(house: &mut House, steps: &[Step]) -> Vec<Event> {
    let played = steps.iter().filter_map(|step| {
        house
            .says(house.ctx(step.by, step.origin), step.command.clone())
            .ok()
    });
    played.flatten().collect()
}

fn rows(state: &State) -> BTreeMap<Key, crate::Row> {
    state
        .keys()
        .filter_map(|key| Some((*key, state.row(key)?.clone())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_log_replays_to_the_state_that_it_was_made_with(steps in evening(), on_device in any::<bool>()) {
        let place = if on_device { Place::Device } else { Place::Hub };
        let mut house = House { place, ..House::open() };
        let start = house.state.clone();
        let events = play(&mut house, &steps);
        let mut replayed = start;
        for event in &events {
            // Through its serialised form, as a log keeps it.
            let read = Event::read(event.kind(), event.version(), &event.body()).expect("what was written reads");
            prop_assert_eq!(&read, event);
            apply(&mut replayed, &read);
        }
        prop_assert_eq!(rows(&replayed), rows(&house.state));
    }

    #[test]
    fn a_scope_is_all_that_a_rule_reads(steps in evening(), last in evening()) {
        let mut house = House::open();
        play(&mut house, &steps);
        for step in last.iter().take(5) {
            let ctx = house.ctx(step.by, step.origin);
            let mut narrow = State::default();
            loop {
                let keys = missing(&step.command, &ctx, &narrow);
                if keys.is_empty() { break }
                keys.into_iter().for_each(|key| narrow.load(key, house.state.row(&key).cloned()));
            }
            let (whole, alone) = (decide(&house.state, &step.command, &ctx), decide(&narrow, &step.command, &ctx));
            prop_assert_eq!(&whole, &alone, "{:?}", step.command);
            // What the events write lies in the scope too, or is new.
            let scoped = scope(&step.command, &ctx, &narrow);
            for key in whole.iter().flatten().flat_map(Event::keys) {
                let new = house.state.row(&key).is_none();
                prop_assert!(new || scoped.contains(&key), "{key} is written and not in the scope of {:?}", step.command);
            }
        }
    }

    #[test]
    fn a_line_is_fired_once_and_stands_on_one_check_once(steps in evening()) {
        let mut house = House::open();
        let events = play(&mut house, &steps);
        let mut fired = BTreeMap::new();
        for event in &events {
            if let Event::LinesFired(event) = event {
                for line in &event.lines {
                    *fired.entry((event.order, *line)).or_insert(0) += 1;
                }
            }
        }
        prop_assert!(fired.values().all(|times| *times == 1), "{fired:?}");
        for n in 0..4 {
            let Some(order) = house.state.order(super::house::order(n)) else { continue };
            let mut ids: Vec<_> = order.lines.iter().map(|line| line.id).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), order.lines.len(), "no line stands twice on a check");
            for line in &order.lines {
                let on = order.tickets.iter().filter(|ticket| ticket.lines.contains(&line.id)).count();
                let due = if line.was_fired() { line.frozen.stations.len() } else { 0 };
                prop_assert_eq!(on, due, "a fired line has one ticket at each of its stations");
            }
        }
    }

    #[test]
    fn no_line_vanishes_and_quantities_add_up(steps in evening()) {
        let mut house = House::open();
        let events = play(&mut house, &steps);
        let mut stands: BTreeMap<_, i64> = BTreeMap::new();
        for event in &events {
            match event {
                Event::LinesAdded(added) => for line in &added.lines {
                    stands.insert((added.order, line.id), i64::from(line.quantity.get()));
                },
                Event::LineChanged(changed) => {
                    stands.insert((changed.order, changed.line), i64::from(changed.quantity.get()));
                }
                _ => {}
            }
        }
        for ((order, id), quantity) in stands {
            let order = house.state.order(order).expect("it is there");
            let own = |line: &&crate::orders::Line| line.id == id || line.part_of == Some(id);
            let there: i64 = order.lines.iter().filter(own).map(|line| i64::from(line.quantity.get())).sum();
            prop_assert_eq!(there, quantity, "voided or not, all of it stands on the check");
        }
    }

    #[test]
    fn money_adds_up_and_each_payment_counts_once(steps in evening()) {
        let mut house = House::open();
        let events = play(&mut house, &steps);
        let mut numbers = Vec::new();
        for n in 0..4 {
            let Some(order) = house.state.order(super::house::order(n)) else { continue };
            let totals = crate::billing::totals(order).expect("it fits");
            prop_assert_eq!(totals.total, totals.subtotal, "prices include tax here");
            prop_assert!(totals.tax >= Money::ZERO && totals.tax <= totals.total);
            let bills: Vec<_> = order.bills.iter().filter_map(|bill| house.state.bill(*bill)).collect();
            let held = bills.iter().flat_map(|bill| &bill.payments).chain(&order.loose).count();
            let taken = events.iter().filter(|event| matches!(event, Event::PaymentTaken(taken) if taken.order == order.id)).count();
            prop_assert_eq!(held, taken, "each payment stands in one place");
            let mut billed: Vec<_> = Vec::new();
            for bill in bills {
                let Some(paid) = &bill.paid else { continue };
                let lines = Money::sum(paid.lines.iter().map(|line| line.amount));
                prop_assert_eq!(lines, Ok(paid.subtotal));
                prop_assert!(bill.taken().expect("it fits") >= paid.total, "paid in full");
                billed.extend(paid.lines.iter().map(|line| line.line));
                numbers.extend(paid.number);
            }
            let before = billed.len();
            billed.sort_unstable();
            billed.dedup();
            prop_assert_eq!(billed.len(), before, "no line is on two bills");
            if order.closed.is_some() {
                prop_assert!(order.unsent().next().is_none() && order.unbilled().next().is_none(), "done is done");
            }
            let table = order.table.and_then(|table| house.state.table(table));
            let there = table.is_none_or(|table| table.orders.contains(&order.id) == order.is_open());
            prop_assert!(there, "a table holds its open checks");
        }
        numbers.sort_unstable();
        let gapless: Vec<u32> = (1..).take(numbers.len()).collect();
        prop_assert_eq!(numbers, gapless, "receipts have no gaps");
    }

    #[test]
    fn a_queued_fact_always_goes_in_or_is_kept_with_a_card(steps in evening(), last in evening()) {
        let mut house = House::open();
        play(&mut house, &steps);
        for step in last.iter().take(5) {
            let ctx = house.ctx(step.by, Origin::Queued);
            match judge(&house.state, &step.command, &ctx) {
                Verdict::Applied { .. } => {}
                Verdict::Rejected { events, .. } | Verdict::Quarantined { events, .. } => {
                    prop_assert_eq!(super::house::cards(&events).len(), 1);
                }
            }
        }
    }

    #[test]
    fn a_step_taken_back_leaves_no_trace(steps in evening(), last in evening()) {
        let mut house = House::open();
        play(&mut house, &steps);
        house.state.settle();
        let before = rows(&house.state);
        let savepoint = house.state.savepoint();
        play(&mut house, &last);
        house.state.rollback_to(savepoint);
        prop_assert_eq!(rows(&house.state), before);
        prop_assert!(house.state.changed().is_empty());
    }

    #[test]
    fn reading_never_panics(kind in prop::sample::select(Command::KNOWN), text in any::<String>(), version in any::<u16>()) {
        let _ = Command::read(kind.0, version, &text);
        let _ = Command::read(&text, kind.1, "{}");
        let _ = Event::read(&text, version, &text);
        let _ = text.parse::<Key>();
        let _ = crate::sync::EntryHead::read(&text);
    }
}
