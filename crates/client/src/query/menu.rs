//! The menu, in its own order.

use super::{bodies, currency, settings};
use crate::error::Stored;
use protocol::view::{Category, Dish, Menu};
use rusqlite::Connection;

pub(super) fn menu(db: &Connection) -> Stored<Menu> {
    let mut categories: Vec<_> = bodies!(db, "category", Category).collect();
    let mut dishes: Vec<_> = bodies!(db, "dish", Dish).collect();
    categories.sort_by_key(|category| (category.position, category.id));
    dishes.sort_by_key(|dish| (dish.position, dish.id));
    let categories = categories.into_iter().map(|category| Category {
        id: category.id,
        name: category.name.to_string(),
    });
    let dishes = dishes.into_iter().map(|dish| Dish {
        id: dish.id,
        category: dish.category,
        name: dish.name.to_string(),
        price: dish.price,
        allergens: dish.allergens.iter().map(ToString::to_string).collect(),
        available: dish.available,
    });
    Ok(Menu {
        categories: categories.collect(),
        dishes: dishes.collect(),
        currency: currency(settings(db)?.as_ref()),
    })
}
