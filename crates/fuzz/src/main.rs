//! `cargo run -p fuzz -- TARGET`: one target, or all of them, for so long.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use anyhow::{Result, bail};
use clap::Parser;
use fuzz::{TARGETS, Until, kept, replay, run};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Each works on one core.
const AT_ONCE: usize = 2;
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
    if let (Some(file), [name]) = (&args.replay, &named[..]) {
        let good = told(name, &file.display().to_string(), replay(name, file)?);
        return Ok(ended(good));
    }
    let next = Mutex::new(named.into_iter());
    let feeder = || {
        let mut good = true;
        loop {
            let name = next.lock().unwrap_or_else(PoisonError::into_inner).next();
            match name {
                Some(name) => good &= feed(name, &args)?,
                None => return Ok(good),
            }
        }
    };
    let fed: Vec<Result<bool>> = thread::scope(|scope| {
        let feeders: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(feeder)).collect();
        let join = |feeder: thread::ScopedJoinHandle<'_, Result<bool>>| {
            feeder.join().unwrap_or_else(|_| bail!("a target died"))
        };
        feeders.into_iter().map(join).collect()
    });
    let mut good = true;
    for fed in fed {
        good &= fed?;
    }
    let memory = peak_kib();
    if memory.is_some_and(|peak| peak > MOST_MEMORY_KIB) {
        println!("BROKEN it took {memory:?} KiB of memory");
        good = false;
    }
    Ok(ended(good))
}

fn ended(good: bool) -> ExitCode {
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
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
