//! A state: colour, icon and word, never one of them alone.

use super::{Glyph, Icon};
use dioxus::prelude::*;

/// The state colours of the look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing is asked of anybody.
    Quiet,
    /// Somebody sits here.
    Seated,
    /// Not in the kitchen yet.
    Wait,
    /// With the kitchen.
    Cook,
    /// As it should be, or to be fetched.
    Ready,
    /// Late, or trouble.
    Late,
    /// The guests have asked for the bill.
    Bill,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet-tone",
            Self::Seated => "seated",
            Self::Wait => "wait",
            Self::Cook => "cook",
            Self::Ready => "ready",
            Self::Late => "late",
            Self::Bill => "bill",
        }
    }
}

#[component]
pub fn Tag(tone: Tone, icon: Icon, children: Element) -> Element {
    let tone = tone.class();
    rsx! {
        span { class: "tag {tone}",
            Glyph { icon }
            span { {children} }
        }
    }
}
