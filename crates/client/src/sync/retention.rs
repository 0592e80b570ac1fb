//! What a device keeps so that a lost evening can be put back: 72 hours, by the hub's time and never by its own.

use crate::error::Stored;
use crate::store::{entries, meta, sent};
use rusqlite::Connection;

const KEPT_MILLIS: i64 = 72 * 60 * 60 * 1000;

/// Entry *n* drops what lies 72 hours before its `hubAt`; nothing that has not been applied, nothing that is pending.
pub(crate) fn prune(db: &Connection, epoch: u64, applied: u64) -> Stored<()> {
    let Some(newest) = meta::get(db, &meta::HUB_AT)? else {
        return Ok(());
    };
    let before = newest.plus(-KEPT_MILLIS);
    entries::prune(db, before, epoch, applied)?;
    sent::prune(db, before)
}
