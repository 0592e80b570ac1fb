//! The hub's reports → figures, bars that can be read without colour, a table, and the same as CSV.

use super::days;
use crate::strings::Locale;
use domain::money::Money;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Sales {
    pub items: Vec<Sold>,
    pub total: Figures,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Sold {
    pub label: String,
    #[serde(flatten)]
    pub figures: Figures,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub struct Figures {
    pub orders: i64,
    pub guests: i64,
    pub quantity: i64,
    pub net: Money,
    pub tax: Money,
    #[serde(default)]
    pub tips: Money,
}

impl Figures {
    /// What guests paid, without tips.
    pub fn sales(&self) -> Money {
        self.net.plus(self.tax).unwrap_or(self.net)
    }

    pub fn average(&self) -> Money {
        let each = self.sales().minor().checked_div(self.orders);
        each.and_then(|each| Money::new(each).ok())
            .unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Sellers {
    items: Vec<Seller>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Seller {
    name: String,
    quantity: i64,
    net: Money,
}

/// One row of a report, in every form that it is shown in.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    pub label: String,
    /// Of the largest, in thousandths: the length of its bar.
    pub share: i64,
    pub value: String,
    pub cells: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub heads: Vec<String>,
    pub rows: Vec<ReportRow>,
    pub total: Option<Vec<String>>,
}

pub fn sales(data: &Value) -> Option<Sales> {
    serde_json::from_value(data.clone()).ok()
}

pub fn sales_report(sales: &Sales, locale: &Locale) -> Report {
    let most = sales.items.iter().map(|sold| sold.figures.sales().minor());
    let most = most.max().unwrap_or_default();
    let row = |sold: &Sold| ReportRow {
        label: days::read(&sold.label)
            .map_or_else(|| sold.label.clone(), |day| days::said(day, locale)),
        share: share(sold.figures.sales().minor(), most),
        value: locale.money(sold.figures.sales()),
        cells: cells(&sold.figures, locale),
    };
    Report {
        heads: vec![
            say!(locale, "report-orders"),
            say!(locale, "report-quantity"),
            say!(locale, "report-net"),
            say!(locale, "report-tax"),
            say!(locale, "report-sales"),
            say!(locale, "report-tips"),
        ],
        rows: sales.items.iter().map(row).collect(),
        total: Some(cells(&sales.total, locale)),
    }
}

fn cells(figures: &Figures, locale: &Locale) -> Vec<String> {
    let money = |amount| locale.money(amount);
    vec![
        figures.orders.to_string(),
        figures.quantity.to_string(),
        money(figures.net),
        money(figures.tax),
        money(figures.sales()),
        money(figures.tips),
    ]
}

pub fn best_sellers(data: &Value, locale: &Locale) -> Option<Report> {
    let sellers: Sellers = serde_json::from_value(data.clone()).ok()?;
    let most = sellers.items.iter().map(|seller| seller.quantity);
    let most = most.max().unwrap_or_default();
    let row = |seller: &Seller| ReportRow {
        label: seller.name.clone(),
        share: share(seller.quantity, most),
        value: format!("{} ×", seller.quantity),
        cells: vec![seller.quantity.to_string(), locale.money(seller.net)],
    };
    Some(Report {
        heads: vec![say!(locale, "report-quantity"), say!(locale, "report-net")],
        rows: sellers.items.iter().map(row).collect(),
        total: None,
    })
}

fn share(of: i64, most: i64) -> i64 {
    of.max(0)
        .saturating_mul(1_000)
        .checked_div(most)
        .unwrap_or_default()
}

/// The table as a file that a spreadsheet reads; a cell never begins a formula.
pub fn csv(first: &str, report: &Report) -> String {
    let heads = [first.to_owned()].into_iter().chain(report.heads.clone());
    let rows = report.rows.iter().map(|row| {
        let label = [row.label.clone()].into_iter();
        label.chain(row.cells.clone()).collect::<Vec<_>>()
    });
    let all = [heads.collect::<Vec<_>>()].into_iter().chain(rows);
    let line = |cells: Vec<String>| {
        cells
            .iter()
            .map(|cell| quoted(cell))
            .collect::<Vec<_>>()
            .join(",")
    };
    all.map(line).collect::<Vec<_>>().join("\r\n")
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::english;
    use serde_json::json;

    fn told() -> Value {
        let sold = |label: &str, orders: i64, net: i64| {
            json!({"key": label, "label": label, "orders": orders, "guests": 2 * orders, "quantity": 9,
                "gross": net, "discounts": 0, "net": net, "tax": net / 10, "tips": 0})
        };
        json!({"from": "2026-11-15", "to": "2026-11-21", "by": "day", "currency": "EUR",
            "items": [sold("2026-11-20", 10, 20_000), sold("2026-11-21", 4, 10_000)],
            "total": sold("", 14, 30_000)})
    }

    #[test]
    fn bars_are_as_long_as_what_they_say() {
        let report = sales_report(&sales(&told()).unwrap(), &english());
        let shares: Vec<i64> = report.rows.iter().map(|row| row.share).collect();
        assert_eq!(shares, [1_000, 500]);
        assert_eq!(report.rows[0].value, "220.00");
        assert_eq!(report.total.unwrap()[4], "330.00");
    }

    #[test]
    fn an_empty_day_divides_by_nothing() {
        let empty = json!({"items": [], "total": {"orders": 0, "guests": 0, "quantity": 0, "net": 0, "tax": 0}});
        let sales = sales(&empty).unwrap();
        assert_eq!(sales.total.average(), Money::ZERO);
        assert!(sales_report(&sales, &english()).rows.is_empty());
    }

    #[test]
    fn a_dish_that_looks_like_a_formula_stays_a_dish() {
        let told =
            json!({"items": [{"dishId": "x", "name": "=1+1 \"pie\"", "quantity": 2, "net": 900}]});
        let report = best_sellers(&told, &english()).unwrap();
        let csv = csv("Dish", &report);
        assert_eq!(
            csv,
            "\"Dish\",\"Quantity\",\"Net\"\r\n\"'=1+1 \"\"pie\"\"\",\"2\",\"9.00\""
        );
    }
}
