//! A sheet over the page: the browser's own dialog keeps the focus inside and gives it back; Esc closes.

use super::{Button, Icon, Look};
use crate::shared::{use_locale, use_shared};
use crate::web;
use dioxus::prelude::*;

#[component]
pub fn Sheet(
    /// Unique on the page.
    id: String,
    title: String,
    onclose: EventHandler<()>,
    #[props(default)] wide: bool,
    children: Element,
) -> Element {
    let locale = use_locale();
    let (shared, opened) = (use_shared(), id.clone());
    let mut sheets = shared.sheets;
    use_hook(move || *sheets.write() += 1);
    use_drop(move || *sheets.write() -= 1);
    use_effect(move || web::show_modal(&opened));
    let title_id = format!("{id}-title");
    rsx! {
        dialog {
            id,
            class: if wide { "sheet wide" } else { "sheet" },
            aria_labelledby: "{title_id}",
            oncancel: move |event| {
                event.prevent_default();
                onclose.call(());
            },
            // What lies around the sheet is the dialog itself; within, clicks stop at the first div.
            onclick: move |_| onclose.call(()),
            div { class: "sheet-body", onclick: move |event| event.stop_propagation(),
                header { class: "sheet-head",
                    h2 { id: "{title_id}", "{title}" }
                    Button {
                        look: Look::Bare,
                        icon: Icon::X,
                        icon_only: true,
                        label: say!(locale, "close"),
                        onclick: move |()| onclose.call(()),
                    }
                }
                {children}
            }
        }
    }
}
