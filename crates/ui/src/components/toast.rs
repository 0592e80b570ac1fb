//! What just happened, said once and read aloud; trouble stays until it is dealt with.

use super::{Button, Glyph, Icon, Look};
use crate::bridge::Submitting;
use crate::shared::{Shared, use_locale, use_shared};
use crate::web;
use dioxus::prelude::*;

const SHOWN_MS: i32 = 3_500;
/// More than these at once would hide the screen they speak about.
const MOST: usize = 3;

#[derive(Debug, Clone)]
pub struct Toast {
    words: String,
    bad: bool,
    again: Option<Submitting>,
    number: usize,
}

impl Toast {
    pub fn said(words: String) -> Self {
        Self {
            words,
            bad: false,
            again: None,
            number: 0,
        }
    }

    pub fn trouble(words: String) -> Self {
        Self {
            bad: true,
            ..Self::said(words)
        }
    }

    /// Offers to make the same call again: its ids are drawn already, so that it counts once.
    pub fn again(self, submitting: Submitting) -> Self {
        Self {
            again: Some(submitting),
            ..self
        }
    }
}

impl Shared {
    pub fn toast(self, toast: Toast) {
        let mut toasts = self.toasts;
        let number = toasts
            .peek()
            .iter()
            .map(|toast| toast.number + 1)
            .max()
            .unwrap_or_default();
        let passing = !toast.bad;
        toasts.with_mut(|toasts| put(toasts, Toast { number, ..toast }));
        if passing {
            dioxus::core::spawn_forever(async move {
                web::sleep(SHOWN_MS).await;
                self.drop_toast(number);
            });
        }
    }

    fn drop_toast(self, number: usize) {
        let mut toasts = self.toasts;
        toasts.with_mut(|toasts| toasts.retain(|toast| toast.number != number));
    }
}

/// The newest stay; a trouble gives way only to other troubles.
fn put(toasts: &mut Vec<Toast>, toast: Toast) {
    toasts.push(toast);
    if toasts.len() > MOST {
        let passing = toasts.iter().position(|toast| !toast.bad);
        toasts.remove(passing.unwrap_or_default());
    }
}

#[component]
pub fn Toaster() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let toasts = shared.toasts.read().clone();
    rsx! {
        div { class: "toasts", role: "status", aria_live: "polite",
            for toast in toasts {
                div { key: "{toast.number}", class: if toast.bad { "toast bad" } else { "toast" },
                    Glyph { icon: if toast.bad { Icon::TriangleAlert } else { Icon::Check } }
                    span { class: "grow", "{toast.words}" }
                    if let Some(again) = toast.again {
                        Button {
                            look: Look::Ghost,
                            label: say!(locale, "try-again"),
                            onclick: move |()| {
                                let again = again.clone();
                                shared.drop_toast(toast.number);
                                shared.send(again, |_| {});
                            },
                        }
                    }
                    if toast.bad {
                        Button {
                            look: Look::Bare,
                            icon: Icon::X,
                            icon_only: true,
                            label: say!(locale, "dismiss"),
                            onclick: move |()| shared.drop_toast(toast.number),
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_words_make_room_for_trouble_and_not_the_other_way() {
        let mut toasts = Vec::new();
        for (number, bad) in [(0, true), (1, false), (2, true), (3, false)] {
            let toast = Toast {
                bad,
                number,
                ..Toast::said(String::new())
            };
            put(&mut toasts, toast);
        }
        let left: Vec<usize> = toasts.iter().map(|toast| toast.number).collect();
        assert_eq!(left, [0, 2, 3]);
    }
}
