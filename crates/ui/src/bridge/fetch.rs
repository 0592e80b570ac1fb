//! What only the hub has: asked for once, again when something else is wanted, and typed where it cannot be had.

use super::calls::call;
use crate::shared::use_shared;
use dioxus::prelude::*;
use domain::time::Moment;
use protocol::bridge::{Answer, Ask, Fetch, Request};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    Loading,
    /// What it says, and when it said so where it cannot be asked now.
    Data(Value, Option<Moment>),
    /// Only the hub can say it, and it cannot be reached.
    Offline,
    /// A rule said no.
    Refused(String),
    Trouble(String),
}

impl Fetched {
    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Fetched { data, as_of } => Self::Data(data, as_of),
            Answer::Offline => Self::Offline,
            Answer::Refused { code } => Self::Refused(code),
            Answer::Bad { field, code } => Self::Trouble(format!("{field}: {code}")),
            Answer::Trouble { what } => Self::Trouble(what),
            Answer::Stored { .. } | Answer::View { .. } | Answer::Done => {
                Self::Trouble("another answer was given".to_owned())
            }
        }
    }

    /// What the hub says, now or when it was last asked.
    pub fn data(&self) -> Option<&Value> {
        match self {
            Self::Data(data, _) => Some(data),
            Self::Loading | Self::Offline | Self::Refused(_) | Self::Trouble(_) => None,
        }
    }

    /// When it said so, where that is not now.
    pub fn as_of(&self) -> Option<Moment> {
        match self {
            Self::Data(_, as_of) => *as_of,
            Self::Loading | Self::Offline | Self::Refused(_) | Self::Trouble(_) => None,
        }
    }
}

/// Asks the hub, and again whenever `what` is another, `again` has grown, or the link has gone or come back.
pub fn use_fetch(what: Memo<Fetch>, again: Signal<u32>) -> Signal<Fetched> {
    let shared = use_shared();
    let offline = use_memo(move || shared.is_offline());
    let mut fetched = use_signal(|| Fetched::Loading);
    let mut asked = use_signal(|| None::<Fetch>);
    use_effect(move || {
        again.read();
        offline.read();
        let what = what.read().clone();
        // What was shown of something else is not shown as this.
        if asked.peek().as_ref() != Some(&what) {
            asked.set(Some(what.clone()));
            fetched.set(Fetched::Loading);
        }
        spawn(async move {
            let answer = call(&Request::Fetch { what: what.clone() }).await;
            if asked.peek().as_ref() == Some(&what) {
                fetched.set(Fetched::of(answer));
            }
        });
    });
    fetched
}

/// A write that only works online.
pub async fn ask(what: Ask) -> Answer {
    call(&Request::Ask { what }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_cannot_be_reached_is_told_apart_from_trouble() {
        assert_eq!(Fetched::of(Answer::Offline), Fetched::Offline);
        let trouble = Answer::Trouble {
            what: "x".to_owned(),
        };
        assert!(matches!(Fetched::of(trouble), Fetched::Trouble(_)));
        assert!(matches!(Fetched::of(Answer::Done), Fetched::Trouble(_)));
    }
}
