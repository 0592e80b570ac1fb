//! Makes this a device of a restaurant: by a code, or by itself where the hub runs a demo.

use super::demo::demo;
use super::view;
use crate::bridge::session;
use crate::components::{Button, Glyph, Icon, Look};
use crate::shared::{use_locale, use_shared};
use crate::web;
use dioxus::prelude::*;
use domain::devices::DeviceKind;
use protocol::bridge::{Answer, SessionAsk};

const AGAIN_MS: i32 = 2_000;

#[component]
pub fn EnrolPage(kind: DeviceKind) -> Element {
    if demo().is_some() {
        rsx! {
            EnrolsItself { kind }
        }
    } else {
        rsx! {
            EnrolForm { kind }
        }
    }
}

/// Nobody is asked in a demo; a hub that is not up yet is asked again.
#[component]
fn EnrolsItself(kind: DeviceKind) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut trouble = use_signal(|| None::<String>);
    use_future(move || async move {
        loop {
            let name = view::demo_name(kind, &shared.locale.peek());
            let answer = session(SessionAsk::Enrol {
                name,
                kind,
                code: None,
                hub: None,
            })
            .await;
            let failed = failure(&answer, &shared.locale.peek());
            if failed.is_none() {
                break;
            }
            trouble.set(failed);
            web::sleep(AGAIN_MS).await;
        }
    });
    rsx! {
        main { class: "door",
            h1 { "Comanda" }
            p { role: "status", class: "quiet",
                match trouble() {
                    None => say!(locale, "demo-starting"),
                    Some(why) => say!(locale, "demo-retrying", why = why),
                }
            }
        }
    }
}

#[component]
fn EnrolForm(kind: DeviceKind) -> Element {
    let locale = use_locale();
    rsx! {
        main { class: "door",
            h1 { {say!(locale, "enrol-title")} }
            p { class: "quiet", {say!(locale, "enrol-body")} }
            CodeForm { kind, known_as: "" }
        }
    }
}

/// The hub knows this device no more, or does not trust it: it is added once more, and all that it holds comes along.
#[component]
pub fn EnrolAnew() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let session = shared.session.read();
    let device = session
        .model
        .as_ref()
        .and_then(|session| session.device.clone());
    let Some(device) = device else {
        return rsx! {};
    };
    rsx! {
        section { id: "enrol-anew",
            p { class: "sheet-note", {say!(locale, "enrol-anew")} }
            CodeForm { kind: device.kind, known_as: device.name }
        }
    }
}

#[component]
fn CodeForm(kind: DeviceKind, known_as: String) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let (mut name, mut code) = (use_signal(|| known_as), use_signal(String::new));
    let (mut busy, mut trouble) = (use_signal(|| false), use_signal(|| None::<String>));
    // In a demo on the same machine nobody is asked.
    let needed = demo().is_none();
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        let without_code = needed && code.peek().trim().is_empty();
        if busy() || name.peek().trim().is_empty() || without_code {
            return;
        }
        busy.set(true);
        spawn(async move {
            let (name, code) = (
                name.peek().trim().to_owned(),
                Some(code.peek().trim().to_owned()).filter(|code| !code.is_empty()),
            );
            let answer = session(SessionAsk::Enrol {
                name,
                kind,
                code,
                hub: None,
            })
            .await;
            trouble.set(failure(&answer, &shared.locale.peek()));
            busy.set(false);
        });
    };
    rsx! {
        form { class: "form", onsubmit,
            label { r#for: "enrol-name", {say!(locale, "enrol-name")} }
            input {
                id: "enrol-name",
                autocomplete: "off",
                required: true,
                value: "{name}",
                oninput: move |event| name.set(event.value()),
            }
            label { r#for: "enrol-code", {say!(locale, "enrol-code")} }
            input {
                id: "enrol-code",
                autocomplete: "one-time-code",
                autocapitalize: "characters",
                required: needed,
                value: "{code}",
                oninput: move |event| code.set(event.value()),
            }
            if let Some(why) = trouble() {
                p { class: "notice late", role: "alert",
                    Glyph { icon: Icon::TriangleAlert }
                    span { "{why}" }
                }
            }
            Button {
                look: Look::Primary,
                submit: true,
                disabled: busy(),
                label: if busy() { say!(locale, "enrol-busy") } else { say!(locale, "enrol-do") },
                onclick: move |()| {},
            }
        }
    }
}

/// None: it went well.
pub fn failure(answer: &Answer, locale: &crate::strings::Locale) -> Option<String> {
    match answer {
        Answer::Done | Answer::Stored { .. } | Answer::View { .. } | Answer::Fetched { .. } => None,
        Answer::Refused { code } => Some(locale.refusal(code)),
        Answer::Bad { field, code } => {
            let what = format!("{field}: {code}");
            Some(say!(locale, "bad-input", what = what))
        }
        Answer::Offline => Some(say!(locale, "needs-hub")),
        Answer::Trouble { what } => Some(locale.trouble(what)),
    }
}
