//! Types only, no behaviour: the bridge between a screen and the device core, the view models that cross it,
//! and the wire between a device and the hub.

pub mod bridge;
pub mod sync;
pub mod view;
