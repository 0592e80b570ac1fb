//! The strip below the board: the last tap and its way back, all-day counts, what is off, what comes beyond.

use super::hands::{Open, use_hands};
use dioxus::prelude::*;
use protocol::bridge::View;
use protocol::view::{Board, Menu};
use ui::bridge::use_view;
use ui::components::{Button, Glyph, Icon, Look, Tag, Tone};
use ui::kitchen::recall::count;
use ui::kitchen::stock;
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn Strip(
    board: Option<Board>,
    beyond: usize,
    /// Voids on tickets that are not on the wall.
    voids: usize,
    turned: bool,
    onturn: EventHandler<()>,
) -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let now = *use_shared().now.peek();
    let recall = board.as_ref().map_or(0, |board| count(board, now));
    let counts = board.map(|board| board.all_day).unwrap_or_default();
    rsx! {
        footer { class: "strip",
            UndoBar {}
            span { class: "quiet all-day", {say!(locale, "all-day")} }
            ul { aria_label: say!(locale, "all-day"),
                for count in counts {
                    li { key: "{count.name}",
                        b { "{count.quantity}" }
                        " {count.name}"
                    }
                }
            }
            span { class: "grow" }
            if beyond > 0 || turned {
                button { r#type: "button", class: "button beyond", onclick: move |_| onturn.call(()),
                    if turned {
                        Glyph { icon: Icon::ChevronLeft }
                        span { {say!(locale, "first-tickets")} }
                    }
                    if beyond > 0 {
                        span { {say!(locale, "more-tickets", count = beyond)} }
                    }
                    if voids > 0 {
                        Tag { tone: Tone::Late, icon: Icon::X, {say!(locale, "ticket-voids", count = voids)} }
                    }
                    if !turned {
                        Glyph { icon: Icon::ChevronRight }
                    }
                }
            }
            StockButton {}
            Button {
                look: Look::Ghost,
                icon: Icon::RefreshCw,
                label: say!(locale, "recall-count", count = recall),
                onclick: move |()| hands.open(Open::Recall),
            }
        }
    }
}

/// What was tapped last, for as long as it can be taken back.
#[component]
fn UndoBar() -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let taken = hands.taken.read().clone();
    rsx! {
        div { class: "undo", role: "status",
            if let Some(taken) = taken {
                Button {
                    look: Look::Primary,
                    icon: Icon::ChevronLeft,
                    label: say!(locale, "undo"),
                    class: "back",
                    onclick: move |()| hands.undo(),
                }
                span { class: "undo-words", "{taken.words}" }
            }
        }
    }
}

/// Says what is off, and opens the sheet where that is changed.
#[component]
fn StockButton() -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let menu = use_view::<Menu>(|| View::Menu);
    let brief = menu
        .read()
        .model
        .as_ref()
        .and_then(|menu| stock::brief(menu, &locale));
    rsx! {
        button {
            r#type: "button",
            class: if brief.is_some() { "button ghost stock-button late" } else { "button ghost stock-button" },
            aria_haspopup: "dialog",
            onclick: move |_| hands.open(Open::Stock),
            b { {say!(locale, "stock")} }
            if let Some(brief) = &brief {
                span { class: "stock-brief", "{brief}" }
            }
        }
    }
}
