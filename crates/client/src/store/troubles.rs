//! The device's bounded log of its own: the last day's troubles, at most 500 lines.

use crate::error::Stored;
use domain::time::Moment;
use protocol::view::LogLine;
use rusqlite::Connection;

const MOST_LINES: i64 = 500;
const MOST_CHARACTERS: usize = 500;
const DAY: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn note(db: &Connection, at: Moment, text: &str) -> Stored<()> {
    let text: String = text.chars().take(MOST_CHARACTERS).collect();
    db.prepare_cached("INSERT INTO troubles (at, text) VALUES (?1, ?2)")?
        .execute((at.0, text))?;
    let old = "DELETE FROM troubles WHERE at < ?1 OR id <= (SELECT max(id) FROM troubles) - ?2";
    db.prepare_cached(old)?
        .execute((at.plus(-DAY).0, MOST_LINES))?;
    Ok(())
}

/// Newest first.
pub(crate) fn list(db: &Connection) -> Stored<Vec<LogLine>> {
    let mut query = db.prepare_cached("SELECT at, text FROM troubles ORDER BY id DESC")?;
    let found = query.query_map([], |row| {
        Ok(LogLine {
            at: Moment(row.get(0)?),
            text: row.get(1)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}
