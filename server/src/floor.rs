//! Tables over REST.

use crate::api::body::{Asked, Id};
use crate::api::list::{self, Page};
use crate::api::shapes::{TableShape, table_of};
use crate::api::{Api, read};
use crate::auth::Person;
use crate::problem::Problem;
use crate::store::Tx;
use crate::store::aggregates::{self, Wanted};
use axum::Json;
use axum::extract::State;
use domain::Key;
use domain::floor::{Room, Table};
use domain::ids::{RestaurantId, TableId};
use domain::state::Aggregate;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    limit: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(api): State<Api>,
    by: Person,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<TableShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = list::after(query.after.as_deref())?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let rooms = rooms(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let wanted = Wanted {
        kind: "table",
        after,
        limit: Some(limit + 1),
        ..Wanted::default()
    };
    let rows = aggregates::list(&mut tx, by.restaurant, &wanted)
        .await
        .map_err(|e| Problem::database(&e))?;
    Ok(Json(list::page(rows, limit, |found| {
        let table: Table = read::Body::of(found.row.body)?;
        let room = rooms.get(&table.room).cloned();
        Some(table_of(&table, room))
    })))
}

async fn rooms(
    tx: &mut Tx,
    restaurant: RestaurantId,
) -> sqlx::Result<HashMap<domain::ids::RoomId, String>> {
    let wanted = Wanted {
        kind: "room",
        ..Wanted::default()
    };
    let rows = aggregates::list(tx, restaurant, &wanted).await?;
    let room = |body: Aggregate| -> Option<Room> { read::Body::of(body) };
    Ok(rows
        .into_iter()
        .filter_map(|found| room(found.row.body))
        .map(|room| (room.id, room.name.into()))
        .collect())
}

pub async fn one(
    State(api): State<Api>,
    by: Person,
    id: Id<TableId>,
) -> Result<Json<TableShape>, Problem> {
    let id = id.of("table")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let found = read::one(&mut tx, by.restaurant, Key::Table(id))
        .await
        .map_err(|e| Problem::database(&e))?;
    let table: Table = found.ok_or_else(|| Problem::not_found("table"))?;
    let room: Option<Room> = read::one(&mut tx, by.restaurant, Key::Room(table.room))
        .await
        .map_err(|e| Problem::database(&e))?;
    Ok(Json(table_of(&table, room.map(|room| room.name.into()))))
}
