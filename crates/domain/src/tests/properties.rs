//! What holds whatever people do: rules are total, a log replays to the state, and a scope is all that a rule reads.

use super::house::{
    ADA, ANA, BEN, FLAMBE, House, KIM, SOUP, T1, T2, WATER, add, fire, founding, id, line, named,
    open, send,
};
use crate::command::Command;
use crate::event::Event;
use crate::ids::{DishId, PersonId, TableId};
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
                let due = if line.is_draft() { 0 } else { line.frozen.stations.len() };
                prop_assert_eq!(on, due, "a fired line has one ticket at each of its stations");
            }
        }
    }

    #[test]
    fn no_line_vanishes_and_money_adds_up(steps in evening()) {
        let mut house = House::open();
        let events = play(&mut house, &steps);
        let mut due: BTreeMap<_, i64> = BTreeMap::new();
        for event in &events {
            if let Event::LinesAdded(added) = event {
                let lines = added.lines.iter().map(|line| line.frozen.price.minor() * i64::from(line.quantity.get()));
                *due.entry(added.order).or_default() += lines.sum::<i64>();
            }
        }
        for (id, due) in due {
            let totals = crate::billing::totals(house.state.order(id).expect("it is there")).expect("it fits");
            prop_assert_eq!(totals.subtotal.minor(), due);
            prop_assert_eq!(totals.total, totals.subtotal, "prices include tax here");
            prop_assert!(totals.tax >= crate::money::Money::ZERO && totals.tax <= totals.total);
        }
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
