//! The menu over REST: all of it at once, with an ETag, and its parts one by one.

pub mod categories;
pub mod dishes;
pub mod groups;

use crate::api::Api;
use crate::api::body::Asked;
use crate::api::list::{self, Page};
use crate::api::read::{self, Body};
use crate::api::shapes::{category_of, dish_of, group_of};
use crate::auth::Person;
use crate::problem::Problem;
use crate::project::MENU_UPDATED;
use crate::store::aggregates::{self, Wanted};
use crate::store::{Tx, outbox};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Key;
use domain::auth::Act;
use domain::menu::{Category, Dish, Group};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

async fn all<T: Body>(tx: &mut Tx, by: &Person, kind: &'static str) -> Result<Vec<T>, Problem> {
    let wanted = Wanted {
        kind,
        not_status: Some(aggregates::REMOVED),
        ..Wanted::default()
    };
    let rows = aggregates::list(tx, by.restaurant, &wanted).await;
    let rows = rows.map_err(|e| Problem::database(&e))?.into_iter();
    Ok(rows.filter_map(|found| T::of(found.row.body)).collect())
}

pub async fn whole(
    State(api): State<Api>,
    by: Person,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let categories: Vec<Category> = all(&mut tx, &by, "category").await?;
    let dishes: Vec<Dish> = all(&mut tx, &by, "dish").await?;
    let groups: Vec<Group> = all(&mut tx, &by, "modifier_group").await?;
    let topics = outbox::heads(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let revision = topics.get(MENU_UPDATED).copied().unwrap_or_default();
    let money = by.may(Act::SeeMoney);
    let body = json!({
        "revision": revision,
        "categories": categories.iter().map(category_of).collect::<Vec<_>>(),
        "dishes": dishes.iter().map(|dish| dish_of(dish, money)).collect::<Vec<_>>(),
        "modifierGroups": groups.iter().map(|group| group_of(group, money)).collect::<Vec<_>>(),
    })
    .to_string();
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..12]));
    let same = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    limit: Option<String>,
    after: Option<String>,
}

/// A page of one kind of row, each in its shape.
async fn page<T: Body, S: Serialize>(
    api: &Api,
    by: &Person,
    Asked(query): Asked<Query>,
    kind: &'static str,
    shape: impl Fn(&T) -> S + Send,
) -> Result<Json<Page<S>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = list::after(query.after.as_deref())?;
    let wanted = Wanted {
        kind,
        after,
        limit: Some(limit + 1),
        not_status: Some(aggregates::REMOVED),
        ..Wanted::default()
    };
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let rows = aggregates::list(&mut tx, by.restaurant, &wanted).await;
    let rows = rows.map_err(|e| Problem::database(&e))?;
    Ok(Json(list::page(rows, limit, |found| {
        T::of(found.row.body).map(|body| shape(&body))
    })))
}

async fn stored<T: Body>(
    api: &Api,
    by: &Person,
    key: Key,
    what: &str,
    there: impl Fn(&T) -> bool + Send,
) -> Result<T, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let found = read::one::<T>(&mut tx, by.restaurant, key).await;
    let found = found.map_err(|e| Problem::database(&e))?;
    found.filter(there).ok_or_else(|| Problem::not_found(what))
}
