//! How old a ticket is, and from when on that is too old at its station.

use crate::components::{Icon, Tone};
use crate::strings::Locale;
use domain::time::Moment;

const MINUTE: i64 = 60_000;
const NEW_MS: i64 = 15_000;

/// From when on a ticket waits too long, and from when on it is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub warn_ms: i64,
    pub late_ms: i64,
}

const fn minutes(warn: i64, late: i64) -> Limits {
    Limits {
        warn_ms: warn * MINUTE,
        late_ms: late * MINUTE,
    }
}

/// Until they can be set: a drink is late sooner than a roast.
const OWN: [(&str, Limits); 3] = [
    ("bar", minutes(4, 8)),
    ("cold", minutes(6, 12)),
    ("pass", minutes(3, 6)),
];
const OTHERS: Limits = minutes(8, 15);

impl Limits {
    pub fn of(station: &str) -> Self {
        let own = OWN
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(station));
        own.map_or(OTHERS, |(_, limits)| *limits)
    }

    /// Where several stations cook, the most impatient counts.
    pub fn of_all<'a>(stations: impl Iterator<Item = &'a str>) -> Self {
        stations
            .map(Self::of)
            .min_by_key(|limits| limits.late_ms)
            .unwrap_or(OTHERS)
    }
}

/// How a ticket's age looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    New,
    Fine,
    Warn,
    Late,
}

impl Age {
    pub fn of(fired_at: Moment, now: Moment, limits: Limits) -> Self {
        match now.since(fired_at) {
            age if age >= limits.late_ms => Self::Late,
            age if age >= limits.warn_ms => Self::Warn,
            age if age < NEW_MS => Self::New,
            _ => Self::Fine,
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Self::New => "age-new",
            Self::Fine => "age-fine",
            Self::Warn => "age-warn",
            Self::Late => "age-late",
        }
    }

    /// The sign and the word beside the colour; most of the time there is nothing to say.
    pub fn word(self, locale: &Locale) -> Option<(Tone, Icon, String)> {
        match self {
            Self::New => Some((Tone::Cook, Icon::Bell, say!(locale, "ticket-new"))),
            Self::Fine => None,
            Self::Warn => Some((Tone::Wait, Icon::Clock, say!(locale, "ticket-warn"))),
            Self::Late => Some((Tone::Late, Icon::TriangleAlert, say!(locale, "ticket-late"))),
        }
    }

    /// How full the bar under a ticket's head is, in percent of what is late.
    pub fn percent(fired_at: Moment, now: Moment, limits: Limits) -> i64 {
        (now.since(fired_at).max(0) * 100 / limits.late_ms).min(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, SECOND};

    #[test]
    fn age_grows_from_new_to_late() {
        let age = |ms: i64| Age::of(NOW.plus(-ms), NOW, OTHERS);
        assert_eq!(age(3 * SECOND), Age::New);
        assert_eq!(age(3 * MINUTE), Age::Fine);
        assert_eq!(age(9 * MINUTE), Age::Warn);
        assert_eq!(age(16 * MINUTE), Age::Late);
        assert_eq!(
            age(-5 * MINUTE),
            Age::New,
            "a clock that runs ahead is no reason to panic"
        );
        assert_eq!(Age::percent(NOW.plus(-60 * MINUTE), NOW, OTHERS), 100);
    }

    #[test]
    fn a_drink_is_late_before_a_roast_and_together_they_wait_no_longer_than_the_drink() {
        let fired = NOW.plus(-9 * MINUTE);
        assert_eq!(Age::of(fired, NOW, Limits::of("Bar")), Age::Late);
        assert_eq!(Age::of(fired, NOW, Limits::of("Hot line")), Age::Warn);
        let both = Limits::of_all(["Hot line", "bar"].into_iter());
        assert_eq!(Age::of(fired, NOW, both), Age::Late);
        assert_eq!(Limits::of_all([].into_iter()), OTHERS);
    }
}
