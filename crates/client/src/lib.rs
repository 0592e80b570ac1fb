//! The device core: a store, a queue, the views that screens ask for, and the sync engine.
//!
//! `Core` does no I/O but its own database, reads no clock and draws no id: time and ids come in, so that the
//! simulator can own them. `Device` and `Engine` run it on a `Host`, one machine's clock and links. One code serves
//! both hosts: a native process (`native`) and a Web Worker (`crates/browser`).

mod bridge;
mod core;
mod error;
mod identity;
#[cfg(not(target_family = "wasm"))]
pub mod native;
mod pin;
#[cfg(feature = "planted")]
pub mod planted;
mod query;
mod rest;
mod see;
mod session;
pub mod socket;
mod state;
mod store;
mod submit;
#[cfg(feature = "suite")]
pub mod suite;
pub mod sync;
mod topics;

pub use bridge::Device;
pub use core::{Core, Setup};
pub use error::{OpenError, StoreError};
pub use identity::{BindError, Identity};
