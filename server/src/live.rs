//! What is told after a commit: to sockets, to the relay, to whoever waits for news.

use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::sync::Position;
use uuid::Uuid;

/// What one commit has brought.
#[derive(Debug, Clone)]
pub struct Told {
    pub restaurant: RestaurantId,
    pub position: Position,
    pub events: Vec<LiveEvent>,
    /// Devices whose sockets are to be cut.
    pub revoked: Vec<DeviceId>,
    /// People whose tokens may say what is true no more.
    pub people: Vec<PersonId>,
}

/// Whose tokens may not be good any more: whoever has believed one looks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    Person(PersonId),
    Device(DeviceId),
    Session(Uuid),
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
            people: Vec::new(),
        }
    }
}
