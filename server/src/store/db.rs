//! One SQL text on two databases. `on!` writes a query once and runs it on whichever there is.

use anyhow::{Context, bail};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::cmp::Ordering;
use std::path::Path;
use std::time::Duration;

/// Prepared statements that a connection keeps: one for each text and length of its rows.
const MOST_STATEMENTS: usize = 256;
/// So many pages (32 MiB) gather in the write-ahead log before a commit itself carries them over into the database:
/// by then `checkpoint` should have.
const CHECKPOINT_PAGES: &str = "8192";

/// Where the hub's data lies.
#[derive(Debug, Clone)]
pub enum Db {
    /// One writer of one connection, readers beside it.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction that may write.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A connection that only reads; within it everything is seen as of one moment.
pub type Snapshot = Tx;

/// Runs one piece of code on the transaction, whichever database it is of.
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::store::db::Tx::Sqlite(tx) => {
                let $c = &mut **tx;
                $body
            }
            $crate::store::db::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

impl Db {
    /// A file of SQLite; the folder is made where it is missing.
    pub async fn sqlite(file: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .statement_cache_capacity(MOST_STATEMENTS)
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        let db = Self::Sqlite { write, read };
        db.migrate().await?;
        Ok(db)
    }

    /// One connection that reads and writes, on whatever disk the options name: the simulator's.
    pub async fn sqlite_alone(options: SqliteConnectOptions) -> anyhow::Result<Self> {
        let db = Self::sqlite_as_it_is(options).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// One connection to a file of whatever schema.
    pub async fn sqlite_as_it_is(options: SqliteConnectOptions) -> anyhow::Result<Self> {
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        let db = Self::Sqlite {
            read: write.clone(),
            write,
        };
        Ok(db)
    }

    pub async fn postgres(url: &str) -> anyhow::Result<Self> {
        let db = Self::postgres_as_it_is(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Of whatever schema.
    pub async fn postgres_as_it_is(url: &str) -> anyhow::Result<Self> {
        let options: PgConnectOptions = url.parse().context("DATABASE_URL does not read")?;
        let options = options.statement_cache_capacity(MOST_STATEMENTS);
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        let (commit,): (String,) = sqlx::query_as("SHOW synchronous_commit")
            .fetch_one(&pool)
            .await?;
        if commit == "off" {
            bail!(
                "PostgreSQL runs with synchronous_commit = off: what the hub has answered could be lost"
            );
        }
        Ok(Self::Postgres(pool))
    }

    pub(crate) async fn migrate(&self) -> anyhow::Result<()> {
        let migrations = migrations();
        match self {
            Self::Sqlite { write, .. } => migrations.run(write).await?,
            Self::Postgres(pool) => migrations.run(pool).await?,
        }
        Ok(())
    }

    /// Begins a writing transaction. On SQLite it takes the write lock at once: a later upgrade would be BUSY.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        match self {
            Self::Sqlite { write, .. } => write.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Self::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        }
    }

    /// Begins a reading transaction that sees one moment only.
    pub async fn read(&self) -> sqlx::Result<Snapshot> {
        match self {
            Self::Sqlite { read, .. } => read.begin().await.map(Tx::Sqlite),
            Self::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(Tx::Postgres),
        }
    }

    /// Carries what the write-ahead log holds over into the database, beside the writer and not in its way.
    pub async fn checkpoint(&self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite { read, .. } => {
                let text = "PRAGMA wal_checkpoint(PASSIVE)";
                sqlx::query(text).execute(read).await.map(drop)
            }
            Self::Postgres(_) => Ok(()),
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Only SQLite's writers need no row lock: their transaction is alone already.
    pub fn row_lock(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }
}

fn migrations() -> Migrator {
    sqlx::migrate!("../migrations/server")
}

/// Whose schema a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    Ours,
    /// An earlier one of ours, which `migrate` makes ours.
    Older,
    Newer,
    Another,
}

pub async fn schema(tx: &mut Tx) -> sqlx::Result<Schema> {
    let text = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
    let there: Vec<(i64, Vec<u8>)> = on!(tx, c => sqlx::query_as(text).fetch_all(c).await?);
    let ours: Vec<(i64, Vec<u8>)> = migrations()
        .iter()
        .map(|own| (own.version, own.checksum.to_vec()))
        .collect();
    let differ = there.iter().zip(&ours).any(|(there, own)| there != own);
    Ok(if there.is_empty() || differ {
        Schema::Another
    } else {
        match there.len().cmp(&ours.len()) {
            Ordering::Less => Schema::Older,
            Ordering::Equal => Schema::Ours,
            Ordering::Greater => Schema::Newer,
        }
    })
}

/// Whether an error says that the world is not ready (disk, connection) rather than that a command is bad.
pub fn is_world(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(db) => {
            let code = db.code().unwrap_or_default();
            let sqlite = ["5", "6", "8", "10", "11", "13", "14", "26"];
            // PostgreSQL: connection, transaction rollback, resources, operator intervention, system.
            let postgres = ["08", "40", "53", "57", "58"];
            let base = code
                .parse::<u32>()
                .ok()
                .filter(|_| code.len() < 5)
                .map(|code| (code & 0xff).to_string());
            base.is_some_and(|code| sqlite.contains(&code.as_str()))
                || code.len() == 5 && postgres.iter().any(|class| code.starts_with(class))
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}
