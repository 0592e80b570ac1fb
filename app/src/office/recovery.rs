//! A hub that was put back to an older state: which devices have said what they hold, and the end of the wait.

use super::devices::{NewCode, kind_word};
use super::page::{NoData, read};
use super::people::write;
use dioxus::prelude::*;
use domain::devices::DeviceKind;
use domain::time::Moment;
use protocol::bridge::{Ask, Fetch};
use serde::Deserialize;
use ui::bridge::use_fetch;
use ui::components::{Button, Icon, Look, Tag, Tone};
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
    let missing = devices.iter().filter(|device| !device.reported).count();
    rsx! {
        section { class: "recovery",
            h2 { {say!(locale, "recovery-title")} }
            p { role: "status", {say!(locale, "recovery-body", missing = missing)} }
            ul { class: "rows",
                for device in devices {
                    li { key: "{device.device_id}", class: "office-row",
                        b { class: "grow", "{device.name}" }
                        span { {kind_word(device.kind, &locale)} }
                        if device.reported {
                            Tag { tone: Tone::Ready, icon: Icon::Check, {say!(locale, "recovery-reported")} }
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
