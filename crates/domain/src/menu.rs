//! Categories and dishes.

use crate::event::Event;
use crate::ids::{CategoryId, DishId};
use crate::money::{Money, Rate};
use crate::refusal::{Code, Refusal};
use crate::state::{Key, State};
use crate::text::{Description, Label, Name};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Category {
    pub id: CategoryId,
    pub name: Name,
    pub position: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dish {
    pub id: DishId,
    pub category: CategoryId,
    pub name: Name,
    /// What the kitchen calls it, in the kitchen's own language.
    pub kitchen_name: Option<Name>,
    pub description: Option<Description>,
    pub price: Money,
    pub tax_rate: Rate,
    pub allergens: Vec<Label>,
    pub available: bool,
    pub stations: Vec<Label>,
    pub position: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddCategory {
    pub category: Category,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryAdded {
    pub category: Category,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddDish {
    pub dish: Dish,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DishAdded {
    pub dish: Dish,
}

pub fn add_category(state: &State, cmd: &AddCategory) -> Result<Vec<Event>, Refusal> {
    if state.category(cmd.category.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    Ok(vec![
        CategoryAdded {
            category: cmd.category.clone(),
        }
        .into(),
    ])
}

pub fn add_dish(state: &State, cmd: &AddDish) -> Result<Vec<Event>, Refusal> {
    if state.dish(cmd.dish.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    state
        .category(cmd.dish.category)
        .ok_or_else(|| Refusal::bad("category", "unknown"))?;
    if cmd.dish.price < Money::ZERO {
        return Err(Refusal::bad("price", "out_of_range"));
    }
    Ok(vec![
        DishAdded {
            dish: cmd.dish.clone(),
        }
        .into(),
    ])
}

pub fn apply_category_added(state: &mut State, event: &CategoryAdded) {
    state.put(
        Key::Category(event.category.id),
        event.category.clone().into(),
    );
}

pub fn apply_dish_added(state: &mut State, event: &DishAdded) {
    state.put(Key::Dish(event.dish.id), event.dish.clone().into());
}
