//! What happens by itself: an update in a quiet moment, the lock after a while, the call when food is ready.

use dioxus::prelude::*;
use protocol::bridge::{SessionAsk, View};
use protocol::view::Floor;
use ui::bridge::{session, use_view};
use ui::components::toast::Toast;
use ui::floor::ready::{CHIME, Watch};
use ui::route::Route;
use ui::say;
use ui::shared::use_shared;
use ui::sync::quiet::{Moment, is_quiet, use_last_touch};
use ui::web;

pub fn use_quiet_update(route: Signal<Route>) {
    let shared = use_shared();
    let touched = use_last_touch();
    use_effect(move || {
        let now = *shared.now.read();
        let moment = Moment {
            at_rest: *route.peek() == Route::Floor,
            sheets: *shared.sheets.peek(),
            flying: *shared.flying.peek(),
            idle_ms: now.since(*touched.peek()),
        };
        if shared.heard.peek().update_ready && is_quiet(moment) {
            web::activate();
        }
    });
}

/// A device that nobody has touched for so long is not left to whoever comes by.
const LOCK_MS: i64 = 3 * 60_000;

/// Locks the device after a quiet time; nothing that waits is touched. In a demo one tap would be one too many.
pub fn use_lock() {
    let shared = use_shared();
    let touched = use_last_touch();
    use_effect(move || {
        let now = *shared.now.read();
        let demo = shared.session.peek().model.as_ref().is_none_or(|session| {
            session
                .restaurant
                .as_ref()
                .is_none_or(|restaurant| restaurant.demo)
        });
        let quiet = now.since(*touched.peek()) >= LOCK_MS && *shared.flying.peek() == 0;
        if quiet && !demo {
            let mut touched = touched;
            touched.set(now);
            spawn(async move {
                session(SessionAsk::SignOut).await;
            });
        }
    });
}

/// Heard and seen: something is ready for one's own tables.
pub fn use_ready_call() {
    let shared = use_shared();
    let floor = use_view::<Floor>(|| View::Floor);
    let mut watch = use_hook(|| CopyValue::new(Watch::default()));
    use_effect(move || {
        let floor = floor.read();
        let (Some(floor), Some(me)) = (floor.model.as_ref(), shared.me()) else {
            return;
        };
        let called = watch.write().look(floor, me);
        if called.is_empty() {
            return;
        }
        web::chime(&CHIME);
        let locale = shared.locale.peek().clone();
        for ready in called {
            let place = ready.place.unwrap_or_default();
            let words = say!(locale, "ready-call", place = place, count = ready.count);
            shared.toast(Toast::said(words));
        }
    });
}
