//! What of the menu is gone or counted, and how a dish stands on the sheet that says so.

use super::act::Stock;
use crate::menu::view::dishes;
use crate::strings::Locale;
use domain::ids::DishId;
use protocol::view::{Dish, Menu};

#[derive(Debug, Clone, PartialEq)]
pub struct DishRow {
    pub id: DishId,
    pub name: String,
    /// What the kitchen calls it, where that is another name.
    pub kitchen_name: Option<String>,
    pub stock: Stock,
}

fn stock(dish: &Dish) -> Stock {
    match (dish.available, dish.remaining) {
        (true, None) => Stock::Plenty,
        (true, Some(left)) => Stock::Left(left),
        // None are left of what somebody counts.
        (false, Some(0)) => Stock::Left(0),
        (false, _) => Stock::Gone,
    }
}

/// `first`: what stood out when the sheet was opened. It stays on top, so that nothing moves under a finger.
pub fn rows(menu: &Menu, search: &str, first: &[DishId], locale: &Locale) -> Vec<DishRow> {
    let found = dishes(menu, None, search, locale);
    let mut rows: Vec<DishRow> = found
        .iter()
        .filter_map(|found| menu.dishes.iter().find(|dish| dish.id == found.id))
        .map(row)
        .collect();
    if search.trim().is_empty() {
        rows.sort_by_key(|row| !first.contains(&row.id));
    }
    rows
}

fn row(dish: &Dish) -> DishRow {
    let kitchen = dish.kitchen_name.clone();
    DishRow {
        id: dish.id,
        name: dish.name.clone(),
        kitchen_name: kitchen.filter(|name| *name != dish.name),
        stock: stock(dish),
    }
}

/// Dishes that are gone or counted.
pub fn outstanding(menu: &Menu) -> Vec<DishId> {
    let out = menu
        .dishes
        .iter()
        .filter(|dish| stock(dish) != Stock::Plenty);
    out.map(|dish| dish.id).collect()
}

/// In a few words for the strip: "crudo · tartare 4".
pub fn brief(menu: &Menu, locale: &Locale) -> Option<String> {
    let gone = menu.dishes.iter().filter_map(|dish| {
        let name = dish.kitchen_name.as_ref().unwrap_or(&dish.name);
        match stock(dish) {
            Stock::Gone | Stock::Left(0) => Some(name.clone()),
            Stock::Left(left) => Some(say!(locale, "dish-left", dish = name, count = left)),
            Stock::Plenty => None,
        }
    });
    let gone: Vec<String> = gone.collect();
    (!gone.is_empty()).then(|| gone.join(" · "))
}

/// What a row says of its dish.
pub fn words(stock: Stock, locale: &Locale) -> String {
    match stock {
        Stock::Gone | Stock::Left(0) => say!(locale, "stock-gone"),
        Stock::Left(left) => say!(locale, "stock-left", count = left),
        Stock::Plenty => say!(locale, "stock-plenty"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{english, menu};

    fn counted() -> Menu {
        let mut menu = menu();
        for dish in &mut menu.dishes {
            (dish.available, dish.remaining, dish.kitchen_name) = (true, None, None);
        }
        menu.dishes[3].available = false;
        menu.dishes[2].remaining = Some(4);
        menu.dishes[2].kitchen_name = Some("Tartare".to_owned());
        menu
    }

    #[test]
    fn what_is_gone_or_counted_stands_on_top_and_stays_there() {
        let mut menu = counted();
        let first = outstanding(&menu);
        let names = |menu: &Menu| -> Vec<(String, Stock)> {
            let rows = rows(menu, "", &first, &english());
            rows.into_iter()
                .take(3)
                .map(|row| (row.name, row.stock))
                .collect()
        };
        let is = |name: &str, stock| (name.to_owned(), stock);
        assert_eq!(
            names(&menu),
            [
                is("Beef tartare", Stock::Left(4)),
                is("Sea bass crudo", Stock::Gone),
                is("Burrata, peach & basil", Stock::Plenty),
            ]
        );
        menu.dishes[3].available = true;
        assert_eq!(names(&menu)[1], is("Sea bass crudo", Stock::Plenty));
    }

    #[test]
    fn a_search_finds_the_dish() {
        let found = rows(&counted(), "tart", &[], &english());
        assert_eq!(found[0].name, "Beef tartare");
        assert_eq!(found[0].kitchen_name.as_deref(), Some("Tartare"));
    }

    #[test]
    fn the_strip_names_what_is_gone_in_the_kitchens_words() {
        let words = brief(&counted(), &english());
        assert_eq!(words.as_deref(), Some("Tartare: 4 left · Sea bass crudo"));
        let mut plenty = counted();
        for dish in &mut plenty.dishes {
            (dish.available, dish.remaining) = (true, None);
        }
        assert_eq!(brief(&plenty, &english()), None);
    }

    #[test]
    fn none_left_of_a_counted_dish_is_gone() {
        assert_eq!(words(Stock::Left(0), &english()), "86");
        assert_eq!(words(Stock::Left(4), &english()), "4 left");
    }
}
