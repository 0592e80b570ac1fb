//! What is told after a commit: to sockets, to the relay, to whoever waits for news.

use domain::ids::{DeviceId, RestaurantId};
use domain::sync::Position;

/// What one commit has brought.
#[derive(Debug, Clone)]
pub struct Told {
    pub restaurant: RestaurantId,
    pub position: Position,
    pub events: Vec<LiveEvent>,
    /// Devices whose sockets are to be cut.
    pub revoked: Vec<DeviceId>,
}

/// One Socket.IO event, drawn twice where the kitchen must not see money.
#[derive(Debug, Clone)]
pub struct LiveEvent {
    pub name: &'static str,
    pub full: serde_json::Value,
    /// None: the kitchen does not get it at all.
    pub kitchen: Option<serde_json::Value>,
}

impl Told {
    pub fn nothing(restaurant: RestaurantId, position: &Position) -> Self {
        Self {
            restaurant,
            position: position.clone(),
            events: Vec::new(),
            revoked: Vec::new(),
        }
    }
}
