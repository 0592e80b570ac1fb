//! What this machine's disk and databases can do at all, with nothing of ours around them.

use anyhow::Result;
use rusqlite::Connection;
use servers::Postgres;
use sqlx::{Connection as _, PgConnection};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// As much as one five-line order writes, in as many rows.
const ROWS: [usize; 4] = [3_000, 2_500, 2_500, 600];
const BATCH: usize = 64;

/// Orders a second that a bare writer puts into SQLite, 64 to a commit, each commit on the disk.
pub fn sqlite(span: Duration) -> Result<f64> {
    let folder = TempDir::new()?;
    let db = Connection::open(folder.path().join("raw.sqlite"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE raw (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    )?;
    let bodies = ROWS.map(|bytes| "x".repeat(bytes));
    let (began, mut orders) = (now(), 0);
    while began.elapsed() < span {
        db.execute_batch("BEGIN IMMEDIATE")?;
        {
            let mut insert = db.prepare_cached("INSERT INTO raw (body) VALUES (?1)")?;
            for body in std::iter::repeat_n(&bodies, BATCH).flatten() {
                insert.execute([body])?;
            }
        }
        db.execute_batch("COMMIT")?;
        orders += BATCH;
    }
    Ok(orders as f64 / began.elapsed().as_secs_f64())
}

pub async fn postgres(cluster: &Postgres, span: Duration) -> Result<f64> {
    let mut db = PgConnection::connect(&cluster.database("raw")?).await?;
    sqlx::query("CREATE TABLE raw (id BIGSERIAL PRIMARY KEY, body TEXT NOT NULL)")
        .execute(&mut db)
        .await?;
    let insert = "INSERT INTO raw (body) VALUES ($1), ($2), ($3), ($4)";
    let bodies = ROWS.map(|bytes| "x".repeat(bytes));
    let (began, mut orders) = (now(), 0);
    while began.elapsed() < span {
        let mut tx = db.begin().await?;
        for _ in 0..BATCH {
            let mut query = sqlx::query(insert);
            for body in &bodies {
                query = query.bind(body);
            }
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        orders += BATCH;
    }
    Ok(orders as f64 / began.elapsed().as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}
