//! The day's figures, as the hub tells them.

pub mod days;
pub mod view;
