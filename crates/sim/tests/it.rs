//! Many seeds without a violation, and each planted bug found.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot begin has failed; what it took is printed"
)]

use client::planted::Bug as DeviceBug;
use comanda::planted::Bug as HubBug;
use sim::run::{Report, Run, Size};

const SIZE: Size = Size {
    devices: 4,
    steps: 600,
};
const SEEDS: u64 = 100;
/// A planted bug has to be found within so many seeds.
const SEEDS_TO_FIND: u64 = 50;

fn run(seed: u64) -> Report {
    Run::of(seed, SIZE).expect("the run begins")
}

fn seeds(from: u64, to: u64) {
    let mut commands = 0;
    for seed in from..to {
        let report = run(seed);
        commands += report.commands;
        let trace = report.trace.join("\n");
        assert!(
            report.violations.is_empty(),
            "seed {seed}:\n{trace}\n\n{}",
            report.violations.join("\n")
        );
    }
    println!("seeds {from}..{to}: {commands} commands, no violation");
}

#[test]
fn no_seed_of_the_first_half_breaks_a_promise() {
    seeds(0, SEEDS / 2);
}

#[test]
fn no_seed_of_the_second_half_breaks_a_promise() {
    seeds(SEEDS / 2, SEEDS);
}

/// The seeds that it took.
fn found(name: &str) {
    let seed = (0..SEEDS_TO_FIND).find(|seed| !run(*seed).violations.is_empty());
    client::planted::plant(None);
    comanda::planted::plant(None);
    println!("{name}: found by seed {seed:?}");
    assert!(
        seed.is_some(),
        "{name} was not found within {SEEDS_TO_FIND} seeds"
    );
}

#[test]
fn pending_dropped_by_number_is_found() {
    client::planted::plant(Some(DeviceBug::DropByNumber));
    found("pending dropped by number");
}

#[test]
fn a_poke_before_the_commit_is_found() {
    comanda::planted::plant(Some(HubBug::PokeBeforeCommit));
    found("poke before commit");
}

#[test]
fn an_outbox_outside_the_transaction_is_found() {
    comanda::planted::plant(Some(HubBug::OutboxOutside));
    found("outbox outside the transaction");
}
