//! Makes a failing run small: leaves out step after step, then whole kinds of faults, as long as it still fails.

use crate::plan::{Plan, Report};
use crate::run::Run;

/// The smallest plan found within so many runs that still breaks a promise of the same kind, and its report.
pub fn shrink(plan: &Plan, most: usize) -> anyhow::Result<(Plan, Report)> {
    let first = Run::of(plan)?;
    let Some(kind) = first.violations.first().map(|text| kind_of(text)) else {
        return Ok((plan.clone(), first));
    };
    let steps = first.steps;
    // What is left out is not made up for at the end.
    let mut plan = plan.clone();
    plan.size.steps = steps;
    let mut search = Search {
        kind,
        best: (plan, first),
        most,
        runs: 0,
    };
    let mut length = steps;
    while length > 0 && search.runs < most {
        for from in (0..steps).step_by(length) {
            search.attempt(|plan| {
                let before = plan.skip.len();
                plan.skip.extend(from..(from + length).min(steps));
                plan.skip.len() > before
            })?;
        }
        length /= 2;
    }
    for fault in crate::coverage::FAULTS {
        search.attempt(|plan| plan.without.insert(fault))?;
    }
    Ok(search.best)
}

struct Search {
    kind: String,
    best: (Plan, Report),
    runs: usize,
    most: usize,
}

impl Search {
    /// Keeps the change where the run still breaks the same promise.
    fn attempt(&mut self, change: impl FnOnce(&mut Plan) -> bool) -> anyhow::Result<()> {
        let mut plan = self.best.0.clone();
        if !change(&mut plan) || self.runs >= self.most {
            return Ok(());
        }
        self.runs += 1;
        let report = Run::of(&plan)?;
        if report
            .violations
            .iter()
            .any(|text| kind_of(text) == self.kind)
        {
            self.best = (plan, report);
        }
        Ok(())
    }
}

/// What a violation says, without the ids and numbers in it.
fn kind_of(text: &str) -> String {
    let word = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
    let words: Vec<&str> = text.split_whitespace().filter(word).take(4).collect();
    words.join(" ")
}
