//! The bill as the guest will read it, and taking money for it.

pub mod act;
pub mod view;
