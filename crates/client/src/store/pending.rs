//! This device's queue: what waits for the hub's word, in the order in which it was tapped.

use super::{from_json, int, parse, to_json, uint};
use crate::error::Stored;
use domain::Envelope;
use domain::ids::{CommandId, OrderId};
use domain::sync::Outcome;
use domain::time::Moment;
use protocol::sync::Was;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) mid: u64,
    pub(crate) cmd_id: CommandId,
    pub(crate) envelope: String,
    pub(crate) order: Option<OrderId>,
    pub(crate) stored_at: Moment,
    pub(crate) was: Option<Was>,
    pub(crate) hint: Option<Hint>,
}

/// What the hub answered to the push, before the log says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    pub(crate) outcome: Outcome,
    pub(crate) seq: u64,
}

impl Pending {
    /// What was stored; None where an older core than the one that stored it looks.
    pub(crate) fn envelope(&self) -> Option<Envelope> {
        serde_json::from_str(&self.envelope).ok()
    }
}

type Columns = (
    i64,
    String,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<String>,
);

const COLUMNS: &str = "SELECT mid, cmd_id, envelope, order_id, stored_at, was, hint FROM pending";

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
    ))
}

fn read((mid, cmd_id, envelope, order, stored_at, was, hint): Columns) -> Stored<Pending> {
    Ok(Pending {
        mid: uint(mid),
        cmd_id: parse("command id", &cmd_id)?,
        envelope,
        order: order.map(|id| parse("order id", &id)).transpose()?,
        stored_at: Moment(stored_at),
        was: was.map(|was| from_json("was", &was)).transpose()?,
        hint: hint.map(|hint| from_json("hint", &hint)).transpose()?,
    })
}

fn list(db: &Connection, having: &str, parameter: rusqlite::types::Value) -> Stored<Vec<Pending>> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} WHERE {having} ORDER BY mid"))?;
    let found = query.query_map([parameter], columns)?;
    found.map(|row| read(row?)).collect()
}

/// From a `mid` on, and no more than the limit.
pub(crate) fn from(db: &Connection, mid: u64, limit: usize) -> Stored<Vec<Pending>> {
    let mut query =
        db.prepare_cached(&format!("{COLUMNS} WHERE mid >= ?1 ORDER BY mid LIMIT ?2"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = query.query_map((int(mid), limit), columns)?;
    found.map(|row| read(row?)).collect()
}

pub(crate) fn all(db: &Connection) -> Stored<Vec<Pending>> {
    from(db, 0, usize::MAX)
}

pub(crate) fn of_order(db: &Connection, order: OrderId) -> Stored<Vec<Pending>> {
    list(db, "order_id = ?1", order.to_string().into())
}

/// Those that change a check, whichever.
pub(crate) fn of_orders(db: &Connection) -> Stored<Vec<Pending>> {
    list(db, "order_id IS NOT ?1", rusqlite::types::Value::Null)
}

pub(crate) fn by_mid(db: &Connection, mid: u64) -> Stored<Option<Pending>> {
    Ok(list(db, "mid = ?1", int(mid).into())?.pop())
}

pub(crate) fn by_command(db: &Connection, id: CommandId) -> Stored<Option<Pending>> {
    Ok(list(db, "cmd_id = ?1", id.to_string().into())?.pop())
}

pub(crate) fn insert(db: &Connection, pending: &Pending) -> Stored<()> {
    let text = "INSERT INTO pending (mid, cmd_id, envelope, order_id, stored_at, was, hint)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let was = pending.was.as_ref().map(|was| to_json("was", was));
    let hint = pending.hint.as_ref().map(|hint| to_json("hint", hint));
    db.prepare_cached(text)?.execute((
        int(pending.mid),
        pending.cmd_id.to_string(),
        &pending.envelope,
        pending.order.map(|id| id.to_string()),
        pending.stored_at.0,
        was.transpose()?,
        hint.transpose()?,
    ))?;
    Ok(())
}

pub(crate) fn hint(db: &Connection, mid: u64, hint: Hint) -> Stored<()> {
    let text = to_json("hint", &hint)?;
    db.prepare_cached("UPDATE pending SET hint = ?2 WHERE mid = ?1")?
        .execute((int(mid), text))?;
    Ok(())
}

/// Those that the hub says it has, though no entry has taken them out yet.
pub(crate) fn hinted(db: &Connection) -> Stored<Vec<Pending>> {
    list(db, "hint IS NOT ?1", rusqlite::types::Value::Null)
}

/// What the hub had said is not true any more.
pub(crate) fn clear_hints(db: &Connection) -> Stored<()> {
    db.execute("UPDATE pending SET hint = NULL WHERE hint IS NOT NULL", [])?;
    Ok(())
}

pub(crate) fn remove(db: &Connection, mid: u64) -> Stored<()> {
    db.prepare_cached("DELETE FROM pending WHERE mid = ?1")?
        .execute([int(mid)])?;
    Ok(())
}

/// Gives a pending command another place; never one that is taken.
pub(crate) fn renumber(db: &Connection, mid: u64, to: u64) -> Stored<()> {
    db.prepare_cached("UPDATE pending SET mid = ?2 WHERE mid = ?1")?
        .execute((int(mid), int(to)))?;
    Ok(())
}

pub(crate) fn first(db: &Connection) -> Stored<Option<u64>> {
    least(db, "SELECT min(mid) FROM pending")
}

/// The first that the hub has not been heard of yet.
pub(crate) fn first_unanswered(db: &Connection) -> Stored<Option<u64>> {
    least(db, "SELECT min(mid) FROM pending WHERE hint IS NULL")
}

fn least(db: &Connection, text: &str) -> Stored<Option<u64>> {
    let mid: Option<i64> = db
        .prepare_cached(text)?
        .query_row([], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(mid.map(uint))
}

/// How many wait for the hub, and since when the oldest does.
pub(crate) fn waiting(db: &Connection) -> Stored<(u64, Option<Moment>)> {
    let text = "SELECT count(*), min(stored_at) FROM pending WHERE hint IS NULL";
    let (count, oldest): (i64, Option<i64>) = db
        .prepare_cached(text)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((uint(count), oldest.map(Moment)))
}

pub(crate) fn any(db: &Connection) -> Stored<bool> {
    Ok(first(db)?.is_some())
}
