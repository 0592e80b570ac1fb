//! Requests to the hub from inside the worker, with a time-out that the network cannot hold up.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, Request, RequestInit, Response, WorkerGlobalScope};

/// The hub's answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// No answer: no network, no hub there, or no patience left.
#[derive(Debug, thiserror::Error)]
#[error("the hub cannot be reached: {0}")]
pub(crate) struct Unreachable(String);

impl From<JsValue> for Unreachable {
    fn from(value: JsValue) -> Self {
        Self(format!("{value:?}"))
    }
}

pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) token: Option<&'a str>,
    /// JSON; none for a GET.
    pub(crate) body: Option<&'a str>,
    pub(crate) timeout_ms: u32,
}

pub(crate) async fn call(call: &Call<'_>) -> Result<Answer, Unreachable> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    if let Some(token) = call.token {
        headers.set("authorization", &format!("Bearer {token}"))?;
    }
    let init = RequestInit::new();
    init.set_method(call.method);
    if let Some(body) = call.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(call.timeout_ms)));
    let request = Request::new_with_str_and_init(call.url, &init)?;
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response: Response = JsFuture::from(scope.fetch_with_request(&request))
        .await?
        .unchecked_into();
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok(Answer {
        status: response.status(),
        body: Uint8Array::new(&body).to_vec(),
    })
}
