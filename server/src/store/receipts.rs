//! Which receipts were shown before.

use super::db::{Tx, on};
use domain::ids::{BillId, RestaurantId};

/// Remembers that a receipt is shown now; true where it was before.
pub async fn show(tx: &mut Tx, restaurant: RestaurantId, bill: BillId) -> sqlx::Result<bool> {
    let text = "INSERT INTO receipts_shown (restaurant, bill) VALUES ($1, $2)
                ON CONFLICT (restaurant, bill) DO NOTHING";
    let new = on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(bill.to_string())
        .execute(c).await?.rows_affected());
    Ok(new == 0)
}
