//! Runs seeds by hand: `sim seeds FROM COUNT COMMANDS`, `sim seed SEED` with its trace, `sim shrink SEED`, `sim planted`.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

use anyhow::{Context, bail};
use sim::plan::{Plan, Report, Size};
use sim::planted::{BUGS, found_by, plant};
use sim::run::Run;
use sim::shrink::shrink;
use sim::summary::Summary;
use std::process::ExitCode;
use std::time::Instant;

const SEEDS_TO_FIND: u64 = 200;
const RUNS_TO_SHRINK: usize = 400;

fn main() -> anyhow::Result<ExitCode> {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_else(|| "seeds".into());
    let mut number = |unless: u64| -> anyhow::Result<u64> {
        let given = args.next();
        given.map_or(Ok(unless), |text| text.parse().context("a number"))
    };
    let clean = match what.as_str() {
        "seeds" => {
            let (from, count) = (number(0)?, number(50)?);
            let commands = number(Size::EVENING.commands as u64)?;
            seeds(from, count, Size::of(usize::try_from(commands)?))?
        }
        "seed" => told(&Run::of(&Plan::of(number(0)?))?),
        // With a bug of this number planted, so that one can look at what it does.
        "with" => {
            let at = usize::try_from(number(0)?)?;
            let (name, bug) = BUGS.get(at).context("no such bug")?;
            println!("{name}");
            plant(Some(*bug));
            told(&Run::of(&Plan::of(number(0)?))?)
        }
        "shrink" => {
            let (plan, report) = shrink(&Plan::of(number(0)?), RUNS_TO_SHRINK)?;
            let left = report.steps - plan.skip.len().min(report.steps);
            let clean = told(&report);
            println!("{left} steps left, without {:?}", plan.without);
            clean
        }
        "planted" => planted()?,
        _ => bail!("seeds, seed, shrink or planted"),
    };
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(clippy::disallowed_methods, reason = "how fast it is, by a real clock")]
fn seeds(from: u64, count: u64, size: Size) -> anyhow::Result<bool> {
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    let began = Instant::now();
    let summary = Summary::of(from, count, size, threads)?;
    println!("{summary}");
    let rate = summary.commands as f64 / began.elapsed().as_secs_f64();
    println!("{rate:.0} commands a second on {threads} cores");
    Ok(summary.failed.is_empty())
}

fn told(report: &Report) -> bool {
    report.trace.iter().for_each(|line| println!("{line}"));
    let violations = &report.violations;
    violations.iter().for_each(|line| println!("BROKEN {line}"));
    println!(
        "{} commands, {} steps, {} violations",
        report.commands,
        report.steps,
        violations.len()
    );
    violations.is_empty()
}

fn planted() -> anyhow::Result<bool> {
    let mut all = true;
    for (name, bug) in BUGS {
        let found = found_by(*bug, SEEDS_TO_FIND)?;
        all &= found.is_some();
        println!("{name}: {found:?}");
    }
    Ok(all)
}
