//! Stories of the device core, on a real SQLite file each.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that cannot go on fails"
)]

mod engine;
mod fork;
mod limits;
mod machine;
mod native;
mod peer;
mod pull;
mod push;
mod queue;
mod reset;
mod serialised;
mod tablet;
mod versions;
