//! Buttons: one brand-coloured thing to do next, the others quieter.

use super::{Glyph, Icon};
use dioxus::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do next.
    Primary,
    /// Outlined.
    Ghost,
    /// Text only.
    Bare,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Ghost => "button ghost",
            Self::Bare => "button bare",
        }
    }
}

/// A button that cannot be used stays in reach of the keyboard and says so.
#[component]
pub fn Button(
    look: Look,
    label: String,
    onclick: EventHandler<()>,
    #[props(default)] icon: Option<Icon>,
    /// Shows the icon only; the label is still its name.
    #[props(default)]
    icon_only: bool,
    #[props(default)] disabled: bool,
    #[props(default)] submit: bool,
    #[props(default)] id: Option<String>,
    #[props(default)] class: String,
) -> Element {
    let look = look.class();
    let only = if icon_only { "icon-only" } else { "" };
    rsx! {
        button {
            id,
            class: "{look} {only} {class}",
            r#type: if submit { "submit" } else { "button" },
            aria_disabled: disabled.then_some("true"),
            aria_label: icon_only.then(|| label.clone()),
            title: icon_only.then(|| label.clone()),
            onclick: move |_| {
                if !disabled && !submit {
                    onclick.call(());
                }
            },
            if let Some(icon) = icon {
                Glyph { icon }
            }
            if !icon_only {
                span { "{label}" }
            }
        }
    }
}
