//! Who this device is, and who holds it.

pub mod demo;
mod enrol;
pub mod view;

pub use enrol::{EnrolPage, failure};
