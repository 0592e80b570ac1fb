//! How many guests? One tap seats them and opens their check.

use dioxus::prelude::*;
use domain::ids::{OrderId, TableId};
use ui::components::{Button, Glyph, Icon, Look, Sheet, Stepper};
use ui::floor::view::TableShown;
use ui::orders::act;
use ui::route::{Route, go};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::{ids, web};

const LARGE: u16 = 8;
const MOST: u16 = 999;

#[component]
pub fn GuestSheet(table: TableShown, onclose: EventHandler<()>) -> Element {
    let locale = use_locale();
    rsx! {
        Sheet { id: "guest-sheet", title: say!(locale, "how-many-guests", table = &table.name), onclose,
            GuestChoice { table: table.id, beside: Vec::new(), ondone: move |()| onclose.call(()) }
        }
    }
}

/// Large numbers, a key for each, and a way to more.
#[component]
pub fn GuestChoice(
    table: TableId,
    /// The checks that are seen on the table.
    beside: Vec<OrderId>,
    ondone: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    // Drawn once: however often it is tapped, it is one check.
    let order = use_hook(ids::order);
    let (mut more, mut many) = (use_signal(|| false), use_signal(|| LARGE + 1));
    let mut done = use_signal(|| false);
    let open = use_callback(move |guests: u16| {
        if done() {
            return;
        }
        if let Some(submitting) = act::open(order, table, guests, beside.clone()) {
            done.set(true);
            shared.send(submitting, |_| {});
            ondone.call(());
            go(route, Route::Table(table, Some(order)));
        }
    });
    let onkeydown = move |event: KeyboardEvent| {
        let digit = event.key().to_string().parse::<u16>().ok();
        if let Some(guests) = digit.filter(|digit| !more() && (1..=LARGE).contains(digit)) {
            // Else the table's page, which is there by then, would take it for the begin of a search.
            event.prevent_default();
            open.call(guests);
        }
    };
    use_effect(|| web::focus_soon("guests-1".to_owned()));
    rsx! {
        div { class: "guests", onkeydown,
            div { class: "guest-grid",
                for guests in 1..=LARGE {
                    button {
                        key: "{guests}",
                        id: "guests-{guests}",
                        r#type: "button",
                        class: "number",
                        aria_label: say!(locale, "guests", count = guests),
                        onclick: move |_| open.call(guests),
                        "{guests}"
                    }
                }
            }
            if more() {
                div { class: "guest-more",
                    Stepper {
                        id: "guests-many",
                        label: say!(locale, "guests-field"),
                        value: many(),
                        least: 1,
                        most: MOST,
                        onchange: move |to| many.set(to),
                    }
                    Button {
                        look: Look::Primary,
                        label: say!(locale, "open-for", count = many()),
                        onclick: move |()| open.call(many()),
                    }
                }
            } else {
                button {
                    r#type: "button",
                    class: "button ghost",
                    onclick: move |_| more.set(true),
                    Glyph { icon: Icon::Ellipsis }
                    span { {say!(locale, "more-guests")} }
                }
            }
        }
    }
}
