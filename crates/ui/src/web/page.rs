//! The page itself: time, frames, storage, focus, sheets, and events that no element of ours hears.

use super::Pressed;
use domain::time::Moment;
use js_sys::{Date, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Event, EventTarget, HtmlDialogElement, HtmlElement, KeyboardEvent, Window,
};

const TYPING: &str = "input, textarea, select, [contenteditable]";

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 fit by far"
)]
pub fn now() -> Moment {
    Moment(Date::now() as i64)
}

/// "Sat, 21 Nov", as the language writes it; the day begins at that moment in UTC.
pub fn day_words(language: &str, day: Moment) -> Option<String> {
    let options = Object::new();
    let wanted = [
        ("weekday", "short"),
        ("day", "numeric"),
        ("month", "short"),
        ("timeZone", "UTC"),
    ];
    for (name, value) in wanted {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // English as it is written where days come before months.
    let language = if language == "en" { "en-GB" } else { language };
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit by far"
    )]
    let date = Date::new(&(day.0 as f64).into());
    String::from(date.to_locale_date_string(language, &options)).into()
}

/// How far the clock on this wall is from UTC now. The restaurant's zone counts, not the device's own.
pub fn offset_minutes(zone: &str) -> i32 {
    let date = Date::new_0();
    let device = -date.get_timezone_offset();
    let options = Object::new();
    let _ = Reflect::set(&options, &"timeZone".into(), &zone.into());
    let there = Reflect::get(&date, &"toLocaleString".into())
        .ok()
        .and_then(|function| function.dyn_into::<Function>().ok())
        .and_then(|function| function.call2(&date, &"en-US".into(), &options).ok())
        .map(|text| Date::new(&text).get_time());
    let minutes = match there {
        // Both are cut to the second, and read as if they were the device's own wall clock.
        Some(there) if there.is_finite() => {
            let here = Date::now() - Date::now() % 1000.0;
            device + ((there - here) / 60_000.0).round()
        }
        Some(_) | None => device,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a zone lies within a day of UTC"
    )]
    let minutes = minutes as i32;
    minutes
}

async fn wait(start: impl FnOnce(&Window, &Function)) {
    let Some(window) = window() else { return };
    let mut start = Some(start);
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(start) = start.take() {
            start(&window, &resolve);
        }
    });
    let _ = JsFuture::from(promise).await;
}

pub async fn sleep(ms: i32) {
    wait(|window, resolve| {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(resolve, ms);
    })
    .await;
}

/// What is shown is never older than this, in milliseconds, however rarely the page is painted.
const LONGEST_FRAME: i32 = 100;

/// The next painted frame. A page that nobody sees paints none, and one that is busy or half covered few: no wait is long.
pub async fn next_frame() {
    if document().is_none_or(|document| document.hidden()) {
        return sleep(LONGEST_FRAME).await;
    }
    wait(|window, resolve| {
        let _ = window.request_animation_frame(resolve);
        let _ =
            window.set_timeout_with_callback_and_timeout_and_arguments_0(resolve, LONGEST_FRAME);
    })
    .await;
}

pub fn stored(key: &str) -> Option<String> {
    window()?.local_storage().ok()??.get_item(key).ok()?
}

/// A choice that does not fit on the disk is a choice until the reload.
pub fn store(key: &str, value: &str) {
    if let Some(storage) = window().and_then(|window| window.local_storage().ok()?) {
        let _ = storage.set_item(key, value);
    }
}

pub fn languages() -> Vec<String> {
    let navigator = window().map(|window| window.navigator().languages());
    let all = navigator.map(|all| all.iter().filter_map(|one| one.as_string()).collect());
    all.unwrap_or_default()
}

pub fn prefers_dark() -> bool {
    let query =
        window().and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok()?);
    query.is_some_and(|query| query.matches())
}

pub fn set_root(attribute: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute(attribute, value);
    }
}

pub fn root_data(name: &str) -> Option<String> {
    document()?
        .document_element()?
        .get_attribute(&format!("data-{name}"))
}

/// The page is read from right to left.
pub fn is_rtl() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("dir"))
        .is_some_and(|dir| dir == "rtl")
}

pub async fn copy(text: &str) -> bool {
    let Some(clipboard) = window().map(|window| window.navigator().clipboard()) else {
        return false;
    };
    // It is missing where the page is not a secure one.
    if clipboard.is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

pub fn show_modal(id: &str) {
    let dialog = element(id).and_then(|found| found.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog.filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Scrolls a list to its end.
pub fn scroll_to_end(id: &str) {
    if let Some(element) = element(id) {
        element.set_scroll_top(element.scroll_height());
    }
}

/// Percent-encoded, to stand in an address.
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

pub fn print() {
    if let Some(window) = window() {
        let _ = window.print();
    }
}

pub fn element_text(id: &str) -> Option<String> {
    document()?.get_element_by_id(id)?.text_content()
}

pub fn viewport() -> (f64, f64) {
    let side = |value: Result<JsValue, JsValue>| value.ok().and_then(|side| side.as_f64());
    let Some(window) = window() else {
        return (0.0, 0.0);
    };
    let (width, height) = (side(window.inner_width()), side(window.inner_height()));
    (width.unwrap_or_default(), height.unwrap_or_default())
}

pub fn hash() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

pub fn set_hash(hash: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_hash(hash);
    }
}

/// The same without a step that Back would lead to.
pub fn replace_hash(hash: &str) {
    if let Some(window) = window() {
        let _ = window.location().replace(hash);
    }
}

/// Hears an event until it is dropped.
pub struct Listener {
    target: EventTarget,
    event: String,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(target: EventTarget, event: &str, tell: impl FnMut(Event) + 'static) -> Self {
        let callback = Closure::<dyn FnMut(Event)>::new(tell);
        let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
        Self {
            target,
            event: event.to_owned(),
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(&self.event, callback);
    }
}

fn nobody() -> EventTarget {
    EventTarget::new().unwrap_or_else(|_| JsValue::UNDEFINED.unchecked_into())
}

pub fn on_window(event: &str, mut tell: impl FnMut() + 'static) -> Listener {
    let target = window().map_or_else(nobody, Into::into);
    Listener::new(target, event, move |_| tell())
}

pub fn on_system_theme(mut tell: impl FnMut() + 'static) -> Listener {
    let query =
        window().and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok()?);
    Listener::new(query.map_or_else(nobody, Into::into), "change", move |_| {
        tell()
    })
}

/// Keys pressed anywhere on the page.
pub fn on_key(mut tell: impl FnMut(Pressed) + 'static) -> Listener {
    let target = document().map_or_else(nobody, Into::into);
    Listener::new(target, "keydown", move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            tell(pressed(event));
        }
    })
}

fn pressed(event: &KeyboardEvent) -> Pressed {
    let document = document();
    let active = document
        .as_ref()
        .and_then(|document| document.active_element());
    let typing = active.is_some_and(|active| active.matches(TYPING).unwrap_or(false));
    let sheet = document.and_then(|document| document.query_selector("dialog[open]").ok()?);
    Pressed {
        key: event.key(),
        chord: event.ctrl_key() || event.alt_key() || event.meta_key(),
        elsewhere: typing || sheet.is_some() || event.default_prevented(),
    }
}
