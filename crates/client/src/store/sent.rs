//! This device's own commands that the hub has decided, kept for when the hub forgets.

use super::pending::Pending;
use super::{from_json, int, parse, to_json, uint};
use crate::error::Stored;
use domain::ids::{CommandId, DeviceId};
use domain::time::Moment;
use protocol::sync::Was;
use rusqlite::{Connection, OptionalExtension};

type Columns = (i64, String, String, Option<String>, i64, String);

const COLUMNS: &str = "SELECT mid, cmd_id, envelope, order_id, stored_at, was FROM sent";

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

/// As it would wait again.
fn read((mid, cmd_id, envelope, order, stored_at, was): Columns) -> Stored<Pending> {
    Ok(Pending {
        mid: uint(mid),
        cmd_id: parse("command id", &cmd_id)?,
        envelope,
        order: order.map(|id| parse("order id", &id)).transpose()?,
        stored_at: Moment(stored_at),
        was: Some(from_json("was", &was)?),
        hint: None,
    })
}

/// What was sent under another name, and whose that was.
#[derive(Debug)]
pub(crate) struct Other {
    pub(crate) device: DeviceId,
    pub(crate) pending: Pending,
}

pub(crate) fn insert(
    db: &Connection,
    device: DeviceId,
    command: &Pending,
    was: &Was,
    hub_at: Moment,
) -> Stored<()> {
    let text = "INSERT OR REPLACE INTO sent (device, mid, cmd_id, envelope, order_id, stored_at, was, hub_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(text)?.execute((
        device.to_string(),
        int(command.mid),
        command.cmd_id.to_string(),
        &command.envelope,
        command.order.map(|id| id.to_string()),
        command.stored_at.0,
        to_json("was", was)?,
        hub_at.0,
    ))?;
    Ok(())
}

/// The hub has decided it anew.
pub(crate) fn redecided(db: &Connection, id: CommandId, was: &Was) -> Stored<()> {
    db.prepare_cached("UPDATE sent SET was = ?2 WHERE cmd_id = ?1")?
        .execute((id.to_string(), to_json("was", was)?))?;
    Ok(())
}

pub(crate) fn remove(db: &Connection, id: CommandId) -> Stored<()> {
    db.prepare_cached("DELETE FROM sent WHERE cmd_id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

pub(crate) fn by_command(db: &Connection, id: CommandId) -> Stored<Option<Pending>> {
    let found = db
        .prepare_cached(&format!("{COLUMNS} WHERE cmd_id = ?1"))?
        .query_row([id.to_string()], columns)
        .optional()?;
    found.map(read).transpose()
}

pub(crate) fn by_mid(db: &Connection, device: DeviceId, mid: u64) -> Stored<Option<Pending>> {
    let found = db
        .prepare_cached(&format!("{COLUMNS} WHERE device = ?1 AND mid = ?2"))?
        .query_row((device.to_string(), int(mid)), columns)
        .optional()?;
    found.map(read).transpose()
}

/// From a `mid` of this device on, and no more than the limit.
pub(crate) fn from(
    db: &Connection,
    device: DeviceId,
    mid: u64,
    limit: usize,
) -> Stored<Vec<Pending>> {
    let text = format!("{COLUMNS} WHERE device = ?1 AND mid >= ?2 ORDER BY mid LIMIT ?3");
    let mut query = db.prepare_cached(&text)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = query.query_map((device.to_string(), int(mid), limit), columns)?;
    found.map(|row| read(row?)).collect()
}

/// What this device sent before it became the one that it is.
pub(crate) fn of_others(db: &Connection, device: DeviceId) -> Stored<Vec<Other>> {
    let text = "SELECT mid, cmd_id, envelope, order_id, stored_at, was, device FROM sent
                WHERE device <> ?1 ORDER BY hub_at, mid";
    let mut query = db.prepare_cached(text)?;
    let found = query.query_map([device.to_string()], |row| {
        Ok((columns(row)?, row.get::<_, String>(6)?))
    })?;
    let other = |(columns, device): (Columns, String)| {
        Ok(Other {
            device: parse("device id", &device)?,
            pending: read(columns)?,
        })
    };
    found.map(|row| other(row?)).collect()
}

pub(crate) fn first(db: &Connection, device: DeviceId) -> Stored<Option<u64>> {
    let mid: Option<i64> = db
        .prepare_cached("SELECT min(mid) FROM sent WHERE device = ?1")?
        .query_row([device.to_string()], |row| row.get(0))?;
    Ok(mid.map(uint))
}

pub(crate) fn prune(db: &Connection, before: Moment) -> Stored<()> {
    db.prepare_cached("DELETE FROM sent WHERE hub_at < ?1")?
        .execute([before.0])?;
    Ok(())
}

pub(crate) fn clear(db: &Connection) -> Stored<()> {
    db.execute("DELETE FROM sent", [])?;
    Ok(())
}
