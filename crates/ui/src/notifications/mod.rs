//! Cards: what needs a human, in plain words.

mod sheet;
pub mod view;

pub use sheet::{AttentionSheet, CardNote};
