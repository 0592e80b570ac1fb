//! The hub's own names and keys: they live in the database, and so in its backups.

use super::db::{Tx, on};

pub async fn read(tx: &mut Tx, name: &str) -> sqlx::Result<Option<String>> {
    let text = "SELECT value FROM hub WHERE name = $1";
    let row: Option<(String,)> =
        on!(tx, c => sqlx::query_as(text).bind(name).fetch_optional(c).await?);
    Ok(row.map(|(value,)| value))
}

/// Writes a value unless there is one already; two nodes that start at once agree on the first.
pub async fn write_first(tx: &mut Tx, name: &str, value: &str) -> sqlx::Result<()> {
    let text = "INSERT INTO hub (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    on!(tx, c => sqlx::query(text).bind(name).bind(value).execute(c).await?.rows_affected());
    Ok(())
}
