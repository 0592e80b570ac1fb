//! The device's database in the browser: SQLite over the origin's private file system, one connection, one owner.

use rusqlite::Connection;
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{self, OpfsSAHPoolCfgBuilder};

/// The pool's files: database and log, and some for what SQLite makes for a moment. Each costs opening time.
const FILES: u32 = 6;

#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// Mostly another worker that still holds the files: worth a few tries.
    #[error("storage: {0}")]
    Pool(String),
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
}

/// Opens the database in the folder of its own that this restaurant and screen have.
pub(crate) async fn open(restaurant: Option<&str>, screen: &str) -> Result<Connection, OpenError> {
    let directory = format!("comanda/{}/{screen}", restaurant.unwrap_or("new"));
    let pool = OpfsSAHPoolCfgBuilder::new()
        .directory(&directory)
        .initial_capacity(FILES)
        .build();
    sahpool::install::<WasmOsCallback>(&pool, true)
        .await
        .map_err(|error| OpenError::Pool(format!("{error:?}")))?;
    let connection = Connection::open("device.db")?;
    // In this order: without shared memory SQLite takes the write-ahead log only from a connection that is alone.
    // FULL, since "done" on the screen promises that the last commit outlives a crash.
    connection.pragma_update(None, "locking_mode", "exclusive")?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}
