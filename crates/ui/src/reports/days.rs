//! Business days as the address of a report names them.

use crate::strings::Locale;
use crate::web;
use domain::time::Moment;

const DAY_MS: i64 = 86_400_000;
/// The business day of a moment, as days since 1970: a night that goes on after midnight belongs to the evening before.
pub fn day_of(at: Moment, offset_minutes: i32, begins_minutes: u16) -> i64 {
    let minutes = i64::from(offset_minutes) - i64::from(begins_minutes);
    (at.0 + minutes * 60_000).div_euclid(DAY_MS)
}

/// "2026-11-21".
pub fn written(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The same backwards: what a report calls a day.
pub fn read(text: &str) -> Option<i64> {
    let at = Moment::from_rfc3339(&format!("{text}T00:00:00.000Z"))?;
    Some(at.0.div_euclid(DAY_MS))
}

/// "Sat, 21 Nov": as people say it.
pub fn said(day: i64, locale: &Locale) -> String {
    let at = Moment(day * DAY_MS);
    web::day_words(locale.language.tag(), at).unwrap_or_else(|| written(day))
}

/// The calendar's year, month and day, by counting in eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let january = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(january <= 2), january, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::NOW;

    #[test]
    fn days_are_written_as_calendars_do() {
        for (days, text) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_778, "2026-11-21"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(written(days), text);
            assert_eq!(read(text), Some(days));
        }
    }

    #[test]
    fn after_midnight_is_still_the_evening_before() {
        assert_eq!(written(day_of(NOW, 60, 240)), "2026-11-21");
        let late = NOW.plus(7 * 3_600_000);
        assert_eq!(written(day_of(late, 60, 240)), "2026-11-21");
        // Where the day begins earlier, that night is over.
        assert_eq!(written(day_of(late, 60, 120)), "2026-11-22");
        assert_eq!(
            written(day_of(late.plus(2 * 3_600_000), 60, 240)),
            "2026-11-22"
        );
    }
}
