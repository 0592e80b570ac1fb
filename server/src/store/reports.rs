//! What devices have reported to a hub that has forgotten something, kept until it is adopted or decided.

use super::db::{Tx, on};
use super::pieces;
use domain::ids::{DeviceId, RestaurantId};
use protocol::sync::{Mark, Side, Signed};
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// How far one device's report has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where the device's own log ends, as it showed it.
    pub position: Signed,
    /// Some places of that log.
    pub marks: Vec<Mark>,
    /// All of it is here.
    pub done: bool,
    /// And nothing of it is left to be decided.
    pub decided: bool,
    /// Who could sign in by PIN, with the hub's own word for it.
    pub side: Option<Side>,
}

/// One thing that a device holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    pub epoch: u64,
    pub seq: u64,
    pub bytes: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An entry of the log, as it was.
    Entry,
    /// A command that was acknowledged, with what was said of it: an `Acknowledged`.
    Command,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Command => "command",
        }
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

pub async fn all(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<HashMap<DeviceId, Report>> {
    type Columns = (String, String, bool, bool, Option<String>);
    let text = "SELECT device, position, done, decided, side FROM reports WHERE restaurant = $1";
    let rows: Vec<Columns> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_all(c).await?);
    let report = |(device, position, done, decided, side): Columns| {
        let (position, marks) = serde_json::from_str(&position).map_err(broken)?;
        let side = side.map(|side| serde_json::from_str(&side)).transpose();
        let report = Report {
            position,
            marks,
            done,
            decided,
            side: side.map_err(broken)?,
        };
        Ok((device.parse().map_err(broken)?, report))
    };
    rows.into_iter().map(report).collect()
}

/// Keeps how far a report has come.
pub async fn note(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    report: &Report,
) -> sqlx::Result<()> {
    let text = "INSERT INTO reports (restaurant, device, position, done, decided, side) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (restaurant, device) DO UPDATE SET position = excluded.position,
                done = excluded.done, decided = excluded.decided, side = COALESCE(excluded.side, reports.side)";
    let shown = (&report.position, &report.marks);
    let position = serde_json::to_string(&shown).map_err(broken)?;
    let side = report.side.as_ref().map(serde_json::to_string).transpose();
    let side = side.map_err(broken)?;
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(device.to_string()).bind(position)
        .bind(report.done).bind(report.decided).bind(side).execute(c).await?.rows_affected());
    Ok(())
}

/// Keeps what a device holds, and answers how much of it is new; what came before stays as it came.
pub async fn keep(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    items: &[Item],
) -> sqlx::Result<u64> {
    let mut new = 0;
    for part in pieces(items, 6) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO reported (restaurant, device, kind, epoch, seq, bytes) ");
            query.push_values(part, |mut row, item| {
                row.push_bind(restaurant.to_string()).push_bind(device.to_string()).push_bind(item.kind.as_str())
                    .push_bind(item.epoch.cast_signed()).push_bind(item.seq.cast_signed()).push_bind(&item.bytes);
            });
            query.push(" ON CONFLICT (restaurant, device, kind, epoch, seq) DO NOTHING
                        RETURNING CAST(LENGTH(bytes) AS BIGINT)");
            let kept: Vec<(i64,)> = query.build_query_as().fetch_all(c).await?;
            new += kept.iter().map(|(length,)| length.unsigned_abs()).sum::<u64>();
        });
    }
    Ok(new)
}

/// What one device holds of the log, in one epoch, past an entry.
pub async fn tail(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    epoch: u64,
    after: u64,
) -> sqlx::Result<Vec<(u64, String)>> {
    let text =
        "SELECT seq, bytes FROM reported WHERE restaurant = $1 AND device = $2 AND kind = 'entry'
                AND epoch = $3 AND seq > $4 ORDER BY seq";
    let rows: Vec<(i64, String)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(device.to_string()).bind(epoch.cast_signed()).bind(after.cast_signed()).fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(|(seq, bytes)| (seq.unsigned_abs(), bytes))
        .collect())
}

/// All that was reported: by whom, and what.
pub async fn items(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Vec<(DeviceId, Item)>> {
    type Columns = (String, String, i64, i64, String);
    let text = "SELECT device, kind, epoch, seq, bytes FROM reported WHERE restaurant = $1
                ORDER BY epoch, seq, kind, device";
    let rows: Vec<Columns> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_all(c).await?);
    let item = |(device, kind, epoch, seq, bytes): Columns| {
        let kind = if kind == Kind::Entry.as_str() {
            Kind::Entry
        } else {
            Kind::Command
        };
        let (epoch, seq) = (epoch.unsigned_abs(), seq.unsigned_abs());
        let item = Item {
            kind,
            epoch,
            seq,
            bytes,
        };
        Ok((device.parse().map_err(broken)?, item))
    };
    rows.into_iter().map(item).collect()
}

/// Nothing of these devices' reports is left to be decided.
pub async fn settled(
    tx: &mut Tx,
    restaurant: RestaurantId,
    devices: &[DeviceId],
) -> sqlx::Result<()> {
    let texts = [
        "DELETE FROM reported WHERE restaurant = $1 AND device = $2",
        "UPDATE reports SET decided = $3, side = NULL WHERE restaurant = $1 AND device = $2",
    ];
    for device in devices {
        for text in texts {
            on!(tx, c => {
                let mut query = sqlx::query(text).bind(restaurant.to_string()).bind(device.to_string());
                if text.contains("$3") { query = query.bind(true); }
                query.execute(c).await?.rows_affected()
            });
        }
    }
    Ok(())
}

/// The restaurants of which something is left to be recovered.
pub async fn unfinished(tx: &mut Tx) -> sqlx::Result<Vec<RestaurantId>> {
    let text = "SELECT restaurant FROM heads WHERE phase <> 'open' OR EXISTS (SELECT 1 FROM reports r
                WHERE r.restaurant = heads.restaurant AND r.done AND NOT r.decided) ORDER BY restaurant";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).fetch_all(c).await?);
    rows.iter()
        .map(|(id,)| id.parse().map_err(broken))
        .collect()
}

/// An epoch began after this entry.
pub async fn begin_epoch(
    tx: &mut Tx,
    restaurant: RestaurantId,
    epoch: u64,
    after: u64,
) -> sqlx::Result<()> {
    let text = "INSERT INTO epochs (restaurant, epoch, began_after) VALUES ($1, $2, $3)
                ON CONFLICT (restaurant, epoch) DO UPDATE SET began_after = excluded.began_after";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(epoch.cast_signed())
        .bind(after.cast_signed()).execute(c).await?.rows_affected());
    Ok(())
}

/// The entry after which the log is certainly not the one that whoever followed this epoch knows.
pub async fn left_after(
    tx: &mut Tx,
    restaurant: RestaurantId,
    epoch: u64,
) -> sqlx::Result<Option<u64>> {
    let text = "SELECT MIN(began_after) FROM epochs WHERE restaurant = $1 AND epoch > $2";
    let row: (Option<i64>,) = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(epoch.cast_signed()).fetch_one(c).await?);
    Ok(row.0.map(i64::unsigned_abs))
}
