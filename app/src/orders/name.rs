//! What the guests of a check are called.

use dioxus::prelude::*;
use domain::Command;
use domain::ids::OrderId;
use domain::text::Label;
use protocol::view::Check;
use ui::bridge::Submitting;
use ui::components::{Button, Look, Sheet};
use ui::orders::act;
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::web;

#[component]
pub fn NameSheet(order: OrderId, check: Memo<Option<Check>>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    // What somebody else calls it meanwhile does not change what is being typed.
    let mut text = use_signal(|| {
        let check = check.peek();
        check
            .as_ref()
            .and_then(|check| check.name.clone())
            .unwrap_or_default()
    });
    let save = move || {
        let command = act::name(order, &text.peek()).map(Command::Name);
        let submitting = command.ok().and_then(|command| Submitting::new(&command));
        if let Some(submitting) = submitting {
            shared.send(submitting, |_| {});
            onclose.call(());
        }
    };
    use_effect(|| web::focus_soon("check-name".to_owned()));
    rsx! {
        Sheet { id: "name-sheet", title: say!(locale, "name-check-title"), onclose,
            form {
                class: "form",
                onsubmit: move |event| {
                    event.prevent_default();
                    save();
                },
                label { r#for: "check-name", {say!(locale, "name-check-field")} }
                input {
                    id: "check-name",
                    maxlength: Label::MOST as i64,
                    autocomplete: "off",
                    value: "{text}",
                    oninput: move |event| text.set(event.value()),
                }
                Button {
                    look: Look::Primary,
                    submit: true,
                    class: "large",
                    label: say!(locale, "name-check-do"),
                    onclick: move |()| {},
                }
            }
        }
    }
}
