//! The attention tray as a sheet, and a card where it belongs to a check.

use super::view;
use crate::bridge::Reading;
use crate::components::list::Unreadable;
use crate::components::{Button, Glyph, Icon, ListState, Look, Nothing, Sheet};
use crate::shared::use_locale;
use dioxus::prelude::*;
use domain::ids::OrderId;
use domain::notifications::Card;
use protocol::view::Attention;

#[component]
pub fn AttentionSheet(
    reading: Signal<Reading<Attention>>,
    onopen: EventHandler<OrderId>,
    onclose: EventHandler<()>,
) -> Element {
    let locale = use_locale();
    let state = ListState::of(&reading.read(), |attention| attention.cards.is_empty());
    let cards = reading
        .read()
        .model
        .as_ref()
        .map(|attention| attention.cards.clone());
    rsx! {
        Sheet { id: "attention-sheet", title: say!(locale, "attention-title"), wide: true, onclose,
            match state {
                ListState::Loading => rsx! {},
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing {
                        icon: Icon::CheckCheck,
                        title: say!(locale, "attention-empty"),
                        body: say!(locale, "attention-empty-body"),
                    }
                },
                ListState::Filled => rsx! {
                    ul { class: "cards",
                        for card in cards.unwrap_or_default() {
                            li { key: "{card.card.id}",
                                CardNote { card: card.card, onopen: Some(onopen) }
                            }
                        }
                    }
                },
            }
        }
    }
}

/// One card in plain words.
#[component]
pub fn CardNote(card: Card, #[props(default)] onopen: Option<EventHandler<OrderId>>) -> Element {
    let locale = use_locale();
    let shown = view::shown(&card, &locale);
    let tone = shown.tone.class();
    rsx! {
        article { class: "card {tone}",
            Glyph { icon: shown.icon }
            div { class: "grow",
                p { class: "card-title", "{shown.title}" }
                p { class: "card-body", "{shown.body}" }
            }
            time { "{shown.time}" }
            if let (Some(order), Some(onopen)) = (shown.order, onopen) {
                Button {
                    look: Look::Ghost,
                    label: say!(locale, "open-check"),
                    onclick: move |()| onopen.call(order),
                }
            }
        }
    }
}
