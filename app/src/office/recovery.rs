//! A hub that was put back to an older state: which devices have said what they hold, and the end of the wait.

use super::devices::{NewCode, kind_word};
use super::page::{NoData, read};
use super::people::write;
use dioxus::prelude::*;
use domain::auth::Act;
use domain::devices::DeviceKind;
use domain::time::Moment;
use protocol::bridge::{Ask, Fetch};
use serde::Deserialize;
use ui::bridge::use_fetch;
use ui::components::{Button, Glyph, Icon, Look, Tag, Tone};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::strings::minutes_age;
use ui::web;

/// So often the hub is asked who has come.
const ASK_MILLIS: i32 = 3_000;

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Recovery {
    devices: Vec<Awaited>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Awaited {
    device_id: String,
    name: String,
    kind: DeviceKind,
    last_seen_at: Option<String>,
    reported: bool,
    signed: bool,
}

#[component]
pub fn Recovering() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut again = use_signal(|| 0_u32);
    // Whoever does not come may still hold an hour of the evening: two taps, not one.
    let mut sure = use_signal(|| false);
    let what = use_memo(|| Fetch::Recovery);
    let fetched = use_fetch(what, again);
    use_future(move || async move {
        loop {
            web::sleep(ASK_MILLIS).await;
            *again.write() += 1;
        }
    });
    let recovery: Option<Recovery> = read(&fetched.read());
    let Some(Recovery { devices }) = recovery else {
        return rsx! {
            NoData { fetched: fetched(), again, by_password: true }
        };
    };
    // The hub has lost the key that it signs with: it cannot tell what it had said from what somebody has made up.
    let keyless =
        devices.iter().any(|device| device.reported) && !devices.iter().any(|device| device.signed);
    let missing = devices.iter().filter(|device| !device.reported).count();
    rsx! {
        section { class: "recovery",
            h2 { {say!(locale, "recovery-title")} }
            p { role: "status", {say!(locale, "recovery-body", missing = missing)} }
            if keyless {
                p { class: "notice late",
                    Glyph { icon: Icon::TriangleAlert }
                    span { {say!(locale, "recovery-keyless")} }
                }
            }
            ul { class: "rows",
                for device in devices {
                    li { key: "{device.device_id}", class: "office-row",
                        b { class: "grow", "{device.name}" }
                        span { {kind_word(device.kind, &locale)} }
                        if device.reported {
                            Tag { tone: Tone::Ready, icon: Icon::Check, {say!(locale, "recovery-reported")} }
                            if keyless && shared.may(Act::ManageRestaurant) {
                                AdoptButton { id: device.device_id, again }
                            }
                        } else {
                            if let Some(seen) = device.last_seen_at.as_deref().and_then(Moment::from_rfc3339) {
                                span { class: "quiet",
                                    {say!(locale, "device-seen", age = minutes_age(shared.now.read().since(seen)))}
                                }
                            }
                            Tag { tone: Tone::Wait, icon: Icon::Clock, {say!(locale, "recovery-awaited")} }
                        }
                    }
                }
            }
            // Whoever was added after the backup is not known any more.
            NewCode {}
            Button {
                look: Look::Ghost,
                icon: Icon::X,
                class: "large",
                label: if sure() { say!(locale, "recovery-end-sure") } else { say!(locale, "recovery-end") },
                onclick: move |()| {
                    if sure() {
                        write(shared, Ask::EndRecovery, again, move || sure.set(false));
                    } else {
                        sure.set(true);
                    }
                },
            }
        }
    }
}

/// An unsigned log makes and unmakes people too: two taps of an admin's.
#[component]
fn AdoptButton(id: String, again: Signal<u32>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut sure = use_signal(|| false);
    rsx! {
        Button {
            look: Look::Ghost,
            label: if sure() { say!(locale, "recovery-adopt-sure") } else { say!(locale, "recovery-adopt") },
            onclick: move |()| {
                if sure() {
                    let id = id.clone();
                    write(shared, Ask::AdoptReport { id }, again, move || sure.set(false));
                } else {
                    sure.set(true);
                }
            },
        }
    }
}
