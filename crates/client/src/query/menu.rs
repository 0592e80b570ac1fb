//! The menu, in its own order, with what is left of it.

use super::{bodies, currency, settings};
use crate::error::Stored;
use domain::menu;
use protocol::view::{Category, Choice, Dish, Menu, ModifierGroup};
use rusqlite::Connection;

pub(super) fn menu(db: &Connection) -> Stored<Menu> {
    let mut categories: Vec<_> = bodies!(db, "category", Category)
        .filter(|category| !category.removed)
        .collect();
    let mut dishes: Vec<_> = bodies!(db, "dish", Dish)
        .filter(|dish| !dish.removed)
        .collect();
    let mut groups: Vec<_> = bodies!(db, "modifier_group", Group)
        .filter(|group| !group.removed)
        .collect();
    categories.sort_by_key(|category| (category.position, category.id));
    dishes.sort_by_key(|dish| (dish.position, dish.id));
    groups.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    let categories = categories.into_iter().map(|category| Category {
        id: category.id,
        name: category.name.to_string(),
    });
    Ok(Menu {
        categories: categories.collect(),
        dishes: dishes.into_iter().map(dish_of).collect(),
        groups: groups.into_iter().map(group_of).collect(),
        currency: currency(settings(db)?.as_ref()),
    })
}

fn dish_of(dish: menu::Dish) -> Dish {
    Dish {
        id: dish.id,
        category: dish.category,
        available: dish.is_there(1),
        remaining: dish.remaining,
        name: dish.name.into(),
        price: dish.price,
        description: dish.description.map(String::from),
        kitchen_name: dish.kitchen_name.map(String::from),
        allergens: dish.allergens.into_iter().map(String::from).collect(),
        groups: dish.modifier_groups,
        stations: dish.stations.into_iter().map(String::from).collect(),
    }
}

fn group_of(group: menu::Group) -> ModifierGroup {
    let options = group.options.into_iter().map(|option| Choice {
        id: option.id,
        name: option.name.into(),
        price: option.price,
    });
    ModifierGroup {
        id: group.id,
        name: group.name.into(),
        min: group.min,
        max: group.max,
        options: options.collect(),
    }
}
