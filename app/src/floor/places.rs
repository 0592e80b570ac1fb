//! A room's tables where they stand, and the same as a list.

use dioxus::prelude::*;
use ui::components::{Glyph, MinutesSince, Tag};
use ui::floor::keys::{Way, next};
use ui::floor::view::TableShown;
use ui::web;

/// Fills its room at any size: each table's place is in thousandths of it.
#[component]
pub fn Plan(tables: Vec<TableShown>, ontap: EventHandler<TableShown>) -> Element {
    let mut focused = use_signal(|| 0_usize);
    let spots: Vec<_> = tables.iter().map(|table| table.spot).collect();
    let first = spots.iter().position(Option::is_some).unwrap_or_default();
    let at = if spots.get(focused()).is_some_and(Option::is_some) {
        focused()
    } else {
        first
    };
    let ids: Vec<String> = tables
        .iter()
        .map(|table| format!("plan-{}", table.id))
        .collect();
    let onkeydown = move |event: KeyboardEvent| {
        let Some(to) = way(&event.key()).and_then(|way| next(&spots, at, way)) else {
            return;
        };
        event.prevent_default();
        focused.set(to);
        if let Some(id) = ids.get(to) {
            web::focus(id);
        }
    };
    let (placed, unplaced): (Vec<_>, Vec<_>) = tables
        .into_iter()
        .enumerate()
        .partition(|(_, table)| table.spot.is_some());
    rsx! {
        div { class: "plan", onkeydown,
            for (index, table) in placed {
                PlanTable {
                    key: "{table.id}",
                    table,
                    reachable: index == at,
                    onfocus: move |()| focused.set(index),
                    ontap,
                }
            }
        }
        if !unplaced.is_empty() {
            div { class: "unplaced",
                for (_, table) in unplaced {
                    ListTable { key: "{table.id}", table, ontap }
                }
            }
        }
    }
}

fn way(key: &Key) -> Option<Way> {
    match key {
        Key::ArrowLeft => Some(Way::Left),
        Key::ArrowRight => Some(Way::Right),
        Key::ArrowUp => Some(Way::Up),
        Key::ArrowDown => Some(Way::Down),
        _ => None,
    }
}

#[component]
fn PlanTable(
    table: TableShown,
    reachable: bool,
    onfocus: EventHandler<()>,
    ontap: EventHandler<TableShown>,
) -> Element {
    let Some(spot) = table.spot else {
        return rsx! {};
    };
    let part = |thousandths: u16| format!("{}%", f64::from(thousandths) / 10.0);
    let shape = if spot.round { "round" } else { "" };
    let tone = table.tone.class();
    rsx! {
        button {
            id: "plan-{table.id}",
            r#type: "button",
            class: "table {tone} {shape}",
            // A room is as it is built, whichever way one reads: left is left.
            left: part(spot.x),
            top: part(spot.y),
            width: part(spot.width),
            height: part(spot.height),
            tabindex: if reachable { "0" } else { "-1" },
            onfocus: move |_| onfocus.call(()),
            onclick: move |_| ontap.call(table.clone()),
            b { "{table.name}" }
            Dot {}
            span { class: "table-state",
                Glyph { icon: table.icon }
                span { "{table.word}" }
            }
            Dot {}
            span { class: "table-detail", "{table.detail}" }
            if let Some(since) = table.seated_since {
                span { class: "table-since", aria_hidden: "true", MinutesSince { at: since } }
            }
        }
    }
}

#[component]
pub fn List(tables: Vec<TableShown>, ontap: EventHandler<TableShown>) -> Element {
    rsx! {
        div { class: "table-list",
            for table in tables {
                ListTable { key: "{table.id}", table, ontap }
            }
        }
    }
}

#[component]
fn ListTable(table: TableShown, ontap: EventHandler<TableShown>) -> Element {
    let tone = table.tone.class();
    rsx! {
        button {
            r#type: "button",
            class: "table-row {tone}-row",
            onclick: move |_| ontap.call(table.clone()),
            b { "{table.name}" }
            Dot {}
            span { class: "table-row-middle",
                Tag { tone: table.tone, icon: table.icon, "{table.word}" }
                Dot {}
                small { "{table.detail}" }
            }
            span { class: "table-row-end", aria_hidden: "true",
                if let Some(total) = &table.total {
                    span { "{total}" }
                }
                if let Some(since) = table.seated_since {
                    small { MinutesSince { at: since } }
                }
            }
        }
    }
}

/// Heard between the parts of a name: "T4 · Free · 4 seats".
#[component]
fn Dot() -> Element {
    rsx! {
        span { class: "only-heard", " · " }
    }
}
