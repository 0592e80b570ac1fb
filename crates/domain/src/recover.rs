//! A log that was put back to an older state: who is waited for, which tail is adopted, and in what order the rest is
//! decided. Nothing here knows how reports travel or where they are kept.

use crate::devices::Device;
use crate::ids::CommandId;
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

/// Which of these tails continues the log furthest, and with what; the first where two are alike.
pub fn longest<'a>(
    tails: &[Tail<'a>],
    seq: u64,
    chain: Chain,
) -> Option<(&'a Position, &'a [(u64, String)])> {
    let mut best: Option<(&Position, &[(u64, String)])> = None;
    for tail in tails {
        let found = continues(tail, seq, chain);
        if let Some(found) = found
            && best.is_none_or(|(_, best)| best.len() < found.len())
        {
            best = Some((tail.end, found));
        }
    }
    best
}

/// After which place this tail is certainly the hub's own: from one of these marks on each entry follows the one before it,
/// up to the position that the hub has signed. None where nothing shows it.
pub fn proven_after(tail: &Tail<'_>, marks: &[(u64, Chain)]) -> Option<u64> {
    let mut marks = marks.to_vec();
    marks.sort_by_key(|(seq, _)| *seq);
    let proves = |(seq, chain): &(u64, Chain)| continues(tail, *seq, *chain).is_some();
    marks.into_iter().find(proves).map(|(seq, _)| seq)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::DeviceKind;
    use crate::ids::{DeviceId, RestaurantId};
    use crate::sync::Epoch;
    use crate::text::Name;
    use uuid::Uuid;

    const RESTAURANT: RestaurantId = RestaurantId(Uuid::from_u128(1));

    /// Entries 1 to `last` of an evening, and where it ends.
    fn evening(last: u64, told: &str) -> (Vec<(u64, String)>, Position) {
        let entries: Vec<_> = (1..=last)
            .map(|seq| (seq, format!("{told} {seq}")))
            .collect();
        let chain = entries
            .iter()
            .fold(Chain::start(RESTAURANT), |chain, (_, bytes)| {
                chain.then(bytes)
            });
        let (n, tag) = (1, "a".to_owned());
        let epoch = Epoch { n, tag };
        let end = Position {
            epoch,
            seq: last,
            chain,
        };
        (entries, end)
    }

    fn tail<'a>(entries: &'a [(u64, String)], end: &'a Position) -> Tail<'a> {
        Tail { entries, end }
    }

    #[test]
    fn the_longest_tail_that_continues_the_log_is_adopted_whole() {
        let (all, end) = evening(9, "as it was");
        let (_, backup) = evening(4, "as it was");
        let (short, at) = evening(7, "as it was");
        let (other, elsewhere) = evening(12, "as it never was");
        let tails = [
            tail(&short, &at),
            tail(&other, &elsewhere),
            tail(&all, &end),
        ];

        let (adopted, found) = longest(&tails, backup.seq, backup.chain).unwrap();

        assert_eq!((adopted, found), (&end, &all[4..]));
    }

    #[test]
    fn what_has_a_hole_or_another_byte_continues_nothing() {
        let (all, end) = evening(9, "as it was");
        let (_, backup) = evening(4, "as it was");
        let (seq, chain) = (backup.seq, backup.chain);
        let began_later = &all[5..];
        assert_eq!(continues(&tail(began_later, &end), seq, chain), None);
        let mut holed = all.clone();
        holed.remove(6);
        assert_eq!(continues(&tail(&holed, &end), seq, chain), None);
        let mut touched = all.clone();
        touched[6].1.push(' ');
        assert_eq!(continues(&tail(&touched, &end), seq, chain), None);
        assert_eq!(
            continues(&tail(&all[..8], &end), seq, chain),
            None,
            "it ends before its signed position"
        );
        assert_eq!(
            continues(&tail(&all, &end), end.seq, end.chain),
            None,
            "nothing is beyond"
        );
        assert_eq!(longest(&[], seq, chain), None);
    }

    #[test]
    fn what_leads_to_a_signed_position_is_the_hubs_own() {
        let (all, end) = evening(9, "as it was");
        let held = &all[3..];
        let mark = |seq: u64| (seq, evening(seq, "as it was").1.chain);
        let lie = (4, evening(4, "as it never was").1.chain);
        assert_eq!(
            proven_after(&tail(held, &end), &[mark(7), mark(4), mark(9)]),
            Some(4)
        );
        assert_eq!(proven_after(&tail(held, &end), &[lie, mark(7)]), Some(7));
        assert_eq!(proven_after(&tail(held, &end), &[lie, mark(9)]), None);
        let mut made_up = held.to_vec();
        made_up[2].1 = "made up".to_owned();
        assert_eq!(proven_after(&tail(&made_up, &end), &[mark(4)]), None);
    }

    fn stood(command: u128, epoch: u64, seq: u64, outcome: Outcome) -> Stood<()> {
        let command = CommandId(Uuid::from_u128(command));
        Stood {
            command,
            epoch,
            seq,
            outcome,
            from: (),
        }
    }

    #[test]
    fn the_rest_is_decided_in_its_old_order_each_command_once() {
        let reported = vec![
            stood(3, 1, 8, Outcome::Applied),
            stood(1, 1, 5, Outcome::Applied),
            stood(2, 1, 6, Outcome::Rejected),
            stood(1, 1, 5, Outcome::Applied),
            stood(4, 1, 7, Outcome::Quarantined),
            stood(4, 2, 6, Outcome::Applied),
            stood(2, 1, 6, Outcome::Rejected),
        ];

        let order = in_old_order(reported);

        let told: Vec<_> = order
            .iter()
            .map(|one| (one.command.0.as_u128(), one.epoch, one.seq, one.outcome))
            .collect();
        assert_eq!(
            told,
            [
                (1, 1, 5, Outcome::Applied),
                (2, 1, 6, Outcome::Rejected),
                (3, 1, 8, Outcome::Applied),
                (4, 2, 6, Outcome::Applied),
            ]
        );
    }

    #[test]
    fn a_device_is_waited_for_unless_it_is_revoked_or_long_silent() {
        let at = Moment(1_000 * AWAITED_MILLIS);
        let long_ago = at.plus(-2 * AWAITED_MILLIS);
        let mut device = Device {
            id: DeviceId(Uuid::from_u128(7)),
            name: Name::new("Tablet").unwrap(),
            kind: DeviceKind::Waiter,
            fork_of: None,
            enrolled_at: long_ago,
            revoked_at: None,
            forks: Vec::new(),
        };
        assert!(!is_awaited(&device, None, at));
        assert!(!is_awaited(&device, Some(at.plus(-AWAITED_MILLIS - 1)), at));
        assert!(is_awaited(&device, Some(at.plus(-AWAITED_MILLIS)), at));
        device.revoked_at = Some(at);
        assert!(!is_awaited(&device, Some(at), at));
        device.revoked_at = None;
        device.enrolled_at = at;
        assert!(
            is_awaited(&device, None, at),
            "a new one has said nothing yet"
        );
    }

    #[test]
    fn phases_are_read_as_they_are_written() {
        for phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
        }
        assert_eq!(Phase::parse("shut"), None);
        assert_eq!(next_epoch(3, 0), 4);
        assert_eq!(next_epoch(3, 7), 8);
    }
}
