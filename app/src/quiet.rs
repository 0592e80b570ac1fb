//! Puts a waiting update in place when nobody would notice: on the floor, no sheet open, no finger near.

use dioxus::prelude::*;
use ui::route::Route;
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
