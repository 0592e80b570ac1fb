//! The rebase: entries onto base, and what they decide out of the queue.

use super::pull::Page;
use super::replay::replay;
use super::retention;
use crate::error::Stored;
use crate::identity::Identity;
use crate::state;
use crate::store::entries::{self, Kept};
use crate::store::rows::{self, Layer};
use crate::store::{meta, pending, sent};
use crate::topics::{self, Topics};
use domain::ids::CommandId;
use domain::sync::{EntryHead, EntryRow, Outcome, Position};
use domain::time::Moment;
use domain::{Event, State, Unknown};
use protocol::bridge::Topic;
use protocol::sync::{Signed, Was};
use rusqlite::Connection;
use serde::Deserialize;

/// Why a page is not taken: nothing of it is stored.
#[derive(Debug)]
pub(crate) enum No {
    /// Somebody else speaks under this device's name.
    Fork,
    Bad(String),
}

/// Stores the page's entries, unchanged, and says where that brings this device.
pub(crate) fn append(
    db: &Connection,
    identity: &Identity,
    mine: &Signed,
    page: &Page,
) -> Stored<Result<Signed, No>> {
    let mut at = mine.position.clone();
    let mut hub_at = meta::get(db, &meta::HUB_AT)?.unwrap_or_default();
    for bytes in &page.entries {
        let head = EntryHead::read(bytes).ok();
        let seq = at.seq + 1;
        if let Some(head) = &head {
            if head.seq != seq {
                return Ok(Err(No::Bad(format!("entry {} after {}", head.seq, at.seq))));
            }
            if foreign(db, identity, head, bytes)? {
                return Ok(Err(No::Fork));
            }
            hub_at = head.hub_at;
        }
        at.seq = seq;
        at.chain = at.chain.then(bytes);
        let kept = Kept {
            epoch: at.epoch.n,
            seq,
            cmd_id: head.map(|head| head.cmd_id),
            hub_at,
            bytes,
            chain: at.chain,
        };
        entries::append(db, &kept)?;
    }
    meta::set(db, &meta::HUB_AT, &hub_at)?;
    Ok(verified(at, page))
}

/// The hub signs where a pull ends; a page before that ends where the chain says.
fn verified(at: Position, page: &Page) -> Result<Signed, No> {
    let said = &page.position.position;
    if said.seq == at.seq {
        if said.chain == at.chain {
            return Ok(page.position.clone());
        }
        return Err(No::Bad(format!("the chain breaks at or before {}", at.seq)));
    }
    if page.more && said.seq > at.seq && !page.entries.is_empty() {
        let sig = String::new();
        return Ok(Signed { position: at, sig });
    }
    Err(No::Bad(format!("it ends at {}, not {}", at.seq, said.seq)))
}

/// An entry under this device's name that is not this device's.
fn foreign(db: &Connection, identity: &Identity, head: &EntryHead, bytes: &str) -> Stored<bool> {
    let (Some(device), Some(mid)) = (head.device, head.mid) else {
        return Ok(false);
    };
    if device != identity.device || dropped_by_number() {
        return Ok(false);
    }
    if mid >= meta::next_mid(db)? {
        return Ok(true);
    }
    let held = match pending::by_mid(db, mid)? {
        Some(pending) => Some(pending.cmd_id),
        None => sent::by_mid(db, device, mid)?.map(|sent| sent.cmd_id),
    };
    // What lies so far back that nothing is held of it cannot be compared any more.
    let other = held.is_some_and(|held| held != head.cmd_id && !kept_aside(head, bytes, held));
    Ok(other && !dropped_by_number())
}

/// A command whose id had come with another content: the hub keeps it whole, under an id of its own.
fn kept_aside(head: &EntryHead, bytes: &str, held: CommandId) -> bool {
    #[derive(Deserialize)]
    struct Asked {
        command: Option<Named>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Named {
        cmd_id: CommandId,
    }
    let asked = serde_json::from_str::<Asked>(bytes).ok();
    let named = asked.and_then(|asked| asked.command);
    head.outcome == Outcome::Quarantined && named.is_some_and(|named| named.cmd_id == held)
}

/// Brings base to the end of what is stored, or to the first entry that this build cannot read, and replays.
pub(crate) fn settle(db: &Connection, identity: &Identity, topics: &mut Topics) -> Stored<()> {
    let Some(position) = meta::get(db, &meta::POSITION)?.map(|signed| signed.position) else {
        return Ok(());
    };
    let mut state = State::default();
    let stopped = catch_up(db, identity, &position, &mut state, topics)?;
    state::save(db, Layer::Base, &mut state, topics)?;
    match stopped {
        Some(kind) => meta::set(db, &meta::UPDATE, &kind)?,
        None => {
            meta::clear(db, &meta::UPDATE)?;
            retention::drop_what_is_over(db, topics)?;
        }
    }
    topics.insert(Topic::Sync);
    retention::prune(db, position.epoch.n, meta::applied(db)?)?;
    replay(db, identity, state, topics)
}

/// Applies what is stored beyond base. Answers the kind at which it had to stop.
fn catch_up(
    db: &Connection,
    identity: &Identity,
    to: &Position,
    state: &mut State,
    topics: &mut Topics,
) -> Stored<Option<String>> {
    loop {
        let mut applied = meta::applied(db)?;
        let entries = entries::after(db, to.epoch.n, applied, to.seq)?;
        if entries.is_empty() {
            return Ok(None);
        }
        for (seq, bytes) in entries {
            match read(&bytes) {
                Ok((head, events, rows)) => {
                    own(db, identity, to, &head, &bytes, topics)?;
                    state::apply(db, Layer::Base, state, &events)?;
                    // What this device had dropped: events alone cannot bring it back.
                    for EntryRow { key, row } in rows {
                        rows::put(db, Layer::Base, &key, &row)?;
                        topics.extend(topics::of_row(&key, &row));
                        state.load(key, Some(row));
                    }
                    applied = seq;
                }
                Err(unknown) => {
                    meta::set(db, &meta::APPLIED, &applied)?;
                    return Ok(Some(name(&unknown)));
                }
            }
        }
        meta::set(db, &meta::APPLIED, &applied)?;
    }
}

fn read(bytes: &str) -> Result<(EntryHead, Vec<Event>, Vec<EntryRow>), Unknown> {
    let head = EntryHead::read(bytes)?;
    let (events, rows) = (head.events()?, head.rows()?);
    #[cfg(feature = "planted")]
    if let Some(event) = events.iter().find(|event| !crate::planted::knows(event)) {
        let (kind, version) = (event.kind().to_owned(), event.version());
        return Err(Unknown::Kind { kind, version });
    }
    #[cfg(feature = "planted")]
    let events = match crate::planted::is(crate::planted::Bug::LosesHandOver) {
        true => events
            .into_iter()
            .filter(|event| !matches!(event, Event::OrderHandedOver(_)))
            .collect(),
        false => events,
    };
    Ok((head, events, rows))
}

fn name(unknown: &Unknown) -> String {
    match unknown {
        Unknown::Kind { kind, version } => format!("{kind}@{version}"),
        Unknown::Shape { kind, .. } => kind.clone(),
    }
}

/// Takes out of the queue what this entry decides: by this device, its place and its id, never by one of them alone.
fn own(
    db: &Connection,
    identity: &Identity,
    position: &Position,
    head: &EntryHead,
    bytes: &str,
    topics: &mut Topics,
) -> Stored<()> {
    let was = Was {
        epoch: position.epoch.clone(),
        seq: head.of.unwrap_or(head.seq),
        outcome: head.outcome,
        code: head.code.clone(),
    };
    if head.device.is_none() && head.of.is_some() {
        // A manager has released or discarded what was quarantined.
        return sent::redecided(
            db,
            head.cmd_id,
            &Was {
                seq: head.seq,
                ..was
            },
        );
    }
    let (Some(device), Some(mid)) = (head.device, head.mid) else {
        return Ok(());
    };
    if device != identity.device {
        return Ok(());
    }
    match pending::by_mid(db, mid)? {
        Some(pending)
            if pending.cmd_id == head.cmd_id
                || kept_aside(head, bytes, pending.cmd_id)
                || dropped_by_number() =>
        {
            pending::remove(db, mid)?;
            sent::insert(db, device, &pending, &was, head.hub_at)?;
            topics.extend(pending.order.into_iter().flat_map(topics::of_order));
            Ok(())
        }
        Some(_) => Ok(()),
        None => sent::redecided(db, head.cmd_id, &was),
    }
}

#[cfg(feature = "planted")]
pub(crate) fn dropped_by_number() -> bool {
    crate::planted::is(crate::planted::Bug::DropByNumber)
}

#[cfg(not(feature = "planted"))]
pub(crate) fn dropped_by_number() -> bool {
    false
}

/// The hub's time of the newest entry here, for what has none of its own.
pub(crate) fn hub_time(db: &Connection, otherwise: Moment) -> Stored<Moment> {
    Ok(meta::get(db, &meta::HUB_AT)?.unwrap_or(otherwise))
}
