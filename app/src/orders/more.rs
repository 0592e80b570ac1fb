//! What else can be done with a check: name it, hand it over, cancel it.

use super::line::send_all;
use super::name::NameSheet;
use super::void::Approval;
use dioxus::prelude::*;
use domain::auth::{Act, may};
use domain::ids::{OrderId, PersonId};
use protocol::view::{Check, Person, VoidNeeds};
use ui::bridge::{Flight, Submitting};
use ui::components::{Button, Icon, Look, Sheet};
use ui::orders::edit;
use ui::orders::view::is_draft;
use ui::route::{Route, go};
use ui::say;
use ui::shared::{use_locale, use_shared};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shows {
    Acts,
    Name,
    HandOver,
    Cancel,
}

#[component]
pub fn MoreSheet(order: OrderId, check: Memo<Option<Check>>, onclose: EventHandler<()>) -> Element {
    let locale = use_locale();
    let mut shows = use_signal(|| Shows::Acts);
    match shows() {
        Shows::Acts => rsx! {
            Sheet { id: "more-sheet", title: say!(locale, "check-heading"), onclose,
                div { class: "sheet-acts",
                    Button {
                        look: Look::Ghost,
                        class: "large",
                        label: say!(locale, "name-check"),
                        onclick: move |()| shows.set(Shows::Name),
                    }
                    Button {
                        look: Look::Ghost,
                        icon: Icon::Users,
                        class: "large",
                        label: say!(locale, "hand-over"),
                        onclick: move |()| shows.set(Shows::HandOver),
                    }
                    Button {
                        look: Look::Ghost,
                        icon: Icon::Ban,
                        class: "large",
                        label: say!(locale, "cancel-check"),
                        onclick: move |()| shows.set(Shows::Cancel),
                    }
                }
            }
        },
        Shows::Name => rsx! {
            NameSheet { order, check, onclose }
        },
        Shows::HandOver => rsx! {
            HandOverSheet { order, check, onclose }
        },
        Shows::Cancel => rsx! {
            CancelSheet { order, check, onclose }
        },
    }
}

#[component]
fn HandOverSheet(order: OrderId, check: Memo<Option<Check>>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let owner = check.read().as_ref().and_then(|check| check.owner_id);
    let people: Vec<Person> = shared
        .session
        .read()
        .model
        .iter()
        .flat_map(|session| &session.people)
        .filter(|person| Some(person.id) != owner && may(person.role, None, Act::TakeOrders))
        .cloned()
        .collect();
    rsx! {
        Sheet { id: "hand-over-sheet", title: say!(locale, "hand-over-title"), onclose,
            if people.is_empty() {
                p { class: "sheet-note", {say!(locale, "hand-over-nobody")} }
            }
            div { class: "sheet-acts",
                for person in people {
                    Button {
                        key: "{person.id}",
                        look: Look::Ghost,
                        icon: Icon::User,
                        class: "large",
                        label: person.name.clone(),
                        onclick: move |()| {
                            send_all(shared, vec![edit::hand_over(order, person.id)]);
                            onclose.call(());
                        },
                    }
                }
            }
        }
    }
}

#[component]
fn CancelSheet(order: OrderId, check: Memo<Option<Check>>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    let mut reason = use_signal(String::new);
    let approval = use_signal(|| None::<(PersonId, String)>);
    let lines = check
        .read()
        .as_ref()
        .map(|check| check.lines.clone())
        .unwrap_or_default();
    let needs_reason = lines.iter().any(|line| !is_draft(&line.place));
    let needs_approval = lines
        .iter()
        .any(|line| line.void == Some(VoidNeeds::Approval));
    let reasoned = !needs_reason || !reason.read().trim().is_empty();
    let ready = reasoned && (!needs_approval || approval.read().is_some());
    let cancel = move |()| {
        let Ok(cancel) = edit::cancel(order, &reason.peek()) else {
            return;
        };
        let submitting = Submitting::new(&cancel).map(|submitting| match approval.peek().clone() {
            Some((person, pin)) => submitting.approved(person, pin),
            None => submitting,
        });
        let Some(submitting) = submitting else { return };
        spawn(async move {
            if shared.submit(submitting).await == Flight::Stored {
                onclose.call(());
                go(route, Route::Floor);
            }
        });
    };
    rsx! {
        Sheet { id: "cancel-sheet", title: say!(locale, "cancel-check"), onclose,
            p { class: "sheet-note", {say!(locale, "cancel-check-body")} }
            div { class: "form",
                if needs_reason {
                    label { r#for: "cancel-reason", {say!(locale, "void-reason")} }
                    input {
                        id: "cancel-reason",
                        maxlength: domain::text::Note::MOST as i64,
                        autocomplete: "off",
                        value: "{reason}",
                        oninput: move |event| reason.set(event.value()),
                    }
                }
                if needs_approval {
                    Approval { approval }
                }
                div { class: "sheet-do",
                    Button {
                        look: Look::Primary,
                        icon: Icon::Ban,
                        class: "large",
                        disabled: !ready,
                        label: say!(locale, "cancel-check"),
                        onclick: cancel,
                    }
                }
            }
        }
    }
}
