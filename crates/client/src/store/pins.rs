//! Side rows: who can sign in here by PIN, and who has tried too often. Beside the log, never in it.

use super::{int, meta, parse, uint};
use crate::error::Stored;
use domain::ids::PersonId;
use domain::time::Moment;
use protocol::sync::{Pin, Side};
use protocol::view::Locked;
use rusqlite::{Connection, OptionalExtension};

/// The hub sends them whole.
pub(crate) fn replace(db: &Connection, side: &Side) -> Stored<()> {
    db.execute("DELETE FROM pins", [])?;
    for pin in &side.pins {
        db.prepare_cached("INSERT OR REPLACE INTO pins (person, verifier) VALUES (?1, ?2)")?
            .execute((pin.person.to_string(), &pin.verifier))?;
    }
    match &side.proof {
        Some(proof) => meta::set(db, &meta::SIDE_PROOF, proof.as_ref())?,
        None => meta::clear(db, &meta::SIDE_PROOF)?,
    }
    meta::set(db, &meta::SIDE, &side.revision)
}

/// As the hub sent them, where it has signed them: what a hub that has forgotten them takes back.
pub(crate) fn side(db: &Connection) -> Stored<Option<Side>> {
    let (revision, proof) = (
        meta::get(db, &meta::SIDE)?,
        meta::get(db, &meta::SIDE_PROOF)?,
    );
    let (Some(revision), Some(proof)) = (revision, proof) else {
        return Ok(None);
    };
    let mut query = db.prepare_cached("SELECT person, verifier FROM pins ORDER BY person")?;
    let found = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let pins = found.map(|row| {
        let (person, verifier) = row?;
        let person = parse("person", &person)?;
        Ok(Pin { person, verifier })
    });
    Ok(Some(Side {
        revision,
        pins: pins.collect::<Stored<_>>()?,
        proof: Some(Box::new(proof)),
    }))
}

pub(crate) fn clear(db: &Connection) -> Stored<()> {
    db.execute("DELETE FROM pins", [])?;
    db.execute("DELETE FROM locks", [])?;
    Ok(())
}

pub(crate) fn verifier(db: &Connection, person: PersonId) -> Stored<Option<String>> {
    let found = db
        .prepare_cached("SELECT verifier FROM pins WHERE person = ?1")?
        .query_row([person.to_string()], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Everybody who has a PIN.
pub(crate) fn people(db: &Connection) -> Stored<Vec<PersonId>> {
    let mut query = db.prepare_cached("SELECT person FROM pins")?;
    let found = query.query_map([], |row| row.get::<_, String>(0))?;
    found.map(|person| parse("person", &person?)).collect()
}

/// How many wrong PINs in a row, and until when no other is tried.
pub(crate) fn lock(db: &Connection, person: PersonId) -> Stored<(u64, Moment)> {
    let found = db
        .prepare_cached("SELECT wrong, until FROM locks WHERE person = ?1")?
        .query_row([person.to_string()], |row| {
            Ok((uint(row.get(0)?), Moment(row.get(1)?)))
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

pub(crate) fn set_lock(db: &Connection, person: PersonId, wrong: u64, until: Moment) -> Stored<()> {
    db.prepare_cached("INSERT OR REPLACE INTO locks (person, wrong, until) VALUES (?1, ?2, ?3)")?
        .execute((person.to_string(), int(wrong), until.0))?;
    Ok(())
}

pub(crate) fn unlock(db: &Connection, person: PersonId) -> Stored<()> {
    db.prepare_cached("DELETE FROM locks WHERE person = ?1")?
        .execute([person.to_string()])?;
    Ok(())
}

/// Who is locked out, some perhaps no longer: whoever reads knows what time it is.
pub(crate) fn locked(db: &Connection) -> Stored<Vec<Locked>> {
    let mut query = db.prepare_cached("SELECT person, until FROM locks WHERE until > 0")?;
    let found = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let locked = found.map(|row| {
        let (person, until) = row?;
        Ok(Locked {
            person: parse("person", &person)?,
            until: Moment(until),
        })
    });
    locked.collect()
}
