//! The outside: what each route takes and gives.

pub mod body;
pub mod list;
pub mod read;
pub mod request_id;
pub mod routes;
pub mod shapes;
pub mod write;

use crate::auth::password::Passwords;
use crate::demo::Demo;
use crate::hub::Hub;
use crate::relay::RelayState;
use std::sync::Arc;

/// What every handler is given.
#[derive(Debug, Clone)]
pub struct Api {
    pub hub: Arc<Hub>,
    pub passwords: Passwords,
    /// The people who may sign in at one tap; only where a demo is served.
    pub demo: Option<Arc<Demo>>,
    pub relay: RelayState,
}
