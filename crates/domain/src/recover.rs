//! A log that was put back to an older state: who is waited for, which tail is adopted, and in what order the rest is
//! decided. Nothing here knows how reports travel or where they are kept.

use crate::devices::Device;
use crate::ids::{CommandId, DeviceId};
use crate::sync::{Chain, Outcome, Position};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a hub that has forgotten something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It serves, in an epoch that it has begun.
    Open,
    /// Devices say what they hold.
    Collecting,
    /// The longest tail becomes the log's.
    Adopting,
    /// What is beyond it is decided anew.
    Deciding,
}

impl Phase {
    pub const ALL: [Phase; 4] = [Self::Open, Self::Collecting, Self::Adopting, Self::Deciding];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Collecting => "collecting",
            Self::Adopting => "adopting",
            Self::Deciding => "deciding",
        }
    }

    pub fn parse(text: &str) -> Option<Phase> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text)
    }
}

/// A device that was heard of within this time before the last that is known is waited for.
pub const AWAITED_MILLIS: i64 = 72 * 60 * 60 * 1000;

/// Whether a recovering hub waits for this device: it is not revoked, and was seen of late. `last` is the newest time
/// that the hub's own log or any report names.
pub fn is_awaited(device: &Device, seen: Option<Moment>, last: Moment) -> bool {
    let seen = seen.unwrap_or_default().max(device.enrolled_at);
    device.revoked_at.is_none() && last.since(seen) <= AWAITED_MILLIS
}

/// What one device holds of the log past the hub's head: the entries in order, and the signed position where they end.
#[derive(Debug, Clone, Copy)]
pub struct Tail<'a> {
    pub entries: &'a [(u64, String)],
    pub end: &'a Position,
}

/// The entries of this tail that continue a log which stands at `seq` and `chain`, if they do, byte for byte, up to the
/// position where the tail ends.
pub fn continues<'a>(tail: &Tail<'a>, seq: u64, chain: Chain) -> Option<&'a [(u64, String)]> {
    let from = tail.entries.partition_point(|(at, _)| *at <= seq);
    let beyond = &tail.entries[from..];
    let mut at = (seq, chain);
    for (next, bytes) in beyond {
        if *next != at.0 + 1 {
            return None;
        }
        at = (*next, at.1.then(bytes));
    }
    (!beyond.is_empty() && at == (tail.end.seq, tail.end.chain)).then_some(beyond)
}

/// Which of these tails continues the log furthest; the first where two are alike.
pub fn longest<'a>(tails: &[Tail<'a>], seq: u64, chain: Chain) -> Option<&'a [(u64, String)]> {
    let mut best: Option<&[(u64, String)]> = None;
    for tail in tails {
        let found = continues(tail, seq, chain);
        if let Some(found) = found
            && best.is_none_or(|best| best.len() < found.len())
        {
            best = Some(found);
        }
    }
    best
}

/// Where a command stood in a log that is lost, and what the hub had said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood<T> {
    pub command: CommandId,
    pub epoch: u64,
    pub seq: u64,
    pub outcome: Outcome,
    pub from: T,
}

/// Each command once, as it was last said, in the order of its old place.
pub fn in_old_order<T>(reported: Vec<Stood<T>>) -> Vec<Stood<T>> {
    let mut last = BTreeMap::<CommandId, Stood<T>>::new();
    for stood in reported {
        match last.get(&stood.command) {
            Some(known) if (known.epoch, known.seq) >= (stood.epoch, stood.seq) => {}
            Some(_) | None => {
                last.insert(stood.command, stood);
            }
        }
    }
    let mut all: Vec<Stood<T>> = last.into_values().collect();
    all.sort_by_key(|stood| (stood.epoch, stood.seq));
    all
}

/// The epoch in which a recovered hub opens: higher than any that it had or was shown.
pub fn next_epoch(own: u64, shown: u64) -> u64 {
    own.max(shown) + 1
}

/// Which devices are still to be heard of.
pub fn waited_for(
    awaited: impl IntoIterator<Item = DeviceId>,
    reported: impl Fn(DeviceId) -> bool,
) -> Vec<DeviceId> {
    awaited.into_iter().filter(|id| !reported(*id)).collect()
}
