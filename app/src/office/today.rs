//! Today so far: the figures, the same day of last week beside them, the hours and what sells best.

use super::page::{AsOf, NoData};
use super::reports::Bars;
use dioxus::prelude::*;
use protocol::bridge::Fetch;
use ui::bridge::{Fetched, use_fetch};
use ui::components::{Icon, Nothing};
use ui::reports::days::written;
use ui::reports::view::{self, Sales};
use ui::say;
use ui::shared::{use_locale, use_shared};

const MINUTE_MS: i64 = 60_000;

fn sales_in(fetched: &Fetched) -> Option<Sales> {
    fetched.data().and_then(view::sales)
}

#[component]
pub fn Today() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut again = use_signal(|| 0);
    let today = use_memo(move || shared.day_of(*shared.now.read()));
    let sales_of = move |back: i64| Fetch::Sales {
        from: written(today() - back),
        to: written(today() - back),
        by: "hour".to_owned(),
    };
    let now = use_fetch(use_memo(move || sales_of(0)), again);
    let before = use_fetch(use_memo(move || sales_of(7)), again);
    let best = use_memo(move || Fetch::BestSellers {
        from: written(today()),
        to: written(today()),
    });
    let best = use_fetch(best, again);
    // Read again as the evening goes on.
    let minute = use_memo(move || shared.now.read().0.div_euclid(MINUTE_MS));
    use_effect(move || {
        minute.read();
        *again.write() += 1;
    });
    let Some(sales) = sales_in(&now.read()) else {
        return rsx! {
            NoData { fetched: now(), again }
        };
    };
    let hours = view::sales_report(&sales, &locale);
    let last = sales_in(&before.read()).map(|sales| sales.total);
    let compared =
        |last: Option<String>| last.map(|last| say!(locale, "week-before", value = last));
    let money = |amount| locale.money_with_currency(amount);
    let best = best.read();
    let sellers = best
        .data()
        .and_then(|data| view::best_sellers(data, &locale));
    let total = sales.total;
    rsx! {
        AsOf { fetched: now() }
        dl { class: "figures",
            Figure {
                word: say!(locale, "report-sales"),
                value: money(total.sales()),
                before: compared(last.map(|last| money(last.sales()))),
            }
            Figure {
                word: say!(locale, "figure-guests"),
                value: total.guests.to_string(),
                before: compared(last.map(|last| last.guests.to_string())),
            }
            Figure {
                word: say!(locale, "report-orders"),
                value: total.orders.to_string(),
                before: compared(last.map(|last| last.orders.to_string())),
            }
            Figure {
                word: say!(locale, "figure-average"),
                value: money(total.average()),
                before: compared(last.map(|last| money(last.average()))),
            }
            Figure {
                word: say!(locale, "report-tips"),
                value: money(total.tips),
                before: compared(last.map(|last| money(last.tips))),
            }
        }
        if hours.rows.is_empty() {
            Nothing {
                icon: Icon::ChartColumn,
                title: say!(locale, "report-empty"),
                body: say!(locale, "report-empty-body"),
            }
        } else {
            section { class: "report",
                h2 { {say!(locale, "by-hour")} }
                Bars { report: hours }
            }
        }
        if let Some(mut sellers) = sellers.filter(|sellers| !sellers.rows.is_empty()) {
            section { class: "report",
                h2 { {say!(locale, "best-sellers")} }
                Bars {
                    report: {
                        sellers.rows.truncate(10);
                        sellers
                    },
                }
            }
        }
    }
}

/// A figure, large, with what it was before.
#[component]
pub fn Figure(word: String, value: String, before: Option<String>) -> Element {
    rsx! {
        div {
            dt { "{word}" }
            dd { "{value}" }
            if let Some(before) = before {
                dd { class: "quiet", "{before}" }
            }
        }
    }
}
