//! The few values that a device has one of, each under a name and with a type.

use super::{from_json, to_json};
use crate::error::Stored;
use crate::identity::Identity;
use domain::ids::{DeviceId, PersonId};
use domain::time::Moment;
use protocol::sync::{SideProof, Signed};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

#[derive(Debug)]
pub(crate) struct Item<T> {
    name: &'static str,
    of: PhantomData<T>,
}

const fn item<T>(name: &'static str) -> Item<T> {
    Item {
        name,
        of: PhantomData,
    }
}

/// Which device of which restaurant this is.
pub(crate) const IDENTITY: Item<Identity> = item("identity");
/// The id of the fork that this device is about to become, stored before the hub hears of it.
pub(crate) const CHILD: Item<DeviceId> = item("child");
/// The `mid` that the next command gets.
pub(crate) const NEXT_MID: Item<u64> = item("next_mid");
/// How far the log is stored here.
pub(crate) const POSITION: Item<Signed> = item("position");
/// How far of it base has been brought; behind the position only while an update is needed.
pub(crate) const APPLIED: Item<u64> = item("applied");
/// The hub's time of the newest entry that is stored.
pub(crate) const HUB_AT: Item<Moment> = item("hub_at");
/// The commands that the hub can read, as it said last.
pub(crate) const KNOWS: Item<Vec<String>> = item("knows");
/// Who holds this device.
pub(crate) const PERSON: Item<PersonId> = item("person");
/// The revision of the side rows that are stored here.
pub(crate) const SIDE: Item<u64> = item("side");
/// The hub's word for those side rows.
pub(crate) const SIDE_PROOF: Item<SideProof> = item("side_proof");
/// The revision that screens were told last.
pub(crate) const REVISION: Item<u64> = item("revision");
/// Set while a snapshot has to be fetched before anything can be pulled.
pub(crate) const SNAPSHOT: Item<bool> = item("snapshot");
/// Set once this device is revoked: how many bytes it has pushed since.
pub(crate) const REVOKED: Item<usize> = item("revoked");
/// The kind that this build cannot read, and at which it has stopped applying.
pub(crate) const UPDATE: Item<String> = item("update");
/// When the hub last answered, so far as it was worth a write.
pub(crate) const CONTACT: Item<Moment> = item("contact");

pub(crate) fn get<T: DeserializeOwned>(db: &Connection, item: &Item<T>) -> Stored<Option<T>> {
    let text: Option<String> = db
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([item.name], |row| row.get(0))
        .optional()?;
    text.map(|text| from_json(item.name, &text)).transpose()
}

pub(crate) fn set<T: Serialize>(db: &Connection, item: &Item<T>, value: &T) -> Stored<()> {
    let text = to_json(item.name, value)?;
    db.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute((item.name, text))?;
    Ok(())
}

pub(crate) fn clear<T>(db: &Connection, item: &Item<T>) -> Stored<()> {
    db.prepare_cached("DELETE FROM meta WHERE name = ?1")?
        .execute([item.name])?;
    Ok(())
}

pub(crate) fn next_mid(db: &Connection) -> Stored<u64> {
    Ok(get(db, &NEXT_MID)?.unwrap_or(1))
}

pub(crate) fn applied(db: &Connection) -> Stored<u64> {
    Ok(get(db, &APPLIED)?.unwrap_or(0))
}

/// The counter of the epoch that this device follows.
pub(crate) fn epoch(db: &Connection) -> Stored<u64> {
    Ok(get(db, &POSITION)?.map_or(0, |signed| signed.position.epoch.n))
}
