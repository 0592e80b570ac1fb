//! The bar above the board (stations, link, clock) and the strip below it (all-day counts, what comes beyond).

use dioxus::prelude::*;
use protocol::view::Board;
use ui::components::{Glyph, Icon, Since, Tab, TabList};
use ui::kitchen::view::summary;
use ui::say;
use ui::settings::PersonSheet;
use ui::shared::{use_locale, use_shared};
use ui::sync::SyncPill;

/// Stands for all stations among the tabs; a station's name is never empty.
const ALL: &str = "";

#[component]
pub fn KitchenBar(
    board: Option<Board>,
    station: Option<String>,
    onstation: EventHandler<Option<String>>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let stations = board
        .as_ref()
        .map(|board| board.stations.clone())
        .unwrap_or_default();
    let tab = |id: &str, label: String| Tab {
        id: id.to_owned(),
        label,
        note: None,
    };
    let all = tab(ALL, say!(locale, "all-stations"));
    let tabs: Vec<Tab> = [all]
        .into_iter()
        .chain(stations.iter().map(|name| tab(name, name.clone())))
        .collect();
    let minute = use_memo(move || shared.locale.read().wall(*shared.now.read()));
    let oldest = board
        .as_ref()
        .and_then(|board| board.tickets.first().map(|ticket| ticket.fired_at));
    rsx! {
        header { class: "bar kitchen-bar",
            h1 { class: "only-heard", {say!(locale, "kitchen")} }
            TabList {
                name: "station",
                label: say!(locale, "stations"),
                tabs,
                current: station.unwrap_or_default(),
                onselect: move |id: String| onstation.call((!id.is_empty()).then_some(id)),
            }
            span { class: "grow" }
            if let Some(board) = &board {
                span { class: "quiet kitchen-summary",
                    {summary(board, &locale)}
                    if let Some(at) = oldest {
                        " · "
                        {say!(locale, "oldest-ticket")}
                        " "
                        Since { at }
                    }
                }
            }
            SyncPill { contact: true }
            MenuButton {}
            b { class: "clock", "{minute}" }
        }
    }
}

#[component]
fn MenuButton() -> Element {
    let locale = use_locale();
    let mut open = use_signal(|| false);
    rsx! {
        button {
            r#type: "button",
            class: "button bare icon-only",
            aria_haspopup: "dialog",
            aria_label: say!(locale, "kitchen-menu"),
            onclick: move |_| open.set(true),
            Glyph { icon: Icon::Settings }
        }
        if open() {
            PersonSheet { title: say!(locale, "kitchen-menu"), onclose: move |()| open.set(false) }
        }
    }
}

#[component]
pub fn Strip(
    board: Option<Board>,
    beyond: usize,
    turned: bool,
    onturn: EventHandler<()>,
) -> Element {
    let locale = use_locale();
    let counts = board.map(|board| board.all_day).unwrap_or_default();
    rsx! {
        footer { class: "strip",
            span { class: "quiet", {say!(locale, "all-day")} }
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
                button { r#type: "button", class: "button ghost", onclick: move |_| onturn.call(()),
                    if turned {
                        Glyph { icon: Icon::ChevronLeft }
                        span { {say!(locale, "first-tickets")} }
                    }
                    if beyond > 0 {
                        span { {say!(locale, "more-tickets", count = beyond)} }
                    }
                    if !turned {
                        Glyph { icon: Icon::ChevronRight }
                    }
                }
            }
        }
    }
}
