//! Tiles of people. In a demo a tap signs in; else it asks for the PIN, or for the password where there is none.

use dioxus::prelude::*;
use protocol::bridge::SessionAsk;
use protocol::view::Session;
use ui::auth::demo::{Demo, demo};
use ui::auth::view::{Tile, tiles};
use ui::auth::{PinDots, PinPad, failure};
use ui::bridge::session;
use ui::components::{Button, Glyph, Icon, Look, Nothing, Sheet};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::sync::SyncPill;
use ui::web;

/// Whom the password is asked of: a tile's person, or whoever types a name.
#[derive(Debug, Clone, PartialEq)]
enum Asked {
    Pin(Tile),
    Tile(Tile),
    ByName,
}

#[component]
pub fn SignInPage() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let known = use_hook(demo);
    let mut asked = use_signal(|| None::<Asked>);
    let trouble = use_signal(|| None::<String>);
    let restaurant = shared
        .session
        .read()
        .model
        .as_ref()
        .and_then(|session| session.restaurant.clone());
    let people = people(
        shared.session.read().model.as_ref(),
        known.as_ref(),
        &locale,
    );
    rsx! {
        header { class: "bar",
            h1 { {restaurant.map_or_else(|| "Comanda".to_owned(), |restaurant| restaurant.name)} }
            span { class: "grow" }
            div { class: "bar-end", SyncPill {} }
        }
        main { class: "door wide",
            h2 { {say!(locale, "sign-in-title")} }
            if people.is_empty() {
                Nothing {
                    icon: Icon::Users,
                    title: say!(locale, "sign-in-empty"),
                    body: say!(locale, "sign-in-empty-body"),
                }
            }
            div { class: "tiles",
                for tile in people {
                    PersonTile {
                        key: "{tile.username}",
                        tile,
                        ontap: move |tile: Tile| match tile.password.clone() {
                            Some(password) => sign_in(shared, tile.username, password, trouble),
                            None if tile.pin.is_some() => asked.set(Some(Asked::Pin(tile))),
                            None => asked.set(Some(Asked::Tile(tile))),
                        },
                    }
                }
            }
            if let Some(why) = trouble() {
                p { class: "notice late", role: "alert",
                    Glyph { icon: Icon::TriangleAlert }
                    span { "{why}" }
                }
            }
            Button {
                look: Look::Bare,
                label: say!(locale, "sign-in-other"),
                onclick: move |()| asked.set(Some(Asked::ByName)),
            }
        }
        match asked() {
            None => rsx! {},
            Some(Asked::Pin(tile)) => rsx! {
                PinSheet {
                    tile: tile.clone(),
                    onpassword: move |()| asked.set(Some(Asked::Tile(tile.clone()))),
                    onclose: move |()| asked.set(None),
                }
            },
            Some(asked_of) => rsx! {
                PasswordSheet { asked: asked_of, onclose: move |()| asked.set(None) }
            },
        }
    }
}

fn people(
    session: Option<&Session>,
    demo: Option<&Demo>,
    locale: &ui::strings::Locale,
) -> Vec<Tile> {
    session
        .map(|session| tiles(session, demo, locale))
        .unwrap_or_default()
}

/// The page goes by itself when the core says who it is.
fn sign_in(
    shared: ui::shared::Shared,
    username: String,
    password: String,
    mut trouble: Signal<Option<String>>,
) {
    spawn(async move {
        let answer = session(SessionAsk::SignIn { username, password }).await;
        trouble.set(failure(&answer, &shared.locale.peek()));
    });
}

#[component]
fn PersonTile(tile: Tile, ontap: EventHandler<Tile>) -> Element {
    rsx! {
        button {
            r#type: "button",
            class: "tile",
            onclick: move |_| ontap.call(tile.clone()),
            span { class: "initials", aria_hidden: "true", "{tile.initials}" }
            b { "{tile.name}" }
            small { "{tile.role}" }
        }
    }
}

#[component]
fn PasswordSheet(asked: Asked, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let (tile, by_name) = match asked {
        Asked::Pin(tile) | Asked::Tile(tile) => (Some(tile), false),
        Asked::ByName => (None, true),
    };
    let known = tile
        .as_ref()
        .map(|tile| tile.username.clone())
        .unwrap_or_default();
    let (mut username, mut password) = (use_signal(|| known), use_signal(String::new));
    let (mut busy, mut trouble) = (use_signal(|| false), use_signal(|| None::<String>));
    let title = tile.map_or_else(|| say!(locale, "sign-in-other"), |tile| tile.name);
    use_effect(move || {
        web::focus_soon(
            if by_name {
                "sign-in-name"
            } else {
                "sign-in-password"
            }
            .to_owned(),
        )
    });
    let onsubmit = move |event: FormEvent| {
        event.prevent_default();
        if busy() {
            return;
        }
        busy.set(true);
        spawn(async move {
            let (username, password) = (
                username.peek().trim().to_lowercase(),
                password.peek().clone(),
            );
            let answer = session(SessionAsk::SignIn { username, password }).await;
            trouble.set(failure(&answer, &shared.locale.peek()));
            busy.set(false);
        });
    };
    rsx! {
        Sheet { id: "password-sheet", title, onclose,
            form { class: "form", onsubmit,
                if by_name {
                    label { r#for: "sign-in-name", {say!(locale, "sign-in-username")} }
                    input {
                        id: "sign-in-name",
                        autocomplete: "username",
                        autocapitalize: "none",
                        value: "{username}",
                        oninput: move |event| username.set(event.value()),
                    }
                }
                label { r#for: "sign-in-password", {say!(locale, "sign-in-password")} }
                input {
                    id: "sign-in-password",
                    r#type: "password",
                    autocomplete: "current-password",
                    value: "{password}",
                    oninput: move |event| password.set(event.value()),
                }
                if let Some(why) = trouble() {
                    p { class: "notice late", role: "alert",
                        Glyph { icon: Icon::TriangleAlert }
                        span { "{why}" }
                    }
                }
                Button {
                    look: Look::Primary,
                    submit: true,
                    disabled: busy(),
                    label: if busy() { say!(locale, "sign-in-busy") } else { say!(locale, "sign-in-do") },
                    onclick: move |()| {},
                }
            }
        }
    }
}

/// A tile's person types their PIN; it is looked at here, so that it works without the hub.
#[component]
fn PinSheet(tile: Tile, onpassword: EventHandler<()>, onclose: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut pin = use_signal(String::new);
    let (mut busy, mut trouble) = (use_signal(|| false), use_signal(|| None::<String>));
    let locked = tile.locked.filter(|until| *until > *shared.now.read());
    let person = tile.pin;
    let enter = use_callback(move |()| {
        let Some(person) = person.filter(|_| !busy() && pin.peek().len() >= LEAST_DIGITS) else {
            return;
        };
        busy.set(true);
        spawn(async move {
            let typed = pin.peek().clone();
            let answer = session(SessionAsk::Pin { person, pin: typed }).await;
            trouble.set(failure(&answer, &shared.locale.peek()));
            pin.set(String::new());
            busy.set(false);
        });
    });
    use_effect(|| web::focus_soon("pin-1".to_owned()));
    let ready = pin.read().len() >= LEAST_DIGITS && !busy() && locked.is_none();
    rsx! {
        Sheet { id: "pin-sheet", title: tile.name, onclose,
            PinDots { count: pin.read().len() }
            if let Some(until) = locked {
                p { class: "notice late", role: "alert",
                    Glyph { icon: Icon::Lock }
                    span { {say!(locale, "pin-locked-until", time = locale.wall(until))} }
                }
            } else if let Some(why) = trouble() {
                p { class: "notice late", role: "alert",
                    Glyph { icon: Icon::TriangleAlert }
                    span { "{why}" }
                }
            }
            PinPad { pin: pin(), onchange: move |to| pin.set(to), onenter: enter }
            Button {
                look: Look::Primary,
                class: "large",
                disabled: !ready,
                label: say!(locale, "sign-in-do"),
                onclick: move |()| enter.call(()),
            }
            Button {
                look: Look::Bare,
                label: say!(locale, "sign-in-by-password"),
                onclick: move |()| onpassword.call(()),
            }
        }
    }
}

const LEAST_DIGITS: usize = 4;
