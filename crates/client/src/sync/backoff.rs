//! How long to wait before trying again: doubling from half a second to fifteen, never all devices at once.

const FIRST_MILLIS: u64 = 500;
const LONGEST_MILLIS: u64 = 15_000;

#[derive(Debug)]
pub(super) struct Backoff {
    next: u64,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST_MILLIS }
    }

    /// After a success, or when somebody taps.
    pub(super) fn reset(&mut self) {
        self.next = FIRST_MILLIS;
    }

    /// Between half of what is due and all of it.
    pub(super) fn pause(&mut self, chance: u32) -> u64 {
        let due = self.next;
        self.next = (due * 2).min(LONGEST_MILLIS);
        between(due / 2, due, chance)
    }
}

/// A jittered number from one bound to the other.
pub(super) fn between(least: u64, most: u64, chance: u32) -> u64 {
    least + u64::from(chance) % (most - least + 1)
}

#[cfg(test)]
mod tests {
    use super::{Backoff, between};

    #[test]
    fn it_doubles_to_fifteen_seconds_and_begins_anew_after_a_success() {
        let mut backoff = Backoff::new();
        // The largest chance that falls on the upper bound is not needed: the lower one shows the steps.
        let pauses: Vec<u64> = (0..7).map(|_| backoff.pause(0)).collect();
        assert_eq!(pauses, [250, 500, 1_000, 2_000, 4_000, 7_500, 7_500]);
        backoff.reset();
        assert_eq!(backoff.pause(0), 250);
    }

    #[test]
    fn jitter_stays_between_its_bounds() {
        for chance in [0, 1, 7, 250, 251, u32::MAX] {
            assert!((15_000..=30_000).contains(&between(15_000, 30_000, chance)));
        }
        assert_eq!(between(3, 3, 9), 3);
    }
}
