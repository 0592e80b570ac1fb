//! What a list shows when it has nothing to show: still loading, empty, or unable to be read.

use super::{Button, Glyph, Icon, Look};
use crate::bridge::{Reading, Shows};
use crate::shared::use_locale;
use dioxus::prelude::*;

/// Which of its four faces a list shows.
#[derive(Debug, Clone, PartialEq)]
pub enum ListState {
    Loading,
    Trouble(String),
    Empty,
    Filled,
}

impl ListState {
    pub fn of<M: Shows>(reading: &Reading<M>, empty: impl FnOnce(&M) -> bool) -> Self {
        match (&reading.model, &reading.trouble) {
            (Some(model), _) if empty(model) => Self::Empty,
            (Some(_), _) => Self::Filled,
            (None, Some(why)) => Self::Trouble(why.clone()),
            (None, None) => Self::Loading,
        }
    }
}

/// A quiet page in the list's place, written for the person.
#[component]
pub fn Nothing(
    icon: Icon,
    title: String,
    #[props(default)] body: String,
    #[props(default)] act: Option<String>,
    #[props(default)] onact: Option<EventHandler<()>>,
) -> Element {
    rsx! {
        div { class: "nothing",
            Glyph { icon }
            p { class: "nothing-title", "{title}" }
            if !body.is_empty() {
                p { "{body}" }
            }
            if let (Some(label), Some(onact)) = (act, onact) {
                Button { look: Look::Ghost, label, onclick: move |()| onact.call(()) }
            }
        }
    }
}

/// Loading says nothing for the first moment: most readings are done before anybody could read it.
#[component]
pub fn Loading() -> Element {
    let locale = use_locale();
    rsx! {
        div { class: "nothing late-in", role: "status",
            p { {say!(locale, "loading")} }
        }
    }
}

#[component]
pub fn Unreadable(why: String) -> Element {
    let locale = use_locale();
    rsx! {
        div { role: "alert",
            Nothing {
                icon: Icon::TriangleAlert,
                title: say!(locale, "unreadable"),
                body: locale.trouble(&why),
            }
        }
    }
}
