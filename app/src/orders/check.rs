//! The check: always in sight, each line with where it really is, and the one thing to do next.

use super::foot::CheckFoot;
use super::lines::Lines;
use super::more::MoreSheet;
use dioxus::prelude::*;
use domain::ids::OrderId;
use protocol::view::{Check, Table};
use ui::bridge::Reading;
use ui::components::list::{Loading, Unreadable};
use ui::components::{Button, Glyph, Icon, ListState, Look, Nothing, Tab, TabList, Tag, Tone};
use ui::notifications::CardNote;
use ui::orders::view;
use ui::route::{Route, turn};
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn CheckSide(
    order: OrderId,
    check: Memo<Option<Check>>,
    reading: Signal<Reading<Option<Check>>>,
    table: Option<Table>,
    onnew: EventHandler<()>,
    onturn: EventHandler<()>,
    check_first: bool,
    /// Who else is on this check; said here where the bar has no room for it.
    company: Option<String>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let state = match ListState::of(&reading.read(), Option::is_none) {
        // It may be the one whose opening is on its way.
        ListState::Empty if *shared.flying.read() > 0 => ListState::Loading,
        state => state,
    };
    rsx! {
        aside { class: "check-side", aria_label: say!(locale, "check-heading"),
            CheckHead { order, check, table, onnew }
            if let Some(company) = company {
                p { class: "company only-narrower",
                    Tag { tone: Tone::Cook, icon: Icon::Users, "{company}" }
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
                        icon: Icon::ReceiptText,
                        title: say!(locale, "check-unknown"),
                        body: say!(locale, "check-unknown-body"),
                    }
                },
                ListState::Filled => rsx! {
                    if check.read().as_ref().is_some_and(|check| check.closed) {
                        p { class: "notice ready",
                            Glyph { icon: Icon::CheckCheck }
                            b { {say!(locale, "check-closed")} }
                            span { {say!(locale, "check-closed-body")} }
                        }
                    }
                    for card in check.read().iter().flat_map(|check| &check.cards).cloned() {
                        CardNote { key: "{card.id}", card }
                    }
                    Lines { order, check }
                },
            }
        }
        CheckFoot { order, check, onturn, check_first }
    }
}

/// Which check of the table, and a way to another one.
#[component]
fn CheckHead(
    order: OrderId,
    check: Memo<Option<Check>>,
    table: Option<Table>,
    onnew: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    let session = shared.session.read();
    let me = session
        .model
        .as_ref()
        .and_then(|session| session.person.as_ref())
        .map(|me| me.name.as_str());
    let title = check
        .read()
        .as_ref()
        .map(|check| view::shown(check, me, &locale).title);
    let several = table.as_ref().filter(|table| table.checks.len() > 1);
    let tabs = several.map(|table| {
        let tab = |brief: &protocol::view::CheckBrief| Tab {
            id: brief.order.to_string(),
            label: view::tab(brief, &locale),
            note: (brief.unsent > 0).then(|| brief.unsent.to_string()),
        };
        table.checks.iter().map(tab).collect::<Vec<_>>()
    });
    let id = table.as_ref().map(|table| table.id);
    let mut more = use_signal(|| false);
    rsx! {
        header { class: "check-head",
            h2 { {title.unwrap_or_else(|| say!(locale, "check-heading"))} }
            if check.read().is_some() {
                Button {
                    look: Look::Bare,
                    icon: Icon::Ellipsis,
                    icon_only: true,
                    label: say!(locale, "check-more"),
                    onclick: move |()| more.set(true),
                }
            }
            if id.is_some() {
                Button {
                    look: Look::Bare,
                    icon: Icon::Plus,
                    label: say!(locale, "new-check"),
                    onclick: move |()| onnew.call(()),
                }
            }
        }
        if more() {
            MoreSheet { order, check, onclose: move |()| more.set(false) }
        }
        if let (Some(tabs), Some(table)) = (tabs, id) {
            TabList {
                name: "check",
                label: say!(locale, "checks"),
                tabs,
                current: order.to_string(),
                onselect: move |id: String| {
                    if let Ok(order) = id.parse() {
                        turn(route, Route::Table(table, Some(order)));
                    }
                },
            }
        }
    }
}
