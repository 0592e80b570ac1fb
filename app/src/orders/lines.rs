//! The lines of a check by course, what is not sent last, each with its state.

use dioxus::prelude::*;
use protocol::view::Check;
use ui::components::{Icon, Nothing, Since, Tag};
use ui::orders::view::{self, Group, Row};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::web;

#[component]
pub fn Lines(check: Memo<Option<Check>>) -> Element {
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
                LineGroup { key: "{group.heading}", group }
            }
        }
    }
}

#[component]
fn LineGroup(group: Group) -> Element {
    rsx! {
        section { class: if group.unsent { "course unsent" } else { "course" },
            h3 { "{group.heading}" }
            ul {
                for row in group.rows {
                    LineRow { key: "{row.key}", row }
                }
            }
        }
    }
}

#[component]
fn LineRow(row: Row) -> Element {
    let state = row.state;
    rsx! {
        li { class: "line {state.tone.class()}-line",
            span { class: "line-quantity", "{row.quantity}" }
            span { class: "line-name", "{row.name}" }
            span { class: "line-price", "{row.price}" }
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
            }
        }
    }
}
