//! Who is asking: passwords, access tokens, device tokens, and what each may do.

pub mod actor;
pub mod gate;
pub mod login;
pub mod password;
pub mod people;
pub mod secret;
pub mod session;
pub mod token;

pub use actor::{DeviceActor, May, Person};
