//! Tiles of people. In a demo a tap signs in; else it asks for the PIN, or for the password where there is none.

use super::forms::{PasswordForm, PinForm};
use dioxus::prelude::*;
use protocol::bridge::SessionAsk;
use protocol::view::Session;
use ui::auth::demo::{Demo, demo};
use ui::auth::failure;
use ui::auth::view::{Tile, tiles};
use ui::bridge::session;
use ui::components::{Button, Glyph, Icon, Look, Nothing, Sheet};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::sync::SyncPill;

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
    let locale = use_locale();
    let tile = match asked {
        Asked::Pin(tile) | Asked::Tile(tile) => Some(tile),
        Asked::ByName => None,
    };
    let title = tile
        .as_ref()
        .map_or_else(|| say!(locale, "sign-in-other"), |tile| tile.name.clone());
    rsx! {
        Sheet { id: "password-sheet", title, onclose,
            PasswordForm { username: tile.map(|tile| tile.username), ondone: |()| {} }
        }
    }
}

#[component]
fn PinSheet(tile: Tile, onpassword: EventHandler<()>, onclose: EventHandler<()>) -> Element {
    rsx! {
        Sheet { id: "pin-sheet", title: tile.name.clone(), onclose,
            PinForm { tile, onpassword, ondone: |()| {} }
        }
    }
}
