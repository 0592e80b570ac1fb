//! What hands did and do here: the last tap, which can be taken back; the ticket that keys have chosen; an open sheet.

use dioxus::prelude::*;
use domain::Command;
use ui::kitchen::act::{self, Tap};
use ui::shared::Shared;
use ui::web;

/// How long a tap can be taken back.
const BACK_MS: i32 = 10_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    pub words: String,
    back: Vec<Command>,
    number: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    Recall,
    Stock,
    Menu,
    Help,
}

#[derive(Clone, Copy, PartialEq)]
pub struct Hands {
    shared: Shared,
    pub taken: Signal<Option<Taken>>,
    pub sheet: Signal<Option<Open>>,
    /// The ticket that has the focus, or had it last.
    pub chosen: Signal<Option<String>>,
    /// Somebody works by keys: tickets show their numbers.
    pub keys: Signal<bool>,
}

pub fn use_hands() -> Hands {
    use_context::<Hands>()
}

/// Set up once, above the board.
pub fn use_hands_root(shared: Shared) -> Hands {
    let (taken, sheet) = (use_signal(|| None), use_signal(|| None));
    let (chosen, keys) = (use_signal(|| None), use_signal(|| false));
    use_context_provider(|| Hands {
        shared,
        taken,
        sheet,
        chosen,
        keys,
    })
}

impl Hands {
    /// Sends what a tap means; `words` say what it did, for as long as it can be taken back.
    pub fn tap(self, tap: Tap, words: String) {
        for one in tap.sent {
            self.shared.send(one, |_| {});
        }
        if !tap.back.is_empty() {
            self.remember(words, tap.back);
        }
    }

    fn remember(self, words: String, back: Vec<Command>) {
        let mut taken = self.taken;
        let number = taken.peek().as_ref().map_or(0, |taken| taken.number + 1);
        taken.set(Some(Taken {
            words,
            back,
            number,
        }));
        dioxus::core::spawn_forever(async move {
            web::sleep(BACK_MS).await;
            let mut taken = self.taken;
            if taken
                .peek()
                .as_ref()
                .is_some_and(|last| last.number == number)
            {
                taken.set(None);
            }
        });
    }

    pub fn undo(self) {
        let mut taken = self.taken;
        let last = taken.write().take();
        for one in last.iter().flat_map(|last| act::back(&last.back)) {
            self.shared.send(one, |_| {});
        }
    }

    pub fn open(self, sheet: Open) {
        let mut open = self.sheet;
        open.set(Some(sheet));
    }
}
