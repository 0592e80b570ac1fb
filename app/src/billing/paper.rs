//! The bill as the guest will read it, on screen and on paper.

use dioxus::prelude::*;
use protocol::view::Bill;
use ui::billing::view;
use ui::components::{Icon, Tag, Tone};
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn Paper(bill: Bill) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let shown = view::shown(&bill, &locale);
    let session = shared.session.read();
    let restaurant = session
        .model
        .as_ref()
        .and_then(|session| session.restaurant.as_ref())
        .map(|restaurant| restaurant.name.clone());
    rsx! {
        article { class: "paper", aria_label: shown.title.clone(),
            header {
                b { {restaurant.unwrap_or_default()} }
                p { class: if shown.provisional { "provisional" } else { "" }, "{shown.title}" }
                if let Some(table) = &bill.table_name {
                    p { "{table}" }
                }
            }
            ul {
                for row in shown.rows {
                    li { key: "{row.key}",
                        span { "{row.quantity}" }
                        span { class: "grow",
                            "{row.name}"
                            if let Some(chosen) = row.chosen {
                                small { "{chosen}" }
                            }
                        }
                        span { "{row.amount}" }
                    }
                }
            }
            dl {
                if let Some(subtotal) = shown.subtotal {
                    Fact { name: say!(locale, "bill-subtotal"), value: subtotal }
                }
                for (name, value) in shown.taxes {
                    Fact { key: "{name}", name, value, quiet: true }
                }
                div { class: "paper-total",
                    dt { {say!(locale, "total")} }
                    dd { "{shown.total}" }
                }
                if let Some(paid) = shown.paid {
                    Fact { name: say!(locale, "bill-paid-so-far"), value: paid }
                }
            }
            if !shown.payments.is_empty() {
                h3 { {say!(locale, "payments")} }
                ul { class: "paper-payments",
                    for payment in shown.payments {
                        li { key: "{payment.key}",
                            span { class: "grow",
                                "{payment.what}"
                                if let Some(tip) = payment.tip {
                                    small { "{tip}" }
                                }
                                if !payment.at_hub {
                                    Tag { tone: Tone::Wait, icon: Icon::CloudOff, {say!(locale, "payment-waits")} }
                                }
                            }
                            span { "{payment.amount}" }
                        }
                    }
                }
            }
            footer { {say!(locale, "bill-thanks")} }
        }
    }
}

#[component]
fn Fact(name: String, value: String, #[props(default)] quiet: bool) -> Element {
    rsx! {
        div { class: if quiet { "quiet" } else { "" },
            dt { "{name}" }
            dd { "{value}" }
        }
    }
}
