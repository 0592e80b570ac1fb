//! Tickets oldest first, as many as the wall holds; what comes beyond is counted and one tap away.

use super::bar::{KitchenBar, Strip};
use super::ticket::TicketCard;
use dioxus::prelude::*;
use domain::text::Label;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use protocol::bridge::View;
use protocol::view::{Board, Link};
use ui::bridge::use_view;
use ui::components::list::{Loading, Unreadable};
use ui::components::{Glyph, Icon, ListState, Nothing};
use ui::kitchen::layout::{Grid, place};
use ui::kitchen::view;
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::sync::quiet::{Moment, is_quiet, use_last_touch};
use ui::web;

const KEPT_STATION: &str = "comanda-kitchen-station";

#[component]
pub fn BoardPage() -> Element {
    let mut station = use_signal(|| web::stored(KEPT_STATION).filter(|kept| !kept.is_empty()));
    let onstation = move |next: Option<String>| {
        web::store(KEPT_STATION, next.as_deref().unwrap_or_default());
        station.set(next);
    };
    let name = station();
    rsx! {
        // A list of one: only in a list does another key make another board, with a reading of its own.
        for name in [name] {
            StationBoard { key: "{name:?}", station: name, onstation }
        }
    }
}

#[component]
fn StationBoard(station: Option<String>, onstation: EventHandler<Option<String>>) -> Element {
    let locale = use_locale();
    let asked = station.clone();
    let reading = use_view::<Board>(move || View::Board {
        station: asked.and_then(|name| Label::new(name).ok()),
    });
    let grid = use_grid();
    let mut turned = use_signal(|| false);
    use_quiet_update(reading);
    let state = ListState::of(&reading.read(), |board| board.tickets.is_empty());
    let board = reading.read().model.clone();
    let tickets = board
        .as_ref()
        .map(|board| view::tickets(board, station.as_deref(), &locale))
        .unwrap_or_default();
    let heights: Vec<usize> = tickets.iter().map(|ticket| ticket.height).collect();
    let shown = place(grid(), &heights).len();
    // The second wall, where one asked for it and there is one.
    let from = if turned() && shown < tickets.len() {
        shown
    } else {
        0
    };
    let spots = place(grid(), heights.get(from..).unwrap_or_default());
    let beyond = tickets.len() - from - spots.len();
    let Grid { columns, rows, .. } = grid();
    rsx! {
        div { class: "page kitchen-page",
            KitchenBar { board: board.clone(), station, onstation }
            OfflineNote {}
            match state {
                ListState::Loading => rsx! {
                    Loading {}
                },
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing {
                        icon: Icon::ChefHat,
                        title: say!(locale, "board-empty"),
                        body: say!(locale, "board-empty-body"),
                    }
                },
                ListState::Filled => rsx! {
                    main {
                        class: "board",
                        grid_template_columns: "repeat({columns}, minmax(0, 1fr))",
                        grid_template_rows: "repeat({rows}, minmax(0, 1fr))",
                        for spot in spots {
                            if let Some(ticket) = tickets.get(from + spot.ticket) {
                                TicketCard {
                                    key: "{ticket.key}",
                                    ticket: ticket.clone(),
                                    spot,
                                    room: grid().room_of(spot.span),
                                }
                            }
                        }
                    }
                },
            }
            Strip {
                board,
                beyond,
                turned: from > 0,
                onturn: move |()| turned.toggle(),
            }
        }
    }
}

/// While the link is down nothing new can come, and a calm board would be a lie.
#[component]
fn OfflineNote() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let sync = shared.sync.read();
    let Some(Link::Offline { since }) = sync.model.as_ref().map(|sync| sync.link) else {
        return rsx! {};
    };
    rsx! {
        p { class: "board-note wait", role: "alert",
            Glyph { icon: Icon::CloudOff }
            span { {say!(locale, "board-offline", time = locale.wall(since))} }
        }
    }
}

fn use_grid() -> Memo<Grid> {
    let shared = use_shared();
    let mut size = use_signal(web::viewport);
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_window("resize", move || drop(tell.unbounded_send(())));
        while told.next().await.is_some() {
            size.set(web::viewport());
        }
    });
    use_memo(move || {
        let (width, height) = *size.read();
        let link = shared.sync.read().model.as_ref().map(|sync| sync.link);
        Grid::of(width, height, matches!(link, Some(Link::Offline { .. })))
    })
}

/// An update waits for a board with nothing on it.
fn use_quiet_update(reading: Signal<ui::bridge::Reading<Board>>) {
    let shared = use_shared();
    let touched = use_last_touch();
    use_effect(move || {
        let now = *shared.now.read();
        let moment = Moment {
            at_rest: reading
                .peek()
                .model
                .as_ref()
                .is_some_and(|board| board.tickets.is_empty()),
            sheets: *shared.sheets.peek(),
            flying: *shared.flying.peek(),
            idle_ms: now.since(*touched.peek()),
        };
        if shared.heard.peek().update_ready && is_quiet(moment) {
            web::activate();
        }
    });
}
