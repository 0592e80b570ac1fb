//! Words for people, from Fluent; a missing key shows itself and never panics.

mod format;
mod words;

pub use format::{age, minutes_age};
pub use words::{Arg, Language};

use domain::money::Money;
use domain::time::Moment;
use protocol::view::Currency;
use std::rc::Rc;
use words::Words;

/// Says a key in the person's language: `say!(locale, "send-portions", count = 3)`.
#[macro_export]
macro_rules! say {
    ($locale:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $locale.say($key, &[$((stringify!($name), $crate::strings::Arg::from($value)),)*])
    };
}

/// Language, currency and wall clock: all that turns figures into words.
#[derive(Clone)]
pub struct Locale {
    pub language: Language,
    pub currency: Currency,
    /// Minutes that the restaurant's wall clock is ahead of UTC.
    pub offset: i32,
    words: Rc<Words>,
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language
            && self.currency == other.currency
            && self.offset == other.offset
    }
}

impl Locale {
    pub fn new(language: Language, currency: Currency, offset: i32) -> Self {
        let words = Words::of(language);
        Self {
            language,
            currency,
            offset,
            words,
        }
    }

    pub fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.words.say(key, args)
    }

    /// An amount as menus write it: "14.50".
    pub fn money(&self, amount: Money) -> String {
        format::money(amount, self.currency.digits, self.language)
    }

    /// An amount with its currency: "€14.50", "14,50 €".
    pub fn money_with_currency(&self, amount: Money) -> String {
        format::money_with_currency(amount, &self.currency, self.language)
    }

    /// What stands between whole and part: "19.5", "19,5".
    pub fn point(&self) -> &'static str {
        format::point(self.language)
    }

    /// "19:42" on the restaurant's wall clock.
    pub fn wall(&self, at: Moment) -> String {
        format::wall(at, self.offset)
    }

    /// "Ben", "Ben and Mia", "Ben, Mia and 2 others".
    pub fn names(&self, names: &[String]) -> String {
        match names {
            [] => String::new(),
            [one] => one.clone(),
            [one, two] => say!(self, "two-names", one = one, two = two),
            [one, two, rest @ ..] => {
                say!(
                    self,
                    "many-names",
                    one = one,
                    two = two,
                    others = rest.len()
                )
            }
        }
    }

    /// Why a rule said no.
    pub fn refusal(&self, code: &str) -> String {
        match code {
            "dish_unavailable" => say!(self, "refused-dish-unavailable"),
            "order_closed" => say!(self, "refused-order-closed"),
            "order_full" => say!(self, "refused-order-full"),
            "already_exists" => say!(self, "refused-already-exists"),
            "already_paid" => say!(self, "refused-already-paid"),
            "already_sent" => say!(self, "refused-already-sent"),
            "already_voided" => say!(self, "refused-already-voided"),
            "approval_required" => say!(self, "refused-approval"),
            "wrong_pin" => say!(self, "pin-wrong"),
            "locked" => say!(self, "pin-locked"),
            "bill_closed" => say!(self, "refused-bill-closed"),
            "bill_exists" => say!(self, "refused-bill-exists"),
            "changed_meanwhile" => say!(self, "refused-changed-meanwhile"),
            "in_use" => say!(self, "refused-in-use"),
            "last_admin" => say!(self, "refused-last-admin"),
            "not_sent" => say!(self, "refused-not-sent"),
            "overpayment" => say!(self, "refused-overpayment"),
            "username_taken" => say!(self, "refused-username-taken"),
            "password_session" => say!(self, "refused-password-session"),
            "sign_in" | "unauthorized" => say!(self, "refused-sign-in"),
            "wrong_credentials" => say!(self, "sign-in-wrong"),
            "too_many_requests" => say!(self, "sign-in-too-often"),
            "bad_code" => say!(self, "enrol-bad-code"),
            "no_pin" => say!(self, "pin-none"),
            "not_allowed" | "forbidden" => say!(self, "refused-not-allowed"),
            "not_found" => say!(self, "refused-not-found"),
            "device_revoked" => say!(self, "refused-device-revoked"),
            "already_founded" => say!(self, "refused-already-founded"),
            "already_revoked" => say!(self, "refused-already-revoked"),
            "backward" => say!(self, "refused-backward"),
            "currency_fixed" => say!(self, "refused-currency-fixed"),
            "not_bumped" => say!(self, "refused-not-bumped"),
            "not_enrolled" => say!(self, "refused-not-enrolled"),
            "unsent" => say!(self, "refused-unsent"),
            other => say!(self, "refused-other", code = other),
        }
    }

    /// Trouble as a person can use it; the exact text stays in the log.
    pub fn trouble(&self, what: &str) -> String {
        match what {
            "no_answer" => say!(self, "trouble-no-answer"),
            "core_down" => say!(self, "trouble-core-down"),
            "other_build" => say!(self, "trouble-other-build"),
            "no bridge" => say!(self, "trouble-no-bridge"),
            other => other.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
