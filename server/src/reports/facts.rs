//! What a paid bill says to the reports: its lines with their share of tax and tips, and what it was paid with.

use domain::billing::Payment;
use domain::billing::bill::{Bill, BillLine, BillPaid, Final};
use domain::ids::{BillId, OrderId};
use domain::money::Money;
use domain::orders::Order;
use domain::settings::Settings;
use domain::time::{Day, hour_of};
use domain::{Event, State};
use std::collections::BTreeMap;

/// A line that was sold.
#[derive(Debug, Clone)]
pub struct Sale {
    pub bill: BillId,
    pub place: i64,
    pub order: OrderId,
    pub guests: i64,
    pub day: Day,
    pub hour: String,
    pub dish: String,
    pub dish_name: String,
    pub category: String,
    pub category_name: String,
    pub waiter: String,
    pub waiter_name: String,
    pub table: String,
    pub table_name: String,
    pub quantity: i64,
    pub sums: Sums,
}

/// A bill's part that one kind of money paid.
#[derive(Debug, Clone)]
pub struct Tendered {
    pub bill: BillId,
    pub tender: &'static str,
    pub order: OrderId,
    pub guests: i64,
    pub day: Day,
    pub quantity: i64,
    pub sums: Sums,
}

impl Sale {
    /// What it is of, and all that it says, as the reports' rows are read back by `verify`.
    pub fn told(&self) -> (String, String) {
        let key = format!("sale {} {}", self.bill, self.place);
        let (order, guests, day, hour) = (self.order, self.guests, self.day, &self.hour);
        let (dish, dish_name) = (&self.dish, &self.dish_name);
        let (category, category_name) = (&self.category, &self.category_name);
        let (waiter, waiter_name) = (&self.waiter, &self.waiter_name);
        let (table, table_name) = (&self.table, &self.table_name);
        let (quantity, sums) = (self.quantity, self.sums.told());
        let says = format!(
            "{order}|{guests}|{day}|{hour}|{dish}|{dish_name}|{category}|{category_name}|{waiter}|{waiter_name}\
             |{table}|{table_name}|{quantity}|{sums}"
        );
        (key, says)
    }
}

impl Tendered {
    pub fn told(&self) -> (String, String) {
        let key = format!("tender {} {}", self.bill, self.tender);
        let (order, guests, day, quantity) = (self.order, self.guests, self.day, self.quantity);
        let says = format!("{order}|{guests}|{day}|{quantity}|{}", self.sums.told());
        (key, says)
    }
}

/// Without discounts, for there are none yet.
#[derive(Debug, Clone, Copy)]
pub struct Sums {
    pub net: Money,
    pub tax: Money,
    pub tips: Money,
}

impl Sums {
    fn told(&self) -> String {
        let (net, tax, tips) = (self.net.minor(), self.tax.minor(), self.tips.minor());
        format!("0|{net}|{tax}|{tips}")
    }
}

/// What an entry's events add to the reports.
pub fn of(events: &[Event], state: &State) -> (Vec<Sale>, Vec<Tendered>) {
    let (mut sales, mut tenders) = (Vec::new(), Vec::new());
    for event in events {
        if let Event::BillPaid(BillPaid { bill, order, paid }) = event
            && let Some(sold) = Sold::of(state, *bill, *order, paid)
        {
            sales.extend(sold.sales(state));
            tenders.extend(sold.tenders());
        }
    }
    (sales, tenders)
}

struct Sold<'a> {
    bill: &'a Bill,
    order: &'a Order,
    paid: &'a Final,
    settings: &'a Settings,
}

impl<'a> Sold<'a> {
    fn of(state: &'a State, bill: BillId, order: OrderId, paid: &'a Final) -> Option<Self> {
        Some(Self {
            bill: state.bill(bill)?,
            order: state.order(order)?,
            paid,
            settings: state.settings()?,
        })
    }

    /// Bills count on the business day of their last payment.
    fn last(&self) -> Option<&Payment> {
        self.bill.payments.last()
    }

    fn day(&self) -> Day {
        self.last().map_or(self.paid.day, |payment| payment.day)
    }

    fn sales(&self, state: &State) -> Vec<Sale> {
        let lines = &self.paid.lines;
        let amounts: Vec<Money> = lines.iter().map(|line| line.amount).collect();
        let taxes = self.tax_of_lines();
        let tips = self.bill.tips().unwrap_or_default();
        if lines.is_empty() {
            let sums = Sums {
                net: Money::ZERO,
                tax: Money::ZERO,
                tips,
            };
            return vec![self.sale(state, 0, None, sums)];
        }
        let tips = tips.split(&amounts);
        let rows = lines.iter().zip(taxes).zip(tips);
        let sale = |(place, ((line, (net, tax)), tips))| {
            self.sale(state, place, Some(line), Sums { net, tax, tips })
        };
        (0..).zip(rows).map(sale).collect()
    }

    /// Net and tax of each line: a rate's tax is rounded on the bill, and then divided among its lines.
    fn tax_of_lines(&self) -> Vec<(Money, Money)> {
        let rate = |line: &BillLine| {
            let line = self.order.line(line.line);
            line.map(|line| line.frozen.tax_rate).unwrap_or_default()
        };
        let lines = &self.paid.lines;
        let mut taxes: Vec<Money> = vec![Money::ZERO; lines.len()];
        for tax in &self.paid.taxes {
            let own: Vec<usize> = (0..lines.len())
                .filter(|at| rate(&lines[*at]) == tax.rate)
                .collect();
            let amounts: Vec<Money> = own.iter().map(|at| lines[*at].amount).collect();
            for (at, share) in own.into_iter().zip(tax.amount.split(&amounts)) {
                taxes[at] = share;
            }
        }
        let net = |line: &BillLine, tax: Money| {
            let contained = if self.order.prices_include_tax {
                tax.minor()
            } else {
                0
            };
            Money::new(line.amount.minor() - contained).unwrap_or_default()
        };
        let both = lines.iter().zip(taxes);
        both.map(|(line, tax)| (net(line, tax), tax)).collect()
    }

    fn sale(&self, state: &State, place: i64, line: Option<&BillLine>, sums: Sums) -> Sale {
        let dish = line.and_then(|line| state.dish(line.dish));
        let category = dish.and_then(|dish| state.category(dish.category));
        let (waiter, waiter_name) = self.waiter();
        let at = self.last().map_or(self.paid.at, |payment| payment.at);
        let text = |id: Option<String>| id.unwrap_or_default();
        Sale {
            bill: self.bill.id,
            place,
            order: self.order.id,
            guests: i64::from(self.order.guests.get()),
            day: self.day(),
            hour: format!("{:02}", hour_of(at, &self.settings.zone)),
            dish: text(line.map(|line| line.dish.to_string())),
            dish_name: text(line.map(|line| line.name.to_string())),
            category: text(dish.map(|dish| dish.category.to_string())),
            category_name: text(category.map(|category| category.name.to_string())),
            waiter,
            waiter_name,
            table: text(self.order.table.map(|id| id.to_string())),
            table_name: text(self.paid.table_name.clone().map(Into::into)),
            quantity: line.map_or(0, |line| i64::from(line.quantity.get())),
            sums,
        }
    }

    /// Whose check it was when it was paid.
    fn waiter(&self) -> (String, String) {
        let name = match &self.order.owner {
            Some(owner) => owner.name.clone(),
            None => self.order.opened_by_name.clone(),
        };
        let id = self.order.owner().map(|id| id.to_string());
        let name = name.map(String::from);
        (id.unwrap_or_default(), name.unwrap_or_default())
    }

    fn tenders(&self) -> Vec<Tendered> {
        let mut taken: BTreeMap<&'static str, (Money, Money)> = BTreeMap::new();
        for payment in &self.bill.payments {
            let (amount, tips) = taken.entry(payment.method.as_str()).or_default();
            // What is stored has been decided within the bounds of money.
            *amount = amount.plus(payment.amount).unwrap_or(*amount);
            *tips = tips.plus(payment.tip).unwrap_or(*tips);
        }
        let amounts: Vec<Money> = taken.values().map(|(amount, _)| *amount).collect();
        let (mut net, mut quantity) = (Money::ZERO, 0);
        for (line, (own, _)) in self.paid.lines.iter().zip(self.tax_of_lines()) {
            net = net.plus(own).unwrap_or(net);
            quantity += i64::from(line.quantity.get());
        }
        let quantity = Money::new(quantity).unwrap_or_default().split(&amounts);
        let (net, tax) = (net.split(&amounts), self.paid.tax.split(&amounts));
        let parts = taken.into_iter().zip(quantity).zip(net).zip(tax);
        parts
            .map(|((((tender, (_, tips)), quantity), net), tax)| Tendered {
                bill: self.bill.id,
                tender,
                order: self.order.id,
                guests: i64::from(self.order.guests.get()),
                day: self.day(),
                quantity: quantity.minor(),
                sums: Sums { net, tax, tips },
            })
            .collect()
    }
}
