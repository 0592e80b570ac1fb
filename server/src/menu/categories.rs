//! Categories of the menu.

use super::{Query, page, stored};
use crate::api::Api;
use crate::api::body::{Asked, Id, Shape};
use crate::api::fields::Bad;
use crate::api::list::Page;
use crate::api::shapes::{self, CategoryShape, category_of};
use crate::api::write::{WriteKey, gone, rendered, write};
use crate::auth::actor::ManageRestaurant;
use crate::auth::{May, Person};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::ids::CategoryId;
use domain::menu::{AddCategory, Category, ChangeCategory};
use domain::text::Name;
use serde::Deserialize;

pub async fn list(
    State(api): State<Api>,
    by: Person,
    query: Asked<Query>,
) -> Result<Json<Page<CategoryShape>>, Problem> {
    page(&api, &by, query, "category", category_of).await
}

pub async fn one(
    State(api): State<Api>,
    by: Person,
    id: Id<CategoryId>,
) -> Result<Json<CategoryShape>, Problem> {
    let key = Key::Category(id.of("category")?);
    let there = |category: &Category| !category.removed;
    let category = stored(&api, &by, key, "category", there).await?;
    Ok(Json(category_of(&category)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    id: Option<String>,
    name: String,
    position: Option<i64>,
}

pub async fn add(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    key: WriteKey,
    body: Shape<NewCategory>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let id = bad.id_or("id", new.id.as_ref(), || CategoryId(api.hub.world.id()));
    let name = bad.value("name", Name::new(new.name));
    let position = bad.number("position", new.position.unwrap_or(0), u16::MAX);
    let ((id, name), position) = bad.with(id.zip(name).zip(position))?;
    let category = Category {
        id,
        name,
        position,
        dishes: Vec::new(),
        removed: false,
    };
    let location = Some(format!("/api/v1/menu/categories/{id}"));
    let command = AddCategory { category };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::category(state, id), location.clone())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryChange {
    name: Option<String>,
    position: Option<i64>,
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<CategoryId>,
    key: WriteKey,
    body: Shape<CategoryChange>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let name = new.name.map(Name::new);
    let name = name.and_then(|it| bad.value("name", it));
    let position = new.position;
    let position = position.and_then(|it| bad.number("position", it, u16::MAX));
    bad.none()?;
    let id = id.of("category")?;
    let command = ChangeCategory {
        id,
        name,
        position,
        remove: false,
    };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::category(state, id), None)
    })
    .await
}

pub async fn remove(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<CategoryId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let command = ChangeCategory {
        id: id.of("category")?,
        name: None,
        position: None,
        remove: true,
    };
    write(&api, &by, &key, "", command.into(), |_| gone()).await
}
