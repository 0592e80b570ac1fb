//! The menu over REST: all of it at once, with an ETag.

use crate::api::Api;
use crate::api::read::Body;
use crate::auth::Person;
use crate::problem::Problem;
use crate::project::MENU_UPDATED;
use crate::store::aggregates::{self, Found, Wanted};
use crate::store::outbox;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::auth::Act;
use domain::menu::{Category, Dish};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub async fn whole(
    State(api): State<Api>,
    by: Person,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let mut rows = Vec::new();
    for kind in ["category", "dish"] {
        let wanted = Wanted {
            kind,
            ..Wanted::default()
        };
        rows.push(
            aggregates::list(&mut tx, by.restaurant, &wanted)
                .await
                .map_err(|e| Problem::database(&e))?,
        );
    }
    let topics = outbox::heads(&mut tx, by.restaurant)
        .await
        .map_err(|e| Problem::database(&e))?;
    let revision = topics.get(MENU_UPDATED).copied().unwrap_or_default();
    let [categories, dishes] = <[Vec<Found>; 2]>::try_from(rows).unwrap_or_default();
    let money = by.may(Act::SeeMoney);
    let body = json!({
        "revision": revision,
        "categories": categories.into_iter().filter_map(category).collect::<Vec<_>>(),
        "dishes": dishes.into_iter().filter_map(|found| dish(found, money)).collect::<Vec<_>>(),
        "modifierGroups": [],
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

fn category(found: Found) -> Option<Value> {
    let category = Category::of(found.row.body).filter(|it| !it.removed)?;
    let Category {
        id, name, position, ..
    } = category;
    Some(json!({"id": id, "name": name, "position": position}))
}

fn dish(found: Found, money: bool) -> Option<Value> {
    let dish = Dish::of(found.row.body)?;
    let mut shape = json!({
        "id": dish.id,
        "categoryId": dish.category,
        "name": dish.name,
        "kitchenName": dish.kitchen_name,
        "description": dish.description,
        "price": dish.price,
        "taxRate": dish.tax_rate,
        "allergens": dish.allergens,
        "available": dish.available,
        "remaining": null,
        "modifierGroupIds": [],
        "stations": dish.stations,
    });
    if let Some(map) = shape.as_object_mut().filter(|_| !money) {
        map.remove("price");
        map.remove("taxRate");
    }
    Some(shape)
}
