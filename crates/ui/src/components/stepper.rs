//! A number with a large minus and plus; typing it works too.

use super::{Glyph, Icon};
use crate::shared::use_locale;
use dioxus::prelude::*;

#[component]
pub fn Stepper(
    id: String,
    label: String,
    value: u16,
    least: u16,
    most: u16,
    onchange: EventHandler<u16>,
) -> Element {
    let locale = use_locale();
    let set = move |to: u16| onchange.call(to.clamp(least, most));
    rsx! {
        div { class: "stepper",
            label { r#for: "{id}", "{label}" }
            div { class: "stepper-row",
                button {
                    r#type: "button",
                    aria_label: say!(locale, "one-less"),
                    aria_disabled: (value <= least).then_some("true"),
                    onclick: move |_| set(value.saturating_sub(1)),
                    Glyph { icon: Icon::Minus }
                }
                input {
                    id: "{id}",
                    r#type: "text",
                    inputmode: "numeric",
                    value: "{value}",
                    oninput: move |event| {
                        if let Ok(number) = event.value().trim().parse() {
                            set(number);
                        }
                    },
                }
                button {
                    r#type: "button",
                    aria_label: say!(locale, "one-more"),
                    aria_disabled: (value >= most).then_some("true"),
                    onclick: move |_| set(value.saturating_add(1)),
                    Glyph { icon: Icon::Plus }
                }
            }
        }
    }
}
