//! One ticket: the table in the largest type, its age in colour, bar and figures, then what to cook.

use dioxus::prelude::*;
use ui::components::{Since, Tag};
use ui::kitchen::layout::Spot;
use ui::kitchen::view::{Age, LineShown, TicketShown, fitting};
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn TicketCard(ticket: TicketShown, spot: Spot, room: usize) -> Element {
    let locale = use_locale();
    let (shared, fired_at) = (use_shared(), ticket.fired_at);
    let age = use_memo(move || Age::of(fired_at, *shared.now.read()));
    let bar = use_memo(move || Age::percent(fired_at, *shared.now.read()));
    let fits = fitting(&ticket.lines, room);
    let left_out = ticket.lines.len() - fits;
    let (column, row) = (spot.column + 1, spot.row + 1);
    rsx! {
        article {
            class: "ticket {age.read().class()}",
            grid_column: "{column} / span {spot.span}",
            grid_row: "{row}",
            aria_label: "{ticket.label}",
            header {
                h2 { "{ticket.table}" }
                div { class: "ticket-age",
                    Since { at: fired_at }
                }
                p { class: "ticket-about", "{ticket.about}" }
                AgeWord { age }
                if let Some(station) = &ticket.station {
                    p { class: "ticket-station", "{station}" }
                }
            }
            div { class: "ticket-bar", aria_hidden: "true",
                span { width: "{bar}%" }
            }
            ul { column_count: "{spot.span}",
                for line in ticket.lines.iter().take(fits).cloned() {
                    TicketRow { key: "{line.key}", line }
                }
                if left_out > 0 {
                    li { class: "left-out", {say!(locale, "more-lines", count = left_out)} }
                }
            }
        }
    }
}

#[component]
fn AgeWord(age: Memo<Age>) -> Element {
    let locale = use_locale();
    let word = age.read().word(&locale);
    rsx! {
        if let Some((tone, icon, word)) = word {
            Tag { tone, icon, "{word}" }
        }
    }
}

#[component]
fn TicketRow(line: LineShown) -> Element {
    rsx! {
        li {
            span { class: "cook-quantity", "{line.quantity}" }
            span { class: "cook-name", "{line.name}" }
            if let Some(note) = line.note {
                span { class: "cook-note", "{note}" }
            }
            if !line.allergens.is_empty() {
                span { class: "cook-allergens",
                    for allergen in line.allergens {
                        b { key: "{allergen}", "{allergen}" }
                    }
                }
            }
        }
    }
}
