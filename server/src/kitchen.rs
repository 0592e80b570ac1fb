//! Tickets over REST.

use crate::api::body::{Asked, bad_query};
use crate::api::list::{self, Page};
use crate::api::shapes::{TicketShape, ticket};
use crate::api::{Api, read};
use crate::auth::Person;
use crate::problem::Problem;
use crate::store::aggregates::{self, Wanted};
use axum::Json;
use axum::extract::State;
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

/// A page of checks at a time, each with its tickets.
pub async fn tickets(
    State(api): State<Api>,
    by: Person,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<TicketShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = list::after(query.after.as_deref())?;
    let status = query.status.as_deref().unwrap_or("new");
    if !["new", "preparing", "ready", "bumped"].contains(&status) {
        return Err(bad_query("status", "no ticket has such a status"));
    }
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let wanted = Wanted {
        kind: "order",
        after,
        limit: Some(limit + 1),
        not_status: Some("open"),
        ..Wanted::default()
    };
    let rows = aggregates::list(&mut tx, by.restaurant, &wanted)
        .await
        .map_err(|e| Problem::database(&e))?;
    let page = list::page(rows, limit, |found| -> Option<Order> {
        read::Body::of(found.row.body)
    });
    let wanted = |shown: &domain::orders::Ticket| {
        status == "new"
            && query
                .station
                .as_ref()
                .is_none_or(|station| shown.station.as_str() == station)
    };
    let tickets = |order: &Order| -> Vec<TicketShape> {
        order
            .tickets
            .iter()
            .filter(|shown| wanted(shown))
            .map(|shown| ticket(order, shown))
            .collect()
    };
    Ok(Json(Page {
        items: page.items.iter().flat_map(tickets).collect(),
        next: page.next,
    }))
}
