//! The bills of a day, and one of them as the guest read it, with its payments.

use super::page::NoData;
use dioxus::prelude::*;
use domain::money::Money;
use domain::time::Moment;
use protocol::bridge::Fetch;
use serde::Deserialize;
use ui::bridge::{Fetched, use_fetch};
use ui::components::{Button, Icon, Look, Nothing, Sheet, Tag, Tone};
use ui::floor::view::first_name;
use ui::reports::days::{day_of, written};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::strings::Locale;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Page {
    items: Vec<Bill>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    id: String,
    number: Option<u32>,
    table_name: Option<String>,
    status: String,
    lines: Vec<Line>,
    total: Money,
    paid: Money,
    due: Money,
    payments: Vec<Payment>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Line {
    name: String,
    quantity: u16,
    amount: Money,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payment {
    id: String,
    method: String,
    amount: Money,
    tip: Money,
    change: Money,
    by_name: Option<String>,
    at: String,
}

fn clock(at: &str, locale: &Locale) -> String {
    Moment::from_rfc3339(at)
        .map(|at| locale.wall(at))
        .unwrap_or_default()
}

fn state(status: &str, locale: &Locale) -> (Tone, Icon, String) {
    match status {
        "paid" => (Tone::Ready, Icon::CheckCheck, say!(locale, "bill-paid")),
        "void" => (Tone::Late, Icon::Ban, say!(locale, "bill-void")),
        _ => (Tone::Bill, Icon::ReceiptText, say!(locale, "bill-open")),
    }
}

fn title(bill: &Bill, locale: &Locale) -> String {
    match bill.number {
        Some(number) => say!(locale, "bill-numbered", number = number),
        None => say!(locale, "bill-provisional"),
    }
}

#[component]
pub fn Bills() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let today = day_of(*shared.now.peek(), locale.offset);
    let mut day = use_signal(|| today);
    let mut open = use_signal(|| None::<Bill>);
    let again = use_signal(|| 0);
    let what = use_memo(move || {
        let day = written(day());
        let query = format!("from={day}&to={day}&limit=100");
        Fetch::Bills { query }
    });
    let fetched = use_fetch(what, again);
    let page: Option<Page> = match &*fetched.read() {
        Fetched::Data(data) => serde_json::from_value(data.clone()).ok(),
        Fetched::Loading | Fetched::Offline | Fetched::Refused(_) | Fetched::Trouble(_) => None,
    };
    rsx! {
        div { class: "office-tools row",
            Button {
                look: Look::Ghost,
                icon: Icon::ChevronLeft,
                icon_only: true,
                label: say!(locale, "day-before"),
                onclick: move |()| *day.write() -= 1,
            }
            b { role: "status", {written(day())} }
            Button {
                look: Look::Ghost,
                icon: Icon::ChevronRight,
                icon_only: true,
                disabled: day() >= today,
                label: say!(locale, "day-after"),
                onclick: move |()| *day.write() += 1,
            }
        }
        match page {
            None => rsx! {
                NoData { fetched: fetched(), again }
            },
            Some(page) if page.items.is_empty() => rsx! {
                Nothing {
                    icon: Icon::ReceiptText,
                    title: say!(locale, "bills-empty"),
                    body: say!(locale, "bills-empty-body"),
                }
            },
            Some(page) => rsx! {
                ul { class: "rows",
                    for bill in page.items {
                        li { key: "{bill.id}",
                            BillRow { bill, ontap: move |bill| open.set(Some(bill)) }
                        }
                    }
                }
            },
        }
        if let Some(bill) = open() {
            BillSheet { bill, onclose: move |()| open.set(None) }
        }
    }
}

#[component]
fn BillRow(bill: Bill, ontap: EventHandler<Bill>) -> Element {
    let locale = use_locale();
    let (tone, icon, word) = state(&bill.status, &locale);
    let last = bill.payments.last();
    let (total, name) = (
        locale.money_with_currency(bill.total),
        title(&bill, &locale),
    );
    let table = bill.table_name.clone().unwrap_or_default();
    let time = last
        .map(|last| clock(&last.at, &locale))
        .unwrap_or_default();
    rsx! {
        button { r#type: "button", class: "office-row", onclick: move |_| ontap.call(bill.clone()),
            b { "{name}" }
            span { class: "grow", "{table}" }
            Tag { tone, icon, "{word}" }
            span { class: "quiet", "{time}" }
            b { class: "figure", "{total}" }
        }
    }
}

#[component]
fn BillSheet(bill: Bill, onclose: EventHandler<()>) -> Element {
    let locale = use_locale();
    let (tone, icon, word) = state(&bill.status, &locale);
    rsx! {
        Sheet { id: "office-bill", title: title(&bill, &locale), wide: true, onclose,
            p { class: "line-now",
                Tag { tone, icon, "{word}" }
                span { {bill.table_name.clone().unwrap_or_default()} }
            }
            dl { class: "facts",
                for (at, line) in bill.lines.iter().enumerate() {
                    div { key: "{at}",
                        dt { "{line.quantity} × {line.name}" }
                        dd { {locale.money(line.amount)} }
                    }
                }
                div {
                    dt { b { {say!(locale, "total")} } }
                    dd { {locale.money_with_currency(bill.total)} }
                }
                if bill.due > Money::ZERO {
                    div {
                        dt { {say!(locale, "bill-due")} }
                        dd { {locale.money_with_currency(bill.due)} }
                    }
                }
            }
            if !bill.payments.is_empty() {
                h3 { {say!(locale, "payments")} }
                dl { class: "facts",
                    for payment in bill.payments {
                        div { key: "{payment.id}",
                            dt { {paid(&payment, &locale)} }
                            dd { {locale.money(payment.amount)} }
                        }
                    }
                }
            }
        }
    }
}

/// "Cash · 19:42 · Ana · tip 2.00".
fn paid(payment: &Payment, locale: &Locale) -> String {
    let method = match payment.method.as_str() {
        "cash" => say!(locale, "method-cash"),
        "card" => say!(locale, "method-card"),
        _ => say!(locale, "method-voucher"),
    };
    let tip = (payment.tip > Money::ZERO)
        .then(|| say!(locale, "tip-of", amount = locale.money(payment.tip)));
    let change = (payment.change > Money::ZERO)
        .then(|| say!(locale, "change-of", amount = locale.money(payment.change)));
    let by = payment.by_name.as_deref().map(first_name);
    let parts = [method, clock(&payment.at, locale)].into_iter();
    parts
        .chain(by)
        .chain(tip)
        .chain(change)
        .collect::<Vec<_>>()
        .join(" · ")
}
