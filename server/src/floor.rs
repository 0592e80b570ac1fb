//! Tables over REST.

use crate::api::body::{Asked, Id, Shape};
use crate::api::fields::Bad;
use crate::api::list::{self, Page};
use crate::api::shapes::{self, TableShape, table_of};
use crate::api::write::{WriteKey, gone, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::ManageRestaurant;
use crate::auth::{May, Person};
use crate::problem::Problem;
use crate::store::Tx;
use crate::store::aggregates::{self, Wanted};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::floor::{AddTable, ChangeTable, Room, Spot, Table};
use domain::ids::{RestaurantId, RoomId, TableId};
use domain::state::Aggregate;
use domain::text::{Name, Seats};
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
        not_status: Some(aggregates::REMOVED),
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

async fn rooms(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<HashMap<RoomId, String>> {
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
    let found: Option<Table> = found;
    let table = found.filter(|table| !table.removed);
    let table = table.ok_or_else(|| Problem::not_found("table"))?;
    let room: Option<Room> = read::one(&mut tx, by.restaurant, Key::Room(table.room))
        .await
        .map_err(|e| Problem::database(&e))?;
    Ok(Json(table_of(&table, room.map(|room| room.name.into()))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTable {
    id: Option<String>,
    name: String,
    room: String,
    seats: i64,
    position: Option<i64>,
    spot: Option<NewSpot>,
}

/// Where it stands on its room's plan, in thousandths of the room.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSpot {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    round: bool,
}

impl NewSpot {
    fn read(self, bad: &mut Bad) -> Option<Spot> {
        let mut part = |name: &str, number| bad.number(format!("spot.{name}"), number, 1000);
        let (x, y) = (part("x", self.x), part("y", self.y));
        let (width, height) = (part("width", self.width), part("height", self.height));
        Some(Spot {
            x: x?,
            y: y?,
            width: width?,
            height: height?,
            round: self.round,
        })
    }
}

/// A room is named, not numbered: the one that is called so, or a new one.
async fn room_called(
    api: &Api,
    restaurant: RestaurantId,
    name: Name,
) -> Result<(RoomId, Option<Room>), Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let rooms = rooms(&mut tx, restaurant).await;
    let rooms = rooms.map_err(|e| Problem::database(&e))?;
    let known = rooms.iter().find(|(_, known)| *known == name.as_str());
    if let Some((id, _)) = known {
        return Ok((*id, None));
    }
    let id = RoomId(api.hub.world.id());
    let position = u16::try_from(rooms.len() + 1).unwrap_or(u16::MAX);
    Ok((id, Some(Room { id, name, position })))
}

pub async fn add(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    key: WriteKey,
    body: Shape<NewTable>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let id = bad.id_or("id", new.id.as_ref(), || TableId(api.hub.world.id()));
    let name = bad.value("name", Name::new(new.name));
    let room = bad.value("room", Name::new(new.room));
    let seats = bad.value("seats", Seats::new(new.seats));
    let position = bad.number("position", new.position.unwrap_or(0), u16::MAX);
    let spot = new.spot.map(|spot| spot.read(&mut bad));
    let parts = id.zip(name).zip(room).zip(seats).zip(position);
    let ((((id, name), room), seats), position) = bad.with(parts)?;
    let (room, new_room) = room_called(&api, by.restaurant, room).await?;
    let command = AddTable {
        id,
        name,
        room,
        seats,
        position,
        spot: spot.flatten(),
        new_room,
    };
    let location = Some(format!("/api/v1/tables/{id}"));
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::table(state, id), location.clone())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableChange {
    name: Option<String>,
    room: Option<String>,
    seats: Option<i64>,
    position: Option<i64>,
    spot: Option<NewSpot>,
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<TableId>,
    key: WriteKey,
    body: Shape<TableChange>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let name = new.name.map(Name::new);
    let name = name.and_then(|it| bad.value("name", it));
    let room = new.room.map(Name::new);
    let room = room.and_then(|it| bad.value("room", it));
    let seats = new.seats.map(Seats::new);
    let seats = seats.and_then(|it| bad.value("seats", it));
    let position = new.position;
    let position = position.and_then(|it| bad.number("position", it, u16::MAX));
    let spot = new.spot.and_then(|spot| spot.read(&mut bad));
    bad.none()?;
    let id = id.of("table")?;
    let (room, new_room) = match room {
        Some(name) => {
            let (room, new) = room_called(&api, by.restaurant, name).await?;
            (Some(room), new)
        }
        None => (None, None),
    };
    let command = ChangeTable {
        id,
        name,
        room,
        new_room,
        seats,
        position,
        spot,
        remove: false,
    };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::table(state, id), None)
    })
    .await
}

pub async fn remove(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<TableId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let command = ChangeTable {
        id: id.of("table")?,
        name: None,
        room: None,
        new_room: None,
        seats: None,
        position: None,
        spot: None,
        remove: true,
    };
    write(&api, &by, &key, "", command.into(), |_| gone()).await
}
