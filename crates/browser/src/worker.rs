//! What js/worker.js starts and asks: the core behind `call(json) -> json`, and the words it may say unasked.

use client::{Core, Device, Setup};
use protocol::bridge::{Answer, Request, SessionAsk};
use serde::Deserialize;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::host::{Worker, now};
use crate::storage::{self, Pool};

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

    /// No core of this build can run here: starting another is of no use.
    #[wasm_bindgen(method)]
    pub fn unable(this: &Port, what: &str);
}

/// What the page tells a starting core.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
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

impl Config {
    fn setup(&self) -> Setup {
        Setup {
            build: self.build.clone(),
            evictable: !self.persisted,
        }
    }
}

#[wasm_bindgen]
#[derive(Debug)]
pub struct Host {
    config: Config,
    port: Port,
    device: Device<Worker>,
    #[cfg(feature = "probe")]
    probe: crate::probe::Probe,
}

/// Opens the database and starts the core.
#[wasm_bindgen]
pub async fn start(config: String, port: Port) -> Result<Host, JsError> {
    report_panics(port.clone());
    let config: Config = serde_json::from_str(&config)?;
    let pool = match &config.restaurant {
        Some(restaurant) => Some(Pool::open(restaurant, &config.screen).await?),
        None => None,
    };
    let database = |file: &str| match &pool {
        Some(pool) => pool.database(file),
        None => storage::nowhere(),
    };
    let opened = Core::open(database("device.db")?, config.setup(), now());
    let core = opened.inspect_err(|error| match error {
        client::OpenError::Newer { .. } => port.unable("update_needed"),
        client::OpenError::Store(_) => {}
    })?;
    #[cfg(feature = "probe")]
    let probe = crate::probe::Probe::new(database("probe.db")?, port.clone())?;
    let (device, engine) = Device::new(core, Worker::new(port.clone()));
    if let Some(why) = &config.last_trouble {
        device.note(&format!("the core before this one fell: {why}"));
    }
    wasm_bindgen_futures::spawn_local(engine.run());
    Ok(Host {
        config,
        port,
        device,
        #[cfg(feature = "probe")]
        probe,
    })
}

#[wasm_bindgen]
impl Host {
    /// One bridge request, one bridge answer. It never rejects: what goes wrong is an answer too.
    pub async fn call(&self, request: String) -> String {
        #[cfg(feature = "probe")]
        if let Some(answer) = self.probe.call(&request).await {
            return answer;
        }
        let answer = match serde_json::from_str::<Request>(&request) {
            Ok(request) => self.answer(request).await,
            Err(error) => trouble(format!("a call that does not read: {error}")),
        };
        serde_json::to_string(&answer).unwrap_or_else(|error| {
            format!(
                "{{\"answer\":\"trouble\",\"what\":\"an answer that cannot be written: {error}\"}}"
            )
        })
    }

    /// The network is said to be back: try now.
    pub fn retry(&self) {
        self.device.retry();
    }

    /// The browser has promised to keep what is stored here.
    pub fn kept(&self) {
        self.device.with_core(|core| core.set_evictable(false));
    }

    async fn answer(&self, request: Request) -> Answer {
        let enrols = matches!(request, Request::Session(SessionAsk::Enrol { .. }));
        let answer = self.device.call(request).await;
        if enrols && matches!(answer, Answer::Done) {
            return match self.settle().await {
                Ok(()) => Answer::Done,
                Err(error) => trouble(error.to_string()),
            };
        }
        answer
    }

    /// Stores who this device has become in that restaurant's own database, and goes on there. Only then is it true.
    async fn settle(&self) -> Result<(), Unsettled> {
        let identity = self.device.with_core(|core| core.identity())?;
        let Some(identity) = identity else {
            return Ok(());
        };
        let restaurant = identity.restaurant.to_string();
        if self.config.restaurant.as_ref() == Some(&restaurant) {
            return Ok(());
        }
        let pool = Pool::open(&restaurant, &self.config.screen).await?;
        let mut core = Core::open(pool.database("device.db")?, self.config.setup(), now())?;
        core.bind(&identity)?;
        self.port.reopen(&restaurant);
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum Unsettled {
    #[error(transparent)]
    Storage(#[from] storage::OpenError),
    #[error(transparent)]
    Open(#[from] client::OpenError),
    #[error(transparent)]
    Bind(#[from] client::BindError),
    #[error(transparent)]
    Store(#[from] client::StoreError),
}

fn trouble(what: String) -> Answer {
    Answer::Trouble { what }
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
