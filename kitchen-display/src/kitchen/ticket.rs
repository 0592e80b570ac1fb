//! One ticket: the table in the largest type, its age in colour, bar and figures, then what to cook.

use super::hands::{Hands, use_hands};
use dioxus::prelude::*;
use ui::components::{Glyph, Icon, Since, Tag, Tone};
use ui::kitchen::act;
use ui::kitchen::age::Age;
use ui::kitchen::layout::Spot;
use ui::kitchen::view::{LineShown, LineState, TicketShown, Touch};
use ui::say;
use ui::shared::{use_locale, use_shared};

/// The line in this place on a ticket, for the keys.
pub fn line_id(ticket: &str, line: usize) -> String {
    format!("cook-{ticket}-{line}")
}

#[component]
pub fn TicketCard(
    ticket: TicketShown,
    spot: Spot,
    /// Its place on the wall, from one; the first nine have a key.
    number: usize,
) -> Element {
    let (locale, hands, shared) = (use_locale(), use_hands(), use_shared());
    let (fired_at, limits) = (ticket.fired_at, ticket.limits);
    let age = use_memo(use_reactive!(|fired_at, limits| {
        Age::of(fired_at, *shared.now.read(), limits)
    }));
    let bar = use_memo(use_reactive!(|fired_at, limits| {
        Age::percent(fired_at, *shared.now.read(), limits)
    }));
    let columns = columns(&ticket.lines, &spot.lines);
    let left_out = ticket.lines.len() - columns.iter().map(Vec::len).sum::<usize>();
    let (column, row) = (spot.column + 1, spot.row + 1);
    let span = spot.span();
    let (key, mut chosen) = (ticket.key.clone(), hands.chosen);
    let by_keys = *hands.keys.read();
    let is_chosen = by_keys && chosen.read().as_deref() == Some(ticket.key.as_str());
    let numbered = by_keys && number <= 9;
    rsx! {
        article {
            class: "ticket {age.read().class()}",
            class: if ticket.voids > 0 { "has-void" },
            class: if ticket.ready { "all-ready" },
            class: if is_chosen { "chosen" },
            grid_column: "{column} / span {span}",
            grid_row: "{row} / span {spot.rows}",
            aria_label: "{ticket.label}",
            onfocusin: move |_| {
                if chosen.peek().as_deref() != Some(key.as_str()) {
                    chosen.set(Some(key.clone()));
                }
            },
            header {
                h2 {
                    if numbered {
                        kbd { aria_hidden: "true", "{number}" }
                    }
                    "{ticket.table}"
                }
                TicketAge { age, fired_at: ticket.fired_at }
                BumpButton { ticket: ticket.clone() }
                // Each part keeps its own direction: a number never joins the name before it.
                p { class: "ticket-about",
                    for (at , part) in ticket.about.split(" · ").enumerate() {
                        if at > 0 {
                            " · "
                        }
                        bdi { "{part}" }
                    }
                }
                if ticket.recalled || ticket.voids > 0 {
                    p { class: "ticket-marks",
                        if ticket.voids > 0 {
                            Tag { tone: Tone::Late, icon: Icon::X, {say!(locale, "ticket-voids", count = ticket.voids)} }
                        }
                        if ticket.recalled {
                            Tag { tone: Tone::Wait, icon: Icon::RefreshCw, {say!(locale, "ticket-recalled")} }
                        }
                    }
                }
            }
            div { class: "ticket-bar", aria_hidden: "true",
                span { width: "{bar}%" }
            }
            div { class: "ticket-columns",
                for (number , lines) in columns.into_iter().enumerate() {
                    ul { key: "{number}",
                        for (at , line) in lines {
                            TicketRow {
                                key: "{line.key}",
                                id: line_id(&ticket.key, at),
                                line,
                                ticket: ticket.clone(),
                            }
                        }
                        if left_out > 0 && number + 1 == span {
                            li { class: "left-out", {say!(locale, "more-lines", count = left_out)} }
                        }
                    }
                }
            }
        }
    }
}

/// Its lines with their places, column by column.
fn columns(lines: &[LineShown], counts: &[usize]) -> Vec<Vec<(usize, LineShown)>> {
    let mut lines = lines.iter().cloned().enumerate();
    let column = |count: &usize| lines.by_ref().take(*count).collect();
    counts.iter().map(column).collect()
}

/// The figures with their sign; the word is for who cannot see either.
#[component]
fn TicketAge(age: ReadSignal<Age>, fired_at: domain::time::Moment) -> Element {
    let locale = use_locale();
    let word = age.read().word(&locale);
    rsx! {
        div { class: "ticket-age",
            if let Some((_, icon, word)) = word {
                Glyph { icon }
                span { class: "only-heard", "{word}" }
            }
            Since { at: fired_at }
        }
    }
}

#[component]
fn BumpButton(ticket: TicketShown) -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let table = &ticket.table;
    let (word, label) = if ticket.voids > 0 {
        let label = say!(locale, "see-voids-of", table = table);
        (say!(locale, "see-voids"), label)
    } else {
        let label = say!(locale, "bump-ticket", table = table);
        (say!(locale, "bump"), label)
    };
    rsx! {
        button {
            r#type: "button",
            class: if ticket.ready { "bump primary" } else { "bump" },
            aria_label: "{label}",
            onclick: move |_| bump(hands, &ticket, &locale),
            Glyph { icon: if ticket.voids > 0 { Icon::X } else { Icon::Check } }
            span { "{word}" }
        }
    }
}

/// First its voids have to be seen; then the ticket may go.
pub fn bump(hands: Hands, ticket: &TicketShown, locale: &ui::strings::Locale) {
    if ticket.voids > 0 {
        hands.tap(act::voids_seen(ticket), String::new());
    } else {
        let words = say!(locale, "did-bump", table = &ticket.table);
        hands.tap(act::bump(ticket), words);
    }
}

#[component]
fn TicketRow(line: LineShown, ticket: TicketShown, id: String) -> Element {
    let (locale, hands) = (use_locale(), use_hands());
    let state = line.state.class();
    let word = line.state.word(&locale);
    let idle = line.state.touch() == Touch::Nothing;
    let tapped = line.clone();
    rsx! {
        li {
            button {
                id,
                r#type: "button",
                class: "cook-line {state}",
                aria_disabled: idle.then_some("true"),
                onclick: move |_| tap(hands, &ticket, &tapped, &locale),
                span { class: "cook-quantity", "{line.quantity}" }
                span { class: "cook-name", "{line.name}" }
                if let Some(modifiers) = line.modifiers {
                    span { class: "cook-modifiers", "{modifiers}" }
                }
                if let Some(note) = line.note {
                    span { class: "cook-note", "{note}" }
                }
                span { class: "cook-foot",
                    if let Some((_, icon, word)) = word {
                        span { class: "cook-state",
                            Glyph { icon }
                            span { "{word}" }
                        }
                    }
                    if let Some(aside) = line.aside {
                        span { class: "cook-aside", "{aside}" }
                    }
                    for allergen in line.allergens {
                        b { key: "{allergen}", "{allergen}" }
                    }
                }
            }
        }
    }
}

pub fn tap(hands: Hands, ticket: &TicketShown, line: &LineShown, locale: &ui::strings::Locale) {
    hands.tap(act::line(ticket, line), did(line, locale));
}

/// What the tap on it has done, in words.
fn did(line: &LineShown, locale: &ui::strings::Locale) -> String {
    let next = match line.state {
        LineState::New => LineState::Preparing,
        LineState::Preparing | LineState::Ready => LineState::Ready,
        LineState::Served => LineState::Served,
        LineState::Void => LineState::Void,
    };
    let word = next.word(locale).map(|(.., word)| word).unwrap_or_default();
    format!("{} {} · {word}", line.quantity, line.name)
}
