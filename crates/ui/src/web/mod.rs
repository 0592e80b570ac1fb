//! The few things that a screen asks of its browser, and what stands for them where tests run without one.

#[cfg(target_family = "wasm")]
mod host;
#[cfg(target_family = "wasm")]
mod http;
#[cfg(target_family = "wasm")]
mod page;
#[cfg(target_family = "wasm")]
mod sound;
#[cfg(target_family = "wasm")]
pub use {host::*, http::*, page::*, sound::*};

#[cfg(not(target_family = "wasm"))]
mod none;
#[cfg(not(target_family = "wasm"))]
pub use none::*;

/// A key that was pressed while no field had the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pressed {
    pub key: String,
    /// Ctrl, Alt or Meta was held: it is somebody's shortcut, not typing.
    pub chord: bool,
    /// The focus is in a field or in an open sheet.
    pub elsewhere: bool,
}

/// What to focus after a jump: ids are ours and unique on the page.
pub fn focus_soon(id: String) {
    dioxus::prelude::spawn(async move {
        next_frame().await;
        focus(&id);
    });
}
