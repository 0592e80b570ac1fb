//! The device's database in the browser: SQLite over the origin's private file system, one connection, one owner.

use rusqlite::{Connection, OpenFlags};
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

/// The files of one restaurant and screen, in a folder of their own.
#[derive(Debug)]
pub(crate) struct Pool {
    name: String,
}

impl Pool {
    pub(crate) async fn open(restaurant: &str, screen: &str) -> Result<Self, OpenError> {
        let directory = format!("comanda/{restaurant}/{screen}");
        let pool = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(&directory)
            .directory(&directory)
            .initial_capacity(FILES)
            .build();
        sahpool::install::<WasmOsCallback>(&pool, false)
            .await
            .map_err(|error| OpenError::Pool(format!("{error:?}")))?;
        Ok(Self { name: directory })
    }

    pub(crate) fn database(&self, file: &str) -> Result<Connection, OpenError> {
        let connection =
            Connection::open_with_flags_and_vfs(file, OpenFlags::default(), self.name.as_str())?;
        // In this order: without shared memory SQLite takes the write-ahead log only from a connection that is alone.
        // FULL, since "done" on the screen promises that the last commit outlives a crash.
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    }
}

/// For a device that is none yet: it stores nothing, and nothing can be given to it.
pub(crate) fn nowhere() -> Result<Connection, OpenError> {
    Ok(Connection::open_in_memory()?)
}
