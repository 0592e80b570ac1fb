//! Tabs: arrows move, Home and End jump, and the tab that has the focus is the one shown.

use crate::web;
use dioxus::prelude::*;

#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    pub id: String,
    pub label: String,
    /// A small count or mark beside the label.
    pub note: Option<String>,
}

#[component]
pub fn TabList(
    /// Unique on the page; the tabs' own ids begin with it.
    name: String,
    label: String,
    tabs: Vec<Tab>,
    current: String,
    onselect: EventHandler<String>,
    #[props(default)] panel: Option<String>,
) -> Element {
    let ids: Vec<String> = tabs.iter().map(|tab| tab.id.clone()).collect();
    // Where none is chosen, the first can be reached all the same.
    let at = ids.iter().position(|id| *id == current).unwrap_or_default();
    let reachable = ids.get(at).cloned().unwrap_or_default();
    let list = name.clone();
    let onkeydown = move |event: KeyboardEvent| {
        let Some(to) = step(&event.key(), at, ids.len()) else {
            return;
        };
        event.prevent_default();
        if let Some(id) = ids.get(to) {
            onselect.call(id.clone());
            web::focus_soon(tab_id(&list, id));
        }
    };
    rsx! {
        div { class: "tabs", role: "tablist", aria_label: "{label}", onkeydown,
            for tab in tabs {
                button {
                    key: "{tab.id}",
                    id: tab_id(&name, &tab.id),
                    r#type: "button",
                    role: "tab",
                    aria_selected: if tab.id == current { "true" } else { "false" },
                    aria_controls: panel.clone(),
                    tabindex: if tab.id == reachable { "0" } else { "-1" },
                    onclick: {
                        let id = tab.id.clone();
                        move |_| onselect.call(id.clone())
                    },
                    "{tab.label}"
                    if let Some(note) = &tab.note {
                        span { class: "tab-note", "{note}" }
                    }
                }
            }
        }
    }
}

fn tab_id(list: &str, tab: &str) -> String {
    format!("{list}-tab-{tab}")
}

/// Which tab a key leads to; the ring closes at both ends.
fn step(key: &Key, at: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let rtl = crate::web::is_rtl();
    match key {
        Key::ArrowRight | Key::ArrowLeft => {
            let forward = (*key == Key::ArrowRight) != rtl;
            let next = if at == last { 0 } else { at + 1 };
            Some(if forward {
                next
            } else {
                at.checked_sub(1).unwrap_or(last)
            })
        }
        Key::Home => Some(0),
        Key::End => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_and_other_keys_stay() {
        assert_eq!(step(&Key::ArrowRight, 0, 3), Some(1));
        assert_eq!(step(&Key::ArrowRight, 2, 3), Some(0));
        assert_eq!(step(&Key::ArrowLeft, 0, 3), Some(2));
        assert_eq!(step(&Key::End, 0, 3), Some(2));
        assert_eq!(step(&Key::Enter, 0, 3), None);
        assert_eq!(step(&Key::End, 0, 0), None);
    }
}
