//! What a run is to be, and what came of it.

use crate::check::Violation;
use crate::coverage::Coverage;
use std::collections::BTreeSet;

/// How large a run is. It ends when so many commands were shown as done, or after so many steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub devices: usize,
    pub commands: usize,
    pub steps: usize,
}

impl Size {
    /// An evening as the tests play it.
    pub const EVENING: Size = Size {
        devices: 6,
        commands: 250,
        steps: 2_000,
    };

    /// An evening of so many commands.
    pub fn of(commands: usize) -> Self {
        Self {
            commands,
            steps: commands * 8,
            ..Self::EVENING
        }
    }
}

/// One run. Each step draws from its own seed, so that leaving one out changes no other's dice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    pub size: Size,
    /// The steps that are left out.
    pub skip: BTreeSet<usize>,
    /// The kinds of faults that do not happen.
    pub without: BTreeSet<&'static str>,
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        Self::sized(seed, Size::EVENING)
    }

    pub fn sized(seed: u64, size: Size) -> Self {
        let (skip, without) = (BTreeSet::new(), BTreeSet::new());
        Self {
            seed,
            size,
            skip,
            without,
        }
    }
}

/// What a run met and what it found.
#[derive(Debug, Default)]
pub struct Report {
    pub commands: usize,
    pub steps: usize,
    /// How long the evening was, in its own time.
    pub millis: i64,
    pub coverage: Coverage,
    pub violations: Vec<Violation>,
    pub trace: Vec<String>,
}
