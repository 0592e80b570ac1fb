//! The worker's clocks, chance and links, as the core asks for them.

use client::sync::{Call, Host, Reply, Unreachable};
use domain::time::Moment;
use js_sys::{Date, Math};
use protocol::bridge::Changed;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use crate::worker::Port;
use crate::{http, timer, websocket};

#[derive(Debug)]
pub(crate) struct Worker {
    port: Port,
}

impl Worker {
    pub(crate) fn new(port: Port) -> Self {
        Self { port }
    }
}

pub(crate) fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since 1970 fit by far"
)]
pub(crate) fn now() -> Moment {
    Moment(Date::now() as i64)
}

impl Host for Worker {
    type Wire = websocket::Link;

    fn now(&self) -> Moment {
        now()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since the worker began"
    )]
    fn ticks(&self) -> u64 {
        // Never 0: that asks for a probe.
        let millis = scope().performance().map_or(0.0, |clock| clock.now());
        (millis as u64).max(1)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge where ids come in"
    )]
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "any number will do"
    )]
    fn chance(&self) -> u32 {
        (Math::random() * f64::from(u32::MAX)) as u32
    }

    /// The screens come from the hub, so it is where they came from.
    fn hub(&self) -> String {
        scope().location().origin()
    }

    async fn sleep(&self, millis: u64) {
        timer::sleep(millis).await;
    }

    async fn call(&self, call: Call) -> Result<Reply, Unreachable> {
        http::call(call).await
    }

    async fn wire(&self, url: String) -> Result<Self::Wire, Unreachable> {
        websocket::Link::open(&url).await
    }

    fn changed(&self, changed: Changed) {
        // Numbers and names only: it always can be written.
        if let Ok(json) = serde_json::to_string(&changed) {
            self.port.changed(&json);
        }
    }
}
