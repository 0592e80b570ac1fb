//! When an update may be put in place: only in a quiet moment, never from under somebody's fingers.

use crate::web;
use dioxus::prelude::*;
use domain::time;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// A waiter: on the floor. A kitchen: nothing to cook.
    pub at_rest: bool,
    pub sheets: usize,
    pub flying: usize,
    /// Since the last touch or key.
    pub idle_ms: i64,
}

const IDLE_MS: i64 = 10_000;

pub fn is_quiet(moment: Moment) -> bool {
    moment.at_rest && moment.sheets == 0 && moment.flying == 0 && moment.idle_ms >= IDLE_MS
}

/// When somebody last touched the screen or pressed a key.
pub fn use_last_touch() -> Signal<time::Moment> {
    let mut last = use_signal(web::now);
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let key = tell.clone();
        let _touches = web::on_window("pointerdown", move || drop(tell.unbounded_send(())));
        let _keys = web::on_window("keydown", move || drop(key.unbounded_send(())));
        while told.next().await.is_some() {
            last.set(web::now());
        }
    });
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_from_under_the_fingers() {
        let quiet = Moment {
            at_rest: true,
            sheets: 0,
            flying: 0,
            idle_ms: 60_000,
        };
        assert!(is_quiet(quiet));
        assert!(!is_quiet(Moment {
            at_rest: false,
            ..quiet
        }));
        assert!(!is_quiet(Moment { sheets: 1, ..quiet }));
        assert!(!is_quiet(Moment { flying: 1, ..quiet }));
        assert!(!is_quiet(Moment {
            idle_ms: 900,
            ..quiet
        }));
    }
}
