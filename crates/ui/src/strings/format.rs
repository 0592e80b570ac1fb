//! Figures as text: amounts by the currency's digits, times by the wall clock, ages by their size.

use super::Language;
use domain::money::Money;
use domain::time::Moment;
use protocol::view::Currency;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

pub fn point(language: Language) -> &'static str {
    match language {
        Language::English | Language::Arabic => ".",
        Language::German => ",",
    }
}

pub fn money(amount: Money, digits: u32, language: Language) -> String {
    let point = point(language);
    let group = match language {
        Language::English | Language::Arabic => ',',
        Language::German => '.',
    };
    let minor = amount.minor().unsigned_abs();
    let unit = 10_u64.saturating_pow(digits);
    let sign = if amount.minor() < 0 { "−" } else { "" };
    let whole = grouped(minor / unit, group);
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let width = usize::try_from(digits).unwrap_or_default();
    format!("{sign}{whole}{point}{:0width$}", minor % unit)
}

fn grouped(whole: u64, separator: char) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

pub fn money_with_currency(amount: Money, currency: &Currency, language: Language) -> String {
    let plain = money(amount, currency.digits, language);
    let symbol = match currency.code.as_str() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        code => code,
    };
    let letters = symbol.chars().all(char::is_alphabetic);
    match language {
        Language::English if !letters => format!("{symbol}{plain}"),
        Language::English => format!("{symbol}\u{a0}{plain}"),
        Language::German | Language::Arabic => format!("{plain}\u{a0}{symbol}"),
    }
}

pub fn wall(at: Moment, offset_minutes: i32) -> String {
    let minutes = at.0.div_euclid(MINUTE) + i64::from(offset_minutes);
    let of_day = minutes.rem_euclid(24 * 60);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// A timer that somebody watches: "2:14", "1:02:14".
pub fn age(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// An age that nobody counts by the second: "34 min", "1 h 20".
pub fn minutes_age(ms: i64) -> String {
    let ms = ms.max(0);
    if ms < MINUTE {
        "< 1 min".to_owned()
    } else if ms < HOUR {
        format!("{} min", ms / MINUTE)
    } else {
        format!("{} h {:02}", ms / HOUR, ms % HOUR / MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i64, language: Language) -> String {
        money(Money::new(minor).unwrap(), 2, language)
    }

    #[test]
    fn amounts_follow_currency_and_language() {
        assert_eq!(euros(12_550, Language::English), "125.50");
        assert_eq!(euros(123_456_705, Language::German), "1.234.567,05");
        assert_eq!(euros(-5, Language::English), "−0.05");
        assert_eq!(
            money(Money::new(1_200).unwrap(), 0, Language::English),
            "1,200"
        );
        assert_eq!(
            money(Money::new(1_234).unwrap(), 3, Language::English),
            "1.234"
        );
    }

    #[test]
    fn a_total_names_its_currency_where_the_language_puts_it() {
        let amount = Money::new(12_550).unwrap();
        let euro = |code: &str| Currency {
            code: code.to_owned(),
            digits: 2,
        };
        assert_eq!(
            money_with_currency(amount, &euro("EUR"), Language::English),
            "€125.50"
        );
        assert_eq!(
            money_with_currency(amount, &euro("EUR"), Language::German),
            "125,50\u{a0}€"
        );
        assert_eq!(
            money_with_currency(amount, &euro("CHF"), Language::English),
            "CHF\u{a0}125.50"
        );
    }

    #[test]
    fn ages_and_times_read_like_a_clock() {
        assert_eq!(age(134_000), "2:14");
        assert_eq!(age(3_734_000), "1:02:14");
        assert_eq!(age(-5_000), "0:00");
        assert_eq!(minutes_age(59_000), "< 1 min");
        assert_eq!(minutes_age(34 * MINUTE), "34 min");
        assert_eq!(minutes_age(80 * MINUTE), "1 h 20");
        assert_eq!(wall(Moment(0), 60), "01:00");
        assert_eq!(wall(Moment(-MINUTE), 0), "23:59");
    }
}
