//! `cargo run -p fuzz -- TARGET`: one target, or all of them, for so long.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use anyhow::Result;
use clap::Parser;
use fuzz::{TARGETS, Until, kept, replay, run};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// All of it stays below, or something has no bound.
const MOST_MEMORY_KIB: u64 = 1024 * 1024;

#[derive(Debug, Parser)]
#[command(about)]
struct Args {
    /// Which; all, where none is named.
    target: Option<String>,
    /// How long each is fed.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many cases, however long they take.
    #[arg(long)]
    cases: Option<u64>,
    /// A case that was kept, once more.
    #[arg(long, requires = "target")]
    replay: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let all = TARGETS.iter().map(|(name, _)| *name);
    let named: Vec<&str> = all
        .filter(|name| args.target.as_deref().is_none_or(|wanted| wanted == *name))
        .collect();
    anyhow::ensure!(
        !named.is_empty(),
        "the targets are {:?}",
        TARGETS.map(|(name, _)| name)
    );
    let mut good = true;
    for name in named {
        good &= match &args.replay {
            Some(file) => told(name, &file.display().to_string(), replay(name, file)?),
            None => feed(name, &args)?,
        };
    }
    let memory = peak_kib();
    if memory.is_some_and(|peak| peak > MOST_MEMORY_KIB) {
        println!("BROKEN it took {memory:?} KiB of memory");
        good = false;
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn told(name: &str, what: &str, said: Result<(), String>) -> bool {
    match said {
        Ok(()) => println!("{name}: {what} holds"),
        Err(why) => {
            println!("BROKEN {name}: {what}: {why}");
            return false;
        }
    }
    true
}

fn feed(name: &str, args: &Args) -> Result<bool> {
    let mut good = true;
    for (file, _) in kept(name)? {
        good &= told(name, &file.display().to_string(), replay(name, &file)?);
    }
    let until = args
        .cases
        .map_or(Until::Over(Duration::from_secs(args.seconds)), Until::Cases);
    let report = run(name, args.seed, until)?;
    println!("{name}: {} cases; {}", report.cases, report.reached);
    if let Some(failed) = &report.failed {
        let file = failed.keep(name)?;
        println!(
            "BROKEN {}\nby seed {}:\n{}",
            failed.why,
            failed.seed,
            failed.case.written()
        );
        println!(
            "again: cargo run -p fuzz -- {name} --replay {}",
            file.display()
        );
        return Ok(false);
    }
    if !report.missed.is_empty() {
        println!("BROKEN {name} never reached: {}", report.missed.join(", "));
        return Ok(false);
    }
    Ok(good)
}

/// The most memory that this process has had, where the system says so.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
