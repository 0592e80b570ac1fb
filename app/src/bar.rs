//! The bar above each page: where one is, the link, what needs attention, and who one is.

use dioxus::prelude::*;
use domain::ids::OrderId;
use protocol::bridge::{SessionAsk, View};
use protocol::view::{Attention, Person};
use ui::bridge::{session, use_view};
use ui::components::{Glyph, Icon};
use ui::floor::view::first_name;
use ui::notifications::AttentionSheet;
use ui::route::{Route, go};
use ui::say;
use ui::settings::PersonSheet;
use ui::shared::{use_locale, use_shared};
use ui::sync::SyncPill;

#[component]
pub fn Bar(children: Element) -> Element {
    let shared = use_shared();
    let person = shared
        .session
        .read()
        .model
        .as_ref()
        .and_then(|session| session.person.clone());
    rsx! {
        header { class: "bar",
            {children}
            span { class: "grow" }
            div { class: "bar-end",
                SyncPill {}
                AttentionButton {}
                if let Some(person) = person {
                    PersonButton { person }
                }
            }
        }
    }
}

#[component]
fn AttentionButton() -> Element {
    let locale = use_locale();
    let route = use_context::<Signal<Route>>();
    let reading = use_view::<Attention>(|| View::Attention);
    let mut open = use_signal(|| false);
    let count = reading
        .read()
        .model
        .as_ref()
        .map_or(0, |attention| attention.cards.len());
    let onopen = move |order: OrderId| {
        open.set(false);
        go(route, Route::Check(order));
    };
    rsx! {
        if count > 0 {
            button {
                r#type: "button",
                class: "pill wait",
                aria_haspopup: "dialog",
                aria_label: say!(locale, "attention-count", count = count),
                onclick: move |_| open.set(true),
                Glyph { icon: Icon::Bell }
                span { "{count}" }
            }
        }
        if open() {
            AttentionSheet { reading, onopen, onclose: move |()| open.set(false) }
        }
    }
}

#[component]
fn PersonButton(person: Person) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let mut open = use_signal(|| false);
    let name = first_name(&person.name);
    let onsignout = move |()| {
        spawn(async move {
            let answer = session(SessionAsk::SignOut).await;
            let locale = shared.locale.peek().clone();
            if let Some(why) = ui::auth::failure(&answer, &locale) {
                shared.toast(ui::components::toast::Toast::trouble(why));
            }
        });
    };
    rsx! {
        button {
            r#type: "button",
            class: "person",
            aria_haspopup: "dialog",
            aria_label: say!(locale, "person-menu", name = &name),
            onclick: move |_| open.set(true),
            Glyph { icon: Icon::User }
            span { "{name}" }
        }
        if open() {
            PersonSheet { title: person.name, onsignout, onclose: move |()| open.set(false) }
        }
    }
}
