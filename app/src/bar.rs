//! The bar above each page: where one is, the link, what needs attention, and who one is.

use crate::orders::{VoidForm, send_all};
use dioxus::prelude::*;
use domain::ids::{LineId, OrderId};
use protocol::bridge::{Request, SessionAsk, View};
use protocol::view::{Attention, Check, Line, Person, TrayCard};
use ui::bridge::{Flight, Reading, Submitting, call, session, use_view};
use ui::components::{Glyph, Icon, Sheet};
use ui::floor::view::first_name;
use ui::notifications::view::Remedy;
use ui::notifications::{AttentionSheet, act};
use ui::orders::edit;
use ui::route::{Route, go};
use ui::say;
use ui::settings::PersonSheet;
use ui::shared::{Shared, use_locale, use_shared};
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
    let (shared, locale) = (use_shared(), use_locale());
    let route = use_context::<Signal<Route>>();
    let reading = use_view::<Attention>(|| View::Attention);
    let mut open = use_signal(|| false);
    let count = reading
        .read()
        .model
        .as_ref()
        .map_or(0, |attention| attention.cards.len());
    let mut voiding = use_signal(|| None::<(TrayCard, OrderId, LineId, Option<u16>)>);
    let onremedy = move |(card, remedy): (TrayCard, Remedy)| match remedy {
        Remedy::Open(order) => {
            open.set(false);
            go(route, Route::Check(order));
        }
        Remedy::Bill(order) => {
            open.set(false);
            go(route, Route::Bill(order));
        }
        Remedy::Dismiss { .. } => send_all(shared, vec![act::clear(&card)]),
        Remedy::Force(order, line) => {
            spawn(async move { force(shared, card, order, line).await });
        }
        Remedy::Void(order, line, quantity) => voiding.set(Some((card, order, line, quantity))),
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
            AttentionSheet { reading, onremedy, onclose: move |()| open.set(false) }
        }
        if let Some((card, order, line, quantity)) = voiding() {
            CardVoid {
                card,
                order,
                line,
                quantity,
                onclose: move |()| voiding.set(None),
            }
        }
    }
}

/// The guest was asked, and the kitchen makes it all the same; then the card is done with.
async fn force(shared: Shared, card: TrayCard, order: OrderId, line: LineId) {
    let answer = call(&Request::Query {
        view: View::Check { order },
    })
    .await;
    let mut reading = Reading::<Option<Check>>::default();
    reading.take(0, answer);
    let check = reading.model.flatten();
    let lines: Vec<Line> = check
        .into_iter()
        .flat_map(|check| check.lines)
        .filter(|known| known.id == line)
        .collect();
    let force = edit::force(order, &lines, MOST_STATIONS);
    if let Some(force) = force.ok().as_ref().and_then(Submitting::new)
        && shared.submit(force).await == Flight::Stored
    {
        send_all(shared, vec![act::clear(&card)]);
    }
}

/// Of the drawn ticket ids as many are used as there are stations.
const MOST_STATIONS: usize = 8;

/// The lines of a card, to be voided like any others; then the card is done with.
#[component]
fn CardVoid(
    card: TrayCard,
    order: OrderId,
    line: LineId,
    quantity: Option<u16>,
    onclose: EventHandler<()>,
) -> Element {
    let (shared, locale) = (use_shared(), use_locale());
    let reading = use_view::<Option<Check>>(move || View::Check { order });
    let check = reading.read().model.clone().flatten();
    let lines: Vec<Line> = check
        .into_iter()
        .flat_map(|check| check.lines)
        .filter(|known| known.id == line)
        .collect();
    let needs = lines.first().and_then(|line| line.void);
    let title = lines.first().map(|line| line.name.clone());
    rsx! {
        Sheet {
            id: "card-void-sheet",
            title: title.unwrap_or_else(|| say!(locale, "check-heading")),
            onclose,
            match needs {
                Some(needs) => rsx! {
                    VoidForm {
                        order,
                        lines,
                        needs,
                        wanted: quantity,
                        ondone: move |()| send_all(shared, vec![act::clear(&card)]),
                        onclose,
                    }
                },
                None => rsx! {
                    p { class: "sheet-note", {say!(locale, "line-lost")} }
                },
            }
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
