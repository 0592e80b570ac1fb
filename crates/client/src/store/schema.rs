//! Brings a database to this core's schema. Pending commands are never touched by it.

use crate::error::OpenError;
use rusqlite::Connection;

const MIGRATIONS: &[&str] = &[
    include_str!("../../../../migrations/client/0001_device.sql"),
    include_str!("../../../../migrations/client/0002_evening.sql"),
];

/// How many migrations this core knows.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;

pub(crate) fn migrate(db: &mut Connection) -> Result<(), OpenError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > KNOWN {
        return Err(OpenError::Newer {
            found,
            known: KNOWN,
        });
    }
    let done = usize::try_from(found).unwrap_or_default();
    for (version, text) in (1_i64..).zip(MIGRATIONS).skip(done) {
        let tx = db.transaction()?;
        tx.execute_batch(text)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}
