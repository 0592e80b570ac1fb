//! Requests to the hub from inside the worker, with a time-out that the network cannot hold up.

use client::sync::{Call, Reply, Unreachable};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, Request, RequestCache, RequestInit, Response};

use crate::host::scope;

pub(crate) async fn call(call: Call) -> Result<Reply, Unreachable> {
    ask(&call).await.map_err(|error| unreachable(&error))
}

async fn ask(call: &Call) -> Result<Reply, JsValue> {
    let response = scope().fetch_with_request(&request(call)?);
    let response: Response = JsFuture::from(response).await?.unchecked_into();
    let retry_after = response.headers().get("retry-after")?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(Reply {
        status: response.status(),
        retry_after: retry_after.and_then(|seconds| seconds.parse().ok()),
        body: body.as_string().unwrap_or_default(),
    })
}

fn request(call: &Call) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some(token) = &call.token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    let init = RequestInit::new();
    init.set_method(call.method.as_str());
    init.set_cache(RequestCache::NoStore);
    if let Some(body) = &call.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    // It ends a body that does not come, too.
    init.set_signal(Some(&AbortSignal::timeout_with_u32(call.timeout_millis)));
    Request::new_with_str_and_init(&call.url, &init)
}

fn unreachable(error: &JsValue) -> Unreachable {
    let message = error.dyn_ref::<js_sys::Error>().map(js_sys::Error::message);
    Unreachable(message.map_or_else(|| format!("{error:?}"), String::from))
}
