//! Who is signed in, and this device's language and theme.

use super::{Choices, Theme};
use crate::components::{Button, Icon, Look, Sheet};
use crate::shared::{use_locale, use_shared};
use crate::strings::{Language, Locale};
use dioxus::prelude::*;

#[component]
pub fn PersonSheet(
    title: String,
    onclose: EventHandler<()>,
    /// Absent where nobody signs in.
    #[props(default)]
    onsignout: Option<EventHandler<()>>,
    /// What else this screen has to choose.
    children: Element,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut choices = shared.choices;
    let mut choose = move |change: &dyn Fn(&mut Choices)| {
        choices.with_mut(|choices| change(choices));
        choices.peek().keep();
    };
    let chosen = choices.read().clone();
    rsx! {
        Sheet { id: "person-sheet", title, onclose,
            fieldset { class: "choice",
                legend { {say!(locale, "theme")} }
                for theme in Theme::ALL {
                    button {
                        key: "{theme:?}",
                        r#type: "button",
                        aria_pressed: if chosen.theme == theme { "true" } else { "false" },
                        onclick: move |_| choose(&|choices| choices.theme = theme),
                        {theme_word(theme, &locale)}
                    }
                }
            }
            fieldset { class: "choice",
                legend { {say!(locale, "language")} }
                button {
                    r#type: "button",
                    aria_pressed: if chosen.language.is_none() { "true" } else { "false" },
                    onclick: move |_| choose(&|choices| choices.language = None),
                    {say!(locale, "language-restaurant")}
                }
                for language in Language::ALL {
                    button {
                        key: "{language:?}",
                        r#type: "button",
                        lang: language.tag(),
                        aria_pressed: if chosen.language == Some(language) { "true" } else { "false" },
                        onclick: move |_| choose(&|choices| choices.language = Some(language)),
                        {language.own_name()}
                    }
                }
            }
            {children}
            if let Some(onsignout) = onsignout {
                footer { class: "sheet-foot",
                    Button {
                        look: Look::Ghost,
                        icon: Icon::LogOut,
                        label: say!(locale, "sign-out"),
                        onclick: move |()| onsignout.call(()),
                    }
                }
            }
        }
    }
}

fn theme_word(theme: Theme, locale: &Locale) -> String {
    match theme {
        Theme::System => say!(locale, "theme-system"),
        Theme::Light => say!(locale, "theme-light"),
        Theme::Dark => say!(locale, "theme-dark"),
    }
}
