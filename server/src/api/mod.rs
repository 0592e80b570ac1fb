//! The outside: what each route takes and gives.

pub mod body;
pub mod fields;
pub mod list;
pub mod openapi;
pub mod read;
pub mod request_id;
pub mod routes;
pub mod shapes;
pub mod table;
pub mod write;

use crate::auth::actor::Believed;
use crate::auth::password::Passwords;
use crate::demo::Demo;
use crate::devices::Seen;
use crate::hub::Hub;
use crate::limits::Limits;
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
    pub limits: Arc<Limits>,
    pub believed: Arc<Believed>,
    pub seen: Arc<Seen>,
    /// One at a time may be the first to register.
    pub founding: Arc<tokio::sync::Mutex<()>>,
}
