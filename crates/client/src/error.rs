//! What can go wrong with the device's own database.

use rusqlite::ErrorCode;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was changed; nothing may be shown as done.
    #[error("the disk is full or does not take what is written: {0}")]
    Full(rusqlite::Error),
    #[error("database: {0}")]
    Database(rusqlite::Error),
    #[error("{what} does not read: {why}")]
    Corrupt { what: String, why: String },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // A browser's quota shows as an input/output error.
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Self::Full(error),
            Some(_) | None => Self::Database(error),
        }
    }
}

impl StoreError {
    pub(crate) fn corrupt(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            what: what.into(),
            why: why.to_string(),
        }
    }
}

pub(crate) type Stored<T> = Result<T, StoreError>;

/// Why a database is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An older core must not touch what a newer one has written.
    #[error("the database has version {found}, this core knows {known}: an update is needed")]
    Newer { found: i64, known: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
