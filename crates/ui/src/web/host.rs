//! `window.comanda`, as the page's host script puts it there: calls, changes and notices as JSON.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

fn comanda() -> Result<JsValue, String> {
    let bridge = Reflect::get(&js_sys::global(), &"comanda".into()).unwrap_or(JsValue::UNDEFINED);
    if bridge.is_undefined() {
        return Err("no bridge".to_owned());
    }
    Ok(bridge)
}

fn method(name: &str) -> Result<(JsValue, Function), String> {
    let bridge = comanda()?;
    let function = Reflect::get(&bridge, &name.into()).ok();
    let function = function.and_then(|found| found.dyn_into::<Function>().ok());
    Ok((bridge, function.ok_or_else(|| format!("no {name}"))?))
}

pub async fn call(json: &str) -> Result<String, String> {
    let (bridge, call) = method("call")?;
    let said = call.call1(&bridge, &json.into()).map_err(why)?;
    let answer = JsFuture::from(Promise::resolve(&said)).await.map_err(why)?;
    answer
        .as_string()
        .ok_or_else(|| "an answer that is no text".to_owned())
}

/// Hears for as long as the page lives.
pub fn listen(changed: impl FnMut(String) + 'static, notices: impl FnMut(String) + 'static) {
    hear("listen", changed);
    hear("notices", notices);
}

fn hear(name: &str, mut tell: impl FnMut(String) + 'static) {
    let Ok((bridge, listen)) = method(name) else {
        return;
    };
    let callback = Closure::<dyn FnMut(JsValue)>::new(move |said: JsValue| {
        tell(said.as_string().unwrap_or_default())
    });
    if listen.call1(&bridge, callback.as_ref()).is_ok() {
        callback.forget();
    }
}

/// Puts a waiting update in place, and reloads.
pub fn activate() {
    if let Ok((bridge, activate)) = method("activate") {
        // It fails only where there is no update, and then nothing is owed.
        let _ = activate.call0(&bridge);
    }
}

pub fn build() -> String {
    let build = comanda()
        .ok()
        .and_then(|bridge| Reflect::get(&bridge, &"build".into()).ok());
    build
        .and_then(|build| build.as_string())
        .unwrap_or_default()
}

fn why(error: JsValue) -> String {
    let message = Reflect::get(&error, &"message".into()).ok();
    message
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
