//! What a check comes to, its bills, and the money that is taken for them.

pub mod bill;
pub mod pay;

use crate::ids::{PaymentId, PersonId};
use crate::money::{Money, Rate, TooMuch};
use crate::orders::{Line, Order};
use crate::text::Name;
use crate::time::{Day, Moment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What may stand on one check, and what may be taken for it: more than any restaurant has ever billed, and so little that
/// whatever is added up of it is still money.
pub const MOST_OF_A_CHECK: i64 = 1_000_000_000_000;

/// Whether amounts that come to so much may be on one check.
pub(crate) fn fits(amounts: impl IntoIterator<Item = Result<Money, TooMuch>>) -> bool {
    let sum = amounts
        .into_iter()
        .try_fold(Money::ZERO, |sum, amount| sum.plus(amount?));
    sum.is_ok_and(|sum| sum.minor() <= MOST_OF_A_CHECK)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub subtotal: Money,
    pub taxes: Vec<Tax>,
    pub tax: Money,
    pub total: Money,
}

/// The tax of one rate: contained in its base, or on top of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tax {
    pub rate: Rate,
    pub inclusive: bool,
    pub base: Money,
    pub amount: Money,
}

/// What a whole check comes to: drafts count, voided lines do not.
pub fn totals(order: &Order) -> Result<Totals, TooMuch> {
    let lines = order.lines.iter().filter(|line| line.counts());
    totals_of(lines, order.prices_include_tax)
}

/// Tax is rounded once for each rate, on the sum of its lines.
pub fn totals_of<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    inclusive: bool,
) -> Result<Totals, TooMuch> {
    let mut bases: BTreeMap<Rate, Money> = BTreeMap::new();
    for line in lines {
        let base = bases.entry(line.frozen.tax_rate).or_default();
        *base = base.plus(line.total()?)?;
    }
    let subtotal = Money::sum(bases.values().copied())?;
    let taxes: Vec<Tax> = bases
        .into_iter()
        .map(|(rate, base)| Tax {
            rate,
            inclusive,
            base,
            amount: rate.tax_on(base, inclusive),
        })
        .collect();
    let tax = Money::sum(taxes.iter().map(|tax| tax.amount))?;
    let total = if inclusive {
        subtotal
    } else {
        subtotal.plus(tax)?
    };
    Ok(Totals {
        subtotal,
        taxes,
        tax,
        total,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Cash,
    Card,
    Voucher,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::Voucher => "voucher",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cash, Self::Card, Self::Voucher]
            .into_iter()
            .find(|method| method.as_str() == text)
    }
}

/// Money that was taken. `amount` pays the bill; the tip is beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    pub id: PaymentId,
    pub method: Method,
    pub amount: Money,
    pub tip: Money,
    /// What the guest gave; none is exactly amount and tip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tendered: Option<Money>,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub at: Moment,
    pub day: Day,
}

impl Payment {
    /// What was given in cash; what is on a card or a voucher is given by nobody.
    pub fn given(&self) -> Option<Money> {
        let exactly = || Money::new(self.amount.minor() + self.tip.minor()).unwrap_or_default();
        (self.method == Method::Cash).then(|| self.tendered.unwrap_or_else(exactly))
    }

    pub fn change(&self) -> Money {
        let given = self.tendered.map(Money::minor);
        let change = given.map_or(0, |given| given - self.amount.minor() - self.tip.minor());
        Money::new(change).unwrap_or_default()
    }
}
