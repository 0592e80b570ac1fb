//! The glass: that it stays lit, that the board has all of it, and whether anybody can see it.

use dioxus::prelude::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use js_sys::{Function, Promise, Reflect};
use ui::web;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Document;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Another tab or a dark glass covers the page.
fn is_hidden() -> bool {
    document().is_none_or(|document| document.hidden())
}

/// Whether nobody can see the page, followed for as long as the board stands.
pub fn use_hidden() -> Signal<bool> {
    let mut hidden = use_signal(is_hidden);
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_window("visibilitychange", move || {
            drop(tell.unbounded_send(()));
        });
        while told.next().await.is_some() {
            hidden.set(is_hidden());
        }
    });
    hidden
}

/// The id of what has the focus.
pub fn focused() -> Option<String> {
    let active = document()?.active_element()?;
    Some(active.id()).filter(|id| !id.is_empty())
}

/// Nothing on the page has the focus.
pub fn focus_is_lost() -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_none_or(|active| active.tag_name() == "BODY")
}

/// Keeps the glass lit while the board is on it. A browser that cannot leaves that to the machine's own settings.
pub fn use_awake() {
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_window("visibilitychange", move || {
            drop(tell.unbounded_send(()));
        });
        // The browser lets go of the light whenever the page is covered.
        let mut light = None;
        loop {
            if !is_hidden() {
                light = hold_light().await.ok().or(light);
                web::set_root("data-awake", if light.is_some() { "yes" } else { "no" });
            }
            if told.next().await.is_none() {
                break;
            }
        }
    });
}

async fn hold_light() -> Result<JsValue, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let light = Reflect::get(&window.navigator(), &"wakeLock".into())?;
    let request: Function = Reflect::get(&light, &"request".into())?.dyn_into()?;
    let held = request.call1(&light, &"screen".into())?;
    JsFuture::from(Promise::resolve(&held)).await
}

pub fn is_full() -> bool {
    document().is_some_and(|document| document.fullscreen_element().is_some())
}

/// A browser that may not does nothing.
pub fn toggle_full() {
    let Some(document) = document() else { return };
    if is_full() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        let _ = root.request_fullscreen();
    }
}
