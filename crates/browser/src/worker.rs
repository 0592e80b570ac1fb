//! What js/worker.js starts and asks: the core behind `call(json) -> json`, and the words it may say unasked.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::storage;

#[wasm_bindgen]
extern "C" {
    /// The worker's side of the page (js/worker.js).
    #[derive(Debug, Clone)]
    pub type Port;

    /// Something that screens may show has changed.
    #[wasm_bindgen(method)]
    pub fn changed(this: &Port, json: &str);

    /// This device now belongs to a restaurant: start again on that one's database, once the present call is answered.
    #[wasm_bindgen(method)]
    pub fn reopen(this: &Port, restaurant: &str);

    /// The core is in an unknown state: start another.
    #[wasm_bindgen(method)]
    pub fn fell(this: &Port, text: &str);
}

/// What the page tells a starting core.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the core takes the rest once it is wired in")]
pub(crate) struct Config {
    pub(crate) build: String,
    /// `app` or `kitchen`: two devices, even in one browser.
    pub(crate) screen: String,
    /// May the browser clear this storage when it runs short? The pill says so.
    pub(crate) persisted: bool,
    pub(crate) restaurant: Option<String>,
    /// Why the core before this one fell, for the log of troubles.
    pub(crate) last_trouble: Option<String>,
}

#[wasm_bindgen]
#[derive(Debug)]
pub struct Host {
    #[cfg(feature = "probe")]
    probe: crate::probe::Probe,
}

/// Opens the database and starts the core.
#[wasm_bindgen]
pub async fn start(config: String, port: Port) -> Result<Host, JsError> {
    report_panics(port.clone());
    let config: Config = serde_json::from_str(&config)?;
    let connection = storage::open(config.restaurant.as_deref(), &config.screen).await?;
    #[cfg(not(feature = "probe"))]
    drop(connection);
    Ok(Host {
        #[cfg(feature = "probe")]
        probe: crate::probe::Probe::new(connection, port)?,
    })
}

#[wasm_bindgen]
impl Host {
    /// One bridge request, one bridge answer. It never rejects: what goes wrong is an answer too.
    pub async fn call(&self, request: String) -> String {
        let Ok(request) = serde_json::from_str::<Json>(&request) else {
            return trouble("not JSON");
        };
        #[cfg(feature = "probe")]
        if request["call"] == "probe" {
            return self
                .probe
                .call(&request)
                .await
                .map_or_else(|error| trouble(&error), |answer| answer.to_string());
        }
        trouble(&format!("unknown call {}", request["call"]))
    }
}

fn trouble(what: &str) -> String {
    json!({ "answer": "trouble", "what": what }).to_string()
}

/// A panic leaves the core half-way through something. The page hears of it and starts another on the same database.
fn report_panics(port: Port) {
    // JavaScript's values are not Sync; in a worker there is one thread, so the hook looks the port up there.
    thread_local! { static PORT: std::cell::OnceCell<Port> = const { std::cell::OnceCell::new() }; }
    let _first_port_stays = PORT.with(|cell| cell.set(port));
    std::panic::set_hook(Box::new(|panic| {
        PORT.with(|cell| {
            if let Some(port) = cell.get() {
                port.fell(&panic.to_string());
            }
        });
    }));
}
