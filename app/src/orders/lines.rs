//! The lines of a check by course, what is not sent last, each with its state.

use super::line::LineSheet;
use dioxus::prelude::*;
use domain::ids::{LineId, OrderId};
use protocol::view::Check;
use ui::components::{Icon, Nothing, Since, Tag, Tone};
use ui::orders::view::{self, Group, Row};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::web;

#[component]
pub fn Lines(order: OrderId, check: Memo<Option<Check>>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let session = shared.session.read();
    let me = session
        .model
        .as_ref()
        .and_then(|session| session.person.as_ref())
        .map(|me| me.name.as_str());
    let groups = check
        .read()
        .as_ref()
        .map(|check| view::shown(check, me, &locale).groups)
        .unwrap_or_default();
    // What was added last is what one looks for.
    let count = use_memo(move || check.read().as_ref().map_or(0, |check| check.lines.len()));
    use_effect(move || {
        count.read();
        spawn(async {
            web::next_frame().await;
            web::scroll_to_end("lines");
        });
    });
    let mut tapped = use_signal(|| None::<Vec<LineId>>);
    if groups.is_empty() {
        return rsx! {
            Nothing {
                icon: Icon::ReceiptText,
                title: say!(locale, "check-empty"),
                body: say!(locale, "check-empty-body"),
            }
        };
    }
    rsx! {
        div { id: "lines", class: "lines", tabindex: "0", role: "group", aria_label: say!(locale, "check-heading"),
            for group in groups {
                LineGroup { key: "{group.heading}", group, ontap: move |lines| tapped.set(Some(lines)) }
            }
        }
        if let Some(lines) = tapped() {
            LineSheet { order, check, lines, onclose: move |()| tapped.set(None) }
        }
    }
}

#[component]
fn LineGroup(group: Group, ontap: EventHandler<Vec<LineId>>) -> Element {
    rsx! {
        section { class: if group.unsent { "course unsent" } else { "course" },
            h3 { "{group.heading}" }
            ul {
                for row in group.rows {
                    LineRow { key: "{row.key}", row, ontap }
                }
            }
        }
    }
}

#[component]
fn LineRow(row: Row, ontap: EventHandler<Vec<LineId>>) -> Element {
    let locale = use_locale();
    let (state, lines) = (row.state, row.lines);
    let struck = if row.struck { "struck" } else { "" };
    rsx! {
        li { class: "line {state.tone.class()}-line {struck}",
            button { r#type: "button", class: "line-tap", onclick: move |_| ontap.call(lines.clone()),
                span { class: "line-quantity", "{row.quantity}" }
                span { class: "line-name", "{row.name}" }
                span { class: "line-price", "{row.price}" }
                if let Some(chosen) = row.chosen {
                    span { class: "line-extra", "{chosen}" }
                }
                if let Some(extra) = row.extra {
                    span { class: "line-extra", "{extra}" }
                }
                span { class: "line-state",
                    Tag { tone: state.tone, icon: state.icon,
                        "{state.words}"
                        if let Some(at) = state.since {
                            " · "
                            Since { at }
                        }
                    }
                    if let Some(at) = row.waiting {
                        Tag { tone: Tone::Wait, icon: Icon::CloudOff,
                            {say!(locale, "line-waits")}
                            " · "
                            Since { at }
                        }
                    }
                }
            }
        }
    }
}
