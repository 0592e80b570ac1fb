//! Cards: what needs a human, in plain words.

pub mod act;
mod sheet;
pub mod view;

pub use sheet::{AttentionSheet, CardNote};
