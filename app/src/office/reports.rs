//! What was sold, over some days, by what one wants to know; bars, the table under them, and CSV.

use super::page::NoData;
use dioxus::prelude::*;
use protocol::bridge::Fetch;
use ui::bridge::{Fetched, use_fetch};
use ui::components::{Icon, Nothing, Tab, TabList};
use ui::reports::days::{day_of, written};
use ui::reports::view::{self, Report};
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
        let offset = shared.locale.read().offset;
        let today = day_of(*shared.now.peek(), offset);
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
    let report = match &*fetched.read() {
        Fetched::Data(data) if *group.read() == "best" => view::best_sellers(data, &locale),
        Fetched::Data(data) => view::sales(data).map(|sales| view::sales_report(&sales, &locale)),
        Fetched::Loading | Fetched::Offline | Fetched::Refused(_) | Fetched::Trouble(_) => None,
    };
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
        a { class: "button ghost", href, download: "{title}.csv", {say!(locale, "report-csv")} }
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
