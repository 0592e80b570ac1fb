//! The kitchen over REST: tickets, and how far their lines are.

use crate::api::body::{Asked, Id, Shape, bad_query};
use crate::api::fields::Bad;
use crate::api::list::{self, Page};
use crate::api::shapes::{self, TicketShape};
use crate::api::write::{WriteKey, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::Cook;
use crate::auth::{May, Person};
use crate::problem::Problem;
use crate::store::lines;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::auth::Act;
use domain::ids::{LineId, OrderId, TicketId};
use domain::kitchen::{Advance, BumpTicket, Recall};
use domain::orders::{Order, Stage};
use domain::text::Label;
use domain::{Command, Key};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    station: Option<String>,
    status: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

/// Tickets in the order in which they were fired; those that are not bumped unless a status is asked for.
pub async fn tickets(
    State(api): State<Api>,
    by: Person,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<TicketShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = query.after.as_deref().map(place).transpose()?;
    let status = query.status.as_deref();
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(bad_query("status", "no ticket has such a status"));
    }
    let station = query.station.map(Label::new).transpose();
    let Ok(station) = station else {
        // No station is called so.
        let (items, next) = (Vec::new(), None);
        return Ok(Json(Page { items, next }));
    };
    let station = station.as_ref().map(Label::as_str);
    let page = async {
        let mut tx = api.hub.db.read().await?;
        let restaurant = by.restaurant;
        let mut rows =
            lines::tickets(&mut tx, restaurant, station, status, after, limit + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let ids = rows.iter().filter_map(|row| row.order_id.parse().ok());
        let keys: Vec<Key> = ids.map(Key::Order).collect();
        let orders: Vec<Order> = read::many(&mut tx, restaurant, keys).await?;
        Ok((rows, orders, more))
    };
    let (rows, orders, more) = page.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| BASE64.encode(format!("{} {}", row.born, row.place)));
    let shape = |row: &lines::Standing| {
        let (order, ticket) = (row.order_id.parse().ok()?, row.id.parse().ok()?);
        let order = orders.iter().find(|known| known.id == OrderId(order))?;
        Some(shapes::ticket(order, order.ticket(TicketId(ticket))?))
    };
    let items = rows.iter().filter_map(shape).collect();
    Ok(Json(Page { items, next }))
}

const STATUSES: [&str; 4] = ["new", "preparing", "ready", "bumped"];

fn place(text: &str) -> Result<(i64, i64), Problem> {
    let bytes = BASE64.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.and_then(|text| {
        let (born, at) = text.split_once(' ')?;
        let (born, at): (i64, i64) = (born.parse().ok()?, at.parse().ok()?);
        (born >= 0 && at >= 0).then_some((born, at))
    });
    place.ok_or_else(|| bad_query("after", "a cursor that an earlier page gave"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Further {
    status: String,
    station: Option<String>,
}

/// A line goes on, at one station or at all that have it.
pub async fn advance(
    State(api): State<Api>,
    May(by, _): May<Cook>,
    id: Id<LineId>,
    key: WriteKey,
    body: Shape<Further>,
) -> Result<Response, Problem> {
    let Further { status, station } = body.value;
    let mut bad = Bad::default();
    let to = match status.as_str() {
        "preparing" => Some(Stage::Preparing),
        "ready" => Some(Stage::Ready),
        _ => {
            bad.say("status", "unknown", "preparing or ready");
            None
        }
    };
    let station = station.and_then(|it| bad.value("station", Label::new(it)));
    let to = bad.with(to)?;
    let line = id.of("item")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let order = lines::order_of_line(&mut tx, by.restaurant, line).await;
    drop(tx);
    let order = order.map_err(|e| Problem::database(&e))?;
    let order = order.ok_or_else(|| Problem::not_found("item"))?;
    let command = Advance {
        order,
        line,
        station,
        to,
    };
    let money = by.may(Act::SeeMoney);
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        let line = state.order(order).and_then(|order| order.line(line));
        let item = line.map(shapes::item);
        rendered(
            item.map(|item| if money { item } else { item.without_money() }),
            None,
        )
    })
    .await
}

/// The ticket leaves the board: its lines are ready.
pub async fn bump(
    State(api): State<Api>,
    May(by, _): May<Cook>,
    id: Id<TicketId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let (order, ticket) = whose(&api, &by, id).await?;
    let command = BumpTicket { order, ticket };
    changed(&api, &by, &key, command.into(), order, ticket).await
}

/// The ticket comes back, and its lines are being prepared again.
pub async fn recall(
    State(api): State<Api>,
    May(by, _): May<Cook>,
    id: Id<TicketId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let (order, ticket) = whose(&api, &by, id).await?;
    let command = Recall {
        order,
        ticket,
        bump: None,
    };
    changed(&api, &by, &key, command.into(), order, ticket).await
}

async fn whose(api: &Api, by: &Person, id: Id<TicketId>) -> Result<(OrderId, TicketId), Problem> {
    let ticket = id.of("ticket")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let order = lines::order_of_ticket(&mut tx, by.restaurant, ticket).await;
    let order = order.map_err(|e| Problem::database(&e))?;
    let order = order.ok_or_else(|| Problem::not_found("ticket"))?;
    Ok((order, ticket))
}

async fn changed(
    api: &Api,
    by: &Person,
    key: &WriteKey,
    command: Command,
    order: OrderId,
    ticket: TicketId,
) -> Result<Response, Problem> {
    write(api, by, key, "", command, move |state| {
        let order = state.order(order);
        let shape = order.and_then(|order| Some(shapes::ticket(order, order.ticket(ticket)?)));
        rendered(shape, None)
    })
    .await
}
