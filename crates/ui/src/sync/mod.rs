//! The link to the hub: what waits, since when, and all that somebody needs to help.

mod pill;
pub mod quiet;
mod sheet;
pub mod view;

pub use pill::SyncPill;
pub use sheet::SyncSheet;
