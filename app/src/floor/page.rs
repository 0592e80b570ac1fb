//! Rooms as tabs, the room as a plan or a list, and a bar of what needs somebody.

use super::GuestSheet;
use super::places::{List, Plan};
use crate::bar::Bar;
use dioxus::prelude::*;
use domain::auth::Act;
use domain::ids::RoomId;
use protocol::bridge::View;
use protocol::view::Floor;
use ui::bridge::use_view;
use ui::components::list::{Loading, Unreadable};
use ui::components::{Button, Glyph, Icon, ListState, Look, MinutesSince, Nothing, Tab, TabList};
use ui::floor::view::{self, Goes, Need, TableShown};
use ui::route::{Office, Route, go};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::web;

const KEPT_AS: &str = "comanda-app-floor-as";
const KEPT_ROOM: &str = "comanda-app-room";

#[component]
pub fn FloorPage() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    let reading = use_view::<Floor>(|| View::Floor);
    let mut seating = use_signal(|| None::<TableShown>);
    let state = ListState::of(&reading.read(), |floor| {
        floor.tables.is_empty() && floor.loose.is_empty()
    });
    let summary = reading
        .read()
        .model
        .as_ref()
        .filter(|_| state == ListState::Filled)
        .filter(|floor| floor.tables.iter().any(|table| !table.checks.is_empty()))
        .map(|floor| view::summary(floor, &locale));
    let ontap = move |table: TableShown| match table.goes {
        Goes::Seat(_) => seating.set(Some(table)),
        Goes::Check(table, order) => go(route, Route::Table(table, Some(order))),
    };
    let needs = use_memo(move || {
        let (floor, now) = (reading.read(), *shared.now.read());
        floor
            .model
            .as_ref()
            .map(|floor| view::needs(floor, shared.me(), now, &shared.locale.read()))
            .unwrap_or_default()
    });
    rsx! {
        div { class: "page floor-page",
            Bar {
                h1 { {say!(locale, "floor")} }
                if let Some(summary) = summary {
                    span { class: "quiet", "{summary}" }
                }
                if shared.may(Act::ReadReports) {
                    Button {
                        look: Look::Ghost,
                        icon: Icon::ChartColumn,
                        class: "to-office",
                        label: say!(locale, "office"),
                        onclick: move |()| go(route, Route::Office(Office::Today)),
                    }
                }
            }
            match state {
                ListState::Loading => rsx! {
                    Loading {}
                },
                ListState::Trouble(why) => rsx! {
                    Unreadable { why }
                },
                ListState::Empty => rsx! {
                    Nothing {
                        icon: Icon::LayoutGrid,
                        title: say!(locale, "floor-empty"),
                        body: say!(locale, "floor-empty-body"),
                    }
                },
                ListState::Filled => rsx! {
                    Rooms { floor: reading.read().model.clone(), ontap }
                },
            }
            Needs { needs: needs() }
        }
        if let Some(table) = seating() {
            GuestSheet { table, onclose: move |()| seating.set(None) }
        }
    }
}

#[component]
fn Rooms(floor: Option<Floor>, ontap: EventHandler<TableShown>) -> Element {
    let locale = use_locale();
    let mut chosen = use_signal(|| web::stored(KEPT_ROOM).and_then(|id| id.parse::<RoomId>().ok()));
    let mut as_list = use_signal(|| web::stored(KEPT_AS).is_some_and(|kept| kept == "list"));
    let Some(floor) = floor else { return rsx! {} };
    let first = floor.rooms.first().map(|room| room.id);
    let room = chosen()
        .filter(|id| floor.rooms.iter().any(|room| room.id == *id))
        .or(first);
    let tables = room
        .map(|room| view::tables_of(&floor, room, &locale))
        .unwrap_or_default();
    let room_name = floor
        .rooms
        .iter()
        .find(|known| Some(known.id) == room)
        .map(|room| room.name.clone());
    let planned = tables.iter().any(|table| table.spot.is_some());
    let onselect = move |id: String| {
        web::store(KEPT_ROOM, &id);
        chosen.set(id.parse().ok());
    };
    let onswitch = move |_| {
        as_list.toggle();
        web::store(KEPT_AS, if *as_list.peek() { "list" } else { "plan" });
    };
    rsx! {
        div { class: "rooms",
            TabList {
                name: "room",
                label: say!(locale, "rooms"),
                tabs: floor.rooms.iter().map(|room| room_tab(&floor, room)).collect::<Vec<_>>(),
                current: room.map(|id| id.to_string()).unwrap_or_default(),
                panel: "room-panel",
                onselect,
            }
            span { class: "grow" }
            if planned {
                button {
                    r#type: "button",
                    class: "button ghost only-wide",
                    onclick: onswitch,
                    Glyph { icon: if as_list() { Icon::LayoutGrid } else { Icon::List } }
                    span { if as_list() { {say!(locale, "as-plan")} } else { {say!(locale, "as-list")} } }
                }
            }
        }
        main {
            div {
                id: "room-panel",
                class: if as_list() || !planned { "room as-list" } else { "room as-plan" },
                role: "tabpanel",
                aria_label: room_name,
                if planned && !as_list() {
                    Plan { tables: tables.clone(), ontap }
                }
                List { tables, ontap }
            }
        }
    }
}

fn room_tab(floor: &Floor, room: &protocol::view::Room) -> Tab {
    let taken = view::taken(floor, room.id);
    Tab {
        id: room.id.to_string(),
        label: room.name.clone(),
        note: (taken > 0).then(|| taken.to_string()),
    }
}

#[component]
fn Needs(needs: Vec<Need>) -> Element {
    let locale = use_locale();
    let route = use_context::<Signal<Route>>();
    if needs.is_empty() {
        return rsx! {};
    }
    rsx! {
        nav { class: "needs", aria_label: say!(locale, "needs-you"),
            for need in needs {
                button {
                    key: "{need.key}",
                    r#type: "button",
                    class: "need {need.tone.class()}",
                    onclick: move |_| {
                        let to = need.table.map_or(
                            Route::Check(need.order),
                            |table| Route::Table(table, Some(need.order)),
                        );
                        go(route, to);
                    },
                    Glyph { icon: need.icon }
                    b { "{need.title}" }
                    MinutesSince { at: need.since }
                }
            }
        }
    }
}
