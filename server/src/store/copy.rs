//! A whole database as rows, whatever tables the migrations have made: what a backup is copied by and sealed with.

use super::MOST_BINDS;
use super::db::{Tx, on};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, FromRow, Row, Type, TypeInfo, ValueRef};
use std::collections::BTreeMap;

/// A table as the migrations have made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

/// The types that one text has on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Truth,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Null,
    /// A truth too is 0 or 1, as SQLite has it.
    Number(i64),
    Text(String),
}

#[derive(Debug)]
struct Values(Vec<Value>);

/// What a table holds, in whatever order it is read: how many rows, and the sum of their hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    rows: u64,
    hashes: [u64; 4],
}

/// What a database holds, table by table.
pub type Sums = BTreeMap<String, Sum>;

impl Sum {
    fn add(&mut self, Values(row): &Values) {
        let mut hash = Sha256::new();
        for value in row {
            match value {
                Value::Null => hash.update([0]),
                Value::Number(number) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                }
                Value::Text(text) => {
                    hash.update([2]);
                    hash.update((text.len() as u64).to_be_bytes());
                    hash.update(text);
                }
            }
        }
        self.rows += 1;
        let hash = hash.finalize();
        for (sum, part) in self.hashes.iter_mut().zip(hash.as_chunks().0) {
            *sum = sum.wrapping_add(u64::from_be_bytes(*part));
        }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.hashes;
        write!(to, "{} rows, {a:016x}{b:016x}{c:016x}{d:016x}", self.rows)
    }
}

impl FromRow<'_, SqliteRow> for Values {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        values(row)
    }
}

impl FromRow<'_, PgRow> for Values {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        values(row)
    }
}

fn values<R>(row: &R) -> sqlx::Result<Values>
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    bool: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    String: for<'r> Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |at| {
        let raw = row.try_get_raw(at)?;
        if raw.is_null() {
            return Ok(Value::Null);
        }
        let kind = raw.type_info();
        match kind.name() {
            "TEXT" => row.try_get(at).map(Value::Text),
            "INTEGER" | "INT8" => row.try_get(at).map(Value::Number),
            "BOOL" => row
                .try_get::<bool, _>(at)
                .map(|is| Value::Number(is.into())),
            other => Err(unknown::<R::Database>(other)),
        }
    };
    (0..row.len())
        .map(value)
        .collect::<sqlx::Result<_>>()
        .map(Values)
}

fn unknown<D: Database>(kind: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("a {} value of the type {kind} is in no backup", D::NAME).into())
}

/// Each table of a file of SQLite, but for what sqlx and `seal` keep there.
pub async fn tables(file: &mut Tx) -> sqlx::Result<Vec<Table>> {
    let text =
        "SELECT t.name, c.name, c.type FROM sqlite_master AS t, pragma_table_info(t.name) AS c
                WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                AND t.name NOT IN ('_sqlx_migrations', 'backup') ORDER BY t.name, c.cid";
    let rows: Vec<(String, String, String)> =
        on!(file, c => sqlx::query_as(text).fetch_all(c).await?);
    let mut tables: Vec<Table> = Vec::new();
    for (name, column, kind) in rows {
        let kind = match kind.as_str() {
            "BIGINT" => Kind::Number,
            "BOOLEAN" => Kind::Truth,
            "TEXT" => Kind::Text,
            other => return Err(unknown::<sqlx::Sqlite>(other)),
        };
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push((column, kind)),
            None => tables.push(Table {
                name,
                columns: vec![(column, kind)],
            }),
        }
    }
    Ok(tables)
}

impl Table {
    fn columns(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.columns(), self.name)
    }
}

/// What these tables hold.
pub async fn sums(tx: &mut Tx, tables: &[Table]) -> sqlx::Result<Sums> {
    let mut sums = Sums::new();
    for table in tables {
        let sum = sums.entry(table.name.clone()).or_default();
        on!(tx, c => {
            let text = AssertSqlSafe(table.select());
            let mut rows = sqlx::query_as(text).fetch(c);
            while let Some(row) = rows.try_next().await? { sum.add(&row); }
        });
    }
    Ok(sums)
}

/// Puts all that these tables hold into the same tables of another database.
pub async fn copy(from: &mut Tx, to: &mut Tx, tables: &[Table]) -> sqlx::Result<()> {
    for table in tables {
        let most = MOST_BINDS / table.columns.len();
        let mut held: Vec<Values> = Vec::with_capacity(most);
        on!(from, c => {
            let text = AssertSqlSafe(table.select());
            let mut rows = sqlx::query_as(text).fetch(c);
            while let Some(row) = rows.try_next().await? {
                held.push(row);
                if held.len() == most {
                    insert(to, table, &mut held).await?;
                }
            }
        });
        insert(to, table, &mut held).await?;
    }
    Ok(())
}

async fn insert(to: &mut Tx, table: &Table, rows: &mut Vec<Values>) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let wide = table.columns.len();
    let row = |row: usize| {
        let binds: Vec<String> = (1..=wide)
            .map(|at| format!("${}", row * wide + at))
            .collect();
        format!("({})", binds.join(", "))
    };
    let places: Vec<String> = (0..rows.len()).map(row).collect();
    let (name, columns, places) = (&table.name, table.columns(), places.join(", "));
    let text = format!("INSERT INTO {name} ({columns}) VALUES {places}");
    on!(to, c => {
        let mut insert = sqlx::query(AssertSqlSafe(text));
        for Values(row) in rows.drain(..) {
            for (value, (_, kind)) in row.into_iter().zip(&table.columns) {
                insert = match (value, kind) {
                    (Value::Number(is), Kind::Truth) => insert.bind(is != 0),
                    (Value::Number(number), Kind::Number | Kind::Text) => insert.bind(number),
                    (Value::Text(text), _) => insert.bind(text),
                    (Value::Null, Kind::Number) => insert.bind(None::<i64>),
                    (Value::Null, Kind::Truth) => insert.bind(None::<bool>),
                    (Value::Null, Kind::Text) => insert.bind(None::<String>),
                };
            }
        }
        insert.execute(c).await?.rows_affected()
    });
    Ok(())
}

/// Writes beside the tables what they hold, and what they look like.
pub async fn seal(file: &mut Tx, sums: &Sums) -> sqlx::Result<()> {
    let shape = shape(file).await?;
    let made = "CREATE TABLE backup (name TEXT PRIMARY KEY, sum TEXT NOT NULL)";
    on!(file, c => sqlx::query(made).execute(c).await?.rows_affected());
    let text = "INSERT INTO backup (name, sum) VALUES ($1, $2)";
    for (name, sum) in sums.iter().chain([(&String::new(), &shape)]) {
        on!(file, c => sqlx::query(text).bind(name).bind(sum.to_string()).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Whether the tables are what they were when they were sealed.
pub async fn is_as_sealed(file: &mut Tx, sums: &Sums) -> sqlx::Result<bool> {
    let text = "SELECT name, sum FROM backup ORDER BY name";
    let sealed: Vec<(String, String)> = on!(file, c => sqlx::query_as(text).fetch_all(c).await?);
    let shape = shape(file).await?.to_string();
    let sums = sums
        .iter()
        .map(|(name, sum)| (name.clone(), sum.to_string()));
    Ok([(String::new(), shape)].into_iter().chain(sums).eq(sealed))
}

pub async fn unseal(file: &mut Tx) -> sqlx::Result<()> {
    on!(file, c => sqlx::query("DROP TABLE backup").execute(c).await?.rows_affected());
    Ok(())
}

/// The texts that its tables and indexes were made with.
async fn shape(file: &mut Tx) -> sqlx::Result<Sum> {
    let text = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name <> 'backup'";
    let rows: Vec<Values> = on!(file, c => sqlx::query_as(text).fetch_all(c).await?);
    let mut sum = Sum::default();
    rows.iter().for_each(|row| sum.add(row));
    Ok(sum)
}

/// The first table with a row in it, of all that there are on PostgreSQL.
pub async fn filled(tx: &mut Tx) -> sqlx::Result<Option<String>> {
    let text = "SELECT table_name::text FROM information_schema.tables
                WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
                AND table_name <> '_sqlx_migrations' ORDER BY table_name";
    let names: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).fetch_all(c).await?);
    for (name,) in names {
        let quoted = name.replace('"', "\"\"");
        let text = format!("SELECT 1::bigint FROM \"{quoted}\" LIMIT 1");
        let row: Option<(i64,)> =
            on!(tx, c => sqlx::query_as(AssertSqlSafe(text)).fetch_optional(c).await?);
        if row.is_some() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
