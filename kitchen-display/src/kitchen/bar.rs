//! The bar above the board: stations, what a cook has to know now, how much stands open, the link, the clock.

use super::hands::{Open, use_hands};
use crate::device::Sound;
use dioxus::prelude::*;
use protocol::view::Link;
use ui::components::{Button, Glyph, Icon, Look, Since, Tab, TabList, Tag, Tone};
use ui::kitchen::sound::Hearing;
use ui::kitchen::view::{TicketShown, summary, titled};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::sync::SyncPill;

/// Stands for all stations among the tabs; a station's name is never empty.
const ALL: &str = "";

#[component]
pub fn KitchenBar(
    stations: Vec<String>,
    /// None: not read yet.
    tickets: Option<Vec<TicketShown>>,
    station: Option<String>,
    onstation: EventHandler<Option<String>>,
) -> Element {
    let (shared, locale, hands) = (use_shared(), use_locale(), use_hands());
    let sound = use_context::<Sound>();
    let tab = |id: &str, label: String| Tab {
        id: id.to_owned(),
        label,
        note: None,
    };
    let all = tab(ALL, say!(locale, "all-stations"));
    let tabs: Vec<Tab> = [all]
        .into_iter()
        .chain(stations.iter().map(|name| tab(name, titled(name))))
        .collect();
    let minute = use_memo(move || shared.locale.read().wall(*shared.now.read()));
    rsx! {
        header { class: "bar kitchen-bar",
            h1 { class: "only-heard", {say!(locale, "kitchen")} }
            TabList {
                name: "station",
                label: say!(locale, "stations"),
                tabs,
                current: station.unwrap_or_default(),
                onselect: move |id: String| onstation.call((!id.is_empty()).then_some(id)),
            }
            Note {}
            if let Some(tickets) = &tickets {
                span { class: "quiet kitchen-summary",
                    {summary(tickets, &locale)}
                    if let Some(oldest) = tickets.first() {
                        " · "
                        {say!(locale, "oldest-ticket")}
                        " "
                        Since { at: oldest.fired_at }
                    }
                }
            }
            if sound.hearing() == Hearing::Muted {
                Tag { tone: Tone::Wait, icon: Icon::Bell, {say!(locale, "sound-muted")} }
            }
            SyncPill { contact: true }
            Button {
                look: Look::Bare,
                icon: Icon::Settings,
                icon_only: true,
                label: say!(locale, "kitchen-menu"),
                onclick: move |()| hands.open(Open::Menu),
            }
            b { class: "clock", "{minute}" }
        }
    }
}

/// What a cook has to know before anything else. It stands in the bar, where it moves no ticket from under a hand.
#[component]
fn Note() -> Element {
    let (shared, locale, sound) = (use_shared(), use_locale(), use_context::<Sound>());
    let link = shared.sync.read().model.as_ref().map(|sync| sync.link);
    // While the link is down nothing new can come, and a calm board would be a lie.
    if let Some(Link::Offline { since }) = link {
        return rsx! {
            p { class: "kitchen-note wait", role: "alert",
                Glyph { icon: Icon::CloudOff }
                span { {say!(locale, "board-offline", time = locale.wall(since))} }
            }
        };
    }
    // A kitchen that trusts its ears has to know that nothing is to be heard. Any touch of the page switches it on.
    let words = match sound.hearing() {
        Hearing::On | Hearing::Muted => {
            return rsx! {
                span { class: "grow" }
            };
        }
        Hearing::Locked => say!(locale, "sound-locked"),
        Hearing::Deaf => say!(locale, "sound-deaf"),
    };
    rsx! {
        button { r#type: "button", class: "kitchen-note cook",
            Glyph { icon: Icon::Bell }
            span { "{words}" }
        }
    }
}
