//! Aggregates, each one row: base is what the hub has decided, overlay what is pending on top of it.

use super::{int, parse, uint};
use crate::error::{StoreError, Stored};
use domain::notifications::About;
use domain::orders::{Order, Status};
use domain::{Aggregate, Key, Row};
use rusqlite::{Connection, OptionalExtension, named_params};

/// Where rows are read from or written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Base,
    Overlay,
    /// Overlay over base: what this device shows.
    Both,
}

impl Layer {
    fn table(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Overlay => "overlay",
            Self::Both => "rows",
        }
    }
}

type Columns = (String, i64, i64, String);

const COLUMNS: &str = "key, version, revision, body";

fn columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn read((key, version, revision, body): Columns) -> Stored<(Key, Row)> {
    let key: Key = parse("key", &key)?;
    let version = u16::try_from(version).unwrap_or(u16::MAX);
    let body = Aggregate::read(of_kind(&key), version, &body)
        .map_err(|why| StoreError::corrupt(key.to_string(), why))?;
    let revision = uint(revision);
    Ok((key, Row { revision, body }))
}

/// What the body of such a key is called among aggregates.
fn of_kind(key: &Key) -> &'static str {
    match key {
        Key::OrderCounter(_) | Key::ReceiptCounter(_) => "counter",
        Key::Settings
        | Key::Admins
        | Key::Group(_)
        | Key::Bill(_)
        | Key::Person(_)
        | Key::Device(_)
        | Key::Room(_)
        | Key::Table(_)
        | Key::Category(_)
        | Key::Dish(_)
        | Key::Order(_)
        | Key::Card(_) => key.kind(),
    }
}

pub(crate) fn get(db: &Connection, layer: Layer, key: &Key) -> Stored<Option<Row>> {
    let text = format!("SELECT {COLUMNS} FROM {} WHERE key = ?1", layer.table());
    let found = db
        .prepare_cached(&text)?
        .query_row([key.to_string()], columns)
        .optional()?;
    Ok(found.map(read).transpose()?.map(|(_, row)| row))
}

/// The rows that `having` names, a condition of this crate's own with its one parameter.
pub(crate) fn list(
    db: &Connection,
    layer: Layer,
    having: &str,
    parameter: &str,
) -> Stored<Vec<(Key, Row)>> {
    let text = format!("SELECT {COLUMNS} FROM {} WHERE {having}", layer.table());
    let mut query = db.prepare_cached(&text)?;
    let found = query.query_map([parameter], columns)?;
    found.map(|row| read(row?)).collect()
}

pub(crate) fn keys(db: &Connection, layer: Layer) -> Stored<Vec<Key>> {
    let mut query = db.prepare_cached(&format!("SELECT key FROM {}", layer.table()))?;
    let found = query.query_map([], |row| row.get::<_, String>(0))?;
    found.map(|key| parse("key", &key?)).collect()
}

pub(crate) fn put(db: &Connection, layer: Layer, key: &Key, row: &Row) -> Stored<()> {
    let text = format!(
        "INSERT OR REPLACE INTO {} (key, kind, version, revision, body, table_id, order_id, status, open, day, at,
                                     kitchen, bumped, closed)
         VALUES (:key, :kind, :version, :revision, :body, :table, :order, :status, :open, :day, :at,
                 :kitchen, :bumped, :closed)",
        layer.table()
    );
    let found = found_by(&row.body);
    db.prepare_cached(&text)?.execute(named_params! {
        ":key": key.to_string(),
        ":kind": key.kind(),
        ":version": row.body.version(),
        ":revision": int(row.revision),
        ":body": row.body.body(),
        ":table": found.table,
        ":order": found.order,
        ":status": found.status,
        ":open": found.open,
        ":day": found.day,
        ":at": found.at,
        ":kitchen": found.kitchen,
        ":bumped": found.bumped,
        ":closed": found.closed,
    })?;
    Ok(())
}

pub(crate) fn remove(db: &Connection, layer: Layer, key: &Key) -> Stored<()> {
    db.prepare_cached(&format!("DELETE FROM {} WHERE key = ?1", layer.table()))?
        .execute([key.to_string()])?;
    Ok(())
}

pub(crate) fn clear(db: &Connection, layer: Layer) -> Stored<()> {
    db.prepare_cached(&format!("DELETE FROM {}", layer.table()))?
        .execute([])?;
    Ok(())
}

/// The columns that a row is found by.
#[derive(Debug, Default)]
struct FoundBy {
    table: Option<String>,
    order: Option<String>,
    status: Option<&'static str>,
    open: bool,
    day: Option<String>,
    at: i64,
    kitchen: Option<i64>,
    bumped: Option<i64>,
    closed: Option<i64>,
}

fn found_by(body: &Aggregate) -> FoundBy {
    match body {
        Aggregate::Order(order) => FoundBy {
            table: order.table.map(|id| id.to_string()),
            status: Some(order.status().as_str()),
            open: order.is_open(),
            day: Some(order.day.to_string()),
            at: order.opened_at.0,
            kitchen: in_kitchen(order),
            bumped: bumped(order),
            closed: order.closed.as_ref().map(|closed| closed.at.0),
            ..FoundBy::default()
        },
        Aggregate::Card(card) => FoundBy {
            open: card.cleared.is_none(),
            at: card.at.0,
            closed: card.cleared.as_ref().map(|cleared| cleared.at.0),
            ..about(&card.about)
        },
        Aggregate::Bill(bill) => FoundBy {
            order: Some(bill.order.to_string()),
            status: Some(bill.status()),
            open: bill.is_open(),
            at: bill.opened_at.0,
            ..FoundBy::default()
        },
        Aggregate::Settings(_)
        | Aggregate::Admins(_)
        | Aggregate::Person(_)
        | Aggregate::Device(_)
        | Aggregate::Room(_)
        | Aggregate::Table(_)
        | Aggregate::Category(_)
        | Aggregate::Dish(_)
        | Aggregate::Group(_)
        | Aggregate::Counter(_) => FoundBy {
            open: true,
            ..FoundBy::default()
        },
    }
}

/// Whether a kitchen owes something of it: 2 where a ticket has not been seen there, else 1.
fn in_kitchen(order: &Order) -> Option<i64> {
    let tickets = order.tickets.iter();
    let there = tickets.filter(|ticket| ticket.status(order) != Status::Bumped);
    there
        .map(|ticket| if ticket.seen.is_none() { 2 } else { 1 })
        .max()
}

fn bumped(order: &Order) -> Option<i64> {
    let bumps = order
        .tickets
        .iter()
        .filter_map(|ticket| ticket.bumped.as_ref());
    bumps.map(|bump| bump.at.0).max()
}

fn about(about: &About) -> FoundBy {
    let (order, table) = match about {
        About::TwoChecks { table, .. } => (None, Some(*table)),
        About::UnknownTable { order, table } => (Some(*order), Some(*table)),
        about => (about.orders().first().copied(), None),
    };
    FoundBy {
        order: order.map(|id| id.to_string()),
        table: table.map(|id| id.to_string()),
        ..FoundBy::default()
    }
}
