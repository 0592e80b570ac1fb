//! The pill that every screen carries: how the link is and what waits. A tap shows all of it.

use super::SyncSheet;
use super::view::{self, Pill};
use crate::components::Glyph;
use crate::shared::{Shared, use_shared};
use dioxus::prelude::*;

#[component]
pub fn SyncPill(
    /// Says when the hub was last heard rather than that all is sent: a kitchen sends nothing, and must hear.
    #[props(default)]
    contact: bool,
) -> Element {
    let shared = use_shared();
    let mut open = use_signal(|| false);
    let pill = use_memo(move || shown(shared, contact));
    let Pill {
        tone,
        icon,
        words,
        spoken,
    } = pill.read().clone();
    let tone = tone.class();
    rsx! {
        button {
            id: "sync-pill",
            r#type: "button",
            class: "pill {tone}",
            aria_haspopup: "dialog",
            onclick: move |_| open.set(true),
            Glyph { icon }
            span { "{words}" }
        }
        span { class: "only-heard", role: "status", "{spoken}" }
        if open() {
            SyncSheet { onclose: move |()| open.set(false) }
        }
    }
}

fn shown(shared: Shared, contact: bool) -> Pill {
    let (sync, heard) = (shared.sync.read(), shared.heard.read());
    let trouble = heard.trouble.as_deref().or(sync.trouble.as_deref());
    let (now, locale) = (*shared.now.read(), shared.locale.read());
    let pill = view::pill(sync.model.as_ref(), trouble, now, &locale);
    match &sync.model {
        Some(sync) if contact && trouble.is_none() => view::with_contact(pill, sync, now, &locale),
        Some(_) | None => pill,
    }
}
