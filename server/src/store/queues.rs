//! How far each device's queue has been decided, and what of it waits for a manager.

use super::db::{Tx, on};
use super::pieces;
use domain::ids::{CommandId, DeviceId, RestaurantId};
use domain::time::Moment;
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// What the hub remembers of one device's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    pub last_mid: u64,
    /// The epoch in which the device last pushed: it may jump once in a new one.
    pub epoch: u64,
    pub seen_at: Moment,
    /// What it has pushed since it was revoked.
    pub revoked_bytes: u64,
}

/// A device that has never pushed counts as one of the first epoch.
impl Default for Queue {
    fn default() -> Self {
        Self {
            last_mid: 0,
            epoch: 1,
            seen_at: Moment(0),
            revoked_bytes: 0,
        }
    }
}

pub async fn read(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
) -> sqlx::Result<Option<Queue>> {
    let text = "SELECT last_mid, epoch, seen_at, revoked_bytes FROM device_queues
                WHERE restaurant = $1 AND device = $2";
    let row: Option<(i64, i64, i64, i64)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(device.to_string()).fetch_optional(c).await?);
    Ok(row.map(|(last_mid, epoch, seen_at, revoked_bytes)| Queue {
        last_mid: last_mid.unsigned_abs(),
        epoch: epoch.unsigned_abs(),
        seen_at: Moment(seen_at),
        revoked_bytes: revoked_bytes.unsigned_abs(),
    }))
}

/// All queues of a restaurant: as many as it has devices.
pub async fn all(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<HashMap<DeviceId, Queue>> {
    type Columns = (String, i64, i64, i64, i64);
    let text = "SELECT device, last_mid, epoch, seen_at, revoked_bytes FROM device_queues WHERE restaurant = $1";
    let rows: Vec<Columns> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_all(c).await?);
    let queue = |(device, last_mid, epoch, seen_at, revoked_bytes): Columns| {
        let device = device
            .parse()
            .map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
        let queue = Queue {
            last_mid: last_mid.unsigned_abs(),
            epoch: epoch.unsigned_abs(),
            seen_at: Moment(seen_at),
            revoked_bytes: revoked_bytes.unsigned_abs(),
        };
        Ok((device, queue))
    };
    rows.into_iter().map(queue).collect()
}

pub async fn write(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    queue: Queue,
) -> sqlx::Result<()> {
    let text = "INSERT INTO device_queues (restaurant, device, last_mid, epoch, seen_at, revoked_bytes)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (restaurant, device) DO UPDATE SET last_mid = excluded.last_mid,
                epoch = excluded.epoch, seen_at = excluded.seen_at, revoked_bytes = excluded.revoked_bytes";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(device.to_string())
        .bind(queue.last_mid.cast_signed()).bind(queue.epoch.cast_signed()).bind(queue.seen_at.0)
        .bind(queue.revoked_bytes.cast_signed()).execute(c).await?.rows_affected());
    Ok(())
}

/// A device was there.
pub async fn seen(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    at: Moment,
) -> sqlx::Result<()> {
    let Queue { epoch, .. } = Queue::default();
    let text = "INSERT INTO device_queues (restaurant, device, last_mid, epoch, seen_at, revoked_bytes)
                VALUES ($1, $2, 0, $3, $4, 0) ON CONFLICT (restaurant, device)
                DO UPDATE SET seen_at = excluded.seen_at WHERE device_queues.seen_at < excluded.seen_at";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(device.to_string())
        .bind(epoch.cast_signed()).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

/// Ids that a quarantined command of this device would have made.
pub async fn hold_ids(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    cmd: CommandId,
    ids: &[String],
) -> sqlx::Result<()> {
    for part in pieces(ids, 4) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO quarantined_ids (restaurant, device, id, cmd_id) ");
            query.push_values(part, |mut row, id| {
                row.push_bind(restaurant.to_string()).push_bind(device.to_string()).push_bind(id)
                    .push_bind(cmd.to_string());
            });
            query.push(" ON CONFLICT (restaurant, device, id) DO NOTHING");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// The ids held back for this device, each with the command that would have made it.
pub async fn held_ids(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
) -> sqlx::Result<Vec<(String, String)>> {
    let text = "SELECT id, cmd_id FROM quarantined_ids WHERE restaurant = $1 AND device = $2";
    on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).bind(device.to_string()).fetch_all(c).await)
}
