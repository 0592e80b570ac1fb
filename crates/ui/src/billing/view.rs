//! Bill model → the bill as it is read; and what the guest gives → what is taken, and the change.

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::orders::view::State;
use crate::strings::Locale;
use domain::billing::{Method, Tax};
use domain::money::Money;
use protocol::view::{Bill, BillStatus, Payment};

#[derive(Debug, Clone, PartialEq)]
pub struct BillShown {
    /// "Receipt 27", or that it is not one yet.
    pub title: String,
    pub provisional: bool,
    pub state: State,
    pub rows: Vec<BillRow>,
    pub subtotal: Option<String>,
    pub taxes: Vec<(String, String)>,
    pub total: String,
    pub paid: Option<String>,
    pub due: Money,
    pub due_said: String,
    pub payments: Vec<PaymentShown>,
    /// "2 lines are not sent yet."
    pub unsent: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BillRow {
    pub key: String,
    pub quantity: u16,
    pub name: String,
    pub chosen: Option<String>,
    pub amount: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaymentShown {
    pub key: String,
    /// "Cash · 19:42 · Ana".
    pub what: String,
    pub amount: String,
    pub tip: Option<String>,
    pub at_hub: bool,
}

pub fn shown(bill: &Bill, locale: &Locale) -> BillShown {
    let provisional = bill.number.is_none();
    let plain = |amount: Money| locale.money(amount);
    let row = |line: &protocol::view::BillLine| BillRow {
        key: line.line.to_string(),
        quantity: line.quantity,
        name: line.name.clone(),
        chosen: (!line.modifiers.is_empty()).then(|| line.modifiers.join(", ")),
        amount: plain(line.amount),
    };
    let on_top = bill.taxes.iter().any(|tax| !tax.inclusive);
    BillShown {
        title: match &bill.number {
            Some(number) => say!(locale, "bill-numbered", number = number.clone()),
            None => say!(locale, "bill-provisional"),
        },
        provisional,
        state: state(bill, locale),
        rows: bill.lines.iter().map(row).collect(),
        subtotal: on_top.then(|| plain(bill.subtotal)),
        taxes: bill.taxes.iter().map(|tax| tax_row(tax, locale)).collect(),
        total: locale.money_with_currency(bill.total),
        paid: (bill.paid > Money::ZERO).then(|| plain(bill.paid)),
        due: bill.due,
        due_said: locale.money_with_currency(bill.due),
        payments: bill
            .payments
            .iter()
            .map(|payment| payment_shown(payment, locale))
            .collect(),
        unsent: (bill.unsent > 0).then(|| say!(locale, "bill-unsent", count = bill.unsent)),
    }
}

fn state(bill: &Bill, locale: &Locale) -> State {
    let (tone, icon, words) = match bill.status {
        BillStatus::None => (
            Tone::Quiet,
            Icon::CircleDashed,
            say!(locale, "bill-not-asked"),
        ),
        BillStatus::Open if bill.paid > Money::ZERO => {
            (Tone::Bill, Icon::Banknote, say!(locale, "bill-part-paid"))
        }
        BillStatus::Open => (Tone::Bill, Icon::ReceiptText, say!(locale, "table-bill")),
        BillStatus::Paid => (Tone::Ready, Icon::CheckCheck, say!(locale, "bill-paid")),
        BillStatus::Void => (Tone::Late, Icon::Ban, say!(locale, "bill-void")),
    };
    let since = None;
    State {
        tone,
        icon,
        words,
        since,
    }
}

/// "incl. 19 % of 45.80", and how much that is.
fn tax_row(tax: &Tax, locale: &Locale) -> (String, String) {
    let rate = tax.rate.to_string().replace('.', locale.point());
    let base = locale.money(tax.base);
    let what = if tax.inclusive {
        say!(locale, "tax-included", rate = rate, base = base)
    } else {
        say!(locale, "tax-added", rate = rate, base = base)
    };
    (what, locale.money(tax.amount))
}

fn payment_shown(payment: &Payment, locale: &Locale) -> PaymentShown {
    let method = match payment.method {
        Method::Cash => say!(locale, "method-cash"),
        Method::Card => say!(locale, "method-card"),
        Method::Voucher => say!(locale, "method-voucher"),
    };
    let by = payment.by.as_deref().map(first_name);
    let parts = [method, locale.wall(payment.at)].into_iter().chain(by);
    let tip = (payment.tip > Money::ZERO).then(|| locale.money(payment.tip));
    PaymentShown {
        key: payment.id.to_string(),
        what: parts.collect::<Vec<_>>().join(" · "),
        amount: locale.money(payment.amount),
        tip: tip.map(|amount| say!(locale, "tip-of", amount = amount)),
        at_hub: payment.at_hub,
    }
}

/// What the last guest who paid gets back.
pub fn last_change(bill: &Bill) -> Money {
    bill.payments
        .last()
        .map(|payment| payment.change)
        .unwrap_or_default()
}

/// What lies on the table: what is due, what the guest gives, and what of it is a tip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tender {
    pub due: Money,
    pub given: Money,
    pub tip: Money,
}

/// What that comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    pub amount: Money,
    pub tip: Money,
    pub given: Money,
    pub change: Money,
    /// What is still due afterwards.
    pub left: Money,
}

impl Tender {
    /// Less than what is due is a part of it, and then there is no tip. None: it is not enough.
    pub fn taken(&self) -> Option<Taken> {
        let minus = |one: Money, other: Money| Money::new(one.minor() - other.minor()).ok();
        if self.given < self.due {
            let (tip, amount) = (self.tip, self.given);
            let left = minus(self.due, amount)?;
            let some = amount > Money::ZERO && tip == Money::ZERO;
            return some.then_some(Taken {
                amount,
                tip,
                given: amount,
                change: Money::ZERO,
                left,
            });
        }
        let change = minus(self.given, self.due.plus(self.tip).ok()?)?;
        (change >= Money::ZERO && self.due >= Money::ZERO).then_some(Taken {
            amount: self.due,
            tip: self.tip,
            given: self.given,
            change,
            left: Money::ZERO,
        })
    }

    /// All that is over is for the house.
    pub fn keep_the_change(self) -> Self {
        let over = self.given.minor() - self.due.minor();
        let tip = Money::new(over.max(0)).unwrap_or_default();
        Self { tip, ..self }
    }

    pub fn digit(amount: Money, digit: u8) -> Money {
        let more = amount.minor().checked_mul(10);
        let more = more.and_then(|more| more.checked_add(i64::from(digit)));
        let more = more.filter(|more| *more <= MOST_TYPED);
        more.and_then(|more| Money::new(more).ok())
            .unwrap_or(amount)
    }

    pub fn backspace(amount: Money) -> Money {
        Money::new(amount.minor() / 10).unwrap_or_default()
    }
}

/// Nobody gives more in notes.
const MOST_TYPED: i64 = 99_999_999;

/// What a guest is likely to give: exactly that, or the next round amounts that notes make.
pub fn quick(due: Money, digits: u32) -> Vec<Money> {
    const NOTES: [i64; 6] = [5, 10, 20, 50, 100, 200];
    let unit = match digits {
        0 => 100,
        digits => 10_i64.saturating_pow(digits),
    };
    let up = |note: &i64| {
        let note = note * unit;
        (due.minor() + note - 1).div_euclid(note) * note
    };
    let mut amounts: Vec<i64> = NOTES.iter().map(up).collect();
    amounts.retain(|amount| *amount > due.minor());
    amounts.sort_unstable();
    amounts.dedup();
    let notes = amounts.into_iter().take(MOST_QUICK);
    let notes = notes.filter_map(|amount| Money::new(amount).ok());
    [due].into_iter().chain(notes).collect()
}

const MOST_QUICK: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{bill, english};

    fn money(minor: i64) -> Money {
        Money::new(minor).unwrap()
    }

    fn tender(given: i64, tip: i64) -> Tender {
        Tender {
            due: money(4_830),
            given: money(given),
            tip: money(tip),
        }
    }

    #[test]
    fn notes_that_a_guest_is_likely_to_give() {
        let amounts = |due, digits| -> Vec<i64> {
            let quick = quick(money(due), digits);
            quick.into_iter().map(Money::minor).collect()
        };
        assert_eq!(amounts(4_830, 2), [4_830, 5_000, 6_000, 10_000, 20_000]);
        assert_eq!(amounts(5_000, 2), [5_000, 6_000, 10_000, 20_000]);
        assert_eq!(amounts(1_240, 0), [1_240, 1_500, 2_000, 5_000, 10_000]);
    }

    #[test]
    fn change_is_what_is_over_less_the_tip() {
        let taken = tender(6_000, 200).taken().unwrap();
        assert_eq!((taken.amount, taken.change), (money(4_830), money(970)));
        assert_eq!((taken.tip, taken.left), (money(200), Money::ZERO));
        let kept = tender(5_000, 0).keep_the_change();
        assert_eq!(kept.tip, money(170));
        assert_eq!(kept.taken().unwrap().change, Money::ZERO);
    }

    #[test]
    fn less_than_is_due_is_a_part_and_the_tip_waits_for_the_rest() {
        let taken = tender(2_000, 0).taken().unwrap();
        assert_eq!((taken.amount, taken.left), (money(2_000), money(2_830)));
        assert_eq!(tender(2_000, 100).taken(), None);
        assert_eq!(tender(0, 0).taken(), None);
        assert_eq!(tender(4_900, 100).taken(), None, "the tip is not covered");
    }

    #[test]
    fn typing_is_minor_units_and_stops_before_nonsense() {
        let typed = [5, 0, 0, 0].into_iter().fold(Money::ZERO, Tender::digit);
        assert_eq!(typed, money(5_000));
        assert_eq!(Tender::backspace(typed), money(500));
        assert_eq!(Tender::digit(money(99_999_999), 1), money(99_999_999));
    }

    #[test]
    fn what_the_hub_has_not_numbered_says_so() {
        let shown = shown(&bill(), &english());
        assert!(shown.provisional);
        assert_eq!(shown.title, "Provisional · no receipt yet");
        assert_eq!(shown.due_said, "€48.30");
        assert_eq!(
            shown.taxes[0],
            ("incl. 19 % of 48.30".to_owned(), "7.71".to_owned())
        );
        let mut bill = bill();
        bill.number = Some("31".to_owned());
        assert_eq!(super::shown(&bill, &english()).title, "Receipt 31");
    }
}
