//! Who is asking: passwords, access tokens, device tokens, and what each may do.

pub mod actor;
pub mod login;
pub mod password;
pub mod token;

pub use actor::{DeviceActor, May, Person};
