//! The native host: a thread of its own with the core and its engine, spoken to from any other.

mod host;
mod thread;
mod wire;

pub use host::Machine;
pub use thread::{Handle, StartError, start};

use crate::error::OpenError;
use rusqlite::Connection;
use std::path::Path;

/// Opens a device's database file. The last commit outlives a power cut: a full sync of the write-ahead log.
pub fn open_file(path: &Path) -> Result<Connection, OpenError> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    Ok(db)
}
