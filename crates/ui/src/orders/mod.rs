//! Checks: what stands on them, where each line really is, and the taps that change them.

pub mod act;
pub mod edit;
pub mod trail;
pub mod view;
