//! Voiding what was sent: how many, why, and who agrees where it cooks already.

use dioxus::prelude::*;
use domain::auth::{Act, may};
use domain::ids::{OrderId, PersonId};
use domain::text::Note;
use protocol::view::{Line, Person, VoidNeeds};
use ui::auth::{PinDots, PinPad};
use ui::bridge::{Flight, Submitting};
use ui::components::{Button, Icon, Look, Stepper};
use ui::orders::edit;
use ui::say;
use ui::shared::{use_locale, use_shared};

#[component]
pub fn VoidForm(
    order: OrderId,
    lines: Vec<Line>,
    needs: VoidNeeds,
    /// How many it is about; none is all.
    #[props(default)]
    wanted: Option<u16>,
    #[props(default)] ondone: Option<EventHandler<()>>,
    onclose: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let most: u16 = lines.iter().map(|line| line.quantity).sum();
    let mut quantity = use_signal(|| wanted.unwrap_or(most).min(most));
    let mut reason = use_signal(String::new);
    let mut own = use_signal(|| false);
    let approval = use_signal(|| None::<(PersonId, String)>);
    let mut busy = use_signal(|| false);
    let reasons = [
        say!(locale, "void-reason-mind"),
        say!(locale, "void-reason-wrong"),
        say!(locale, "void-reason-gone"),
        say!(locale, "void-reason-complaint"),
    ];
    let agreed = needs != VoidNeeds::Approval || approval.read().is_some();
    let ready = agreed && !reason.read().trim().is_empty() && !busy();
    let now = use_memo(use_reactive!(|lines| lines));
    let void = move |()| {
        let many = Some(*quantity.peek());
        let Ok(Some(void)) = edit::void(order, &now.peek(), many, &reason.peek()) else {
            return;
        };
        let submitting = Submitting::new(&void).map(|submitting| match approval.peek().clone() {
            Some((person, pin)) => submitting.approved(person, pin),
            None => submitting,
        });
        let Some(submitting) = submitting else { return };
        busy.set(true);
        spawn(async move {
            // A wrong PIN is said, and the sheet stays for another.
            match shared.submit(submitting).await {
                Flight::Stored => {
                    if let Some(ondone) = ondone {
                        ondone.call(());
                    }
                    onclose.call(());
                }
                Flight::Refused | Flight::Unknown => {
                    let mut approval = approval;
                    approval.set(None);
                    busy.set(false);
                }
            }
        });
    };
    rsx! {
        div { class: "form",
            if most > 1 {
                Stepper {
                    id: "void-quantity",
                    label: say!(locale, "quantity"),
                    value: quantity(),
                    least: 1,
                    most,
                    onchange: move |to| quantity.set(to),
                }
            }
            fieldset { class: "options",
                legend { b { {say!(locale, "void-reason")} } }
                for why in reasons {
                    button {
                        key: "{why}",
                        r#type: "button",
                        aria_pressed: if !own() && *reason.read() == why { "true" } else { "false" },
                        onclick: move |_| {
                            own.set(false);
                            reason.set(why.clone());
                        },
                        "{why}"
                    }
                }
                button {
                    r#type: "button",
                    aria_pressed: if own() { "true" } else { "false" },
                    onclick: move |_| {
                        own.set(true);
                        reason.set(String::new());
                        ui::web::focus_soon("void-own".to_owned());
                    },
                    {say!(locale, "void-reason-other")}
                }
            }
            if own() {
                input {
                    id: "void-own",
                    aria_label: say!(locale, "void-reason"),
                    maxlength: Note::MOST as i64,
                    autocomplete: "off",
                    value: "{reason}",
                    oninput: move |event| reason.set(event.value()),
                }
            }
            if needs == VoidNeeds::Approval {
                Approval { approval }
            }
            div { class: "sheet-do",
                Button {
                    look: Look::Primary,
                    icon: Icon::Ban,
                    class: "large",
                    disabled: !ready,
                    label: say!(locale, "void-do", count = quantity()),
                    onclick: void,
                }
            }
        }
    }
}

/// A manager stands by: who it is, and their PIN.
#[component]
pub fn Approval(approval: Signal<Option<(PersonId, String)>>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut who = use_signal(|| None::<PersonId>);
    let mut pin = use_signal(String::new);
    let managers: Vec<Person> = shared
        .session
        .read()
        .model
        .iter()
        .flat_map(|session| &session.people)
        .filter(|person| person.has_pin && may(person.role, None, Act::VoidCooking))
        .cloned()
        .collect();
    // What is typed so far is what is agreed: the core says whether it is right.
    use_effect(move || {
        let agreed = who().zip(Some(pin())).filter(|(_, pin)| pin.len() >= 4);
        approval.set(agreed);
    });
    rsx! {
        p { class: "notice wait", {say!(locale, "void-approval")} }
        if managers.is_empty() {
            p { class: "sheet-note", {say!(locale, "void-nobody")} }
        } else {
            fieldset { class: "choice",
                legend { {say!(locale, "void-who")} }
                for person in managers {
                    button {
                        key: "{person.id}",
                        r#type: "button",
                        aria_pressed: if who() == Some(person.id) { "true" } else { "false" },
                        onclick: move |_| {
                            who.set(Some(person.id));
                            pin.set(String::new());
                        },
                        "{person.name}"
                    }
                }
            }
            if who().is_some() {
                PinDots { count: pin.read().len() }
                PinPad { pin }
            }
        }
    }
}
