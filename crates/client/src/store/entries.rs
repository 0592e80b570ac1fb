//! The log as it is stored here: bytes that never change, kept for 72 hours of the hub's time.

use super::{int, parse, uint};
use crate::error::Stored;
use domain::ids::CommandId;
use domain::sync::Chain;
use domain::time::Moment;
use protocol::sync::{Held, Mark};
use rusqlite::{Connection, OptionalExtension};

/// So many entries are read at a time.
const AT_ONCE: i64 = 500;

#[derive(Debug)]
pub(crate) struct Kept<'a> {
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    pub(crate) cmd_id: Option<CommandId>,
    pub(crate) hub_at: Moment,
    pub(crate) bytes: &'a str,
    pub(crate) chain: Chain,
}

pub(crate) fn append(db: &Connection, entry: &Kept<'_>) -> Stored<()> {
    // What stands at this place already is of a log that a reset has shown to be another one.
    let text = "INSERT OR REPLACE INTO entries (epoch, seq, cmd_id, hub_at, bytes, chain)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(text)?.execute((
        int(entry.epoch),
        int(entry.seq),
        entry.cmd_id.map(|id| id.to_string()),
        entry.hub_at.0,
        entry.bytes,
        entry.chain.to_string(),
    ))?;
    Ok(())
}

/// The first entries of an epoch after `seq`, up to `last` and the limit.
pub(crate) fn after(
    db: &Connection,
    epoch: u64,
    seq: u64,
    last: u64,
) -> Stored<Vec<(u64, String)>> {
    let text = "SELECT seq, bytes FROM entries WHERE epoch = ?1 AND seq > ?2 AND seq <= ?3
                ORDER BY seq LIMIT ?4";
    let mut query = db.prepare_cached(text)?;
    let found = query.query_map((int(epoch), int(seq), int(last), AT_ONCE), |row| {
        Ok((uint(row.get(0)?), row.get(1)?))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Named, for SQLite would rather walk the whole epoch: it cannot know that a command has one entry and not ten.
pub(crate) const DECIDES: &str = "SELECT 1 FROM entries INDEXED BY entries_by_command
     WHERE cmd_id = ?1 AND epoch = ?2 AND seq <= ?3 LIMIT 1";

/// Whether base holds what this command did, under whatever device it came.
pub(crate) fn decides(
    db: &Connection,
    epoch: u64,
    applied: u64,
    command: CommandId,
) -> Stored<bool> {
    let found = db
        .prepare_cached(DECIDES)?
        .query_row((command.to_string(), int(epoch), int(applied)), |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// What is held past an entry, in any epoch, from one place on: as much as one part of a report may carry, and no less
/// than one.
pub(crate) fn past(db: &Connection, after: u64, from: (u64, u64)) -> Stored<Vec<Held>> {
    let text = "SELECT epoch, seq, bytes FROM entries WHERE seq > ?1 AND (epoch, seq) > (?2, ?3)
                ORDER BY epoch, seq LIMIT ?4";
    let mut query = db.prepare_cached(text)?;
    let found = query.query_map((int(after), int(from.0), int(from.1), AT_ONCE), |row| {
        Ok(Held {
            epoch: uint(row.get(0)?),
            seq: uint(row.get(1)?),
            bytes: row.get(2)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Places of the log from its end backwards, each twice as far from it as the one before, and the first that is held.
pub(crate) fn marks(db: &Connection) -> Stored<Vec<Mark>> {
    let from_end = "SELECT seq, chain FROM entries ORDER BY epoch DESC, seq DESC LIMIT 1 OFFSET ?1";
    let first = "SELECT seq, chain FROM entries ORDER BY epoch, seq LIMIT 1 OFFSET ?1";
    let mark = |text: &str, offset: i64| -> Stored<Option<Mark>> {
        let mut query = db.prepare_cached(text)?;
        let found = query.query_row([offset], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let Some((seq, chain)) = found.optional()? else {
            return Ok(None);
        };
        let (seq, chain) = (uint(seq), parse("chain", &chain)?);
        Ok(Some(Mark { seq, chain }))
    };
    let mut marks = Vec::new();
    let mut offset = 0;
    while let Some(found) = mark(from_end, offset)? {
        marks.push(found);
        offset = (offset * 2).max(1);
    }
    marks.extend(mark(first, 0)?);
    Ok(marks)
}

/// Whether an entry past that one, of whatever epoch, is this command's.
pub(crate) fn holds(db: &Connection, command: CommandId, after: u64) -> Stored<bool> {
    let text = "SELECT 1 FROM entries WHERE cmd_id = ?1 AND seq > ?2 LIMIT 1";
    let found = db
        .prepare_cached(text)?
        .query_row((command.to_string(), int(after)), |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Forgets what is older than `before`, but nothing that has not been applied.
pub(crate) fn prune(db: &Connection, before: Moment, epoch: u64, applied: u64) -> Stored<()> {
    let text = "DELETE FROM entries WHERE hub_at < ?1 AND (epoch < ?2 OR seq <= ?3)";
    db.prepare_cached(text)?
        .execute((before.0, int(epoch), int(applied)))?;
    Ok(())
}

pub(crate) fn clear(db: &Connection) -> Stored<()> {
    db.execute("DELETE FROM entries", [])?;
    Ok(())
}
