//! What can be said of a dish beyond its name: what is chosen with it, quantity, seat, course, a note.

use super::menu::put;
use dioxus::prelude::*;
use domain::ids::OrderId;
use protocol::view::{Check, Menu, ModifierGroup};
use ui::components::{Button, Glyph, Icon, Look, Sheet, Stepper};
use ui::menu::choice::Choosing;
use ui::menu::view::DishShown;
use ui::orders::act::Wish;
use ui::say;
use ui::shared::{use_locale, use_shared};

pub const MOST: u16 = 99;
const MOST_SEATS: u16 = 12;
pub const COURSES: u16 = 4;

/// Seats that can be chosen: as many as there are guests.
pub fn seats(check: &Memo<Option<Check>>) -> u16 {
    let guests = check.read().as_ref().map_or(2, |check| check.guests);
    guests.clamp(1, MOST_SEATS)
}

#[component]
pub fn DishSheet(
    order: OrderId,
    check: Memo<Option<Check>>,
    dish: DishShown,
    menu: Menu,
    onclose: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut wish = use_signal(Wish::default);
    let mut choosing = use_signal(|| Choosing::of(&menu, dish.id));
    let chosen = wish.read().clone();
    let id = dish.id;
    let price = menu.dishes.iter().find(|known| known.id == id);
    let one = choosing
        .read()
        .price(price.map(|dish| dish.price).unwrap_or_default());
    let all = one.times(chosen.quantity).unwrap_or(one);
    let missing = choosing.read().missing().map(|group| group.name.clone());
    let label = match &missing {
        Some(group) => say!(locale, "choose-first", group = group),
        None => say!(
            locale,
            "add-dish",
            count = chosen.quantity,
            price = locale.money(all)
        ),
    };
    let add = move || {
        if choosing.peek().missing().is_some() {
            return;
        }
        wish.write().modifiers = choosing.peek().options();
        if put(shared, order, id, &wish.peek()) {
            onclose.call(());
        }
    };
    rsx! {
        Sheet { id: "dish-sheet", title: dish.name.clone(), wide: !choosing.read().groups.is_empty(), onclose,
            form {
                class: "form",
                onsubmit: move |event| {
                    event.prevent_default();
                    let mut add = add;
                    add();
                },
                if let Some(left) = &dish.left {
                    p { class: "sheet-note", "{left}" }
                }
                for group in choosing.read().groups.clone() {
                    Group {
                        key: "{group.id}",
                        full: choosing.read().is_full(&group),
                        chosen: group.options.iter().map(|option| choosing.read().has(option.id)).collect::<Vec<_>>(),
                        ontap: {
                            let group = group.clone();
                            move |at: usize| {
                                if let Some(option) = group.options.get(at) {
                                    choosing.write().toggle(group.id, option.id);
                                }
                            }
                        },
                        group,
                    }
                }
                Stepper {
                    id: "dish-quantity",
                    label: say!(locale, "quantity"),
                    value: chosen.quantity,
                    least: 1,
                    most: MOST,
                    onchange: move |to| wish.write().quantity = to,
                }
                Choice {
                    legend: say!(locale, "seat-choice"),
                    none: say!(locale, "seat-none"),
                    most: seats(&check),
                    value: chosen.seat,
                    onchange: move |to| wish.write().seat = to,
                }
                Choice {
                    legend: say!(locale, "course-choice"),
                    most: COURSES,
                    value: Some(chosen.course),
                    onchange: move |to: Option<u16>| wish.write().course = to.unwrap_or(1),
                }
                label { r#for: "dish-note", {say!(locale, "note")} }
                input {
                    id: "dish-note",
                    maxlength: "500",
                    autocomplete: "off",
                    value: "{chosen.note}",
                    oninput: move |event| wish.write().note = event.value(),
                }
                div { class: "sheet-do",
                    Button {
                        look: Look::Primary,
                        submit: true,
                        class: "large",
                        disabled: missing.is_some(),
                        label,
                        onclick: move |()| {},
                    }
                }
            }
        }
    }
}

/// The choices of one group, large; what has to be chosen says so.
#[component]
fn Group(
    group: ModifierGroup,
    full: bool,
    chosen: Vec<bool>,
    ontap: EventHandler<usize>,
) -> Element {
    let locale = use_locale();
    let rule = match (group.min, group.max) {
        (1, 1) => say!(locale, "choose-one"),
        (0, max) => say!(locale, "choose-up-to", max = max),
        (min, max) => say!(locale, "choose-some", min = min, max = max),
    };
    let options = group.options.iter().cloned().zip(chosen).enumerate();
    rsx! {
        fieldset { class: if group.min > 0 { "options forced" } else { "options" },
            legend {
                b { "{group.name}" }
                span { "{rule}" }
            }
            for (at, (option, chosen)) in options {
                button {
                    key: "{option.id}",
                    r#type: "button",
                    aria_pressed: if chosen { "true" } else { "false" },
                    aria_disabled: (full && !chosen).then_some("true"),
                    onclick: move |_| ontap.call(at),
                    if chosen {
                        Glyph { icon: Icon::Check }
                    }
                    span { class: "grow", "{option.name}" }
                    if option.price != domain::money::Money::ZERO {
                        small {
                            if option.price > domain::money::Money::ZERO { "+" }
                            {locale.money(option.price)}
                        }
                    }
                }
            }
        }
    }
}

/// One of a few numbers, or none of them.
#[component]
pub fn Choice(
    legend: String,
    #[props(default)] none: Option<String>,
    most: u16,
    value: Option<u16>,
    onchange: EventHandler<Option<u16>>,
) -> Element {
    let pressed = |it: Option<u16>| if value == it { "true" } else { "false" };
    rsx! {
        fieldset { class: "choice",
            legend { "{legend}" }
            if let Some(none) = none {
                button {
                    r#type: "button",
                    aria_pressed: pressed(None),
                    onclick: move |_| onchange.call(None),
                    "{none}"
                }
            }
            for number in 1..=most {
                button {
                    key: "{number}",
                    r#type: "button",
                    aria_pressed: pressed(Some(number)),
                    onclick: move |_| onchange.call(Some(number)),
                    "{number}"
                }
            }
        }
    }
}
