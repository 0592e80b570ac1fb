//! The bills of a day, and one of them as the guest read it, with its payments.

use super::page::{AsOf, NoData, read};
use dioxus::prelude::*;
use domain::ids::OrderId;
use domain::money::Money;
use domain::time::Moment;
use protocol::bridge::Fetch;
use serde::Deserialize;
use ui::bridge::use_fetch;
use ui::components::{Button, Glyph, Icon, Look, Nothing, Sheet, Tag, Tone};
use ui::floor::view::first_name;
use ui::orders::trail;
use ui::reports::days::{said, written};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::strings::Locale;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Page {
    items: Vec<Bill>,
    /// There are more than were asked for.
    next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    id: String,
    order_id: OrderId,
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

impl Bill {
    /// Whether its number, its table or somebody who took its money is called so.
    fn says(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        let number = self.number.map(|number| number.to_string());
        let people = self.payments.iter().filter_map(|paid| paid.by_name.clone());
        let mut all = number
            .into_iter()
            .chain(self.table_name.clone())
            .chain(people);
        text.is_empty() || all.any(|one| one.to_lowercase().contains(&text))
    }
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
    let today = shared.day_of(*shared.now.peek());
    let mut day = use_signal(|| today);
    let mut open = use_signal(|| None::<Bill>);
    let again = use_signal(|| 0);
    let what = use_memo(move || {
        let day = written(day());
        let query = format!("from={day}&to={day}&limit=200");
        Fetch::Bills { query }
    });
    let fetched = use_fetch(what, again);
    let page: Option<Page> = read(&fetched.read());
    let (mut find, mut which) = (use_signal(String::new), use_signal(|| None::<&'static str>));
    let wanted = move |bill: &Bill| {
        let of_it = which().is_none_or(|which| bill.status == which);
        of_it && bill.says(&find.read())
    };
    let choices = [
        (None, say!(locale, "bills-all")),
        (Some("open"), say!(locale, "bill-open")),
        (Some("paid"), say!(locale, "bill-paid")),
    ];
    rsx! {
        div { class: "office-tools row",
            Button {
                look: Look::Ghost,
                icon: Icon::ChevronLeft,
                icon_only: true,
                label: say!(locale, "day-before"),
                onclick: move |()| *day.write() -= 1,
            }
            b { class: "day", role: "status", {said(day(), &locale)} }
            Button {
                look: Look::Ghost,
                icon: Icon::ChevronRight,
                icon_only: true,
                disabled: day() >= today,
                label: say!(locale, "day-after"),
                onclick: move |()| *day.write() += 1,
            }
            input {
                class: "find",
                r#type: "search",
                aria_label: say!(locale, "bills-find"),
                placeholder: say!(locale, "bills-find"),
                autocomplete: "off",
                value: "{find}",
                oninput: move |event| find.set(event.value()),
            }
            div { class: "choice", role: "group", aria_label: say!(locale, "bills-which"),
                for (status, word) in choices {
                    button {
                        key: "{word}",
                        r#type: "button",
                        aria_pressed: if which() == status { "true" } else { "false" },
                        onclick: move |_| which.set(status),
                        "{word}"
                    }
                }
            }
        }
        AsOf { fetched: fetched() }
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
            Some(page) if !page.items.iter().any(wanted) => rsx! {
                Nothing {
                    icon: Icon::Search,
                    title: say!(locale, "bills-none-found"),
                    body: say!(locale, "bills-none-found-body"),
                }
            },
            Some(page) => rsx! {
                if page.next.is_some() {
                    p { class: "notice wait", {say!(locale, "bills-more")} }
                }
                ul { class: "rows",
                    for bill in page.items.into_iter().filter(wanted) {
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
    let order = bill.order_id;
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
            TrailShown { order }
        }
    }
}

/// Everything that was done with the bill's check, from the first guest to the change.
#[component]
fn TrailShown(order: OrderId) -> Element {
    let locale = use_locale();
    let again = use_signal(|| 0);
    let fetched = use_fetch(use_memo(move || Fetch::Trail { order }), again);
    let answer = fetched.read();
    let steps = answer.data().and_then(|data| trail::steps(data, &locale));
    rsx! {
        h3 { {say!(locale, "trail")} }
        AsOf { fetched: answer.clone() }
        match steps {
            None => rsx! {
                NoData { fetched: answer.clone(), again }
            },
            Some(steps) if steps.is_empty() => rsx! {
                p { class: "sheet-note", {say!(locale, "trail-empty")} }
            },
            Some(steps) => rsx! {
                ol { class: "trail",
                    for step in steps {
                        li { key: "{step.key}",
                            time { "{step.time}" }
                            span { class: "trail-mark {step.tone.class()}", Glyph { icon: step.icon } }
                            div {
                                for (at, words) in step.words.into_iter().enumerate() {
                                    p { key: "{at}", "{words}" }
                                }
                                small { "{step.who}" }
                            }
                        }
                    }
                }
            },
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
