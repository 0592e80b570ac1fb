//! The kitchen board: tickets by age, packed into the screen without scrolling; what a tap or a key on it does, and
//! what it lets the kitchen hear.

pub mod act;
pub mod age;
pub mod keys;
pub mod layout;
pub mod recall;
pub mod settings;
pub mod sound;
pub mod stock;
pub mod view;

#[cfg(test)]
mod contrast;
