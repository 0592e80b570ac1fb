//! The bill of a check beside the money: asked for, paid in parts or at once, and then the change, very large.

use super::paper::Paper;
use super::tender::TenderSide;
use crate::bar::Bar;
use dioxus::prelude::*;
use domain::ids::OrderId;
use domain::money::Money;
use protocol::bridge::View;
use protocol::view::{Bill, BillStatus};
use ui::billing::{act, view};
use ui::bridge::{Submitting, use_view};
use ui::components::list::{Loading, Unreadable};
use ui::components::{Button, Glyph, Icon, ListState, Look, Nothing, Tag};
use ui::route::{Route, go};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::{ids, web};

#[component]
pub fn BillPage(order: OrderId) -> Element {
    let locale = use_locale();
    let route = use_context::<Signal<Route>>();
    let reading = use_view::<Option<Box<Bill>>>(move || View::Bill { order });
    let state = ListState::of(&reading.read(), |bill| {
        bill.as_ref()
            .is_none_or(|bill| bill.lines.is_empty() && bill.payments.is_empty())
    });
    let bill = reading.read().model.clone().flatten();
    let table = bill.as_ref().and_then(|bill| bill.table_name.clone());
    rsx! {
        div { class: "page bill-page",
            Bar {
                button {
                    r#type: "button",
                    class: "button ghost back",
                    onclick: move |_| go(route, Route::Check(order)),
                    Glyph { icon: Icon::ChevronLeft }
                    span { {say!(locale, "bill-back")} }
                }
                h1 {
                    if let Some(table) = table {
                        "{table} · "
                    }
                    {say!(locale, "bill")}
                }
            }
            match (state, bill) {
                (ListState::Loading, _) => rsx! {
                    Loading {}
                },
                (ListState::Trouble(why), _) => rsx! {
                    Unreadable { why }
                },
                (ListState::Filled, Some(bill)) => rsx! {
                    Standing { order, bill: *bill }
                },
                (ListState::Empty | ListState::Filled, _) => rsx! {
                    Nothing {
                        icon: Icon::ReceiptText,
                        title: say!(locale, "bill-empty"),
                        body: say!(locale, "bill-empty-body"),
                    }
                },
            }
        }
    }
}

#[component]
fn Standing(order: OrderId, bill: Bill) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    // Drawn once: asking twice is asking once.
    let fresh = use_hook(ids::bill);
    let shown = view::shown(&bill, &locale);
    let asked = bill.status != BillStatus::None;
    let done = bill.status == BillStatus::Paid;
    let ask = move |()| {
        if let Some(open) = Submitting::new(&act::open(fresh, order)) {
            shared.send(open, |_| {});
        }
    };
    rsx! {
        main { class: "bill-main",
            div { class: "bill-paper",
                div { class: "bill-head",
                    Tag { tone: shown.state.tone, icon: shown.state.icon, "{shown.state.words}" }
                    span { class: "grow" }
                    Button {
                        look: Look::Ghost,
                        icon: Icon::Printer,
                        label: say!(locale, "bill-print"),
                        onclick: move |()| web::print(),
                    }
                    if !asked {
                        Button {
                            look: Look::Ghost,
                            icon: Icon::ReceiptText,
                            label: say!(locale, "bill-ask"),
                            onclick: ask,
                        }
                    }
                }
                if let Some(unsent) = shown.unsent {
                    p { class: "notice wait",
                        Glyph { icon: Icon::Clock }
                        span { "{unsent}" }
                    }
                }
                Paper { bill: bill.clone() }
            }
            match bill.status {
                BillStatus::None | BillStatus::Open => rsx! {
                    TenderSide { order, bill, fresh }
                },
                BillStatus::Paid | BillStatus::Void => rsx! {
                    Done { change: view::last_change(&bill), paid: done }
                },
            }
        }
    }
}

/// What the guest gets back, readable from the other side of the table.
#[component]
fn Done(change: Money, paid: bool) -> Element {
    let locale = use_locale();
    let route = use_context::<Signal<Route>>();
    use_effect(|| web::focus_soon("to-floor".to_owned()));
    rsx! {
        section { class: "tender done", role: "status",
            if paid && change > Money::ZERO {
                p { {say!(locale, "change-due")} }
                b { class: "change", {locale.money_with_currency(change)} }
            } else if paid {
                b { class: "change", {say!(locale, "change-none")} }
            }
            if paid {
                p { class: "quiet", {say!(locale, "table-is-free")} }
            }
            Button {
                id: "to-floor",
                look: Look::Primary,
                icon: Icon::LayoutGrid,
                class: "large",
                label: say!(locale, "to-floor"),
                onclick: move |()| go(route, Route::Floor),
            }
        }
    }
}
