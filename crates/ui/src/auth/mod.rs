//! Who this device is, and who holds it.

pub mod demo;
mod enrol;
mod pad;
pub mod view;

pub use enrol::{EnrolAnew, EnrolPage, failure};
pub use pad::{PinDots, PinPad};
