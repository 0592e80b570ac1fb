//! The bugs that are planted, each under the promise that it breaks.

use crate::plan::Plan;
use crate::run::Run;
use client::planted::Bug as DeviceBug;
use comanda::planted::Bug as HubBug;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    Device(DeviceBug),
    Hub(HubBug),
}

/// Each with its name.
pub const BUGS: &[(&str, Bug)] = &[
    (
        "pending dropped by number",
        Bug::Device(DeviceBug::DropByNumber),
    ),
    (
        "position from a plain sequence",
        Bug::Hub(HubBug::PlainSequence),
    ),
    ("poke before commit", Bug::Hub(HubBug::PokeBeforeCommit)),
    (
        "outbox outside the transaction",
        Bug::Hub(HubBug::OutboxOutside),
    ),
    ("page boundary off by one", Bug::Hub(HubBug::PageBoundary)),
    ("whole-order upsert", Bug::Hub(HubBug::WholeOrder)),
    ("unsynced device writes", Bug::Device(DeviceBug::Unsynced)),
    ("high-water consumer", Bug::Hub(HubBug::HighWater)),
    (
        "rebase that loses a hand-over",
        Bug::Device(DeviceBug::LosesHandOver),
    ),
    (
        "a quantity change that fires a line again",
        Bug::Hub(HubBug::FiresAgain),
    ),
    (
        "a refusal that is not in the log",
        Bug::Hub(HubBug::SilentRefusal),
    ),
    (
        "a stale cache on a second node",
        Bug::Hub(HubBug::StaleCache),
    ),
    ("recovery that re-decides", Bug::Hub(HubBug::Redecides)),
    ("a numbered bill changed", Bug::Hub(HubBug::BillChanged)),
    ("facts refused", Bug::Hub(HubBug::FactsRefused)),
];

/// Plants a bug in whatever runs on this thread, or takes it out again.
pub fn plant(bug: Option<Bug>) {
    let (device, hub) = match bug {
        Some(Bug::Device(bug)) => (Some(bug), None),
        Some(Bug::Hub(bug)) => (None, Some(bug)),
        None => (None, None),
    };
    client::planted::plant(device);
    comanda::planted::plant(hub);
}

/// The first seed that finds it, and the first thing that this seed says.
pub fn found_by(bug: Bug, most: u64) -> anyhow::Result<Option<(u64, String)>> {
    plant(Some(bug));
    let found = (0..most).find_map(|seed| match Run::of(&Plan::of(seed)) {
        Ok(report) => {
            let first = report.violations.into_iter().next();
            first.map(|violation| Ok((seed, violation)))
        }
        Err(error) => Some(Err(error)),
    });
    plant(None);
    found.transpose()
}
