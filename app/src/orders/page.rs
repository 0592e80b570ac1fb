//! The table's page: its checks as tabs, one of them open beside the menu; on a phone one side at a time.

use super::check::CheckSide;
use super::menu::MenuSide;
use crate::bar::Bar;
use crate::floor::GuestChoice;
use dioxus::prelude::*;
use domain::ids::{OrderId, TableId};
use protocol::bridge::View;
use protocol::view::{Check, Floor, Table};
use ui::bridge::use_view;
use ui::components::{Glyph, Icon, MinutesSince, Sheet, Tag, Tone};
use ui::orders::view;
use ui::route::{Route, go};
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn TablePage(table: TableId, order: Option<OrderId>) -> Element {
    let floor = use_view::<Floor>(|| View::Floor);
    let known = use_memo(move || {
        let floor = floor.read();
        let tables = floor.model.as_ref().map(|floor| floor.tables.as_slice());
        tables
            .and_then(|tables| tables.iter().find(|known| known.id == table))
            .cloned()
    });
    let newest = known
        .read()
        .as_ref()
        .and_then(|table| table.checks.last().map(|check| check.order));
    let room = use_memo(move || {
        let (floor, known) = (floor.read(), known.read());
        let rooms = floor
            .model
            .as_ref()
            .map(|floor| floor.rooms.as_slice())
            .unwrap_or_default();
        let room = known
            .as_ref()
            .and_then(|table| rooms.iter().find(|room| room.id == table.room));
        room.map(|room| room.name.clone())
    });
    match order.or(newest) {
        // A list of one, so that another check is another component.
        Some(order) => rsx! {
            for order in [order] {
                OpenCheck { key: "{order}", order, table: known(), room: room() }
            }
        },
        None => rsx! {
            FreeTable { id: table, table: known(), room: room() }
        },
    }
}

/// A check that stands on no table.
#[component]
pub fn CheckPage(order: OrderId) -> Element {
    let route = use_context::<Signal<Route>>();
    let reading = use_view::<Option<Check>>(move || View::Check { order });
    let table = use_memo(move || {
        reading
            .read()
            .model
            .clone()
            .flatten()
            .and_then(|check| check.table)
    });
    // Where it has a table after all, that is its page.
    use_effect(move || {
        if let Some(table) = table() {
            go(route, Route::Table(table, Some(order)));
        }
    });
    rsx! {
        OpenCheck { order, table: None, room: None }
    }
}

#[component]
fn Title(room: Option<String>, table: Option<String>) -> Element {
    let locale = use_locale();
    let route = use_context::<Signal<Route>>();
    let table = table.unwrap_or_else(|| say!(locale, "check-without-table"));
    rsx! {
        button {
            r#type: "button",
            class: "button ghost back",
            onclick: move |_| go(route, Route::Floor),
            Glyph { icon: Icon::ChevronLeft }
            span { {say!(locale, "back-to-floor")} }
        }
        h1 {
            if let Some(room) = room {
                span { class: "only-wide", "{room} · " }
            }
            "{table}"
        }
    }
}

#[component]
fn FreeTable(id: TableId, table: Option<Table>, room: Option<String>) -> Element {
    let locale = use_locale();
    let name = table.map(|table| table.name).unwrap_or_default();
    rsx! {
        div { class: "page",
            Bar {
                Title { room, table: name.clone() }
            }
            main { class: "door wide",
                h2 { {say!(locale, "how-many-guests", table = name)} }
                GuestChoice { table: id, beside: Vec::new(), ondone: move |()| {} }
            }
        }
    }
}

#[component]
fn OpenCheck(order: OrderId, table: Option<Table>, room: Option<String>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let reading = use_view::<Option<Check>>(move || View::Check { order });
    let check = use_memo(move || reading.read().model.clone().flatten());
    let me = use_memo(move || {
        shared
            .session
            .read()
            .model
            .as_ref()?
            .person
            .as_ref()
            .map(|me| me.name.clone())
    });
    let mut opening = use_signal(|| false);
    // On a phone one side is shown; a check with nothing on it begins with the menu, as does any other.
    let mut check_first = use_signal(|| false);
    let shown = check
        .read()
        .as_ref()
        .map(|check| view::shown(check, me.read().as_deref(), &locale));
    let opened_at = check.read().as_ref().map(|check| check.opened_at);
    let name = table.as_ref().map(|table| table.name.clone());
    let name = name.or_else(|| {
        check
            .read()
            .as_ref()
            .and_then(|check| check.table_name.clone())
    });
    let beside: Vec<OrderId> = table
        .iter()
        .flat_map(|table| &table.checks)
        .map(|check| check.order)
        .collect();
    rsx! {
        div { class: if check_first() { "page table-page check-first" } else { "page table-page" },
            Bar {
                Title { room, table: name }
                if let Some(shown) = &shown {
                    span { class: "quiet",
                        "{shown.guests}"
                        if let Some(at) = opened_at {
                            " · "
                            MinutesSince { at }
                        }
                    }
                    if let Some(company) = shown.company.clone() {
                        span { class: "only-wider",
                            Tag { tone: Tone::Cook, icon: Icon::Users, "{company}" }
                        }
                    }
                }
            }
            MenuSide { order, check }
            CheckSide {
                order,
                check,
                reading,
                table: table.clone(),
                onnew: move |()| opening.set(true),
                onturn: move |()| check_first.toggle(),
                check_first: check_first(),
                company: shown.and_then(|shown| shown.company),
            }
        }
        if let (true, Some(table)) = (opening(), table) {
            Sheet {
                id: "guest-sheet",
                title: say!(locale, "how-many-guests", table = &table.name),
                onclose: move |()| opening.set(false),
                GuestChoice { table: table.id, beside, ondone: move |()| opening.set(false) }
            }
        }
    }
}
