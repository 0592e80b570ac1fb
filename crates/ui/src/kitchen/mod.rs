//! The kitchen board: tickets by age, packed into the screen without scrolling.

pub mod layout;
pub mod view;
