//! The frame of the office's pages, and what they show while there is nothing to show.

use super::bills::Bills;
use super::devices::Devices;
use super::people::People;
use super::recovery::Recovering;
use super::reports::Reports;
use super::today::Today;
use crate::auth::SignInAgain;
use crate::bar::Bar;
use dioxus::prelude::*;
use domain::auth::Act;
use protocol::view::Trouble;
use serde::de::DeserializeOwned;
use ui::bridge::Fetched;
use ui::components::list::Loading;
use ui::components::{Glyph, Icon, Nothing};
use ui::route::{Office, Route, go};
use ui::say;
use ui::shared::{Shared, use_locale, use_shared};
use ui::strings::Locale;

/// Which pages somebody may see.
pub fn pages(shared: Shared) -> Vec<Office> {
    let may = |page: &Office| match page {
        Office::Today | Office::Bills | Office::Reports => shared.may(Act::ReadReports),
        Office::People => shared.may(Act::ManageRestaurant),
        Office::Devices => shared.may(Act::EnrolDevices),
    };
    Office::ALL.into_iter().filter(may).collect()
}

fn word(page: Office, locale: &Locale) -> String {
    match page {
        Office::Today => say!(locale, "office-today"),
        Office::Bills => say!(locale, "office-bills"),
        Office::Reports => say!(locale, "office-reports"),
        Office::People => say!(locale, "office-people"),
        Office::Devices => say!(locale, "office-devices"),
    }
}

#[component]
pub fn OfficePage(page: Office) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    let pages = pages(shared);
    let allowed = pages.contains(&page);
    let mut unknown = use_context_provider(|| Unknown(Signal::new(None))).0;
    // Another page may want less.
    use_effect(move || {
        route.read();
        unknown.set(None);
    });
    let recovering = use_memo(move || {
        let sync = shared.sync.read();
        let trouble = sync.model.as_ref().and_then(|sync| sync.trouble.clone());
        trouble == Some(Trouble::HubRecovering) && shared.may(Act::EnrolDevices)
    });
    rsx! {
        div { class: "page office-page",
            Bar {
                button {
                    r#type: "button",
                    class: "button ghost back",
                    onclick: move |_| go(route, Route::Floor),
                    Glyph { icon: Icon::ChevronLeft }
                    span { {say!(locale, "back-to-floor")} }
                }
                h1 { {word(page, &locale)} }
            }
            nav { class: "office-nav", aria_label: say!(locale, "office"),
                for known in pages {
                    button {
                        key: "{known.name()}",
                        r#type: "button",
                        aria_current: (known == page).then_some("page"),
                        onclick: move |_| go(route, Route::Office(known)),
                        {word(known, &locale)}
                    }
                }
            }
            main { class: "office", tabindex: "0",
                if !allowed {
                    Nothing {
                        icon: Icon::Lock,
                        title: say!(locale, "office-not-allowed"),
                        body: say!(locale, "office-not-allowed-body"),
                    }
                } else if let Some(by_password) = unknown() {
                    SignInAgain {
                        by_password,
                        ondone: move |()| unknown.set(None),
                    }
                } else if recovering() {
                    Recovering {}
                } else {
                    match page {
                        Office::Today => rsx! {
                            Today {}
                        },
                        Office::Bills => rsx! {
                            Bills {}
                        },
                        Office::Reports => rsx! {
                            Reports {}
                        },
                        Office::People => rsx! {
                            People {}
                        },
                        Office::Devices => rsx! {
                            Devices {}
                        },
                    }
                }
            }
        }
    }
}

/// The hub has to be told first who holds the device, by password where that says true. Until it has been, this stands in
/// the place of whichever page is shown: what somebody types is not lost when a page becomes another beneath their fingers.
#[derive(Debug, Clone, Copy)]
struct Unknown(Signal<Option<bool>>);

#[component]
fn AskWho(by_password: bool) -> Element {
    let mut unknown = use_context::<Unknown>().0;
    use_effect(move || unknown.set(Some(by_password)));
    rsx! {
        Loading {}
    }
}

/// What the device core says where the hub does not know, or no longer, who holds the device.
const SIGN_IN: &str = "sign_in";

/// What the hub said, as this page reads it.
pub fn read<T: DeserializeOwned>(fetched: &Fetched) -> Option<T> {
    let data = fetched.data()?.clone();
    serde_json::from_value(data).ok()
}

/// What the hub said a while ago never looks as if it said so now.
#[component]
pub fn AsOf(fetched: Fetched) -> Element {
    let locale = use_locale();
    let Some(at) = fetched.as_of() else {
        return rsx! {};
    };
    rsx! {
        p { class: "notice wait", role: "status",
            Glyph { icon: Icon::CloudOff }
            span { {say!(locale, "as-of", time = locale.wall(at))} }
        }
    }
}

/// Loading, offline or refused; the data itself is its page's.
#[component]
pub fn NoData(
    fetched: Fetched,
    again: Signal<u32>,
    /// It is shown to who signed in by password only.
    #[props(default)]
    by_password: bool,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut again = again;
    let (icon, title, body) = match fetched {
        Fetched::Loading => {
            return rsx! {
                Loading {}
            };
        }
        Fetched::Data(..) => (
            Icon::TriangleAlert,
            say!(locale, "unreadable"),
            String::new(),
        ),
        Fetched::Offline => (
            Icon::CloudOff,
            say!(locale, "office-offline"),
            say!(locale, "office-offline-body"),
        ),
        Fetched::Refused(code) if code == SIGN_IN || (by_password && !shared.is_by_password()) => {
            return rsx! {
                AskWho { by_password }
            };
        }
        Fetched::Refused(code) => (
            Icon::Lock,
            say!(locale, "unreadable"),
            locale.refusal(&code),
        ),
        Fetched::Trouble(what) => (
            Icon::TriangleAlert,
            say!(locale, "unreadable"),
            locale.trouble(&what),
        ),
    };
    rsx! {
        Nothing {
            icon,
            title,
            body,
            act: say!(locale, "try-again"),
            onact: move |()| *again.write() += 1,
        }
    }
}
