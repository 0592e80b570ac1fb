//! The outbox: what Kafka gets and `/events` serves, in the order of its position.

use super::db::{Tx, on};
use super::pieces;
use crate::project::EPOCH_STARTED;
use domain::ids::RestaurantId;
use domain::time::Moment;
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// One record, as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Record {
    pub position: i64,
    pub topic: String,
    pub seq: i64,
    pub id: String,
    pub epoch: i64,
    #[sqlx(rename = "type")]
    pub kind: String,
    pub event: String,
}

impl Record {
    /// It tells where its topic goes on, and nothing that has happened.
    pub fn is_restart(&self) -> bool {
        self.kind == EPOCH_STARTED
    }
}

pub async fn write(
    tx: &mut Tx,
    restaurant: RestaurantId,
    records: &[Record],
    at: Moment,
) -> sqlx::Result<()> {
    for part in pieces(records, 9) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO outbox (restaurant, position, topic, seq, id, epoch, type, event, at) ");
            query.push_values(part, |mut row, record| {
                row.push_bind(restaurant.to_string()).push_bind(record.position).push_bind(&record.topic)
                    .push_bind(record.seq).push_bind(&record.id).push_bind(record.epoch).push_bind(&record.kind)
                    .push_bind(&record.event).push_bind(at.0);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

pub async fn heads(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<HashMap<String, i64>> {
    let text = "SELECT topic, seq FROM topic_heads WHERE restaurant = $1";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_all(c).await?);
    Ok(rows.into_iter().collect())
}

pub async fn write_heads(
    tx: &mut Tx,
    restaurant: RestaurantId,
    heads: &[(&str, i64)],
) -> sqlx::Result<()> {
    if heads.is_empty() {
        return Ok(());
    }
    on!(tx, c => {
        let mut query = QueryBuilder::new("INSERT INTO topic_heads (restaurant, topic, seq) ");
        query.push_values(heads, |mut row, (topic, seq)| {
            row.push_bind(restaurant.to_string()).push_bind(*topic).push_bind(*seq);
        });
        query.push(" ON CONFLICT (restaurant, topic) DO UPDATE SET seq = excluded.seq");
        query.build().execute(c).await?;
    });
    Ok(())
}

/// The records after a position, in order; only of some types where they are named.
pub async fn after(
    tx: &mut Tx,
    restaurant: RestaurantId,
    position: i64,
    limit: usize,
    types: Option<&[&str]>,
) -> sqlx::Result<Vec<Record>> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "SELECT position, topic, seq, id, epoch, type, event FROM outbox WHERE restaurant = ");
        query.push_bind(restaurant.to_string()).push(" AND position > ").push_bind(position);
        if let Some(types) = types {
            query.push(" AND type IN (");
            let mut list = query.separated(", ");
            for kind in types { list.push_bind((*kind).to_owned()); }
            query.push(")");
        }
        query.push(" ORDER BY position LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(c).await
    })
}

/// The oldest position that is still kept.
pub async fn oldest(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Option<i64>> {
    let text = "SELECT MIN(position) FROM outbox WHERE restaurant = $1";
    let row: (Option<i64>,) =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_one(c).await?);
    Ok(row.0)
}

/// The first position that is kept of the epochs after this one.
pub async fn begins(
    tx: &mut Tx,
    restaurant: RestaurantId,
    epoch: u64,
) -> sqlx::Result<Option<i64>> {
    let text = "SELECT MIN(position) FROM outbox WHERE restaurant = $1 AND epoch > $2";
    let row: (Option<i64>,) = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(epoch.cast_signed()).fetch_one(c).await?);
    Ok(row.0)
}

/// How far the relay has come.
pub async fn relayed(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<i64> {
    let text = "SELECT position FROM relays WHERE restaurant = $1";
    let row: Option<(i64,)> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_optional(c).await?);
    Ok(row.map_or(0, |(position,)| position))
}

pub async fn write_relayed(
    tx: &mut Tx,
    restaurant: RestaurantId,
    position: i64,
) -> sqlx::Result<()> {
    let text = "INSERT INTO relays (restaurant, position) VALUES ($1, $2)
                ON CONFLICT (restaurant) DO UPDATE SET position = excluded.position
                WHERE relays.position < excluded.position";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(position).execute(c).await?.rows_affected());
    Ok(())
}

/// The last record of each topic between two positions, in order.
pub async fn last_of_topics(
    tx: &mut Tx,
    restaurant: RestaurantId,
    after: i64,
    upto: i64,
) -> sqlx::Result<Vec<Record>> {
    let text = "SELECT position, topic, seq, id, epoch, type, event FROM outbox
                WHERE restaurant = $1 AND position IN (SELECT MAX(position) FROM outbox
                    WHERE restaurant = $1 AND position > $2 AND position <= $3 GROUP BY topic)
                ORDER BY position";
    on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).bind(after).bind(upto)
        .fetch_all(c).await)
}

pub async fn drop_between(
    tx: &mut Tx,
    restaurant: RestaurantId,
    after: i64,
    upto: i64,
) -> sqlx::Result<()> {
    let text = "DELETE FROM outbox WHERE restaurant = $1 AND position > $2 AND position <= $3";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(after).bind(upto)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Forgets what was relayed (or, without Kafka, whatever is old enough) before a moment.
pub async fn prune(
    tx: &mut Tx,
    restaurant: RestaurantId,
    upto: i64,
    before: Moment,
) -> sqlx::Result<()> {
    let text = "DELETE FROM outbox WHERE restaurant = $1 AND position <= $2 AND at < $3";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(upto).bind(before.0).execute(c).await?.rows_affected());
    Ok(())
}
