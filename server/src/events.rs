//! The event feed over HTTP: what Kafka gets, for whoever has no Kafka.

use crate::api::body::{Asked, bad_query};
use crate::api::{Api, list};
use crate::auth::May;
use crate::auth::actor::ReadEvents;
use crate::problem::Problem;
use crate::store::{head, outbox};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    after: Option<String>,
    limit: Option<String>,
    types: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Feed {
    items: Vec<Box<RawValue>>,
    next: String,
}

pub async fn list(
    State(api): State<Api>,
    May(by, _): May<ReadEvents>,
    Asked(query): Asked<Query>,
) -> Result<Json<Feed>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let types: Option<Vec<&str>> = query
        .types
        .as_deref()
        .map(|types| types.split(',').map(str::trim).collect());
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let head = head::read(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let last = head.map_or(0, |head| head.feed);
    let from = query
        .after
        .as_deref()
        .map_or(Some(0), cursor)
        .filter(|from| *from <= last);
    let from = from.ok_or_else(|| bad_query("after", "a cursor that an earlier page gave"))?;
    let oldest = outbox::oldest(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let kept_from = oldest.map_or(last, |oldest| oldest - 1);
    if query.after.is_some() && from < kept_from {
        return Err(Problem::new(
            StatusCode::GONE,
            "cursor_expired",
            "What followed is no longer kept.",
        ));
    }
    let records = outbox::after(&mut tx, by.restaurant, from, limit, types.as_deref()).await;
    let records = records.map_err(|e| Problem::database(&e))?;
    // A page that is not full has seen all there is, of whatever type.
    let next = records
        .last()
        .filter(|_| records.len() == limit)
        .map_or(last, |record| record.position);
    let items = records
        .into_iter()
        .filter_map(|record| RawValue::from_string(record.event).ok());
    Ok(Json(Feed {
        items: items.collect(),
        next: BASE64.encode(next.to_string()),
    }))
}

fn cursor(text: &str) -> Option<i64> {
    let bytes = BASE64.decode(text).ok()?;
    std::str::from_utf8(&bytes)
        .ok()?
        .parse()
        .ok()
        .filter(|position| *position >= 0)
}
