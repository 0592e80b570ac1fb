//! Total, the bill and Send, always in sight; on a phone also the way to the other side.

use dioxus::prelude::*;
use domain::Command;
use domain::ids::{LineId, OrderId};
use protocol::view::Check;
use ui::bridge::{Flight, Submitting};
use ui::components::{Button, Glyph, Icon, Look};
use ui::orders::{act, view};
use ui::route::{Route, go};
use ui::say;
use ui::shared::{Adding, use_locale, use_shared};

/// Total and Send, always there; on a phone also the way to the other side.
#[component]
pub fn CheckFoot(
    order: OrderId,
    check: Memo<Option<Check>>,
    onturn: EventHandler<()>,
    check_first: bool,
) -> Element {
    let route = use_context::<Signal<Route>>();
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
    let adding = use_adding(order, check);
    let portions = sendable.unwrap_or_default() + adding.read().iter().sum::<u32>();
    let mut wanted = use_signal(|| false);
    let shown_any = shown.as_ref().is_some_and(|shown| shown.count > 0);
    let mut send = move || {
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
    // What was tapped a moment ago goes along: nobody waits until it is on the check, and no tap is lost.
    use_effect(move || {
        if wanted() && adding.read().is_empty() {
            wanted.set(false);
            send();
        }
    });
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
        footer { class: if check_first { "check-foot with-bill" } else { "check-foot" },
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
            if shown_any {
                button {
                    r#type: "button",
                    class: "button ghost large to-bill",
                    onclick: move |_| go(route, Route::Bill(order)),
                    Glyph { icon: Icon::Banknote }
                    span { {say!(locale, "bill")} }
                }
            }
            Button {
                look: Look::Primary,
                class: "large send",
                icon: (portions > 0).then_some(Icon::Send),
                disabled: portions == 0,
                label: match portions {
                    0 => say!(locale, "nothing-to-send"),
                    count => say!(locale, "send-portions", count = count),
                },
                onclick: move |()| wanted.set(true),
            }
        }
    }
}

/// How many portions each tapped line is that the check does not show yet.
fn use_adding(order: OrderId, check: Memo<Option<Check>>) -> Memo<Vec<u32>> {
    let mut adding = use_shared().adding;
    let here = move |line: &Adding| {
        let check = check.read();
        let mut lines = check.iter().flat_map(|check| &check.lines);
        line.order == order && lines.any(|known| known.id == line.line)
    };
    use_effect(move || {
        let arrived = adding.read().iter().any(&here);
        if arrived {
            adding.write().retain(|line| !here(line));
        }
    });
    use_memo(move || {
        let adding = adding.read();
        let of_it = adding.iter().filter(|line| line.order == order);
        let missing = of_it.filter(|line| !here(line));
        missing.map(|line| u32::from(line.quantity)).collect()
    })
}
