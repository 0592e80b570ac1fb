//! Ids: UUIDs that cannot be mistaken for one another. Whoever makes a thing draws its id (v7).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(to) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(from: &str) -> Result<Self, uuid::Error> { Uuid::parse_str(from).map(Self) }
        }
    )+};
}

ids! {
    RestaurantId, PersonId, DeviceId, RoomId, TableId, CategoryId, DishId, OrderId, LineId, TicketId, CardId,
    GroupId, OptionId, BillId, PaymentId,
    /// One tap, one id: however often it is sent, it has one outcome (invariant 4).
    CommandId,
}

/// An id that follows from a command, so that hub and device name the same thing alike.
pub fn derived(of: CommandId, what: &str, ordinal: usize) -> Uuid {
    Uuid::new_v5(&of.0, format!("{what}/{ordinal}").as_bytes())
}

/// Whether a rule has made it of a command, and nobody has drawn it.
pub fn is_derived(id: Uuid) -> bool {
    id.get_version() == Some(uuid::Version::Sha1)
}
