//! Money in minor units, and tax rates. Checked, and always under 2^53: screens are JavaScript's neighbours.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in the currency's minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Money(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount beyond what money can be")]
pub struct TooMuch;

impl Money {
    pub const ZERO: Money = Money(0);
    pub const MOST: i64 = (1 << 53) - 1;

    pub fn new(minor: i64) -> Result<Self, TooMuch> {
        if minor.unsigned_abs() <= Self::MOST as u64 {
            Ok(Self(minor))
        } else {
            Err(TooMuch)
        }
    }

    pub const fn minor(self) -> i64 {
        self.0
    }

    pub fn plus(self, other: Money) -> Result<Money, TooMuch> {
        Self::new(self.0 + other.0)
    }

    pub fn times(self, quantity: u16) -> Result<Money, TooMuch> {
        self.0
            .checked_mul(i64::from(quantity))
            .ok_or(TooMuch)
            .and_then(Self::new)
    }

    /// Divides an amount by weights without losing a cent: the largest remainders get what rounding leaves.
    pub fn split(self, weights: &[Money]) -> Vec<Money> {
        let all: i128 = weights.iter().map(|weight| i128::from(weight.0)).sum();
        let even = |_: &Money| 1_i128;
        let given = |weight: &Money| i128::from(weight.0);
        let (parts, all): (Vec<i128>, i128) = if all > 0 {
            (weights.iter().map(given).collect(), all)
        } else {
            (weights.iter().map(even).collect(), weights.len() as i128)
        };
        let share = |part: &i128| (i128::from(self.0) * part).div_euclid(all);
        let rest = |part: &i128| (i128::from(self.0) * part).rem_euclid(all);
        let mut shares: Vec<i128> = parts.iter().map(share).collect();
        let left = i128::from(self.0) - shares.iter().sum::<i128>();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(parts.get(*at).map(rest)));
        let left = usize::try_from(left).unwrap_or(0);
        for at in order.into_iter().take(left) {
            shares[at] += 1;
        }
        // Each share lies between nothing and the whole.
        let money = |share: i128| Money(i64::try_from(share).unwrap_or(0));
        shares.into_iter().map(money).collect()
    }

    pub fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, TooMuch> {
        amounts.into_iter().try_fold(Money::ZERO, Money::plus)
    }
}

impl TryFrom<i64> for Money {
    type Error = TooMuch;
    fn try_from(minor: i64) -> Result<Self, TooMuch> {
        Self::new(minor)
    }
}

impl From<Money> for i64 {
    fn from(money: Money) -> i64 {
        money.0
    }
}

/// A tax rate: a decimal string in percent outside ("8.875"), ten-thousandths of a percent inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rate(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate is a decimal number of percent from 0 to 100 with at most four places")]
pub struct BadRate;

impl Rate {
    const ONE: u32 = 10_000;
    const HUNDRED: u32 = 100 * Self::ONE;

    /// The tax on a base: contained in it where prices include tax, else on top. Rounded half up.
    pub fn tax_on(self, base: Money, inclusive: bool) -> Money {
        let base_minor = base.0;
        let (rate, base, hundred) = (
            i128::from(self.0),
            i128::from(base_minor),
            i128::from(Self::HUNDRED),
        );
        let divisor = if inclusive { hundred + rate } else { hundred };
        let tax = (2 * base * rate + divisor).div_euclid(2 * divisor);
        // |tax| <= |base| as a rate is at most 100 %, so it fits.
        Money(i64::try_from(tax).unwrap_or(base_minor))
    }
}

impl std::str::FromStr for Rate {
    type Err = BadRate;
    fn from_str(text: &str) -> Result<Self, BadRate> {
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(places) || whole.len() > 3 || places.len() > 4 {
            return Err(BadRate);
        }
        let whole: u32 = whole.parse().map_err(|_| BadRate)?;
        let places: u32 = format!("{places:0<4}").parse().map_err(|_| BadRate)?;
        let rate = whole * Self::ONE + places;
        if rate <= Self::HUNDRED {
            Ok(Self(rate))
        } else {
            Err(BadRate)
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, places) = (self.0 / Self::ONE, self.0 % Self::ONE);
        if places == 0 {
            return write!(to, "{whole}");
        }
        let places = format!("{places:04}");
        write!(to, "{whole}.{}", places.trim_end_matches('0'))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn a_split_loses_no_cent() {
        let split = |amount: i64, weights: &[i64]| -> Vec<i64> {
            let weights: Vec<Money> = weights.iter().map(|it| Money(*it)).collect();
            let shares = Money(amount).split(&weights);
            shares.into_iter().map(Money::minor).collect()
        };
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(409, &[2900, 1600]), [264, 145]);
        assert_eq!(split(5, &[0, 0]), [3, 2]);
        assert_eq!(split(7, &[0, 10]), [0, 7]);
        assert_eq!(split(0, &[3]), [0]);
        assert!(split(9, &[]).is_empty());
        for amount in 0..50 {
            assert_eq!(split(amount, &[7, 11, 13]).iter().sum::<i64>(), amount);
        }
    }

    #[test]
    fn a_rate_keeps_its_text() {
        for text in ["0", "8.875", "19", "100", "5.5", "0.0001"] {
            assert_eq!(rate(text).to_string(), text);
        }
        for bad in ["", ".", "5.", ".5", "100.0001", "-1", "1e2", "5.00001", "٣"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tax_is_rounded_half_up() {
        let money = |minor| Money::new(minor).unwrap();
        assert_eq!(rate("10").tax_on(money(1100), true), money(100));
        assert_eq!(rate("19").tax_on(money(1000), true), money(160));
        assert_eq!(rate("8.875").tax_on(money(1000), false), money(89));
        assert_eq!(rate("50").tax_on(money(1), false), money(1));
        assert_eq!(rate("0").tax_on(money(1000), true), Money::ZERO);
    }

    proptest! {
        #[test]
        fn contained_tax_never_exceeds_its_base(minor in 0..Money::MOST, ten_thousandths in 0u32..=1_000_000) {
            let tax = Rate(ten_thousandths).tax_on(Money(minor), true);
            prop_assert!(tax.minor() >= 0 && tax.minor() <= minor);
        }

        #[test]
        fn money_beyond_its_bound_is_an_error_not_a_wrap(a in any::<i64>(), b in any::<u16>()) {
            if let Ok(money) = Money::new(a) {
                let exact = i128::from(a) * i128::from(b);
                let fits = exact.unsigned_abs() <= Money::MOST as u128;
                prop_assert_eq!(money.times(b).is_ok(), fits);
            }
        }
    }
}
