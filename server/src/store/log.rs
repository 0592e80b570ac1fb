//! The log and the outcomes of its commands.

use super::db::{Tx, on};
use super::{asked, pieces};
use domain::ids::{CommandId, DeviceId, OrderId, RestaurantId};
use domain::sync::{Chain, Outcome};
use domain::time::Moment;
use protocol::sync::Decided;
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// One entry as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub seq: u64,
    pub hub_at: Moment,
    pub bytes: String,
    pub chain: Chain,
}

/// What became of a command, and the hash of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub seq: u64,
    pub outcome: Outcome,
    pub code: Option<String>,
    pub payload: String,
}

/// A place in a device's queue and the command that stood there.
#[derive(Debug, Clone, Copy)]
pub struct Queued {
    pub device: DeviceId,
    pub mid: u64,
    pub cmd_id: CommandId,
}

pub fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Rejected => "rejected",
        Outcome::Quarantined => "quarantined",
    }
}

fn outcome_of(text: &str) -> Outcome {
    match text {
        "applied" => Outcome::Applied,
        "rejected" => Outcome::Rejected,
        _ => Outcome::Quarantined,
    }
}

pub async fn append(tx: &mut Tx, restaurant: RestaurantId, entries: &[Stored]) -> sqlx::Result<()> {
    for part in pieces(entries, 5) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO log (restaurant, seq, hub_at, bytes, chain) ");
            query.push_values(part, |mut row, entry| {
                row.push_bind(restaurant.to_string()).push_bind(entry.seq.cast_signed())
                    .push_bind(entry.hub_at.0).push_bind(&entry.bytes).push_bind(entry.chain.to_string());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

pub async fn remember(
    tx: &mut Tx,
    restaurant: RestaurantId,
    known: &[(CommandId, Known)],
) -> sqlx::Result<()> {
    for part in pieces(known, 6) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO outcomes (restaurant, cmd_id, seq, outcome, code, payload) ");
            query.push_values(part, |mut row, (id, known)| {
                row.push_bind(restaurant.to_string()).push_bind(id.to_string()).push_bind(known.seq.cast_signed())
                    .push_bind(outcome_text(known.outcome)).push_bind(known.code.clone()).push_bind(&known.payload);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

pub async fn place(tx: &mut Tx, restaurant: RestaurantId, queued: &[Queued]) -> sqlx::Result<()> {
    for part in pieces(queued, 4) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO queue_entries (restaurant, device, mid, cmd_id) ");
            query.push_values(part, |mut row, queued| {
                row.push_bind(restaurant.to_string()).push_bind(queued.device.to_string())
                    .push_bind(queued.mid.cast_signed()).push_bind(queued.cmd_id.to_string());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

type OutcomeColumns = (String, i64, String, Option<String>, String);

/// The outcomes of those of these commands that have one.
pub async fn known(
    tx: &mut Tx,
    restaurant: RestaurantId,
    ids: &[CommandId],
) -> sqlx::Result<HashMap<CommandId, Known>> {
    let mut all = HashMap::new();
    for part in asked(ids) {
        let rows: Vec<OutcomeColumns> = on!(tx, c => {
            let mut query = QueryBuilder::new(
                "SELECT cmd_id, seq, outcome, code, payload FROM outcomes WHERE restaurant = ");
            query.push_bind(restaurant.to_string()).push(" AND cmd_id IN (");
            let mut list = query.separated(", ");
            for id in part { list.push_bind(id.to_string()); }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        for (id, seq, outcome, code, payload) in rows {
            let known = Known {
                seq: seq.unsigned_abs(),
                outcome: outcome_of(&outcome),
                code,
                payload,
            };
            if let Ok(id) = id.parse() {
                all.insert(id, known);
            }
        }
    }
    Ok(all)
}

/// The entries after `seq`, at most `limit`, as their stored bytes.
pub async fn after(
    tx: &mut Tx,
    restaurant: RestaurantId,
    seq: u64,
    limit: usize,
) -> sqlx::Result<Vec<String>> {
    let text = "SELECT bytes FROM log WHERE restaurant = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(seq.cast_signed()).bind(limit).fetch_all(c).await?);
    Ok(rows.into_iter().map(|(bytes,)| bytes).collect())
}

/// A part of the log: from an entry on, until a time of the hub's.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub from: u64,
    pub until: Moment,
}

/// The entries of this part that name this order anywhere, at most `limit`, as their stored bytes.
pub async fn naming(
    tx: &mut Tx,
    restaurant: RestaurantId,
    order: OrderId,
    span: Span,
    limit: usize,
) -> sqlx::Result<Vec<String>> {
    let text = "SELECT bytes FROM log WHERE restaurant = $1 AND seq >= $2 AND seq < COALESCE(
                    (SELECT seq FROM log WHERE restaurant = $1 AND seq >= $2 AND hub_at > $3 ORDER BY seq LIMIT 1), $4)
                AND bytes LIKE $5 ORDER BY seq LIMIT $6";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(span.from.cast_signed()).bind(span.until.0).bind(i64::MAX).bind(format!("%{order}%")).bind(limit)
        .fetch_all(c).await?);
    Ok(rows.into_iter().map(|(bytes,)| bytes).collect())
}

/// When the hub wrote these entries.
pub async fn hub_times(
    tx: &mut Tx,
    restaurant: RestaurantId,
    seqs: &[u64],
) -> sqlx::Result<HashMap<u64, Moment>> {
    let mut times = HashMap::new();
    for part in asked(seqs) {
        let rows: Vec<(i64, i64)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT seq, hub_at FROM log WHERE restaurant = ");
            query.push_bind(restaurant.to_string()).push(" AND seq IN (");
            let mut list = query.separated(", ");
            for seq in part { list.push_bind(seq.cast_signed()); }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        times.extend(
            rows.into_iter()
                .map(|(seq, at)| (seq.unsigned_abs(), Moment(at))),
        );
    }
    Ok(times)
}

/// The chain after entry `seq`; none where the log does not reach so far.
pub async fn chain_at(
    tx: &mut Tx,
    restaurant: RestaurantId,
    seq: u64,
) -> sqlx::Result<Option<Chain>> {
    if seq == 0 {
        return Ok(Some(Chain::start(restaurant)));
    }
    let text = "SELECT chain FROM log WHERE restaurant = $1 AND seq = $2";
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(seq.cast_signed()).fetch_optional(c).await?);
    row.map(|(chain,)| chain.parse().map_err(|e| sqlx::Error::Decode(Box::new(e))))
        .transpose()
}

/// What became of a device's commands from `oldest` on.
pub async fn of_device(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    oldest: u64,
) -> sqlx::Result<Vec<Decided>> {
    let text = "SELECT o.cmd_id, o.seq, q.mid, o.outcome, o.code FROM queue_entries q
                JOIN outcomes o ON o.restaurant = q.restaurant AND o.cmd_id = q.cmd_id
                WHERE q.restaurant = $1 AND q.device = $2 AND q.mid >= $3 ORDER BY q.mid";
    type Columns = (String, i64, i64, String, Option<String>);
    let rows: Vec<Columns> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(device.to_string()).bind(oldest.cast_signed()).fetch_all(c).await?);
    let decided = rows
        .into_iter()
        .filter_map(|(id, seq, mid, outcome, code)| {
            let (mid, seq) = (mid.unsigned_abs(), seq.unsigned_abs());
            Some(Decided {
                mid,
                cmd_id: id.parse().ok()?,
                outcome: outcome_of(&outcome),
                code,
                seq,
            })
        });
    Ok(decided.collect())
}
