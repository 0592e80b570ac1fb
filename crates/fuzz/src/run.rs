//! Feeding: case after case until the time is over, with what each reached; the first that breaks something is made small.

use crate::case::folder;
use crate::{Case, Target, target};
use anyhow::Context;
use sim::world::Rng;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

/// No case takes longer, however busy the machine is.
const LONGEST: Duration = Duration::from_secs(60);
/// So often a failing case is tried smaller.
const TRIES_TO_SHRINK: usize = 400;

/// How many cases, or parts of cases, have come how deep.
#[derive(Debug, Clone, Default)]
pub struct Reached(BTreeMap<String, u64>);

impl Reached {
    pub fn note(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    pub fn times(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }
}

impl std::fmt::Display for Reached {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all: Vec<String> = self
            .0
            .iter()
            .map(|(what, times)| format!("{what} {times}"))
            .collect();
        to.write_str(&all.join(", "))
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Until {
    Cases(u64),
    Over(Duration),
}

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub cases: u64,
    pub reached: Reached,
    /// What it had to reach and has not.
    pub missed: Vec<String>,
    pub failed: Option<Failed>,
}

/// A case that broke something.
#[derive(Debug)]
pub struct Failed {
    /// With this seed it is the first case.
    pub seed: u64,
    pub why: String,
    pub case: Case,
}

impl Failed {
    /// Keeps it where the tests find it.
    pub fn keep(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = folder(name);
        std::fs::create_dir_all(&folder).context("the corpus folder cannot be made")?;
        let file = folder.join(format!("seed-{}.case", self.seed));
        std::fs::write(&file, self.case.written()).context("the case cannot be kept")?;
        Ok(file)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long it may take, by a real clock"
)]
fn now() -> Instant {
    Instant::now()
}

/// Feeds the target with one case after the other, each from a seed of its own.
pub fn run(name: &str, seed: u64, until: Until) -> anyhow::Result<Report> {
    let mut target = target(name)?;
    let (began, mut cases) = (now(), 0);
    let mut reached = Reached::default();
    let goes_on = |cases: u64| match until {
        Until::Cases(most) => cases < most,
        Until::Over(time) => began.elapsed() < time,
    };
    while goes_on(cases) {
        let seed = seed.wrapping_add(cases);
        let case = target.draw(&mut Rng::new(seed));
        cases += 1;
        if let Err(why) = fed(target.as_mut(), &case, &mut reached) {
            let case = smaller(target.as_mut(), case);
            let why = fed(target.as_mut(), &case, &mut Reached::default())
                .err()
                .unwrap_or(why);
            let failed = Some(Failed { seed, why, case });
            let missed = Vec::new();
            return Ok(Report {
                cases,
                reached,
                missed,
                failed,
            });
        }
    }
    let mut missed = target.must_reach();
    missed.retain(|what| reached.times(what) == 0);
    Ok(Report {
        cases,
        reached,
        missed,
        failed: None,
    })
}

/// One kept case, once more.
pub fn replay(name: &str, file: &Path) -> anyhow::Result<Result<(), String>> {
    let case = Case::of_file(file)?;
    Ok(fed(target(name)?.as_mut(), &case, &mut Reached::default()))
}

thread_local! {
    /// What panics while it is fed is told with its case, and not by itself.
    static FEEDING: Cell<bool> = const { Cell::new(false) };
    /// What has panicked meanwhile, whoever caught it.
    static PANICKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let otherwise = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if FEEDING.get() {
                PANICKED.set(Some(info.to_string()));
            } else {
                otherwise(info);
            }
        }));
    });
}

fn fed(target: &mut dyn Target, case: &Case, reached: &mut Reached) -> Result<(), String> {
    quiet();
    let began = now();
    FEEDING.set(true);
    let fed = catch_unwind(AssertUnwindSafe(|| target.feed(case, reached)));
    FEEDING.set(false);
    let said = match PANICKED.take() {
        Some(what) => Err(format!("it panicked: {what}")),
        None => fed.unwrap_or_else(|_| Err("it panicked without a word".into())),
    };
    match said {
        Ok(()) if began.elapsed() > LONGEST => Err(format!("it took {:?}", began.elapsed())),
        said => said,
    }
}

/// A case that still fails, with parts, and pieces of parts, that it does not need to fail left out.
fn smaller(target: &mut dyn Target, mut case: Case) -> Case {
    let mut tries = 0;
    let mut fails = |case: &Case| {
        tries += 1;
        tries <= TRIES_TO_SHRINK && fed(target, case, &mut Reached::default()).is_err()
    };
    let mut size = case.parts.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < case.parts.len() {
            let mut less = case.clone();
            less.parts.drain(at..(at + size).min(case.parts.len()));
            if fails(&less) {
                case = less;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    for part in 0..case.parts.len() {
        let mut size = case.parts[part].len().div_ceil(2);
        while size > 8 {
            let mut at = 0;
            while at < case.parts[part].len() {
                let mut less = case.clone();
                let end = (at + size).min(less.parts[part].len());
                less.parts[part].drain(at..end);
                if fails(&less) {
                    case = less;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    case
}
