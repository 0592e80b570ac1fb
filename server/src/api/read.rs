//! Reading state for GET: straight from the rows, never through the writer.

use crate::problem::Problem;
use crate::store::{Tx, aggregates};
use domain::ids::RestaurantId;
use domain::state::{Aggregate, Row};
use domain::{Key, State};

/// A body of a row that can be asked for by its type.
pub trait Body: Sized {
    fn of(body: Aggregate) -> Option<Self>;
}

macro_rules! bodies {
    ($($variant:ident($body:ty)),+) => {$(
        impl Body for $body {
            fn of(body: Aggregate) -> Option<Self> {
                if let Aggregate::$variant(body) = body { Some(body) } else { None }
            }
        }
    )+};
}
bodies!(
    Settings(domain::settings::Settings),
    Person(domain::auth::Person),
    Device(domain::devices::Device),
    Room(domain::floor::Room),
    Table(domain::floor::Table),
    Category(domain::menu::Category),
    Dish(domain::menu::Dish),
    Group(domain::menu::Group),
    Order(domain::orders::Order),
    Bill(domain::billing::bill::Bill)
);

/// Rows of one kind by their keys; those that are not there are left out.
pub async fn many<T: Body>(
    tx: &mut Tx,
    restaurant: RestaurantId,
    mut keys: Vec<Key>,
) -> sqlx::Result<Vec<T>> {
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = aggregates::by_keys(tx, restaurant, &keys).await?;
    Ok(rows
        .into_iter()
        .filter_map(|found| T::of(found.row.body))
        .collect())
}

pub async fn one<T: Body>(
    tx: &mut Tx,
    restaurant: RestaurantId,
    key: Key,
) -> sqlx::Result<Option<T>> {
    Ok(row::<T>(tx, restaurant, key).await?.map(|(body, _)| body))
}

pub async fn row<T: Body>(
    tx: &mut Tx,
    restaurant: RestaurantId,
    key: Key,
) -> sqlx::Result<Option<(T, u64)>> {
    let found = aggregates::by_keys(tx, restaurant, &[key])
        .await?
        .into_iter()
        .next();
    Ok(found.and_then(|found| {
        let Row { revision, body } = found.row;
        T::of(body).map(|body| (body, revision))
    }))
}

/// A state that holds just these rows.
pub async fn state(tx: &mut Tx, restaurant: RestaurantId, keys: &[Key]) -> sqlx::Result<State> {
    let mut state = State::default();
    for found in aggregates::by_keys(tx, restaurant, keys).await? {
        state.load(found.key, Some(found.row));
    }
    Ok(state)
}

/// The restaurant's settings; a token without them can only be of a hub that was emptied.
pub async fn settings(
    tx: &mut Tx,
    restaurant: RestaurantId,
) -> Result<domain::settings::Settings, Problem> {
    let found = one(tx, restaurant, Key::Settings)
        .await
        .map_err(|e| Problem::database(&e))?;
    found.ok_or_else(|| Problem::not_found("restaurant"))
}
