//! All that there is to say about the link, and a text for whoever helps.

use super::view;
use crate::auth::EnrolAnew;
use crate::components::toast::Toast;
use crate::components::{Button, Glyph, Icon, Look, Sheet};
use crate::shared::{Shared, use_locale, use_shared};
use crate::web;
use dioxus::prelude::*;
use protocol::view::{LogLine, Trouble};

#[component]
pub fn SyncSheet(onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let reading = shared.sync.read();
    let Some(sync) = reading.model.clone() else {
        return rsx! {
            Sheet { id: "sync-sheet", title: say!(locale, "sync-title"), onclose,
                p { class: "sheet-note", {say!(locale, "sync-unknown")} }
            }
        };
    };
    let rows = view::rows(&sync, *shared.now.read(), &locale);
    let log = sync.log.clone();
    rsx! {
        Sheet { id: "sync-sheet", title: say!(locale, "sync-title"), wide: true, onclose,
            if shared.heard.read().update_ready {
                div { class: "notice cook",
                    Glyph { icon: Icon::RefreshCw }
                    span { class: "grow", {say!(locale, "update-ready")} }
                    Button {
                        look: Look::Ghost,
                        label: say!(locale, "update-now"),
                        onclick: move |()| web::activate(),
                    }
                }
            }
            dl { class: "facts",
                for (what, how) in rows {
                    div { key: "{what}",
                        dt { "{what}" }
                        dd { "{how}" }
                    }
                }
            }
            if matches!(sync.trouble, Some(Trouble::Unknown | Trouble::Revoked)) {
                EnrolAnew {}
            }
            if sync.evictable {
                div { class: "notice wait",
                    Glyph { icon: Icon::TriangleAlert }
                    span { {say!(locale, "storage-evictable")} }
                }
            }
            Troubles { log }
            footer { class: "sheet-foot",
                Button {
                    look: Look::Ghost,
                    icon: Icon::Copy,
                    label: say!(locale, "copy-report"),
                    onclick: move |()| copy(shared),
                }
            }
        }
    }
}

#[component]
fn Troubles(log: Vec<LogLine>) -> Element {
    let locale = use_locale();
    rsx! {
        h3 { {say!(locale, "troubles-heading")} }
        if log.is_empty() {
            p { class: "sheet-note", {say!(locale, "troubles-none")} }
        }
        ul { class: "log",
            for (number, line) in log.into_iter().enumerate() {
                li { key: "{number}",
                    time { {locale.wall(line.at)} }
                    span { "{line.text}" }
                }
            }
        }
    }
}

fn copy(shared: Shared) {
    let (sync, session) = (
        shared.sync.peek().model.clone(),
        shared.session.peek().model.clone(),
    );
    let device = session
        .and_then(|session| session.device)
        .map(|device| device.name);
    let Some(sync) = sync else { return };
    spawn(async move {
        let copied = web::copy(&view::report(&sync, device.as_deref())).await;
        let locale = shared.locale.peek().clone();
        shared.toast(if copied {
            Toast::said(say!(locale, "copied"))
        } else {
            Toast::trouble(say!(locale, "not-copied"))
        });
    });
}
