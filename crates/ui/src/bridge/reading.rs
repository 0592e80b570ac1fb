//! One view as a screen has it: what it last read, and whether reading goes on.

use super::calls::call;
use super::feed::Stamps;
use crate::shared::use_shared;
use dioxus::prelude::*;
use protocol::bridge::{Answer, Model, Request, View};
use protocol::view::{Attention, Bill, Board, Check, Floor, Menu, Session, Sync};

/// A view model that a screen may read.
pub trait Shows: Sized + PartialEq + 'static {
    /// None: the answer holds another one.
    fn of(model: Model) -> Option<Self>;
}

macro_rules! shows {
    ($($shown:ident),+) => {$(
        impl Shows for $shown {
            fn of(model: Model) -> Option<Self> {
                if let Model::$shown(shown) = model { Some(shown) } else { None }
            }
        }
    )+};
}

shows!(Floor, Menu, Board, Attention, Sync, Session);

/// None within: this device knows no such check.
impl Shows for Option<Check> {
    fn of(model: Model) -> Option<Self> {
        if let Model::Check { check } = model {
            Some(check)
        } else {
            None
        }
    }
}

/// None within: this device knows no such check.
impl Shows for Option<Box<Bill>> {
    fn of(model: Model) -> Option<Self> {
        if let Model::Bill { bill } = model {
            Some(bill)
        } else {
            None
        }
    }
}

/// What a screen knows of one view.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<M> {
    core: u64,
    revision: u64,
    pub model: Option<M>,
    /// Why the last reading failed; what was read before stays in sight.
    pub trouble: Option<String>,
}

impl<M> Default for Reading<M> {
    fn default() -> Self {
        Self {
            core: 0,
            revision: 0,
            model: None,
            trouble: None,
        }
    }
}

impl<M: Shows> Reading<M> {
    /// Takes an answer that was asked of the core of that number; an older one is dropped.
    pub fn take(&mut self, core: u64, answer: Answer) {
        if core < self.core {
            return;
        }
        match answer {
            Answer::View { revision, model } => {
                if core == self.core && revision < self.revision {
                    return;
                }
                let Some(model) = M::of(*model) else {
                    self.trouble = Some("another view was answered".to_owned());
                    return;
                };
                *self = Self {
                    core,
                    revision,
                    model: Some(model),
                    trouble: None,
                };
            }
            Answer::Trouble { what } => self.trouble = Some(what),
            Answer::Refused { code } | Answer::Bad { code, .. } => self.trouble = Some(code),
            Answer::Offline => self.trouble = Some("offline".to_owned()),
            Answer::Stored { .. } | Answer::Done | Answer::Fetched { .. } => {}
        }
    }
}

/// Reads a view, and again whenever it has changed; at most one reading is on its way.
/// The view is the one that the component began with: key the component where it may become another.
pub fn use_view<M: Shows>(view: impl FnOnce() -> View) -> Signal<Reading<M>> {
    let stamps = use_shared().stamps;
    use_view_by(stamps, view)
}

/// The same where nothing is shared yet.
pub fn use_view_by<M: Shows>(
    stamps: Signal<Stamps>,
    view: impl FnOnce() -> View,
) -> Signal<Reading<M>> {
    let view = use_hook(view);
    let mut reading = use_signal(Reading::default);
    let mut on_its_way = use_signal(|| false);
    let watched = view.clone();
    let stamp = use_memo(move || stamps.read().of(&watched));
    use_effect(move || {
        stamp.read();
        if *on_its_way.peek() {
            return;
        }
        on_its_way.set(true);
        let request = Request::Query { view: view.clone() };
        spawn(async move {
            loop {
                let asked = *stamp.peek();
                let answer = call(&request).await;
                reading.with_mut(|reading| reading.take(asked.0, answer));
                if *stamp.peek() == asked {
                    break;
                }
            }
            on_its_way.set(false);
        });
    });
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(revision: u64, cards: usize) -> Answer {
        let cards = crate::fixtures::cards().into_iter().take(cards).collect();
        let model = Box::new(Model::Attention(Attention { cards }));
        Answer::View { revision, model }
    }

    fn cards(reading: &Reading<Attention>) -> usize {
        reading
            .model
            .as_ref()
            .map_or(0, |attention| attention.cards.len())
    }

    #[test]
    fn an_answer_older_than_what_is_shown_is_dropped() {
        let mut reading = Reading::default();
        reading.take(0, answer(7, 2));
        reading.take(0, answer(6, 1));
        assert_eq!(cards(&reading), 2);
        reading.take(0, answer(7, 1));
        assert_eq!(cards(&reading), 1);
    }

    #[test]
    fn a_new_core_counts_from_the_start_again() {
        let mut reading = Reading::default();
        reading.take(0, answer(90, 2));
        reading.take(1, answer(1, 1));
        assert_eq!(cards(&reading), 1);
        reading.take(0, answer(91, 2));
        assert_eq!(cards(&reading), 1, "the old core's last word came too late");
    }

    #[test]
    fn trouble_leaves_what_was_read_in_sight() {
        let mut reading = Reading::default();
        reading.take(0, answer(1, 1));
        let what = "no_answer".to_owned();
        reading.take(0, Answer::Trouble { what });
        assert_eq!(
            (cards(&reading), reading.trouble.as_deref()),
            (1, Some("no_answer"))
        );
    }
}
