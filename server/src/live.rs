//! What is told after a commit: to sockets, to the relay, to whoever waits for news.

use crate::api::shapes::{BillShape, OrderShape, TableShape};
use domain::ids::{DeviceId, LineId, PersonId, RestaurantId};
use domain::sync::Position;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use std::sync::Arc;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    Person(PersonId),
    Device(DeviceId),
    Session(Uuid),
    /// Whoever there is: something may not have been heard.
    Anybody,
}

/// Every event that there is.
const NAMES: [&str; 4] = ["order:new", "order:update", "table:update", "bill:paid"];

/// The name as we have it; none where there is no such event.
pub fn name_of(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| *known == name)
}

/// One Socket.IO event. It is written out where it is sent, and only then.
#[derive(Debug, Clone)]
pub struct LiveEvent {
    pub name: &'static str,
    pub said: Said,
}

/// What an event carries: the log's position and the thing as it is now.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Said {
    New {
        seq: u64,
        order: Arc<OrderShape>,
    },
    Changed {
        seq: u64,
        order: Arc<OrderShape>,
        changed: Vec<LineId>,
    },
    Table {
        seq: u64,
        table: Arc<TableShape>,
    },
    Bill {
        seq: u64,
        bill: Arc<BillShape>,
    },
    Heard(Heard),
}

/// What another node has written out, as each may hear it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub service: Value,
    pub kitchen: Option<Value>,
}

impl Serialize for Heard {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.service.serialize(to)
    }
}

impl Said {
    /// As the kitchen hears it, without money; none where it does not hear of it at all.
    pub fn to_the_kitchen(&self) -> Option<Self> {
        match self {
            Self::New { seq, order } => Some(Self::New {
                seq: *seq,
                order: Arc::new(order.without_money()),
            }),
            Self::Changed {
                seq,
                order,
                changed,
            } => Some(Self::Changed {
                seq: *seq,
                order: Arc::new(order.without_money()),
                changed: changed.clone(),
            }),
            Self::Heard(heard) => heard.kitchen.clone().map(|service| {
                let kitchen = None;
                Self::Heard(Heard { service, kitchen })
            }),
            Self::Table { .. } | Self::Bill { .. } => None,
        }
    }
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
