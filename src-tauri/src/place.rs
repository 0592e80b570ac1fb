//! The running core of this process, once it is known which hub it is for.

use crate::home::Home;
use client::Setup;
use client::native::{self, Handle};
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Emitter};

pub(crate) const BUILD: &str = env!("COMANDA_BUILD");

pub(crate) struct Place {
    app: AppHandle,
    pub(crate) home: Home,
    core: Mutex<Option<Handle>>,
}

impl Place {
    pub(crate) fn new(app: AppHandle, home: Home) -> Self {
        Self {
            app,
            home,
            core: Mutex::new(None),
        }
    }

    /// Starts the core on its own thread; it is there for good.
    pub(crate) fn start(&self, hub: String) -> Result<(), native::StartError> {
        let mut core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        if core.is_some() {
            return Ok(());
        }
        let setup = Setup {
            build: BUILD.to_owned(),
            evictable: false,
        };
        let app = self.app.clone();
        let handle = native::start(self.home.database(), setup, hub, move |changed| {
            // As text, as in a browser. A window that is closing hears nothing more.
            if let Ok(json) = serde_json::to_string(&changed) {
                let _unheard = app.emit_to("main", "changed", json);
            }
        })?;
        *core = Some(handle);
        Ok(())
    }

    pub(crate) fn core(&self) -> Option<Handle> {
        self.core
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
