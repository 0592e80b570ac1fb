//! The answers that are given again when a write comes again with its key.

use super::asked;
use super::db::{Tx, on};
use domain::ids::{CommandId, RestaurantId};
use domain::time::Moment;
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// The status of a write whose answer is lost: no answer has it.
pub const LOST: u16 = 0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub body: String,
    pub status: u16,
    pub answer: String,
    pub location: Option<String>,
}

/// The answers that were kept under those of these keys that have one.
pub async fn read(
    tx: &mut Tx,
    restaurant: RestaurantId,
    idems: &[&str],
) -> sqlx::Result<HashMap<String, Kept>> {
    type Columns = (String, String, i64, String, Option<String>);
    let mut all = HashMap::new();
    for part in asked(idems) {
        let rows: Vec<Columns> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT idem, body, status, answer, location FROM idempotency WHERE restaurant = ");
            query.push_bind(restaurant.to_string()).push(" AND idem IN (");
            let mut list = query.separated(", ");
            for idem in part { list.push_bind((*idem).to_owned()); }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        all.extend(
            rows.into_iter()
                .map(|(idem, body, status, answer, location)| {
                    let status = u16::try_from(status).unwrap_or(500);
                    let kept = Kept {
                        body,
                        status,
                        answer,
                        location,
                    };
                    (idem, kept)
                }),
        );
    }
    Ok(all)
}

pub async fn keep(
    tx: &mut Tx,
    restaurant: RestaurantId,
    idem: &str,
    cmd: CommandId,
    kept: &Kept,
    at: Moment,
) -> sqlx::Result<()> {
    let text =
        "INSERT INTO idempotency (restaurant, idem, body, cmd_id, status, answer, location, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (restaurant, idem) DO UPDATE SET body = excluded.body, status = excluded.status,
                answer = excluded.answer, location = excluded.location WHERE idempotency.status = 0";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(idem).bind(&kept.body).bind(cmd.to_string())
        .bind(i64::from(kept.status)).bind(&kept.answer).bind(&kept.location).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

/// A key that the log holds, and whose answer was lost with the database.
pub async fn found(
    tx: &mut Tx,
    restaurant: RestaurantId,
    idem: &str,
    cmd: CommandId,
    at: Moment,
) -> sqlx::Result<()> {
    let text =
        "INSERT INTO idempotency (restaurant, idem, body, cmd_id, status, answer, location, at)
                VALUES ($1, $2, '', $3, $4, '', NULL, $5)
                ON CONFLICT (restaurant, idem) DO UPDATE SET body = excluded.body, cmd_id = excluded.cmd_id,
                status = excluded.status, answer = excluded.answer, location = NULL, at = excluded.at";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(idem).bind(cmd.to_string())
        .bind(i64::from(LOST)).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

/// The write that came with a key.
pub async fn command_of(
    tx: &mut Tx,
    restaurant: RestaurantId,
    idem: &str,
) -> sqlx::Result<Option<CommandId>> {
    let text = "SELECT cmd_id FROM idempotency WHERE restaurant = $1 AND idem = $2";
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).bind(idem)
        .fetch_optional(c).await?);
    Ok(row.and_then(|(id,)| id.parse().ok()))
}

/// Forgets what was kept before a moment: a key is good for a day, not for ever.
pub async fn forget(tx: &mut Tx, restaurant: RestaurantId, before: Moment) -> sqlx::Result<()> {
    let text = "DELETE FROM idempotency WHERE restaurant = $1 AND at < $2";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(before.0).execute(c).await?.rows_affected());
    Ok(())
}
