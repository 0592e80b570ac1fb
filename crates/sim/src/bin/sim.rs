//! Runs seeds by hand: `cargo run -p sim -- FROM COUNT [trace]`. A seed that fails is printed with what it broke.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

use sim::run::{Run, Size};
use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, unless: u64| args.get(at).map_or(Ok(unless), |text| text.parse());
    let (from, count) = (number(0, 0)?, number(1, 50)?);
    let trace = args.get(2).is_some_and(|word| word == "trace");
    match args.get(3).map(String::as_str) {
        Some("outbox") => comanda::planted::plant(Some(comanda::planted::Bug::OutboxOutside)),
        Some("poke") => comanda::planted::plant(Some(comanda::planted::Bug::PokeBeforeCommit)),
        Some("number") => client::planted::plant(Some(client::planted::Bug::DropByNumber)),
        Some(_) | None => {}
    }
    let size = Size {
        devices: 4,
        steps: 600,
    };
    let (mut commands, mut bad, mut faults) = (0, 0, BTreeMap::<&str, usize>::new());
    for seed in from..from + count {
        let report = Run::of(seed, size)?;
        commands += report.commands;
        for (name, times) in &report.faults {
            *faults.entry(name).or_default() += times;
        }
        if trace {
            report.trace.iter().for_each(|line| println!("{line}"));
        }
        if !report.violations.is_empty() {
            bad += 1;
            println!("seed {seed}: {} violations", report.violations.len());
            for violation in report.violations.iter().take(6) {
                println!("  {}", violation.chars().take(400).collect::<String>());
            }
        }
    }
    println!("{count} seeds, {commands} commands, {bad} seeds with violations; faults: {faults:?}");
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
