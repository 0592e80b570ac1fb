//! A table: the menu on one side, the check on the other.

mod check;
mod dish;
mod lines;
mod menu;
mod name;
mod page;

pub use page::{CheckPage, TablePage};
