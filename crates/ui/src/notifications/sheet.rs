//! The attention tray as a sheet, and a card where it belongs to a check.

use super::view::{self, CardShown, Remedy};
use crate::bridge::Reading;
use crate::components::list::Unreadable;
use crate::components::{Button, Glyph, Icon, ListState, Look, Nothing, Sheet};
use crate::floor::view::first_name;
use crate::shared::{use_locale, use_shared};
use dioxus::prelude::*;
use domain::auth::Act;
use domain::notifications::Card;
use protocol::view::{Attention, TrayCard};

#[component]
pub fn AttentionSheet(
    reading: Signal<Reading<Attention>>,
    onremedy: EventHandler<(TrayCard, Remedy)>,
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
                                TrayNote { card, onremedy }
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
pub fn CardNote(card: Card) -> Element {
    let locale = use_locale();
    let shown = view::shown(&card, false, &locale);
    rsx! {
        CardShell { shown }
    }
}

#[component]
fn CardShell(
    shown: CardShown,
    #[props(default)] author: Option<String>,
    children: Element,
) -> Element {
    let tone = shown.tone.class();
    rsx! {
        article { class: "card {tone}",
            Glyph { icon: shown.icon }
            div { class: "grow",
                p { class: "card-title", "{shown.title}" }
                p { class: "card-body", "{shown.body}" }
            }
            time {
                "{shown.time}"
                if let Some(author) = author {
                    " · {author}"
                }
            }
            {children}
        }
    }
}

/// A card with what can be done about it.
#[component]
fn TrayNote(card: TrayCard, onremedy: EventHandler<(TrayCard, Remedy)>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let own = card.card.author.is_some() && card.card.author == shared.me();
    let shown = view::shown(&card.card, own || shared.may(Act::AnswerCards), &locale);
    let author = card.author.as_deref().map(first_name);
    rsx! {
        CardShell { shown: shown.clone(), author,
            div { class: "remedies",
                for (at, remedy) in shown.remedies.into_iter().enumerate() {
                    Button {
                        key: "{at}",
                        look: Look::Ghost,
                        label: remedy.words(&locale),
                        onclick: {
                            let card = card.clone();
                            move |()| onremedy.call((card.clone(), remedy))
                        },
                    }
                }
            }
        }
    }
}
