//! Ages that turn by themselves: only these few words are drawn anew each second.

use crate::shared::use_shared;
use crate::strings::{age, minutes_age};
use dioxus::prelude::*;
use domain::time::Moment;

/// "2:14", to the second.
#[component]
pub fn Since(at: Moment) -> Element {
    let now = use_shared().now;
    let text = age(now.read().since(at));
    // Timers are watched, not listened to: a screen reader would never stop.
    rsx! {
        span { class: "timer", role: "timer", aria_live: "off", "{text}" }
    }
}

/// "34 min", drawn again only when the minute turns.
#[component]
pub fn MinutesSince(at: Moment) -> Element {
    let now = use_shared().now;
    let text = use_memo(use_reactive!(|at| minutes_age(now.read().since(at))));
    rsx! {
        span { class: "timer", "{text}" }
    }
}
