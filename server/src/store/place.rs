//! Which file or server the database is. Another one than it was is a copy, and a copy may be an old one.

use super::db::{Db, Tx, on};
use super::keys;
use std::os::unix::fs::MetadataExt;

const PLACE: &str = "place";

/// The machine and the file, or the cluster and its timeline; none where that cannot be told, as on a disk that is no
/// file system's.
pub async fn of(db: &Db) -> sqlx::Result<Option<String>> {
    match db {
        Db::Sqlite { read, .. } => {
            let text = "SELECT file FROM pragma_database_list WHERE name = 'main'";
            let (file,): (String,) = sqlx::query_as(text).fetch_one(read).await?;
            let inode = std::fs::metadata(file).map(|file| file.ino());
            let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
            Ok(inode
                .ok()
                .map(|inode| format!("sqlite {} {inode}", machine.trim())))
        }
        Db::Postgres(pool) => {
            let text = "SELECT system_identifier::text, timeline_id
                        FROM pg_control_system(), pg_control_checkpoint()";
            let row: sqlx::Result<(String, i32)> = sqlx::query_as(text).fetch_one(pool).await;
            match row {
                Ok((cluster, timeline)) => Ok(Some(format!("postgres {cluster} {timeline}"))),
                // Not everybody may ask that.
                Err(sqlx::Error::Database(error)) => {
                    tracing::debug!(%error, "the cluster does not say which it is");
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        }
    }
}

/// Remembers where the database is now; true where it was elsewhere before.
pub async fn has_moved(tx: &mut Tx, place: &str) -> sqlx::Result<bool> {
    let known = keys::read(tx, PLACE).await?;
    if known.as_deref() == Some(place) {
        return Ok(false);
    }
    keys::write_first(tx, PLACE, place).await?;
    let text = "UPDATE hub SET value = $2 WHERE name = $1";
    on!(tx, c => sqlx::query(text).bind(PLACE).bind(place).execute(c).await?.rows_affected());
    Ok(known.is_some())
}
