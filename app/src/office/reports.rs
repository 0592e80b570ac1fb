//! What was sold, over some days, by what one wants to know; bars, the table under them, and CSV.

use super::page::{AsOf, NoData};
use super::today::Figure;
use dioxus::prelude::*;
use protocol::bridge::Fetch;
use ui::bridge::{Fetched, use_fetch};
use ui::components::{Button, Icon, Look, Nothing, Tab, TabList};
use ui::reports::days::written;
use ui::reports::view::{self, Figures, Report};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::strings::Locale;

const GROUPS: [&str; 8] = [
    "day", "hour", "category", "dish", "waiter", "table", "tender", "best",
];

fn group_word(group: &str, locale: &Locale) -> String {
    match group {
        "day" => say!(locale, "by-day"),
        "hour" => say!(locale, "by-hour"),
        "category" => say!(locale, "by-category"),
        "dish" => say!(locale, "by-dish"),
        "waiter" => say!(locale, "by-waiter"),
        "table" => say!(locale, "by-table"),
        "tender" => say!(locale, "by-tender"),
        _ => say!(locale, "best-sellers"),
    }
}

#[component]
pub fn Reports() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut days = use_signal(|| 7_i64);
    let mut group = use_signal(|| "day".to_owned());
    let again = use_signal(|| 0);
    let what = use_memo(move || {
        let today = shared.day_of(*shared.now.peek());
        let (from, to) = (written(today - days() + 1), written(today));
        match group.read().as_str() {
            "best" => Fetch::BestSellers { from, to },
            by => Fetch::Sales {
                from,
                to,
                by: by.to_owned(),
            },
        }
    });
    let fetched = use_fetch(what, again);
    // The whole of it, and of as many days before.
    let period = move |back: i64| {
        let last = shared.day_of(*shared.now.peek()) - back;
        let (from, to) = (written(last - days() + 1), written(last));
        let by = "day".to_owned();
        Fetch::Sales { from, to, by }
    };
    let sum = use_fetch(use_memo(move || period(0)), again);
    let before = use_fetch(use_memo(move || period(days())), again);
    let best = *group.read() == "best";
    let said = fetched.read();
    let report = said.data().and_then(|data| {
        if best {
            return view::best_sellers(data, &locale);
        }
        view::sales(data).map(|sales| view::sales_report(&sales, &locale))
    });
    let tab = |group: &str| Tab {
        id: group.to_owned(),
        label: group_word(group, &locale),
        note: None,
    };
    rsx! {
        div { class: "office-tools",
            div { class: "choice", role: "group", aria_label: say!(locale, "report-days"),
                for count in [1_i64, 7, 30] {
                    button {
                        key: "{count}",
                        r#type: "button",
                        aria_pressed: if days() == count { "true" } else { "false" },
                        onclick: move |_| days.set(count),
                        {say!(locale, "last-days", count = count)}
                    }
                }
            }
            TabList {
                name: "report",
                label: say!(locale, "report-by"),
                tabs: GROUPS.iter().map(|group| tab(group)).collect::<Vec<_>>(),
                current: group(),
                panel: "report-panel",
                onselect: move |to| group.set(to),
            }
        }
        AsOf { fetched: said.clone() }
        if let Some(sum) = total(&sum.read()) {
            Compared { sum, before: total(&before.read()), days: days() }
        }
        div { id: "report-panel", role: "tabpanel", class: "report", aria_label: group_word(&group.read(), &locale),
            match report {
                Some(report) => rsx! {
                    ReportShown { title: group_word(&group.read(), &locale), report }
                },
                None => rsx! {
                    NoData { fetched: fetched(), again }
                },
            }
        }
    }
}

fn total(fetched: &Fetched) -> Option<Figures> {
    let sales = view::sales(fetched.data()?)?;
    Some(sales.total)
}

/// What the period came to, beside the one before it.
#[component]
fn Compared(sum: Figures, before: Option<Figures>, days: i64) -> Element {
    let locale = use_locale();
    let money = |amount| locale.money_with_currency(amount);
    let earlier = |value: Option<String>| {
        value.map(|value| say!(locale, "report-before", value = value, count = days))
    };
    rsx! {
        dl { class: "figures",
            Figure {
                word: say!(locale, "report-sales"),
                value: money(sum.sales()),
                before: earlier(before.map(|before| money(before.sales()))),
            }
            Figure {
                word: say!(locale, "report-orders"),
                value: sum.orders.to_string(),
                before: earlier(before.map(|before| before.orders.to_string())),
            }
            Figure {
                word: say!(locale, "figure-average"),
                value: money(sum.average()),
                before: earlier(before.map(|before| money(before.average()))),
            }
        }
    }
}

#[component]
pub fn ReportShown(title: String, report: Report) -> Element {
    let locale = use_locale();
    if report.rows.is_empty() {
        return rsx! {
            Nothing {
                icon: Icon::ChartColumn,
                title: say!(locale, "report-empty"),
                body: say!(locale, "report-empty-body"),
            }
        };
    }
    let csv = view::csv(&title, &report);
    let href = format!("data:text/csv;charset=utf-8,{}", ui::web::encode(&csv));
    rsx! {
        Bars { report: report.clone() }
        div { class: "report-table", tabindex: "0", role: "region", aria_label: "{title}",
            table {
                thead {
                    tr {
                        th { scope: "col", "{title}" }
                        for head in report.heads {
                            th { key: "{head}", scope: "col", class: "figure", "{head}" }
                        }
                    }
                }
                tbody {
                    for (at, row) in report.rows.into_iter().enumerate() {
                        tr { key: "{at}",
                            th { scope: "row", "{row.label}" }
                            for (at, cell) in row.cells.into_iter().enumerate() {
                                td { key: "{at}", class: "figure", "{cell}" }
                            }
                        }
                    }
                }
                if let Some(total) = report.total {
                    tfoot {
                        tr {
                            th { scope: "row", {say!(locale, "total")} }
                            for (at, cell) in total.into_iter().enumerate() {
                                td { key: "{at}", class: "figure", "{cell}" }
                            }
                        }
                    }
                }
            }
        }
        div { class: "report-do",
            a { class: "button ghost", href, download: "{title}.csv", {say!(locale, "report-csv")} }
            Button {
                look: Look::Ghost,
                icon: Icon::Printer,
                label: say!(locale, "report-print"),
                onclick: move |()| ui::web::print(),
            }
        }
    }
}

/// Bars with their words and figures beside them; the table says the same to who cannot see them.
#[component]
pub fn Bars(report: Report) -> Element {
    rsx! {
        ul { class: "bars", aria_hidden: "true",
            for (at, row) in report.rows.into_iter().enumerate() {
                li { key: "{at}",
                    span { "{row.label}" }
                    svg { view_box: "0 0 1000 20", preserve_aspect_ratio: "none",
                        rect { class: "bar-ground", x: "0", y: "0", width: "1000", height: "20" }
                        rect { class: "bar-full", x: "0", y: "0", width: "{row.share}", height: "20" }
                    }
                    b { "{row.value}" }
                }
            }
        }
    }
}
