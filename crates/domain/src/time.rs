//! Moments and business days. The clock is never read here: a moment comes in.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970 in UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    pub fn since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn plus(self, millis: i64) -> Moment {
        Moment(self.0.saturating_add(millis))
    }

    /// The same moment, or the nearest one that a calendar knows.
    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// RFC 3339 in UTC with milliseconds, as the outside contract says.
    pub fn rfc3339(self) -> String {
        format!("{:.3}", self.timestamp())
    }

    pub fn from_rfc3339(text: &str) -> Option<Moment> {
        text.parse::<Timestamp>()
            .ok()
            .map(|at| Moment(at.as_millisecond()))
    }
}

/// A restaurant's business day: it begins at the hour that the settings say, not at midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl std::fmt::Display for Day {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(to)
    }
}

impl std::str::FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(Day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A time zone that is known by name ("Europe/Berlin").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone that is known")]
pub struct BadZone;

impl Zone {
    pub fn new(name: &str) -> Result<Self, BadZone> {
        TimeZoneDatabase::bundled().get(name).map_err(|_| BadZone)?;
        Ok(Self(name.to_owned()))
    }

    pub fn name(&self) -> &str {
        &self.0
    }

    fn rules(&self) -> TimeZone {
        TimeZoneDatabase::bundled()
            .get(&self.0)
            .unwrap_or(TimeZone::UTC)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Zone::new(&String::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// The business day of a moment, where days begin `start` minutes after midnight on the wall clock.
pub fn business_day(at: Moment, zone: &Zone, start: u16) -> Day {
    let local = at.timestamp().to_zoned(zone.rules()).datetime();
    let begun = i32::from(local.hour()) * 60 + i32::from(local.minute()) >= i32::from(start);
    let date = local.date();
    Day(if begun {
        date
    } else {
        date.checked_sub(Span::new().days(1)).unwrap_or(date)
    })
}

/// The hour on the wall clock.
pub fn hour_of(at: Moment, zone: &Zone) -> u8 {
    let local = at.timestamp().to_zoned(zone.rules()).datetime();
    local.hour().unsigned_abs()
}

/// Date and time on the wall clock, to the minute: "2026-11-21 19:42".
pub fn local(at: Moment, zone: &Zone) -> String {
    let local = at.timestamp().to_zoned(zone.rules()).datetime();
    let (date, hour, minute) = (local.date(), local.hour(), local.minute());
    format!("{date} {hour:02}:{minute:02}")
}

/// A device's clock is believed only between what the hub had said before and when it arrives.
pub fn clamp(at: Moment, seen: Option<Moment>, received: Moment) -> Moment {
    at.max(seen.unwrap_or(Moment(i64::MIN))).min(received)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, zone: &str, start: u16) -> String {
        business_day(
            Moment::from_rfc3339(text).unwrap(),
            &Zone::new(zone).unwrap(),
            start,
        )
        .to_string()
    }

    #[test]
    fn a_night_belongs_to_the_evening_before() {
        assert_eq!(
            day("2026-11-21T22:30:00Z", "Europe/Berlin", 240),
            "2026-11-21"
        );
        assert_eq!(
            day("2026-11-22T02:59:00Z", "Europe/Berlin", 240),
            "2026-11-21"
        );
        assert_eq!(
            day("2026-11-22T03:00:00Z", "Europe/Berlin", 240),
            "2026-11-22"
        );
    }

    #[test]
    fn a_night_with_a_changed_clock_has_one_day_all_the_same() {
        // 25 October 2026, 03:00 summer time becomes 02:00: the hour happens twice, the day starts once.
        assert_eq!(
            day("2026-10-25T00:30:00Z", "Europe/Berlin", 150),
            "2026-10-25"
        );
        assert_eq!(
            day("2026-10-25T02:59:00Z", "Europe/Berlin", 240),
            "2026-10-24"
        );
        assert_eq!(
            day("2026-10-25T03:00:00Z", "Europe/Berlin", 240),
            "2026-10-25"
        );
    }

    #[test]
    fn a_moment_has_milliseconds_and_survives_any_number() {
        assert_eq!(
            Moment(1_700_000_000_007).rfc3339(),
            "2023-11-14T22:13:20.007Z"
        );
        assert!(!Moment(i64::MAX).rfc3339().is_empty());
        business_day(Moment(i64::MIN), &Zone::new("UTC").unwrap(), 240);
    }

    #[test]
    fn a_clock_of_another_day_is_not_believed() {
        let (seen, received) = (Moment(1_000), Moment(2_000));
        assert_eq!(clamp(Moment(1_500), Some(seen), received), Moment(1_500));
        assert_eq!(clamp(Moment(0), Some(seen), received), seen);
        assert_eq!(clamp(Moment(9_000), Some(seen), received), received);
    }
}
