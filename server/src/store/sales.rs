//! The reports' own rows: written in the transaction of the entry, summed when somebody asks.

use super::db::{Tx, on};
use super::pieces;
use crate::reports::facts::{Sale, Tendered};
use domain::ids::RestaurantId;
use sqlx::QueryBuilder;

pub async fn write(
    tx: &mut Tx,
    restaurant: RestaurantId,
    sales: &[Sale],
    tenders: &[Tendered],
) -> sqlx::Result<()> {
    for part in pieces(sales, 20) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO sales (restaurant, bill, place, order_id, guests, day,
                hour, dish, dish_name, category, category_name, waiter, waiter_name, table_id, table_name,
                quantity, discounts, net, tax, tips) ");
            query.push_values(part, |mut row, sale| {
                row.push_bind(restaurant.to_string()).push_bind(sale.bill.to_string()).push_bind(sale.place)
                    .push_bind(sale.order.to_string()).push_bind(sale.guests).push_bind(sale.day.to_string())
                    .push_bind(&sale.hour).push_bind(&sale.dish).push_bind(&sale.dish_name)
                    .push_bind(&sale.category).push_bind(&sale.category_name)
                    .push_bind(&sale.waiter).push_bind(&sale.waiter_name)
                    .push_bind(&sale.table).push_bind(&sale.table_name)
                    .push_bind(sale.quantity).push_bind(0_i64).push_bind(sale.sums.net.minor())
                    .push_bind(sale.sums.tax.minor()).push_bind(sale.sums.tips.minor());
            });
            query.build().execute(c).await?;
        });
    }
    for part in pieces(tenders, 11) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO sales_tenders (restaurant, bill, tender, order_id,
                guests, day, quantity, discounts, net, tax, tips) ");
            query.push_values(part, |mut row, tender| {
                row.push_bind(restaurant.to_string()).push_bind(tender.bill.to_string()).push_bind(tender.tender)
                    .push_bind(tender.order.to_string()).push_bind(tender.guests).push_bind(tender.day.to_string())
                    .push_bind(tender.quantity).push_bind(0_i64).push_bind(tender.sums.net.minor())
                    .push_bind(tender.sums.tax.minor()).push_bind(tender.sums.tips.minor());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// What sales are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Nothing,
    Day,
    Hour,
    Category,
    Dish,
    Waiter,
    Table,
    Tender,
}

impl By {
    pub const ALL: [By; 7] = [
        Self::Day,
        Self::Hour,
        Self::Category,
        Self::Dish,
        Self::Waiter,
        Self::Table,
        Self::Tender,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Category => "category",
            Self::Dish => "dish",
            Self::Waiter => "waiter",
            Self::Table => "table",
            Self::Tender => "tender",
        }
    }

    /// The table, and the columns of key and label.
    fn columns(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Nothing => ("sales", "''", "''"),
            Self::Day => ("sales", "day", "day"),
            Self::Hour => ("sales", "hour", "hour"),
            Self::Category => ("sales", "category", "category_name"),
            Self::Dish => ("sales", "dish", "dish_name"),
            Self::Waiter => ("sales", "waiter", "waiter_name"),
            Self::Table => ("sales", "table_id", "table_name"),
            Self::Tender => ("sales_tenders", "tender", "tender"),
        }
    }
}

/// One row of a report.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Sold {
    pub grouped: String,
    pub label: String,
    pub orders: i64,
    pub guests: i64,
    pub quantity: i64,
    pub discounts: i64,
    pub net: i64,
    pub tax: i64,
    pub tips: i64,
}

/// Sums over paid bills from one business day to another, both included. A check that was paid with two bills is
/// one order, and its guests are counted once.
pub async fn sums(
    tx: &mut Tx,
    restaurant: RestaurantId,
    by: By,
    from: &str,
    to: &str,
) -> sqlx::Result<Vec<Sold>> {
    let (table, key, label) = by.columns();
    on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT grouped, MAX(label) AS label, COUNT(*) AS orders");
        for sum in SUMS {
            query.push(format!(", CAST(SUM({sum}) AS BIGINT) AS {sum}"));
        }
        query.push(format!(" FROM (SELECT {key} AS grouped, MAX({label}) AS label, order_id, MAX(guests) AS guests"));
        for sum in SUMS.iter().filter(|sum| **sum != "guests") {
            query.push(format!(", CAST(SUM({sum}) AS BIGINT) AS {sum}"));
        }
        query.push(format!(" FROM {table} WHERE restaurant = ")).push_bind(restaurant.to_string())
            .push(" AND day >= ").push_bind(from.to_owned()).push(" AND day <= ").push_bind(to.to_owned());
        // An expression that is constant may not be grouped by.
        query.push(if by == By::Nothing { " GROUP BY order_id" } else { " GROUP BY grouped, order_id" });
        query.push(") AS checks GROUP BY grouped");
        query.build_query_as().fetch_all(c).await
    })
}

const SUMS: [&str; 6] = ["guests", "quantity", "discounts", "net", "tax", "tips"];
