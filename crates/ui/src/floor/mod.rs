//! The floor: rooms, tables, and what on them needs somebody.

pub mod keys;
pub mod ready;
pub mod view;
