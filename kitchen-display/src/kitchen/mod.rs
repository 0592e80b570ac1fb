//! The board on the wall.

mod bar;
mod page;
mod ticket;

pub use page::BoardPage;
