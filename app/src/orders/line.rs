//! A line of the check, tapped: what is not sent is changed, what is sent is served, repeated or voided.

use super::dish::{COURSES, Choice, MOST, seats};
use super::menu::put;
use super::void::VoidForm;
use dioxus::prelude::*;
use domain::ids::{LineId, OrderId};
use protocol::bridge::View;
use protocol::view::{Check, Line, Menu, Place, VoidNeeds};
use ui::bridge::{Submitting, use_view};
use ui::components::{Button, Icon, Look, Sheet, Since, Stepper, Tag};
use ui::orders::act::Wish;
use ui::orders::edit::{self, Wanted};
use ui::orders::view::{is_draft, is_voided, state_of};
use ui::say;
use ui::shared::{Shared, use_locale, use_shared};

/// The lines of one row as they stand now: somebody else may have changed them meanwhile.
fn standing(check: &Memo<Option<Check>>, ids: &[LineId]) -> Vec<Line> {
    let check = check.read();
    let lines = check.iter().flat_map(|check| &check.lines);
    lines
        .filter(|line| ids.contains(&line.id))
        .cloned()
        .collect()
}

#[component]
pub fn LineSheet(
    order: OrderId,
    check: Memo<Option<Check>>,
    lines: Vec<LineId>,
    onclose: EventHandler<()>,
) -> Element {
    let locale = use_locale();
    let standing = standing(&check, &lines);
    let Some(first) = standing.first().cloned() else {
        return rsx! {
            Sheet { id: "line-sheet", title: say!(locale, "check-heading"), onclose,
                p { class: "sheet-note", {say!(locale, "line-lost")} }
            }
        };
    };
    let state = state_of(&standing, &locale);
    rsx! {
        Sheet { id: "line-sheet", title: first.name.clone(), onclose,
            p { class: "line-now",
                if let Some(state) = state {
                    Tag { tone: state.tone, icon: state.icon,
                        "{state.words}"
                        if let Some(at) = state.since {
                            " · "
                            Since { at }
                        }
                    }
                }
                span { class: "quiet", {first.modifiers.join(", ")} }
            }
            if is_draft(&first.place) {
                DraftForm { order, check, lines: standing, onclose }
            } else {
                SentForm { order, lines: standing, onclose }
            }
        }
    }
}

/// Sends what was made of a tap, one command after the other.
pub fn send_all(shared: Shared, commands: Vec<domain::Command>) {
    for submitting in commands.iter().filter_map(Submitting::new) {
        shared.send(submitting, |_| {});
    }
}

#[component]
fn DraftForm(
    order: OrderId,
    check: Memo<Option<Check>>,
    lines: Vec<Line>,
    onclose: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    // What was there when the sheet opened is what is changed.
    let mut wanted = use_signal(|| Wanted::of(&lines));
    let to = wanted.read().clone();
    let now = use_memo(use_reactive!(|lines| lines));
    let save = move |_| {
        if let Ok(commands) = edit::change(order, &now.peek(), &wanted.peek()) {
            send_all(shared, commands);
            onclose.call(());
        }
    };
    rsx! {
        form {
            class: "form",
            onsubmit: move |event| {
                event.prevent_default();
                save(());
            },
            Stepper {
                id: "line-quantity",
                label: say!(locale, "quantity"),
                value: to.quantity,
                least: 1,
                most: MOST,
                onchange: move |to| wanted.write().quantity = to,
            }
            Choice {
                legend: say!(locale, "seat-choice"),
                none: say!(locale, "seat-none"),
                most: seats(&check),
                value: to.seat,
                onchange: move |to| wanted.write().seat = to,
            }
            Choice {
                legend: say!(locale, "course-choice"),
                most: COURSES,
                value: Some(to.course),
                onchange: move |to: Option<u16>| wanted.write().course = to.unwrap_or(1),
            }
            label { r#for: "line-note", {say!(locale, "note")} }
            input {
                id: "line-note",
                maxlength: "500",
                autocomplete: "off",
                value: "{to.note}",
                oninput: move |event| wanted.write().note = event.value(),
            }
            div { class: "sheet-do two",
                Button {
                    look: Look::Ghost,
                    icon: Icon::Trash,
                    class: "large",
                    label: say!(locale, "do-remove"),
                    onclick: move |()| {
                        if let Ok(Some(void)) = edit::void(order, &now.peek(), None, "") {
                            send_all(shared, vec![void]);
                            onclose.call(());
                        }
                    },
                }
                Button {
                    look: Look::Primary,
                    submit: true,
                    class: "large",
                    label: say!(locale, "do-save"),
                    onclick: move |()| {},
                }
            }
        }
    }
}

#[component]
fn SentForm(order: OrderId, lines: Vec<Line>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let menu = use_view::<Menu>(|| View::Menu);
    let mut voiding = use_signal(|| false);
    let now = use_memo(use_reactive!(|lines| lines));
    let Some(first) = lines.first().cloned() else {
        return rsx! {};
    };
    let served = matches!(first.place, Place::Served { .. });
    let held = matches!(first.place, Place::Held { .. });
    let gone = is_voided(&first.place);
    let needs = lines
        .iter()
        .filter_map(|line| line.void)
        .max_by_key(|needs| match needs {
            VoidNeeds::Nothing => 0,
            VoidNeeds::Reason => 1,
            VoidNeeds::Approval => 2,
        });
    let one_more = move |()| {
        let (menu, lines) = (menu.peek(), now.peek());
        let found = menu
            .model
            .as_ref()
            .zip(lines.first())
            .and_then(|(menu, line)| {
                let dish = menu.dishes.iter().find(|dish| dish.id == line.dish)?;
                let modifiers = edit::same_choice(menu, dish, &line.modifiers)?;
                Some((line.clone(), modifiers))
            });
        if let Some((line, modifiers)) = found {
            let wish = Wish {
                quantity: 1,
                seat: line.seat,
                course: line.course,
                note: line.note.unwrap_or_default(),
                modifiers,
            };
            if put(shared, order, line.dish, &wish) {
                onclose.call(());
            }
        }
    };
    if let (true, Some(needs)) = (voiding(), needs) {
        return rsx! {
            VoidForm { order, lines, needs, onclose }
        };
    }
    rsx! {
        div { class: "sheet-acts",
            if !served && !gone && !held {
                Button {
                    look: Look::Primary,
                    icon: Icon::CheckCheck,
                    class: "large",
                    label: say!(locale, "do-serve"),
                    onclick: move |()| {
                        send_all(shared, vec![edit::serve(order, &now.peek())]);
                        onclose.call(());
                    },
                }
            }
            if held {
                Button {
                    look: Look::Primary,
                    icon: Icon::ChefHat,
                    class: "large",
                    label: say!(locale, "do-force"),
                    onclick: move |()| {
                        let tickets = now.peek().len();
                        if let Ok(force) = edit::force(order, &now.peek(), tickets) {
                            send_all(shared, vec![force]);
                            onclose.call(());
                        }
                    },
                }
            }
            Button {
                look: Look::Ghost,
                icon: Icon::Plus,
                class: "large",
                label: say!(locale, "do-more"),
                onclick: one_more,
            }
            if needs.is_some() && !gone {
                Button {
                    look: Look::Ghost,
                    icon: Icon::Ban,
                    class: "large",
                    label: say!(locale, "do-void"),
                    onclick: move |()| voiding.set(true),
                }
            }
        }
    }
}
