//! Rows of state, read by key or by the few columns that they are found by.

use super::db::{Tx, on};
use super::{asked, pieces};
use domain::ids::RestaurantId;
use domain::settings::Settings;
use domain::state::{Aggregate, Key, Row};
use domain::time::{Day, Moment};
use sqlx::{AssertSqlSafe, QueryBuilder};

/// A row with what it is found by.
#[derive(Debug, Clone)]
pub struct Found {
    pub key: Key,
    pub row: Row,
    pub born: u64,
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A row as it is stored: key, revision, version, body, born.
pub type Columns = (String, i64, i64, String, i64);

pub fn found((key, revision, version, body, born): Columns) -> sqlx::Result<Found> {
    let key: Key = key.parse().map_err(broken)?;
    let version = u16::try_from(version).map_err(broken)?;
    let kind = match key {
        Key::OrderCounter(_) | Key::ReceiptCounter(_) => "counter",
        _ => key.kind(),
    };
    let body = Aggregate::read(kind, version, &body).map_err(broken)?;
    Ok(Found {
        key,
        row: Row {
            revision: revision.unsigned_abs(),
            body,
        },
        born: born.unsigned_abs(),
    })
}

const SELECT: &str =
    "SELECT key, revision, version, body, born FROM aggregates WHERE restaurant = ";

pub async fn by_keys(
    tx: &mut Tx,
    restaurant: RestaurantId,
    keys: &[Key],
) -> sqlx::Result<Vec<Found>> {
    let mut all = Vec::with_capacity(keys.len());
    for part in asked(keys) {
        let rows: Vec<Columns> = on!(tx, c => {
            let mut query = QueryBuilder::new(SELECT);
            query.push_bind(restaurant.to_string()).push(" AND key IN (");
            let mut list = query.separated(", ");
            for key in part { list.push_bind(key.to_string()); }
            query.push(")");
            query.build_query_as().fetch_all(c).await?
        });
        for row in rows {
            all.push(found(row)?);
        }
    }
    Ok(all)
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: &'static str,
    pub after: Option<(u64, String)>,
    pub limit: Option<usize>,
    pub status: Option<String>,
    pub not_status: Option<&'static str>,
    pub table: Option<String>,
    pub since: Option<Moment>,
    /// Business days, both included.
    pub days: Option<(String, String)>,
}

/// Rows of one kind in the order of their creation.
pub async fn list(
    tx: &mut Tx,
    restaurant: RestaurantId,
    wanted: &Wanted,
) -> sqlx::Result<Vec<Found>> {
    let rows: Vec<Columns> = on!(tx, c => {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(restaurant.to_string()).push(" AND kind = ").push_bind(wanted.kind);
        if let Some((born, key)) = &wanted.after {
            query.push(" AND (born > ").push_bind(born.cast_signed()).push(" OR (born = ")
                .push_bind(born.cast_signed()).push(" AND key > ").push_bind(key).push("))");
        }
        if let Some(status) = &wanted.status { query.push(" AND status = ").push_bind(status); }
        if let Some(status) = wanted.not_status {
            query.push(" AND (status IS NULL OR status <> ").push_bind(status).push(")");
        }
        if let Some(table) = &wanted.table { query.push(" AND table_id = ").push_bind(table); }
        if let Some(since) = wanted.since { query.push(" AND updated_at >= ").push_bind(since.0); }
        if let Some((from, to)) = &wanted.days {
            query.push(" AND day >= ").push_bind(from.clone()).push(" AND day <= ").push_bind(to.clone());
        }
        query.push(" ORDER BY born, key");
        if let Some(limit) = wanted.limit {
            query.push(" LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        }
        query.build_query_as().fetch_all(c).await?
    });
    rows.into_iter().map(found).collect()
}

/// What stands, and what was over only after this moment: all that a device keeps by itself. A row that was written
/// before there was such a moment is there too.
pub async fn standing(
    tx: &mut Tx,
    restaurant: RestaurantId,
    after: Moment,
) -> sqlx::Result<Vec<Found>> {
    let mut all = Vec::new();
    for part in ["over_at IS NULL", "over_at > $2"] {
        let text = format!(
            "SELECT key, revision, version, body, born FROM aggregates WHERE restaurant = $1 AND {part}"
        );
        let text = AssertSqlSafe(text);
        let rows: Vec<Columns> = on!(tx, c => {
            let mut query = sqlx::query_as(text).bind(restaurant.to_string());
            if part.contains("$2") { query = query.bind(after.0.max(0)); }
            query.fetch_all(c).await?
        });
        for row in rows {
            all.push(found(row)?);
        }
    }
    Ok(all)
}

/// Writes rows as they are now; `born` stays what it was at the first.
pub async fn write(
    tx: &mut Tx,
    restaurant: RestaurantId,
    rows: &[(Key, &Row, u64)],
    settings: Option<&Settings>,
) -> sqlx::Result<()> {
    for part in pieces(rows, 12) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO aggregates
                (restaurant, key, kind, revision, version, body, born, table_id, status, updated_at, day, over_at) ");
            query.push_values(part, |mut to, (key, row, seq)| {
                let (table, status, at, day) = found_by(row, settings);
                to.push_bind(restaurant.to_string()).push_bind(key.to_string()).push_bind(key.kind())
                    .push_bind(row.revision.cast_signed()).push_bind(i64::from(row.body.version()))
                    .push_bind(row.body.body()).push_bind(seq.cast_signed()).push_bind(table).push_bind(status)
                    .push_bind(at.0).push_bind(day.map(|day| day.to_string())).push_bind(over_at(row).map(|at| at.0));
            });
            query.push(" ON CONFLICT (restaurant, key) DO UPDATE SET revision = excluded.revision,
                version = excluded.version, body = excluded.body, table_id = excluded.table_id,
                status = excluded.status, updated_at = excluded.updated_at, day = excluded.day,
                over_at = excluded.over_at");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

type FoundBy = (Option<String>, Option<&'static str>, Moment, Option<Day>);

fn found_by(row: &Row, settings: Option<&Settings>) -> FoundBy {
    let stands = |removed: bool| {
        let status = Some(if removed { REMOVED } else { "there" });
        (None, status, Moment(0), None)
    };
    match &row.body {
        Aggregate::Order(order) => (
            order.table.map(|id| id.to_string()),
            Some(order.status().as_str()),
            order.updated_at,
            Some(order.day),
        ),
        Aggregate::Bill(bill) => {
            let opened = settings.map(|settings| settings.day_of(bill.opened_at));
            let day = bill.paid.as_ref().map(|paid| paid.day).or(opened);
            (None, Some(bill.status()), bill.opened_at, day)
        }
        Aggregate::Person(person) => (None, None, person.updated_at, None),
        Aggregate::Table(table) => stands(table.removed),
        Aggregate::Category(category) => stands(category.removed),
        Aggregate::Dish(dish) => stands(dish.removed),
        Aggregate::Group(group) => stands(group.removed),
        Aggregate::Settings(_)
        | Aggregate::Device(_)
        | Aggregate::Room(_)
        | Aggregate::Admins(_)
        | Aggregate::Card(_)
        | Aggregate::Counter(_) => (None, None, Moment(0), None),
    }
}

/// When devices have begun to forget it.
fn over_at(row: &Row) -> Option<Moment> {
    match &row.body {
        Aggregate::Order(order) => order.closed.as_ref().map(|closed| closed.at),
        Aggregate::Card(card) => card.cleared.as_ref().map(|cleared| cleared.at),
        Aggregate::Bill(_) | Aggregate::Counter(_) => Some(Moment(0)),
        Aggregate::Settings(_)
        | Aggregate::Person(_)
        | Aggregate::Device(_)
        | Aggregate::Room(_)
        | Aggregate::Table(_)
        | Aggregate::Category(_)
        | Aggregate::Dish(_)
        | Aggregate::Group(_)
        | Aggregate::Admins(_) => None,
    }
}

/// The status of what was taken away: it stays for what names it, and is in no list.
pub const REMOVED: &str = "removed";
