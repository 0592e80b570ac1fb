//! The check: always in sight, each line with where it really is, and the one thing to do next.

use super::lines::Lines;
use super::name::NameSheet;
use dioxus::prelude::*;
use domain::Command;
use domain::ids::{LineId, OrderId};
use protocol::view::{Check, Table};
use ui::bridge::{Flight, Reading, Submitting};
use ui::components::list::{Loading, Unreadable};
use ui::components::{Button, Glyph, Icon, ListState, Look, Nothing, Tab, TabList, Tag, Tone};
use ui::notifications::CardNote;
use ui::orders::{act, view};
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
                    for card in check.read().iter().flat_map(|check| &check.cards).cloned() {
                        CardNote { key: "{card.id}", card }
                    }
                    Lines { check }
                },
            }
        }
        CheckFoot { check, onturn, check_first }
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
    let mut naming = use_signal(|| false);
    rsx! {
        header { class: "check-head",
            h2 { {title.unwrap_or_else(|| say!(locale, "check-heading"))} }
            if check.read().is_some() {
                Button {
                    look: Look::Bare,
                    label: say!(locale, "name-check"),
                    onclick: move |()| naming.set(true),
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
        if naming() {
            NameSheet { order, check, onclose: move |()| naming.set(false) }
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

/// Total and Send, always there; on a phone also the way to the other side.
#[component]
fn CheckFoot(check: Memo<Option<Check>>, onturn: EventHandler<()>, check_first: bool) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut on_its_way = use_signal(Vec::<LineId>::new);
    let shown = check
        .read()
        .as_ref()
        .map(|check| view::shown(check, None, &locale));
    let sendable = check
        .read()
        .as_ref()
        .and_then(|check| view::sendable(check, &on_its_way.read()));
    let send = move |()| {
        let made = check
            .peek()
            .as_ref()
            .and_then(|check| act::send(check, &on_its_way.peek()));
        let Some(send) = made else { return };
        let lines: Vec<LineId> = send.lines.iter().map(|named| named.line).collect();
        if let Some(submitting) = Submitting::new(&Command::Send(send)) {
            on_its_way.write().extend(&lines);
            shared.send(submitting, move |flight| match flight {
                Flight::Stored => {}
                // To be offered again; were they stored after all, the rules fire none of them twice.
                Flight::Unknown | Flight::Refused => {
                    if let Ok(mut on_its_way) = on_its_way.try_write() {
                        on_its_way.retain(|line| !lines.contains(line));
                    }
                }
            });
        }
    };
    let turn = if check_first {
        say!(locale, "show-menu")
    } else {
        say!(
            locale,
            "show-check",
            count = shown.as_ref().map_or(0, |shown| shown.count)
        )
    };
    rsx! {
        footer { class: "check-foot",
            button {
                r#type: "button",
                class: "button ghost turn",
                onclick: move |_| onturn.call(()),
                Glyph { icon: if check_first { Icon::List } else { Icon::ReceiptText } }
                span { "{turn}" }
            }
            if let Some(shown) = shown {
                div { class: "sum",
                    span { {say!(locale, "total")} }
                    if let Some(tax) = shown.tax {
                        small { class: "quiet", {say!(locale, "tax-on-top", amount = tax)} }
                    }
                    b { "{shown.total}" }
                }
            }
            Button {
                look: Look::Primary,
                class: "large send",
                icon: sendable.map(|_| Icon::Send),
                disabled: sendable.is_none(),
                label: match sendable {
                    Some(count) => say!(locale, "send-portions", count = count),
                    None => say!(locale, "nothing-to-send"),
                },
                onclick: send,
            }
        }
    }
}
