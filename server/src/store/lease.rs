//! What one node of a hub does at a time: a lock of PostgreSQL that goes with the connection which holds it.

use super::Db;
use domain::ids::RestaurantId;
use sqlx::{Connection, PgConnection};

/// The founding of the first restaurant; others are told by their own ids.
const FOUNDING: i64 = 1;

/// Held for as long as it lives; waits for the node that has it.
#[derive(Debug)]
pub struct Founding {
    _link: Option<PgConnection>,
}

pub async fn founding(db: &Db) -> sqlx::Result<Founding> {
    let _link = match db {
        Db::Sqlite { .. } => None,
        Db::Postgres(pool) => {
            let mut link = pool.acquire().await?.detach();
            let text = "SELECT pg_advisory_lock($1)";
            sqlx::query(text).bind(FOUNDING).execute(&mut link).await?;
            Some(link)
        }
    };
    Ok(Founding { _link })
}

/// A node that is gone without a word is asked after by PostgreSQL itself, and given up after some twenty seconds.
const WATCHED: &str =
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// Which node relays a restaurant's records.
#[derive(Debug, Default)]
pub struct Lease {
    link: Option<PgConnection>,
    held: bool,
}

impl Lease {
    /// Whether this node holds it now, also where it was given up a moment ago by another. SQLite has one node only.
    pub async fn is_held(&mut self, db: &Db, restaurant: RestaurantId) -> sqlx::Result<bool> {
        let Db::Postgres(pool) = db else {
            return Ok(true);
        };
        let held = self.held;
        // With the connection goes the lock: whatever fails here, it is held no more.
        self.held = false;
        let mut link = match self.link.take() {
            Some(link) => link,
            None => {
                let mut link = pool.acquire().await?.detach();
                sqlx::raw_sql(WATCHED).execute(&mut link).await?;
                link
            }
        };
        self.held = if held {
            link.ping().await.map(|()| true)?
        } else {
            let (high, low) = restaurant.0.as_u64_pair();
            let text = "SELECT pg_try_advisory_lock($1)";
            let lock = (high ^ low).cast_signed();
            let got: (bool,) = sqlx::query_as(text).bind(lock).fetch_one(&mut link).await?;
            got.0
        };
        self.link = Some(link);
        Ok(self.held)
    }
}
