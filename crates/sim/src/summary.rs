//! Many seeds, on as many threads as one likes, and what they came to.

use crate::coverage::{Coverage, DAYS, NOT_BUILT, ROWS};
use crate::plan::{Plan, Size};
use crate::run::Run;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default)]
pub struct Summary {
    pub seeds: u64,
    pub commands: usize,
    pub millis: i64,
    pub coverage: Coverage,
    /// Each seed that broke a promise, and how.
    pub failed: Vec<(u64, Vec<String>)>,
}

impl Summary {
    /// Runs these seeds, all of them, whatever they find.
    pub fn of(from: u64, count: u64, size: Size, threads: usize) -> anyhow::Result<Self> {
        let next = AtomicU64::new(from);
        let all = Mutex::new(Self::default());
        let work = || -> anyhow::Result<()> {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= from + count {
                    return Ok(());
                }
                let report = Run::of(&Plan::sized(seed, size))?;
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.seeds += 1;
                all.commands += report.commands;
                all.millis += report.millis;
                all.coverage.add(&report.coverage);
                if !report.violations.is_empty() {
                    all.failed.push((seed, report.violations));
                }
            }
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| {
                let ended = worker.join();
                ended.unwrap_or_else(|_| Err(anyhow::anyhow!("a run panicked")))
            })
        })?;
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.failed.sort_by_key(|(seed, _)| *seed);
        Ok(all)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = self.millis / 3_600_000;
        let (seeds, commands, failed) = (self.seeds, self.commands, self.failed.len());
        writeln!(
            to,
            "{seeds} seeds, {commands} commands, {hours} simulated hours, {failed} seeds with violations"
        )?;
        writeln!(to, "\nfaults")?;
        for (name, times) in &self.coverage.faults {
            writeln!(to, "{times:>9}  {name}")?;
        }
        writeln!(to, "\nrows of the table")?;
        for name in ROWS {
            let times = self.coverage.rows.get(name).copied().unwrap_or(0);
            writeln!(to, "{times:>9}  {name}")?;
        }
        writeln!(to, "           not built yet: {}", NOT_BUILT.join(", "))?;
        writeln!(to, "\nwhat only several days bring")?;
        for name in DAYS {
            let times = self.coverage.rows.get(name).copied().unwrap_or(0);
            writeln!(to, "{times:>9}  {name}")?;
        }
        writeln!(to, "\nentries by command")?;
        for (kind, times) in &self.coverage.kinds {
            writeln!(to, "{times:>9}  {kind}")?;
        }
        writeln!(to, "\nentries by outcome")?;
        for (outcome, times) in &self.coverage.outcomes {
            writeln!(to, "{times:>9}  {outcome}")?;
        }
        for (seed, violations) in &self.failed {
            writeln!(to, "\nseed {seed}: {} violations", violations.len())?;
            for violation in violations.iter().take(6) {
                let short: String = violation.chars().take(400).collect();
                writeln!(to, "  {short}")?;
            }
        }
        for missing in self.coverage.missing() {
            writeln!(to, "not reached: {missing}")?;
        }
        Ok(())
    }
}
