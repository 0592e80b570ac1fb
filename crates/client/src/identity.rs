//! Which device of which restaurant this is, and who holds it.

use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::store::{entries, meta, pending, pins, rows, sent};
use crate::topics;
use domain::devices::DeviceKind;
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::sync::{Chain, Epoch, Position};
use protocol::bridge::Topic;
use protocol::sync::{EnrolAnswer, Signed};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// What an enrolment gave this device. A host that keeps a database for each restaurant carries it over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    pub restaurant: RestaurantId,
    pub device: DeviceId,
    pub token: String,
    pub name: String,
    pub kind: DeviceKind,
    /// The hub's address.
    pub hub: String,
    /// The public half of the key that signs positions: pinned here, checked by whoever can.
    pub position_key: String,
}

impl Identity {
    pub fn new(answer: EnrolAnswer, name: String, kind: DeviceKind, hub: String) -> Self {
        Self {
            restaurant: answer.restaurant_id,
            device: answer.device_id,
            token: answer.device_token,
            name,
            kind,
            hub,
            position_key: answer.position_key,
        }
    }
}

/// Without the token: it must reach no log.
impl std::fmt::Debug for Identity {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "device {} of {}", self.device, self.restaurant)
    }
}

/// Why this device does not become another one.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// A queue is bound to its restaurant.
    #[error("something of another restaurant has not been sent yet")]
    Unsent,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Core {
    pub fn identity(&self) -> Stored<Option<Identity>> {
        meta::get(&self.db, &meta::IDENTITY)
    }

    /// The same hub has another address now. Where it is another hub's, that one knows no such token, and nothing is lost.
    pub fn find_hub_at(&mut self, hub: &str) -> Result<(), BindError> {
        let hub = hub.trim_end_matches('/');
        match self.identity()? {
            Some(identity) if identity.hub != hub => self.bind(&Identity {
                hub: hub.to_owned(),
                ..identity
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether something waits here that only this device holds.
    pub fn unsent(&self) -> Stored<bool> {
        pending::any(&self.db)
    }

    /// Makes this the device that an enrolment named. What was queued for the same restaurant comes along,
    /// renumbered, as in a fork; a queue of another restaurant is never taken there.
    pub fn bind(&mut self, identity: &Identity) -> Result<(), BindError> {
        let bound = self.write(|tx, topics| {
            let before = meta::get(tx, &meta::IDENTITY)?;
            match before {
                // The same device with a renewed token: its queue stands as it is.
                Some(before) if before.device == identity.device => {}
                Some(before) if before.restaurant == identity.restaurant => renumber(tx)?,
                Some(_) if pending::any(tx)? => return Ok(Err(BindError::Unsent)),
                Some(_) | None => start(tx, identity.restaurant)?,
            }
            meta::set(tx, &meta::IDENTITY, identity)?;
            meta::clear(tx, &meta::CHILD)?;
            meta::clear(tx, &meta::REVOKED)?;
            topics.extend(topics::everything());
            Ok(Ok(()))
        })?;
        self.live.fresh_links();
        bound
    }

    pub fn person(&self) -> Stored<Option<PersonId>> {
        meta::get(&self.db, &meta::PERSON)
    }

    /// Who holds this device from now on; it survives a restart, offline too.
    pub fn hold(&mut self, person: Option<PersonId>) -> Stored<()> {
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            match person {
                Some(person) => meta::set(tx, &meta::PERSON, &person)?,
                None => meta::clear(tx, &meta::PERSON)?,
            }
            topics.extend([Topic::Session, Topic::Attention]);
            Ok(Ok(()))
        })?;
        done
    }
}

/// An empty device of a restaurant: its first snapshot brings the rest.
fn start(db: &Connection, restaurant: RestaurantId) -> Stored<()> {
    rows::clear(db, rows::Layer::Base)?;
    rows::clear(db, rows::Layer::Overlay)?;
    entries::clear(db)?;
    sent::clear(db)?;
    pins::clear(db)?;
    meta::clear(db, &meta::PERSON)?;
    meta::clear(db, &meta::HUB_AT)?;
    meta::clear(db, &meta::KNOWS)?;
    meta::clear(db, &meta::UPDATE)?;
    meta::clear(db, &meta::SIDE)?;
    meta::clear(db, &meta::SIDE_PROOF)?;
    meta::set(db, &meta::NEXT_MID, &1)?;
    meta::set(db, &meta::APPLIED, &0)?;
    meta::set(db, &meta::POSITION, &nowhere(restaurant))?;
    meta::set(db, &meta::SNAPSHOT, &true)
}

/// Before everything: epoch 0 is lower than any that a hub has.
fn nowhere(restaurant: RestaurantId) -> Signed {
    let epoch = Epoch {
        n: 0,
        tag: String::new(),
    };
    let position = Position {
        epoch,
        seq: 0,
        chain: Chain::start(restaurant),
    };
    Signed {
        position,
        sig: String::new(),
    }
}

/// A new device's queue begins at 1; each command keeps its id, so nothing counts twice.
fn renumber(db: &Connection) -> Stored<()> {
    let mut next = 1;
    // In rising order, and no place lies behind its own: the one that is given is always free.
    for command in pending::all(db)? {
        pending::renumber(db, command.mid, next)?;
        next += 1;
    }
    pending::clear_hints(db)?;
    meta::set(db, &meta::NEXT_MID, &next)
}
