//! The device core natively: the suite that both hosts share, the engine on a clock of its own, real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that cannot go on fails"
)]

mod engine;
mod machine;
mod native;
mod suite;
