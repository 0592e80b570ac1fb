//! The event feed over HTTP: what Kafka gets, for whoever has no Kafka.

use crate::api::body::{Asked, bad_query};
use crate::api::{Api, list};
use crate::auth::May;
use crate::auth::actor::ReadEvents;
use crate::problem::Problem;
use crate::project::{EPOCH_STARTED, TOPICS};
use crate::store::head::{self, Head};
use crate::store::{Tx, outbox};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::ids::RestaurantId;
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
    let known = |kind: &&str| TOPICS.contains(kind) || *kind == EPOCH_STARTED;
    if !types.iter().flatten().all(known) {
        return Err(bad_query("types", "names of events, with commas between"));
    }
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let head = head::read(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let here = Cursor::of(head.as_ref());
    let unknown = || bad_query("after", "a cursor that an earlier page gave");
    let from = match query.after.as_deref() {
        None => 0,
        Some(text) => {
            let shown = Cursor::read(text).ok_or_else(unknown)?;
            place(&mut tx, by.restaurant, shown, here)
                .await
                .map_err(|e| Problem::database(&e))?
                .ok_or_else(unknown)?
        }
    };
    let oldest = outbox::oldest(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let kept_from = oldest.map_or(here.position, |oldest| oldest - 1);
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
        .map_or(here.position, |record| record.position);
    let items = records
        .into_iter()
        .filter_map(|record| RawValue::from_string(record.event).ok());
    Ok(Json(Feed {
        items: items.collect(),
        next: Cursor {
            position: next,
            ..here
        }
        .text(),
    }))
}

/// How far somebody has read, and in which epoch: after a loss the same positions come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    epoch: u64,
    position: i64,
}

impl Cursor {
    fn of(head: Option<&Head>) -> Self {
        Self {
            epoch: head.map_or(0, |head| head.position.epoch.n),
            position: head.map_or(0, |head| head.feed),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        let (epoch, position) = std::str::from_utf8(&bytes).ok()?.split_once('.')?;
        let position = position.parse().ok().filter(|position| *position >= 0)?;
        Some(Self {
            epoch: epoch.parse().ok()?,
            position,
        })
    }

    fn text(self) -> String {
        BASE64.encode(format!("{}.{}", self.epoch, self.position))
    }
}

/// The position to read on from; none where no page can have given this cursor.
async fn place(
    tx: &mut Tx,
    restaurant: RestaurantId,
    shown: Cursor,
    here: Cursor,
) -> sqlx::Result<Option<i64>> {
    if shown.epoch < here.epoch {
        // What was read beyond the new epoch's start has been taken back: it is read on from there.
        let start = outbox::begins(tx, restaurant, shown.epoch).await?;
        return Ok(Some(
            start.map_or(here.position, |start| shown.position.min(start - 1)),
        ));
    }
    Ok((shown.epoch == here.epoch && shown.position <= here.position).then_some(shown.position))
}
