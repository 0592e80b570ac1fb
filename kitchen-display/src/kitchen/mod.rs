//! The board on the wall.

mod bar;
mod hands;
mod keys;
mod page;
mod sheets;
mod strip;
mod ticket;

pub use page::BoardPage;
