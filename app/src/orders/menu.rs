//! The menu: one tap puts a dish on the check at once; more than that is in the dish's sheet.

use super::dish::DishSheet;
use dioxus::core::Task;
use dioxus::prelude::*;
use domain::Command;
use domain::ids::{CategoryId, DishId, OrderId};
use protocol::bridge::View;
use protocol::view::{Check, Menu};
use std::collections::BTreeMap;
use ui::bridge::{Flight, Submitting, use_view};
use ui::components::list::{Loading, Unreadable};
use ui::components::{Glyph, Icon, ListState, Nothing, SearchField, Tab, TabList, Tag, Tone};
use ui::menu::view::{DishShown, dishes};
use ui::orders::act::{self, Wish};
use ui::orders::view::unsent_by_dish;
use ui::say;
use ui::shared::{Adding, Shared, use_locale, use_shared};
use ui::web;

#[component]
pub fn MenuSide(order: OrderId, check: Memo<Option<Check>>) -> Element {
    let locale = use_locale();
    let reading = use_view::<Menu>(|| View::Menu);
    let state = ListState::of(&reading.read(), |menu| menu.dishes.is_empty());
    rsx! {
        main { class: "menu-side",
            match state {
                ListState::Loading => rsx! {
                    Loading {}
                },
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing {
                        icon: Icon::ReceiptText,
                        title: say!(locale, "menu-empty"),
                        body: say!(locale, "menu-empty-body"),
                    }
                },
                ListState::Filled => rsx! {
                    Dishes { order, check, menu: reading.read().model.clone() }
                },
            }
        }
    }
}

#[component]
fn Dishes(order: OrderId, check: Memo<Option<Check>>, menu: Option<Menu>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut search = use_signal(String::new);
    let mut chosen = use_signal(|| None::<CategoryId>);
    let mut more = use_signal(|| None::<DishShown>);
    let mut added = use_signal(String::new);
    let words = locale.clone();
    let tap = use_callback(move |dish: DishShown| {
        if dish.asks && dish.available {
            more.set(Some(dish));
        } else if dish.available && put(shared, order, dish.id, &Wish::default()) {
            added.set(say!(words, "dish-added", dish = &dish.name));
        }
    });
    let Some(menu) = menu else { return rsx! {} };
    let category = chosen().or_else(|| menu.categories.first().map(|category| category.id));
    let shown = dishes(&menu, category, &search.read(), &locale);
    let counts = check
        .read()
        .as_ref()
        .map(unsent_by_dish)
        .unwrap_or_default();
    let first = shown.first().cloned();
    let searching = !search.read().trim().is_empty();
    let take_first = move |()| {
        if let (Some(dish), true) = (&first, searching) {
            tap.call(dish.clone());
            search.set(String::new());
        }
    };
    rsx! {
        SearchField {
            id: "search",
            label: say!(locale, "search-dishes", count = menu.dishes.len()),
            value: search(),
            oninput: move |text| search.set(text),
            onenter: take_first,
        }
        TabList {
            name: "category",
            label: say!(locale, "categories"),
            tabs: menu.categories.iter().map(|category| tab(category, &menu, &counts)).collect::<Vec<_>>(),
            current: if searching { String::new() } else { category.map(|id| id.to_string()).unwrap_or_default() },
            panel: "dishes",
            onselect: move |id: String| {
                search.set(String::new());
                chosen.set(id.parse().ok());
            },
        }
        div { id: "dishes", class: "dishes", role: "tabpanel", tabindex: "-1",
            if shown.is_empty() {
                Nothing { icon: Icon::Search, title: say!(locale, "search-empty") }
            }
            for dish in shown {
                DishTile {
                    key: "{dish.id}",
                    unsent: counts.get(&dish.name).copied().unwrap_or_default(),
                    dish: dish.clone(),
                    ontap: tap,
                    onmore: move |dish| more.set(Some(dish)),
                }
            }
        }
        span { class: "only-heard", role: "status", "{added}" }
        if let Some(dish) = more() {
            DishSheet { key: "{dish.id}", order, check, dish, menu, onclose: move |()| more.set(None) }
        }
    }
}

/// A category says how many of its dishes wait to be sent.
fn tab(category: &protocol::view::Category, menu: &Menu, counts: &BTreeMap<String, u32>) -> Tab {
    let here = menu
        .dishes
        .iter()
        .filter(|dish| dish.category == category.id);
    let unsent: u32 = here.filter_map(|dish| counts.get(&dish.name)).sum();
    Tab {
        id: category.id.to_string(),
        label: category.name.clone(),
        note: (unsent > 0).then(|| unsent.to_string()),
    }
}

/// One tap, one line, at once; nothing waits for the answer, and a Send that is tapped next takes it along.
pub fn put(shared: Shared, order: OrderId, dish: DishId, wish: &Wish) -> bool {
    let Ok(add) = act::add(order, dish, wish) else {
        return false;
    };
    let tapped = add.lines.iter().map(|line| Adding {
        order,
        line: line.id,
        quantity: line.quantity.get(),
    });
    let tapped: Vec<Adding> = tapped.collect();
    let Some(submitting) = Submitting::new(&Command::Add(add)) else {
        return false;
    };
    let mut adding = shared.adding;
    adding.write().extend(&tapped);
    shared.send(submitting, move |flight| match flight {
        // The check takes it from here.
        Flight::Stored => {}
        Flight::Refused | Flight::Unknown => {
            adding.write().retain(|line| !tapped.contains(line));
        }
    });
    true
}

/// A dish: a tap takes one; a long press, a right click or the dots open what else can be said of it.
#[component]
fn DishTile(
    dish: DishShown,
    unsent: u32,
    ontap: EventHandler<DishShown>,
    onmore: EventHandler<DishShown>,
) -> Element {
    let locale = use_locale();
    let mut pressed = use_signal(|| None::<Task>);
    let mut held = use_signal(|| false);
    let (tapped, long, dots) = (dish.clone(), dish.clone(), dish.clone());
    let hold = {
        let dish = dish.clone();
        move |_| {
            let dish = dish.clone();
            held.set(false);
            pressed.set(Some(spawn(async move {
                web::sleep(LONG_PRESS_MS).await;
                held.set(true);
                onmore.call(dish);
            })));
        }
    };
    let mut release = move || {
        if let Some(task) = pressed.take() {
            task.cancel();
        }
    };
    rsx! {
        div { class: if dish.available { "dish" } else { "dish out" },
            button {
                r#type: "button",
                class: "dish-tap",
                aria_disabled: (!dish.available).then_some("true"),
                onpointerdown: hold,
                onpointerup: move |_| release(),
                onpointerleave: move |_| release(),
                onpointercancel: move |_| release(),
                oncontextmenu: move |event| {
                    event.prevent_default();
                    onmore.call(long.clone());
                },
                onclick: move |_| {
                    if !held() {
                        ontap.call(tapped.clone());
                    }
                    held.set(false);
                },
                b { "{dish.name}" }
                span { class: "dish-foot",
                    span { class: "price", "{dish.price}" }
                    if let Some(left) = &dish.left {
                        Tag { tone: Tone::Wait, icon: Icon::CircleAlert, "{left}" }
                    }
                    if dish.available {
                        i { "{dish.allergens}" }
                    } else {
                        Tag { tone: Tone::Late, icon: Icon::X, {say!(locale, "dish-out")} }
                        span { class: "only-heard", {say!(locale, "sold-out")} }
                    }
                }
            }
            if unsent > 0 {
                span { class: "dish-count", aria_label: say!(locale, "dish-unsent", count = unsent), role: "img", "{unsent}" }
            }
            if dish.available {
                button {
                    r#type: "button",
                    class: "dish-more",
                    aria_label: say!(locale, "dish-more", dish = &dish.name),
                    onclick: move |_| onmore.call(dots.clone()),
                    Glyph { icon: Icon::Ellipsis }
                }
            }
        }
    }
}

const LONG_PRESS_MS: i32 = 450;
