//! The menu as a waiter finds dishes in it.

pub mod choice;
pub mod view;
