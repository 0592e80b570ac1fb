//! Tickets over REST.

use crate::api::Api;
use crate::api::body::{Asked, bad_query};
use crate::api::list::{self, Page};
use crate::api::read::Body;
use crate::api::shapes::{TicketShape, ticket};
use crate::auth::Person;
use crate::problem::Problem;
use crate::store::aggregates::{self, Wanted};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::ids::RestaurantId;
use domain::orders::Order;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    station: Option<String>,
    status: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

/// Checks are read so many at a time until a page of tickets is full.
const AT_ONCE: usize = 100;

/// Where a ticket stands: the birth of its check, and its place on it. Tickets are only ever added.
type Place = (u64, usize);

pub async fn tickets(
    State(api): State<Api>,
    by: Person,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<TicketShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = query.after.as_deref().map(place).transpose()?;
    let status = query.status.as_deref().unwrap_or("new");
    if !["new", "preparing", "ready", "bumped"].contains(&status) {
        return Err(bad_query("status", "no ticket has such a status"));
    }
    if status != "new" {
        let (items, next) = (Vec::new(), None);
        return Ok(Json(Page { items, next }));
    }
    let found = found(&api, by.restaurant, query.station.as_deref(), after, limit).await;
    let mut found = found.map_err(|e| Problem::database(&e))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|((born, at), _)| BASE64.encode(format!("{born} {at}")));
    Ok(Json(Page {
        items: found.into_iter().map(|(_, ticket)| ticket).collect(),
        next,
    }))
}

/// One ticket more than the page holds, where there are so many.
async fn found(
    api: &Api,
    restaurant: RestaurantId,
    station: Option<&str>,
    after: Option<Place>,
    limit: usize,
) -> sqlx::Result<Vec<(Place, TicketShape)>> {
    let mut tx = api.hub.db.read().await?;
    let (mut tickets, mut from) = (Vec::new(), after);
    loop {
        let wanted = Wanted {
            kind: "order",
            // No key comes before the empty one: the check itself is read again.
            after: from.map(|(born, _)| (born, String::new())),
            limit: Some(AT_ONCE),
            not_status: Some("open"),
            ..Wanted::default()
        };
        let rows = aggregates::list(&mut tx, restaurant, &wanted).await?;
        let (read, last) = (rows.len(), rows.last().map(|found| found.born));
        for row in rows {
            let born = row.born;
            let Some(order) = Order::of(row.row.body) else {
                continue;
            };
            let shown = (0..).zip(&order.tickets).filter(|(at, shown)| {
                from.is_none_or(|from| (born, *at) > from)
                    && station.is_none_or(|station| shown.station.as_str() == station)
            });
            tickets.extend(shown.map(|(at, shown)| ((born, at), ticket(&order, shown))));
            if tickets.len() > limit {
                return Ok(tickets);
            }
        }
        if read < AT_ONCE {
            return Ok(tickets);
        }
        from = last.map(|born| (born, usize::MAX));
    }
}

fn place(text: &str) -> Result<Place, Problem> {
    let bytes = BASE64.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.and_then(|text| {
        let (born, at) = text.split_once(' ')?;
        let born = born.parse::<i64>().ok().filter(|born| *born >= 0)?;
        Some((born.cast_unsigned(), at.parse().ok()?))
    });
    place.ok_or_else(|| bad_query("after", "a cursor that an earlier page gave"))
}
