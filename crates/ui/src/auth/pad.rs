//! A pad for a PIN: large digits, typed or tapped; what is typed is never shown.

use crate::components::{Glyph, Icon};
use crate::shared::use_locale;
use dioxus::prelude::*;

/// As long as a PIN can be.
pub const MOST: usize = 8;

#[component]
pub fn PinPad(
    /// The digits so far: the next one may come before this has been drawn anew.
    pin: Signal<String>,
    #[props(default)] onenter: Option<EventHandler<()>>,
) -> Element {
    let locale = use_locale();
    let mut typed = pin;
    let mut put = move |digit: u8| {
        let next = with(&typed.peek(), digit);
        typed.set(next);
    };
    let mut delete = move || {
        let next = without(&typed.peek());
        typed.set(next);
    };
    let onkeydown = move |event: KeyboardEvent| match event.key() {
        Key::Backspace => delete(),
        Key::Enter if typed.peek().len() >= 4 => {
            if let Some(onenter) = onenter {
                event.prevent_default();
                onenter.call(());
            }
        }
        key => {
            if let Ok(digit) = key.to_string().parse::<u8>() {
                event.prevent_default();
                put(digit);
            }
        }
    };
    rsx! {
        div { class: "pad", role: "group", aria_label: say!(locale, "pin"), onkeydown,
            for digit in [1_u8, 2, 3, 4, 5, 6, 7, 8, 9] {
                button {
                    key: "{digit}",
                    id: "pin-{digit}",
                    r#type: "button",
                    class: "number",
                    onclick: move |_| put(digit),
                    "{digit}"
                }
            }
            span {}
            button { r#type: "button", class: "number", onclick: move |_| put(0), "0" }
            button {
                r#type: "button",
                class: "number",
                aria_label: say!(locale, "pin-delete"),
                onclick: move |_| delete(),
                Glyph { icon: Icon::Backspace }
            }
        }
    }
}

/// How many digits are typed, and never which.
#[component]
pub fn PinDots(count: usize) -> Element {
    let locale = use_locale();
    rsx! {
        p { class: "dots", role: "status",
            span { aria_hidden: "true",
                for at in 0..count.max(4) {
                    i { key: "{at}", class: if at < count { "dot full" } else { "dot" } }
                }
            }
            span { class: "only-heard", {say!(locale, "pin-digits", count = count)} }
        }
    }
}

fn with(pin: &str, digit: u8) -> String {
    if pin.len() < MOST && digit < 10 {
        format!("{pin}{digit}")
    } else {
        pin.to_owned()
    }
}

fn without(pin: &str) -> String {
    let kept = pin.len().saturating_sub(1);
    pin.chars().take(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_grows_by_digits_and_stops_where_none_is_longer() {
        let pin = (0..12).fold(String::new(), |pin, digit| with(&pin, digit));
        assert_eq!(pin, "01234567");
        assert_eq!(without(&pin), "0123456");
        assert_eq!(without(""), "");
    }
}
