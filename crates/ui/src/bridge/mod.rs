//! The screen's end of the bridge: a call always comes back, and what changed is read again.

mod calls;
mod feed;
mod fetch;
mod reading;
mod submit;

pub use calls::{call, session};
pub use feed::{Heard, Stamps, use_feed};
pub use fetch::{Fetched, ask, use_fetch};
pub use reading::{Reading, Shows, use_view, use_view_by};
pub use submit::{Flight, Submitting};
