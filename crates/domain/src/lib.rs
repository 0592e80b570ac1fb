//! The restaurant's rules, the same on every device and on the hub.
//!
//! `scope` names what a command may read or change, `decide` turns it into events, `apply` folds an
//! event into the state. Nothing here does I/O, reads a clock or draws an id (invariants 1 and 2).

#[macro_use]
mod envelope;

pub mod auth;
pub mod billing;
pub mod command;
pub mod devices;
pub mod event;
pub mod floor;
pub mod ids;
pub mod kitchen;
pub mod menu;
pub mod money;
pub mod notifications;
pub mod orders;
pub mod recover;
pub mod refusal;
pub mod rules;
pub mod settings;
pub mod state;
pub mod sync;
pub mod text;
pub mod time;

#[cfg(test)]
mod tests;

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

pub use command::{Command, Envelope};
pub use envelope::Unknown;
pub use event::Event;
pub use refusal::{Code, Refusal};
pub use rules::{
    Ctx, Origin, Place, Verdict, apply, decide, judge, missing, prepare, quarantine, refuse, scope,
    scope_all,
};
pub use state::{Aggregate, Key, Row, State};
