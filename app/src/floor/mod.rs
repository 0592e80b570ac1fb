//! The floor: one tap opens a table.

mod guests;
mod page;
mod places;

pub use guests::{GuestChoice, GuestSheet};
pub use page::FloorPage;
