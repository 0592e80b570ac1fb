//! SQL only: no rule of the restaurant is decided here.

pub mod aggregates;
pub mod credentials;
pub mod db;
pub mod head;
pub mod idempotency;
pub mod keys;
pub mod lines;
pub mod log;
pub mod outbox;
pub mod queues;
pub mod receipts;
pub mod sales;
pub mod sessions;

pub use db::{Db, Tx};

/// How many values one statement may bind; SQLite's own limit is far above.
pub(crate) const MOST_BINDS: usize = 900;
