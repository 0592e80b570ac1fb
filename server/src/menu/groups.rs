//! Modifier groups: what can be chosen with a dish.

use super::{Query, page, stored};
use crate::api::Api;
use crate::api::body::{Asked, Id, Shape};
use crate::api::fields::Bad;
use crate::api::list::Page;
use crate::api::shapes::{self, GroupShape, group_of};
use crate::api::write::{WriteKey, gone, rendered, write};
use crate::auth::actor::ManageRestaurant;
use crate::auth::{May, Person};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::auth::Act;
use domain::ids::{GroupId, OptionId};
use domain::menu::{AddGroup, ChangeGroup, Choice, Group};
use domain::text::Name;
use serde::Deserialize;
use uuid::Uuid;

pub async fn list(
    State(api): State<Api>,
    by: Person,
    query: Asked<Query>,
) -> Result<Json<Page<GroupShape>>, Problem> {
    let money = by.may(Act::SeeMoney);
    let shape = move |group: &Group| group_of(group, money);
    page(&api, &by, query, "modifier_group", shape).await
}

pub async fn one(
    State(api): State<Api>,
    by: Person,
    id: Id<GroupId>,
) -> Result<Json<GroupShape>, Problem> {
    let key = Key::Group(id.of("modifier group")?);
    let there = |group: &Group| !group.removed;
    let group = stored(&api, &by, key, "modifier group", there).await?;
    Ok(Json(group_of(&group, by.may(Act::SeeMoney))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    id: Option<String>,
    name: String,
    min: Option<i64>,
    max: Option<i64>,
    options: Vec<NewOption>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOption {
    id: Option<String>,
    name: String,
    price: Option<i64>,
}

fn choices(new: Vec<NewOption>, bad: &mut Bad, draw: impl Fn() -> Uuid) -> Vec<Choice> {
    if new.len() > Group::MOST_OPTIONS {
        bad.say("options", "too_many", "at most 100 options");
        return Vec::new();
    }
    let mut choices = Vec::with_capacity(new.len());
    for (at, option) in new.into_iter().enumerate() {
        let field = |name: &str| format!("options[{at}].{name}");
        let id = bad.id_or(field("id"), option.id.as_ref(), || OptionId(draw()));
        let name = bad.value(field("name"), Name::new(option.name));
        let price = bad.money(field("price"), option.price.unwrap_or(0));
        if let Some(((id, name), price)) = id.zip(name).zip(price) {
            choices.push(Choice { id, name, price });
        }
    }
    choices
}

pub async fn add(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    key: WriteKey,
    body: Shape<NewGroup>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let id = bad.id_or("id", new.id.as_ref(), || GroupId(api.hub.world.id()));
    let name = bad.value("name", Name::new(new.name));
    let min = bad.number("min", new.min.unwrap_or(0), u16::MAX);
    let max = bad.number("max", new.max.unwrap_or(1), u16::MAX);
    let options = choices(new.options, &mut bad, || api.hub.world.id());
    let (((id, name), min), max) = bad.with(id.zip(name).zip(min).zip(max))?;
    let group = Group {
        id,
        name,
        min,
        max,
        options,
        dishes: Vec::new(),
        removed: false,
    };
    let location = Some(format!("/api/v1/menu/modifier-groups/{id}"));
    let command = AddGroup { group };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::group(state, id), location.clone())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    name: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    options: Option<Vec<NewOption>>,
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<GroupId>,
    key: WriteKey,
    body: Shape<GroupChange>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let name = new.name.map(Name::new);
    let name = name.and_then(|it| bad.value("name", it));
    let min = new.min.and_then(|it| bad.number("min", it, u16::MAX));
    let max = new.max.and_then(|it| bad.number("max", it, u16::MAX));
    let options = new.options;
    let options = options.map(|new| choices(new, &mut bad, || api.hub.world.id()));
    bad.none()?;
    let id = id.of("modifier group")?;
    let command = ChangeGroup {
        id,
        name,
        min,
        max,
        options,
        remove: false,
    };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::group(state, id), None)
    })
    .await
}

pub async fn remove(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<GroupId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let command = ChangeGroup {
        id: id.of("modifier group")?,
        name: None,
        min: None,
        max: None,
        options: None,
        remove: true,
    };
    write(&api, &by, &key, "", command.into(), |_| gone()).await
}
