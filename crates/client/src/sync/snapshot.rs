//! After a reset: base as a whole, what became of this device's commands, and what the hub has forgotten queued again.

use super::calls::CallError;
use super::live::{Compared, compare};
use super::plan::After;
use super::rebase::{dropped_by_number, hub_time};
use super::replay::replay;
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::Identity;
use crate::store::pending::Pending;
use crate::store::rows::{self, Layer};
use crate::store::{meta, pending, pins, sent};
use crate::topics::{self, Topics};
use domain::ids::{CommandId, RestaurantId};
use domain::time::Moment;
use domain::{Aggregate, Key, Row, State};
use protocol::bridge::Topic;
use protocol::sync::{Decided, Side, Signed, Was};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;

/// A snapshot, so far as any build can read it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    restaurant: RestaurantId,
    position: Signed,
    rows: Vec<ReadRow>,
    outcomes: Vec<Decided>,
    last_mid: u64,
    #[serde(default)]
    side: Option<Side>,
}

#[derive(Deserialize)]
struct ReadRow {
    key: String,
    row: ReadBody,
}

#[derive(Deserialize)]
struct ReadBody {
    revision: u64,
    body: ReadAggregate,
}

#[derive(Deserialize)]
struct ReadAggregate {
    kind: String,
    version: u16,
    data: Box<RawValue>,
}

impl ReadRow {
    /// The row, or the name of what this build cannot read.
    fn row(&self) -> Result<(Key, Row), String> {
        let ReadAggregate {
            kind,
            version,
            data,
        } = &self.row.body;
        let name = || format!("{kind}@{version}");
        let key = self.key.parse().map_err(|_| self.key.clone())?;
        let body = Aggregate::read(kind, *version, data.get()).map_err(|_| name())?;
        let revision = self.row.revision;
        Ok((key, Row { revision, body }))
    }
}

impl Core {
    /// What came of asking for a snapshot: its text, as it came.
    pub fn on_snapshot(&mut self, answer: Result<String, CallError>, now: Moment) -> Stored<After> {
        let text = match answer {
            Ok(text) => text,
            Err(error) => return self.call_failed("snapshot", &error, now),
        };
        self.heard(now);
        let (Some(identity), Some(mine)) =
            (self.identity()?, meta::get(&self.db, &meta::POSITION)?)
        else {
            return Ok(After::Wait);
        };
        let read: Read = match serde_json::from_str(&text) {
            Ok(read) => read,
            Err(why) => return self.not_taken(&why.to_string(), now),
        };
        if read.restaurant != identity.restaurant {
            return self.not_taken("it is another restaurant's", now);
        }
        if compare(&mine.position.epoch, &read.position.position.epoch) == Compared::Behind {
            self.set_behind(true);
            return Ok(After::Wait);
        }
        match read.rows.iter().map(ReadRow::row).collect() {
            Ok(rows) => self.import(&identity, &mine, &read, rows, now),
            Err(kind) => self.update_needed(&kind),
        }
    }

    fn not_taken(&mut self, why: &str, now: Moment) -> Stored<After> {
        self.note(now, &format!("a snapshot was not taken: {why}"));
        self.set_other(Some("snapshot".into()));
        Ok(After::Wait)
    }

    fn update_needed(&mut self, kind: &str) -> Stored<After> {
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            meta::set(tx, &meta::UPDATE, &kind.to_owned())?;
            topics.insert(Topic::Sync);
            Ok(Ok(()))
        })?;
        done.map(|()| After::Wait)
    }

    fn import(
        &mut self,
        identity: &Identity,
        mine: &Signed,
        read: &Read,
        rows: Vec<(Key, Row)>,
        now: Moment,
    ) -> Stored<After> {
        let forked: Result<bool, StoreError> = self.write(|tx, topics| {
            replace_base(tx, rows, topics)?;
            if let Some(side) = &read.side {
                pins::replace(tx, side)?;
            }
            let forked = outcomes(tx, identity, read, now)?;
            let forked = put_back(tx, identity, read)? || forked;
            put_back_of_others(tx, identity, mine, read)?;
            pending::clear_hints(tx)?;
            meta::set(tx, &meta::POSITION, &read.position)?;
            meta::set(tx, &meta::APPLIED, &read.position.position.seq)?;
            meta::set(tx, &meta::CONTACT, &now)?;
            meta::clear(tx, &meta::SNAPSHOT)?;
            meta::clear(tx, &meta::UPDATE)?;
            replay(tx, identity, State::default(), topics)?;
            Ok(Ok(forked))
        })?;
        self.live.fresh_links();
        self.live.forked = forked?;
        self.touch([Topic::Sync]);
        Ok(After::Go)
    }
}

fn replace_base(db: &Connection, rows: Vec<(Key, Row)>, topics: &mut Topics) -> Stored<()> {
    for key in rows::keys(db, Layer::Base)? {
        topics.extend(topics::of_key(&key));
    }
    rows::clear(db, Layer::Base)?;
    for (key, row) in rows {
        rows::put(db, Layer::Base, &key, &row)?;
        topics.extend(topics::of_key(&key));
    }
    topics.extend(topics::everything());
    Ok(())
}

/// What the hub has decided leaves the queue. Answers whether somebody else speaks under this device's name.
fn outcomes(db: &Connection, identity: &Identity, read: &Read, now: Moment) -> Stored<bool> {
    let next = meta::next_mid(db)?;
    let mut forked = read.last_mid >= next;
    for decided in &read.outcomes {
        let was = Was {
            epoch: read.position.position.epoch.clone(),
            seq: decided.seq,
            outcome: decided.outcome,
            code: decided.code.clone(),
        };
        let waiting = pending::by_mid(db, decided.mid)?;
        let sent = sent::by_mid(db, identity.device, decided.mid)?;
        match (waiting, sent) {
            (Some(pending), _) if pending.cmd_id == decided.cmd_id || dropped_by_number() => {
                pending::remove(db, decided.mid)?;
                let at = hub_time(db, now)?;
                sent::insert(db, identity.device, &pending, &was, at)?;
            }
            (None, Some(sent)) if sent.cmd_id == decided.cmd_id => {
                sent::redecided(db, decided.cmd_id, &was)?;
            }
            (Some(_), _) | (None, Some(_)) => forked = true,
            (None, None) => forked |= decided.mid >= next,
        }
    }
    Ok(forked)
}

/// What the hub had decided and now has forgotten waits again, at its old place and with what had been said of it.
/// A place that the hub has filled with something else is a fork.
fn put_back(db: &Connection, identity: &Identity, read: &Read) -> Stored<bool> {
    let known: HashSet<CommandId> = read.outcomes.iter().map(|one| one.cmd_id).collect();
    for sent in sent::from(db, identity.device, 0, usize::MAX)? {
        if !known.contains(&sent.cmd_id) {
            sent::remove(db, sent.cmd_id)?;
            pending::insert(db, &sent)?;
        }
    }
    // Whatever waits at a place that the hub has passed is not what the hub has there.
    Ok(pending::first(db)?.is_some_and(|first| first <= read.last_mid))
}

/// In a new epoch the hub may have forgotten, too, what this device sent before it became the one that it is. It
/// goes to the end of the queue under new places: what the hub still knows, it knows by the command's id.
fn put_back_of_others(
    db: &Connection,
    identity: &Identity,
    mine: &Signed,
    read: &Read,
) -> Stored<()> {
    let (before, after) = (&mine.position.epoch, &read.position.position.epoch);
    if compare(before, after) != Compared::Newer {
        return Ok(());
    }
    let mut next = meta::next_mid(db)?;
    for sent::Other { pending: sent, .. } in sent::of_others(db, identity.device)? {
        sent::remove(db, sent.cmd_id)?;
        pending::insert(db, &Pending { mid: next, ..sent })?;
        next += 1;
    }
    meta::set(db, &meta::NEXT_MID, &next)
}
