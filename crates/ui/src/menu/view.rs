//! Menu model and what was typed → the dishes that are shown.

use super::choice::Choosing;
use crate::strings::Locale;
use domain::ids::{CategoryId, DishId};
use protocol::view::{Dish, Menu};

#[derive(Debug, Clone, PartialEq)]
pub struct DishShown {
    pub id: DishId,
    pub name: String,
    pub price: String,
    pub allergens: String,
    pub available: bool,
    /// "3 left", where somebody counts them.
    pub left: Option<String>,
    /// Something has to be chosen before it can be ordered.
    pub asks: bool,
}

/// What is searched is looked for everywhere; else one category is shown.
pub fn dishes(
    menu: &Menu,
    category: Option<CategoryId>,
    search: &str,
    locale: &Locale,
) -> Vec<DishShown> {
    let wanted = plain(search);
    if wanted.is_empty() {
        let here = menu
            .dishes
            .iter()
            .filter(|dish| category.is_none_or(|id| dish.category == id));
        return here.map(|dish| shown(menu, dish, locale)).collect();
    }
    let mut found: Vec<(Match, &Dish)> = menu
        .dishes
        .iter()
        .filter_map(|dish| Some((matches(&plain(&dish.name), &wanted)?, dish)))
        .collect();
    // Stable: within one kind of match the menu's own order stays.
    found.sort_by_key(|(how, _)| *how);
    found
        .into_iter()
        .map(|(_, dish)| shown(menu, dish, locale))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    Start,
    Word,
    Within,
    /// Each typed word begins some word: "be ta" finds "Beef tartare".
    Words,
}

fn matches(name: &str, wanted: &str) -> Option<Match> {
    let mut words = name.split_whitespace();
    if name.starts_with(wanted) {
        Some(Match::Start)
    } else if words.clone().any(|word| word.starts_with(wanted)) {
        Some(Match::Word)
    } else if name.contains(wanted) {
        Some(Match::Within)
    } else {
        let all = wanted
            .split_whitespace()
            .all(|part| words.any(|word| word.starts_with(part)));
        all.then_some(Match::Words)
    }
}

/// Lower case without accents: a waiter in a hurry types "pate".
fn plain(text: &str) -> String {
    let folded = text
        .trim()
        .chars()
        .flat_map(char::to_lowercase)
        .flat_map(unaccented);
    folded.collect()
}

fn unaccented(c: char) -> impl Iterator<Item = char> {
    let plain: &[char] = match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ä' => &['a'],
        'ç' => &['c'],
        'è' | 'é' | 'ê' | 'ë' => &['e'],
        'ì' | 'í' | 'î' | 'ï' => &['i'],
        'ñ' => &['n'],
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => &['o'],
        'ù' | 'ú' | 'û' | 'ü' => &['u'],
        'ß' => &['s', 's'],
        '&' | ',' | '-' | '\'' | '’' => &[' '],
        _ => &[],
    };
    let kept = plain.is_empty().then_some(c);
    plain.iter().copied().chain(kept)
}

fn shown(menu: &Menu, dish: &Dish, locale: &Locale) -> DishShown {
    let left = dish.remaining.filter(|_| dish.available);
    DishShown {
        id: dish.id,
        name: dish.name.clone(),
        price: locale.money(dish.price),
        allergens: dish.allergens.join(", "),
        available: dish.available,
        left: left.map(|left| say!(locale, "dish-few", count = left)),
        asks: Choosing::of(menu, dish.id).asks(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{english, menu};

    fn found(search: &str) -> Vec<String> {
        dishes(&menu(), None, search, &english())
            .into_iter()
            .map(|dish| dish.name)
            .collect()
    }

    #[test]
    fn what_is_typed_is_found_by_its_start_first() {
        assert_eq!(found("be"), ["Beef tartare", "Green beans"]);
        assert_eq!(
            found("so"),
            [
                "Soup of the day",
                "Glass of Soave",
                "Saffron risotto",
                "Espresso"
            ]
        );
        assert_eq!(found("pate"), ["Chicken liver pâté"]);
        assert_eq!(found("to sal"), ["Tomato salad"]);
        assert!(found("zzz").is_empty());
    }

    #[test]
    fn a_dish_says_how_many_are_left_and_whether_it_asks_for_something() {
        let all = dishes(&menu(), None, "", &english());
        let dish = |name: &str| all.iter().find(|dish| dish.name == name).unwrap();
        assert_eq!(dish("Vitello tonnato").left.as_deref(), Some("3 left"));
        assert!(dish("Rib eye, 300 g").asks && !dish("Olives").asks);
    }

    #[test]
    fn nothing_typed_shows_the_category() {
        let menu = menu();
        let first = menu.categories[0].id;
        let shown = dishes(&menu, Some(first), "  ", &english());
        assert!(!shown.is_empty() && shown.len() < menu.dishes.len());
    }
}
