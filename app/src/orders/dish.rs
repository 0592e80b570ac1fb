//! What can be said of a dish beyond its name: quantity, seat, course, a note.

use super::menu::put;
use dioxus::prelude::*;
use domain::ids::OrderId;
use protocol::view::Check;
use ui::components::{Button, Look, Sheet, Stepper};
use ui::menu::view::DishShown;
use ui::orders::act::Wish;
use ui::say;
use ui::shared::{use_locale, use_shared};

const MOST: u16 = 99;
const MOST_SEATS: u16 = 12;
const COURSES: u16 = 4;

#[component]
pub fn DishSheet(
    order: OrderId,
    check: Memo<Option<Check>>,
    dish: DishShown,
    onclose: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut wish = use_signal(Wish::default);
    let seats = check
        .read()
        .as_ref()
        .map_or(2, |check| check.guests)
        .clamp(1, MOST_SEATS);
    let chosen = wish.read().clone();
    let id = dish.id;
    let add = move || {
        if put(shared, order, id, &wish.peek()) {
            onclose.call(());
        }
    };
    rsx! {
        Sheet { id: "dish-sheet", title: dish.name.clone(), onclose,
            form {
                class: "form",
                onsubmit: move |event| {
                    event.prevent_default();
                    add();
                },
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
                    most: seats,
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
                Button {
                    look: Look::Primary,
                    submit: true,
                    class: "large",
                    label: say!(locale, "add-dish", count = chosen.quantity, price = &dish.price),
                    onclick: move |()| {},
                }
            }
        }
    }
}

/// One of a few numbers, or none of them.
#[component]
fn Choice(
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
