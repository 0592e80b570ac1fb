//! Dishes of the menu, and whether they can be had.

use super::{Query, page, stored};
use crate::api::Api;
use crate::api::body::{Asked, Id, Shape};
use crate::api::fields::{Bad, nullable};
use crate::api::list::Page;
use crate::api::shapes::{self, DishShape, dish_of};
use crate::api::write::{WriteKey, gone, rendered, write};
use crate::auth::actor::{ManageRestaurant, SetAvailability as MaySetAvailability};
use crate::auth::{May, Person};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::auth::Act;
use domain::ids::{CategoryId, DishId};
use domain::menu::{AddDish, ChangeDish, Dish, SetAvailability};
use domain::money::{Money, Rate};
use domain::orders::change::Set;
use domain::text::{Description, Label, Name};
use serde::Deserialize;

pub async fn list(
    State(api): State<Api>,
    by: Person,
    query: Asked<Query>,
) -> Result<Json<Page<DishShape>>, Problem> {
    let money = by.may(Act::SeeMoney);
    let shape = move |dish: &Dish| dish_of(dish, money);
    page(&api, &by, query, "dish", shape).await
}

pub async fn one(
    State(api): State<Api>,
    by: Person,
    id: Id<DishId>,
) -> Result<Json<DishShape>, Problem> {
    let key = Key::Dish(id.of("dish")?);
    let there = |dish: &Dish| !dish.removed;
    let dish = stored(&api, &by, key, "dish", there).await?;
    Ok(Json(dish_of(&dish, by.may(Act::SeeMoney))))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDish {
    id: Option<String>,
    category_id: String,
    name: String,
    kitchen_name: Option<String>,
    description: Option<String>,
    price: i64,
    tax_rate: Option<String>,
    allergens: Option<Vec<String>>,
    available: Option<bool>,
    remaining: Option<i64>,
    modifier_group_ids: Option<Vec<String>>,
    stations: Option<Vec<String>>,
    position: Option<i64>,
}

fn price(bad: &mut Bad, field: &str, minor: i64) -> Option<Money> {
    if minor < 0 {
        bad.say(field, "out_of_range", "must not be less than nothing");
        return None;
    }
    bad.money(field, minor)
}

fn rate(bad: &mut Bad, text: &str) -> Option<Rate> {
    let rate = text.parse().ok();
    if rate.is_none() {
        let message = "a decimal number of percent from 0 to 100, as \"8.875\" is one";
        bad.say("taxRate", "malformed", message);
    }
    rate
}

fn stations(bad: &mut Bad, names: Vec<String>) -> Vec<Label> {
    if names.is_empty() {
        bad.say("stations", "empty", "somebody has to cook it");
    }
    bad.labels("stations", names)
}

pub async fn add(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    key: WriteKey,
    body: Shape<NewDish>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let id = bad.id_or("id", new.id.as_ref(), || DishId(api.hub.world.id()));
    let category: Option<CategoryId> = bad.id("categoryId", &new.category_id);
    let name = bad.value("name", Name::new(new.name));
    let kitchen_name = new.kitchen_name.map(Name::new);
    let kitchen_name = kitchen_name.and_then(|it| bad.value("kitchenName", it));
    let description = new.description.map(Description::new);
    let description = description.and_then(|it| bad.value("description", it));
    let price = price(&mut bad, "price", new.price);
    let tax_rate = rate(&mut bad, new.tax_rate.as_deref().unwrap_or("0"));
    let allergens = bad.labels("allergens", new.allergens.unwrap_or_default());
    let remaining = new.remaining;
    let remaining = remaining.and_then(|it| bad.number("remaining", it, u16::MAX));
    let groups = new.modifier_group_ids.unwrap_or_default();
    let modifier_groups = bad.ids("modifierGroupIds", &groups);
    let cooked_at = new.stations.unwrap_or_else(|| vec!["kitchen".to_owned()]);
    let stations = stations(&mut bad, cooked_at);
    let position = bad.number("position", new.position.unwrap_or(0), u16::MAX);
    let parts = id.zip(category).zip(name).zip(price).zip(tax_rate);
    let parts = bad.with(parts.zip(position))?;
    let (((((id, category), name), price), tax_rate), position) = parts;
    let dish = Dish {
        id,
        category,
        name,
        kitchen_name,
        description,
        price,
        tax_rate,
        allergens,
        available: new.available.unwrap_or(true),
        stations,
        position,
        remaining,
        modifier_groups,
        removed: false,
    };
    let location = Some(format!("/api/v1/menu/dishes/{id}"));
    let command = AddDish { dish };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::dish(state, id, true), location.clone())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things"
)]
pub struct DishChange {
    category_id: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    kitchen_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    description: Option<Option<String>>,
    price: Option<i64>,
    price_was: Option<i64>,
    tax_rate: Option<String>,
    allergens: Option<Vec<String>>,
    available: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    remaining: Option<Option<i64>>,
    modifier_group_ids: Option<Vec<String>>,
    stations: Option<Vec<String>>,
    position: Option<i64>,
}

impl DishChange {
    fn read(self, id: DishId) -> Result<ChangeDish, Problem> {
        let mut bad = Bad::default();
        let category = self.category_id;
        let category = category.and_then(|it| bad.id("categoryId", &it));
        let name = self.name.map(Name::new);
        let name = name.and_then(|it| bad.value("name", it));
        let kitchen_name = self.kitchen_name.map(|name| Set {
            to: name.and_then(|it| bad.value("kitchenName", Name::new(it))),
        });
        let description = self.description.map(|text| Set {
            to: text.and_then(|it| bad.value("description", Description::new(it))),
        });
        let was = self.price_was;
        let price_was = was.and_then(|it| price(&mut bad, "priceWas", it));
        let price = self.price.and_then(|it| price(&mut bad, "price", it));
        let tax_rate = self.tax_rate.and_then(|it| rate(&mut bad, &it));
        let allergens = self.allergens.map(|it| bad.labels("allergens", it));
        let stations = self.stations.map(|it| stations(&mut bad, it));
        let groups = self.modifier_group_ids;
        let modifier_groups = groups.map(|it| bad.ids("modifierGroupIds", &it));
        let remaining = self.remaining.map(|left| Set {
            to: left.and_then(|it| bad.number("remaining", it, u16::MAX)),
        });
        let position = self.position;
        let position = position.and_then(|it| bad.number("position", it, u16::MAX));
        bad.none()?;
        Ok(ChangeDish {
            id,
            category,
            name,
            kitchen_name,
            description,
            price,
            price_was,
            tax_rate,
            allergens,
            stations,
            modifier_groups,
            position,
            available: self.available,
            remaining,
            remove: false,
        })
    }
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<DishId>,
    key: WriteKey,
    body: Shape<DishChange>,
) -> Result<Response, Problem> {
    let mut command = body.value.read(DishId(uuid::Uuid::nil()))?;
    let id = id.of("dish")?;
    command.id = id;
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::dish(state, id, true), None)
    })
    .await
}

pub async fn remove(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<DishId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let command = ChangeDish {
        remove: true,
        ..ChangeDish::of(id.of("dish")?)
    };
    write(&api, &by, &key, "", command.into(), |_| gone()).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Availability {
    available: bool,
    remaining: Option<i64>,
}

/// Gone for today, back again, or so many left; without a count, as many as are wanted.
pub async fn set_availability(
    State(api): State<Api>,
    May(by, _): May<MaySetAvailability>,
    id: Id<DishId>,
    key: WriteKey,
    body: Shape<Availability>,
) -> Result<Response, Problem> {
    let mut bad = Bad::default();
    let remaining = body.value.remaining;
    let remaining = remaining.and_then(|it| bad.number("remaining", it, u16::MAX));
    bad.none()?;
    let dish = id.of("dish")?;
    let command = SetAvailability {
        dish,
        available: body.value.available,
        remaining,
    };
    let money = by.may(Act::SeeMoney);
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::dish(state, dish, money), None)
    })
    .await
}
