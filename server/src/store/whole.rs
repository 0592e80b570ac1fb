//! What `verify` reads: all of it, row by row, so that no more than a row is held.

use super::aggregates::Columns;
use super::db::{Tx, on};
use domain::ids::RestaurantId;
use futures_util::TryStreamExt;

/// An entry's bytes and the chain that is stored beside them.
pub type LogRow = (i64, String, String);
/// A row of the reports: what it is of, and all that it says.
pub type FactRow = (String, String);

const LOG: &str = "SELECT seq, bytes, chain FROM log WHERE restaurant = $1 ORDER BY seq";
const STATE: &str =
    "SELECT key, revision, version, body, born FROM aggregates WHERE restaurant = $1 ORDER BY key";
const SALES: &str = "SELECT 'sale ' || bill || ' ' || CAST(place AS TEXT),
    order_id || '|' || CAST(guests AS TEXT) || '|' || day || '|' || hour || '|' || dish || '|' || dish_name
    || '|' || category || '|' || category_name || '|' || waiter || '|' || waiter_name
    || '|' || table_id || '|' || table_name || '|' || CAST(quantity AS TEXT) || '|' || CAST(discounts AS TEXT)
    || '|' || CAST(net AS TEXT) || '|' || CAST(tax AS TEXT) || '|' || CAST(tips AS TEXT)
    FROM sales WHERE restaurant = $1";
const TENDERS: &str = "SELECT 'tender ' || bill || ' ' || tender,
    order_id || '|' || CAST(guests AS TEXT) || '|' || day || '|' || CAST(quantity AS TEXT)
    || '|' || CAST(discounts AS TEXT) || '|' || CAST(net AS TEXT) || '|' || CAST(tax AS TEXT)
    || '|' || CAST(tips AS TEXT)
    FROM sales_tenders WHERE restaurant = $1";

macro_rules! each {
    ($name:ident($($text:ident),+) -> $row:ty) => {
        pub async fn $name(tx: &mut Tx, restaurant: RestaurantId, mut see: impl FnMut($row)) -> sqlx::Result<()> {
            let id = restaurant.to_string();
            for text in [$($text),+] {
                on!(tx, c => {
                    let mut rows = sqlx::query_as(text).bind(&id).fetch(c);
                    while let Some(row) = rows.try_next().await? { see(row); }
                });
            }
            Ok(())
        }
    };
}

each!(log(LOG) -> LogRow);
each!(state(STATE) -> Columns);
each!(facts(SALES, TENDERS) -> FactRow);
