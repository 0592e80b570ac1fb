//! One real PostgreSQL for the whole test program, with a database for each story.

use servers::Postgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::OnceLock;

/// Where a hub's data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Store {
    Sqlite,
    Postgres,
}

fn cluster() -> &'static Postgres {
    static CLUSTER: OnceLock<Postgres> = OnceLock::new();
    CLUSTER.get_or_init(|| Postgres::start().expect("PostgreSQL starts"))
}

pub fn url(database: &str) -> String {
    cluster().url(database)
}

/// Says something to the cluster itself.
pub async fn admin(sql: String) {
    let mut link = PgConnection::connect(&url("postgres"))
        .await
        .expect("PostgreSQL answers");
    sqlx::query(AssertSqlSafe(sql.clone()))
        .execute(&mut link)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

pub fn new_name() -> String {
    format!("t{}", super::fresh().simple())
}

/// A database of its own: empty, or a copy of another that nobody is connected to.
pub async fn create(name: &str, template: Option<&str>) {
    let from = template
        .map(|from| format!(" TEMPLATE {from}"))
        .unwrap_or_default();
    admin(format!("CREATE DATABASE {name}{from}")).await;
}
