//! Devices: a code for a new one, what each is called, when it was last heard, and shutting one out.

use super::page::{AsOf, NoData, read};
use super::people::{Listed, write};
use crate::auth::PasswordNotice;
use dioxus::prelude::*;
use domain::devices::DeviceKind;
use domain::time::Moment;
use protocol::bridge::{Answer, Ask, Fetch};
use serde::Deserialize;
use ui::auth::failure;
use ui::bridge::{ask, use_fetch};
use ui::components::toast::Toast;
use ui::components::{Button, Icon, Look, Sheet, Tag, Tone};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::strings::{Locale, minutes_age};

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    id: String,
    name: String,
    kind: DeviceKind,
    revoked_at: Option<String>,
    last_seen_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Code {
    code: String,
    expires_at: String,
}

const KINDS: [DeviceKind; 3] = [DeviceKind::Waiter, DeviceKind::Kitchen, DeviceKind::Office];

pub(super) fn kind_word(kind: DeviceKind, locale: &Locale) -> String {
    match kind {
        DeviceKind::Waiter => say!(locale, "device-waiter"),
        DeviceKind::Kitchen => say!(locale, "device-kitchen"),
        DeviceKind::Office => say!(locale, "device-office"),
    }
}

#[component]
pub fn Devices() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let again = use_signal(|| 0);
    let mut chosen = use_signal(|| None::<Device>);
    let what = use_memo(|| Fetch::Devices);
    let fetched = use_fetch(what, again);
    let devices: Option<Vec<Device>> = read(&fetched.read()).map(Listed::items);
    let Some(devices) = devices else {
        return rsx! {
            NoData { fetched: fetched(), again, by_password: true }
        };
    };
    rsx! {
        AsOf { fetched: fetched() }
        PasswordNotice {}
        NewCode {}
        ul { class: "rows",
            for device in devices {
                li { key: "{device.id}",
                    button {
                        r#type: "button",
                        class: "office-row",
                        onclick: move |_| chosen.set(Some(device.clone())),
                        b { class: "grow", "{device.name}" }
                        span { {kind_word(device.kind, &locale)} }
                        if device.revoked_at.is_some() {
                            Tag { tone: Tone::Late, icon: Icon::Ban, {say!(locale, "device-revoked")} }
                        } else if let Some(seen) = device.last_seen_at.as_deref().and_then(Moment::from_rfc3339) {
                            span { class: "quiet", {say!(locale, "device-seen", age = minutes_age(shared.now.read().since(seen)))} }
                        }
                    }
                }
            }
        }
        if let Some(device) = chosen() {
            DeviceSheet { device, again, onclose: move |()| chosen.set(None) }
        }
    }
}

/// A code with which one device can be added.
#[component]
pub(super) fn NewCode() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut code = use_signal(|| None::<Code>);
    let draw = move |kind: DeviceKind| {
        spawn(async move {
            let answer = ask(Ask::DeviceCode { kind }).await;
            let locale = shared.locale.peek().clone();
            if let Some(why) = failure(&answer, &locale) {
                shared.toast(Toast::trouble(why));
            } else if let Answer::Fetched { data, .. } = answer {
                code.set(serde_json::from_value(data).ok());
            }
        });
    };
    rsx! {
        fieldset { class: "choice",
            legend { {say!(locale, "device-code-for")} }
            for kind in KINDS {
                button { key: "{kind:?}", r#type: "button", onclick: move |_| draw(kind), {kind_word(kind, &locale)} }
            }
        }
        if let Some(code) = code() {
            p { class: "code", role: "status",
                b { "{code.code}" }
                if let Some(until) = Moment::from_rfc3339(&code.expires_at) {
                    span { {say!(locale, "device-code-until", time = locale.wall(until))} }
                }
            }
        }
    }
}

#[component]
fn DeviceSheet(device: Device, again: Signal<u32>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut name = use_signal(|| device.name.clone());
    // What it still holds is lost to it: two taps, not one.
    let mut sure = use_signal(|| false);
    let (id, revoked) = (device.id.clone(), device.revoked_at.is_some());
    let rename = {
        let id = id.clone();
        move |event: FormEvent| {
            event.prevent_default();
            let what = Ask::RenameDevice {
                id: id.clone(),
                name: name.peek().trim().to_owned(),
            };
            write(shared, what, again, move || onclose.call(()));
        }
    };
    rsx! {
        Sheet { id: "device-sheet", title: device.name, onclose,
            form { class: "form", onsubmit: rename,
                label { r#for: "device-name", {say!(locale, "enrol-name")} }
                input {
                    id: "device-name",
                    autocomplete: "off",
                    value: "{name}",
                    oninput: move |event| name.set(event.value()),
                }
                div { class: "sheet-do two",
                    if !revoked {
                        Button {
                            look: Look::Ghost,
                            icon: Icon::Ban,
                            class: "large",
                            label: if sure() { say!(locale, "device-revoke-sure") } else { say!(locale, "device-revoke") },
                            onclick: move |()| {
                                if sure() {
                                    let what = Ask::RevokeDevice { id: id.clone() };
                                    write(shared, what, again, move || onclose.call(()));
                                } else {
                                    sure.set(true);
                                }
                            },
                        }
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
}
