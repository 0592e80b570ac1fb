//! A search field that takes the focus by itself as soon as somebody types.

use super::{Button, Glyph, Icon, Look};
use crate::shared::use_locale;
use crate::web::{self, Pressed};
use dioxus::prelude::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;

#[component]
pub fn SearchField(
    id: String,
    label: String,
    value: String,
    oninput: EventHandler<String>,
    /// Enter: take the first that was found.
    onenter: EventHandler<()>,
) -> Element {
    let locale = use_locale();
    let field = id.clone();
    use_future(move || {
        let field = field.clone();
        async move {
            let (tell, mut told) = unbounded();
            let _listening = web::on_key(move |pressed| {
                // The focus moves before the key is done, so the field gets the letter itself.
                if begins_typing(&pressed) {
                    web::focus(&field);
                }
                drop(tell.unbounded_send(()));
            });
            while told.next().await.is_some() {}
        }
    });
    let filled = !value.is_empty();
    let cleared = id.clone();
    rsx! {
        div { class: "search",
            Glyph { icon: Icon::Search }
            input {
                id,
                r#type: "search",
                aria_label: "{label}",
                placeholder: "{label}",
                autocomplete: "off",
                spellcheck: "false",
                "enterkeyhint": "done",
                value: "{value}",
                oninput: move |event| oninput.call(event.value()),
                onkeydown: move |event| match event.key() {
                    Key::Enter => {
                        // Else its second half would press what has the focus by then: the sheet's way out.
                        event.prevent_default();
                        onenter.call(());
                    }
                    Key::Escape => oninput.call(String::new()),
                    _ => {}
                },
            }
            if filled {
                Button {
                    look: Look::Bare,
                    icon: Icon::X,
                    icon_only: true,
                    label: say!(locale, "search-clear"),
                    onclick: move |()| {
                        oninput.call(String::new());
                        web::focus(&cleared);
                    },
                }
            }
        }
    }
}

/// A letter or a digit, and nobody else wants it.
fn begins_typing(pressed: &Pressed) -> bool {
    let mut chars = pressed.key.chars();
    let one = chars.next().filter(|_| chars.next().is_none());
    !pressed.chord && !pressed.elsewhere && one.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Pressed {
        Pressed {
            key: key.to_owned(),
            chord: false,
            elsewhere: false,
        }
    }

    #[test]
    fn letters_and_digits_begin_a_search() {
        for letter in ["b", "Ü", "7", "я"] {
            assert!(begins_typing(&key(letter)), "{letter}");
        }
    }

    #[test]
    fn shortcuts_named_keys_and_other_fields_do_not() {
        for other in ["Enter", "Tab", "F5", " ", "?"] {
            assert!(!begins_typing(&key(other)), "{other}");
        }
        assert!(!begins_typing(&Pressed {
            chord: true,
            ..key("c")
        }));
        assert!(!begins_typing(&Pressed {
            elsewhere: true,
            ..key("c")
        }));
    }
}
