//! Showing who one is, by PIN or by password: on the page before all others, and in place where the hub asks again.

use dioxus::prelude::*;
use protocol::bridge::SessionAsk;
use ui::auth::demo::demo;
use ui::auth::view::{Tile, tiles};
use ui::auth::{PinDots, PinPad, failure};
use ui::bridge::session;
use ui::components::{Button, Glyph, Icon, Look, Sheet};
use ui::say;
use ui::shared::{use_locale, use_shared};
use ui::web;

const LEAST_DIGITS: usize = 4;

/// By password; whoever is not named types their name too.
#[component]
pub fn PasswordForm(username: Option<String>, ondone: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let by_name = username.is_none();
    let mut username = use_signal(|| username.unwrap_or_default());
    let mut password = use_signal(String::new);
    let (mut busy, mut trouble) = (use_signal(|| false), use_signal(|| None::<String>));
    let first = if by_name {
        "sign-in-name"
    } else {
        "sign-in-password"
    };
    use_effect(move || web::focus_soon(first.to_owned()));
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
            let why = failure(&answer, &shared.locale.peek());
            if why.is_none() {
                ondone.call(());
            }
            trouble.set(why);
            busy.set(false);
        });
    };
    rsx! {
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

/// By PIN; it is looked at here, so that it works without the hub.
#[component]
pub fn PinForm(tile: Tile, onpassword: EventHandler<()>, ondone: EventHandler<()>) -> Element {
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
            let why = failure(&answer, &shared.locale.peek());
            if why.is_none() {
                ondone.call(());
            }
            trouble.set(why);
            pin.set(String::new());
            busy.set(false);
        });
    });
    use_effect(|| web::focus_soon("pin-1".to_owned()));
    let ready = pin.read().len() >= LEAST_DIGITS && !busy() && locked.is_none();
    rsx! {
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
        PinPad { pin, onenter: enter }
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

/// Who holds the device, as a tile.
fn holder(shared: ui::shared::Shared) -> Option<Tile> {
    let me = shared.person()?;
    let (session, locale) = (shared.session.read(), shared.locale.read());
    let tiles = tiles(session.model.as_ref()?, demo().as_ref(), &locale);
    tiles.into_iter().find(|tile| tile.username == me.username)
}

/// The hub does not know any more who holds the device, as after a reload: the form stands where the answer would.
#[component]
pub fn SignInAgain(by_password: bool, ondone: EventHandler<()>) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let tile = use_memo(move || holder(shared));
    let mut by_password = use_signal(|| by_password);
    let Some(tile) = tile() else { return rsx! {} };
    rsx! {
        section { class: "again", aria_label: say!(locale, "again-title"),
            h2 { {say!(locale, "again-title")} }
            p { class: "quiet",
                if by_password() {
                    {say!(locale, "again-password", name = &tile.name)}
                } else {
                    {say!(locale, "again-body", name = &tile.name)}
                }
            }
            if tile.pin.is_some() && !by_password() {
                PinForm { tile, onpassword: move |()| by_password.set(true), ondone }
            } else {
                PasswordForm { username: Some(tile.username), ondone }
            }
        }
    }
}

/// What only somebody who signed in by password may change, and the way to do that where one stands.
#[component]
pub fn PasswordNotice() -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut open = use_signal(|| false);
    if shared.is_by_password() {
        return rsx! {};
    }
    let me = shared.person();
    rsx! {
        p { class: "notice wait",
            Glyph { icon: Icon::Lock }
            span { class: "grow", {say!(locale, "needs-password")} }
            Button {
                look: Look::Ghost,
                label: say!(locale, "sign-in-by-password-now"),
                onclick: move |()| open.set(true),
            }
        }
        if let (true, Some(me)) = (open(), me) {
            Sheet { id: "password-sheet", title: me.name, onclose: move |()| open.set(false),
                PasswordForm { username: Some(me.username), ondone: move |()| open.set(false) }
            }
        }
    }
}
