//! What a check comes to: subtotal, tax for each rate, total. Computed, never stored.

use crate::money::{Money, Rate, TooMuch};
use crate::orders::Order;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub subtotal: Money,
    pub tax: Money,
    pub total: Money,
}

/// Tax is rounded once for each rate, on the sum of its lines.
pub fn totals(order: &Order) -> Result<Totals, TooMuch> {
    let mut bases: BTreeMap<Rate, Money> = BTreeMap::new();
    for line in &order.lines {
        let base = bases.entry(line.frozen.tax_rate).or_default();
        *base = base.plus(line.total()?)?;
    }
    let subtotal = Money::sum(bases.values().copied())?;
    let tax = Money::sum(
        bases
            .iter()
            .map(|(rate, base)| rate.tax_on(*base, order.prices_include_tax)),
    )?;
    let total = if order.prices_include_tax {
        subtotal
    } else {
        subtotal.plus(tax)?
    };
    Ok(Totals {
        subtotal,
        tax,
        total,
    })
}
