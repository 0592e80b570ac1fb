//! One call to where the page came from, for the little that happens before there is a device.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Status and body. An error is a hub that cannot be reached.
pub async fn http(
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Result<(u16, String), String> {
    ask(method, path, token, body)
        .await
        .map_err(|error| format!("{error:?}"))
}

async fn ask(
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Result<(u16, String), JsValue> {
    let (init, headers) = (Object::new(), Object::new());
    Reflect::set(&headers, &"content-type".into(), &"application/json".into())?;
    if let Some(token) = token {
        let bearer = format!("Bearer {token}");
        Reflect::set(&headers, &"authorization".into(), &bearer.into())?;
    }
    Reflect::set(&init, &"method".into(), &method.into())?;
    Reflect::set(&init, &"headers".into(), &headers)?;
    if let Some(body) = body {
        Reflect::set(&init, &"body".into(), &body.into())?;
    }
    let fetch: Function = Reflect::get(&js_sys::global(), &"fetch".into())?.dyn_into()?;
    let called = fetch.call2(&JsValue::UNDEFINED, &path.into(), &init)?;
    let response = JsFuture::from(called.dyn_into::<Promise>()?).await?;
    let status = Reflect::get(&response, &"status".into())?.as_f64();
    let text: Function = Reflect::get(&response, &"text".into())?.dyn_into()?;
    let text = JsFuture::from(text.call0(&response)?.dyn_into::<Promise>()?).await?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits"
    )]
    let status = status.unwrap_or_default() as u16;
    Ok((status, text.as_string().unwrap_or_default()))
}

/// The zone of this device's own clock.
pub fn zone() -> Option<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let format: Function = Reflect::get(&intl, &"DateTimeFormat".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let format = format.call0(&intl).ok()?;
    let resolved: Function = Reflect::get(&format, &"resolvedOptions".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let options = resolved.call0(&format).ok()?;
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}
