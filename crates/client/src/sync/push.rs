//! Sending the queue: in order, in bounded pieces, one at a time. The answers are hints; only the log decides.

use super::calls::CallError;
use super::live::{Compared, compare};
use super::plan::After;
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::Identity;
use crate::store::pending::{self, Hint, Pending};
use crate::store::{meta, sent, to_json};
use crate::topics::{self, Topics};
use domain::sync::Outcome;
use domain::time::Moment;
use protocol::bridge::Topic;
use protocol::sync::{
    Beside, Decided, MOST_COMMANDS, MOST_PUSH_BYTES, PROTO, PushAnswer, PushRequest, Was,
};
use rusqlite::Connection;
use serde_json::value::RawValue;

/// What stands around the commands of a push.
const FRAME_BYTES: usize = 4 * 1024;
/// A revoked device may still push so much: it can be real cash.
const MOST_REVOKED_BYTES: usize = 8 * 1024 * 1024;

impl Core {
    pub(crate) fn next_push(&mut self, identity: &Identity) -> Stored<Option<PushRequest>> {
        let Some(signed) = meta::get(&self.db, &meta::POSITION)? else {
            return Ok(None);
        };
        let Some(start) = self.push_start(identity)? else {
            return Ok(None);
        };
        let (commands, last) = batch(&held(&self.db, identity, start)?)?;
        if commands.is_empty() || self.over_revoked_bound(&commands)? {
            return Ok(None);
        }
        self.live.pushing = Some((start, last));
        Ok(Some(PushRequest {
            proto: PROTO,
            device: identity.device,
            epoch: signed.position.epoch.clone(),
            oldest: self.oldest(identity)?,
            position: signed,
            commands,
        }))
    }

    fn push_start(&mut self, identity: &Identity) -> Stored<Option<u64>> {
        if let Some(from) = self.live.push_from {
            if !held(&self.db, identity, from)?.is_empty() {
                return Ok(Some(from));
            }
            self.live.push_from = None;
        }
        pending::first_unanswered(&self.db)
    }

    fn over_revoked_bound(&self, commands: &[Box<RawValue>]) -> Stored<bool> {
        let pushed = meta::get(&self.db, &meta::REVOKED)?;
        Ok(pushed.is_some_and(|pushed| pushed + bytes(commands) > MOST_REVOKED_BYTES))
    }

    /// What came of a push.
    pub fn on_push(
        &mut self,
        request: &PushRequest,
        answer: Result<PushAnswer, CallError>,
        now: Moment,
    ) -> Stored<After> {
        let pushing = self.live.pushing.take();
        match answer {
            Ok(answer) => self.pushed(request, &answer, now),
            Err(CallError::Refused { code, expected, .. }) if code == "gap" => {
                self.heard(now);
                self.gap(expected, pushing, now)
            }
            Err(CallError::Refused { code, .. }) if code == "epoch" => {
                self.heard(now);
                self.live.push_held = true;
                self.live.pull_due = true;
                Ok(self.live.once_more())
            }
            Err(CallError::Refused { code, .. }) if code == "fork" => {
                self.heard(now);
                self.live.forked = true;
                Ok(self.live.once_more())
            }
            Err(error) => {
                self.live.pull_first = true;
                self.call_failed("push", &error, now)
            }
        }
    }

    fn pushed(&mut self, request: &PushRequest, answer: &PushAnswer, now: Moment) -> Stored<After> {
        self.heard(now);
        self.set_other(None);
        match compare(&request.epoch, &answer.epoch) {
            Compared::Same => self.live.detours = 0,
            Compared::Newer => self.live.pull_due = true,
            Compared::Behind => {
                self.set_behind(true);
                return Ok(After::Wait);
            }
        }
        self.live.pull_due |= answer.position.position.seq > request.position.position.seq;
        let sent = bytes(&request.commands);
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            for decided in &answer.outcomes {
                take_hint(tx, decided, topics)?;
            }
            if let Some(before) = meta::get(tx, &meta::REVOKED)? {
                meta::set(tx, &meta::REVOKED, &(before + sent))?;
            }
            meta::set(tx, &meta::KNOWS, &answer.knows)?;
            meta::set(tx, &meta::CONTACT, &now)?;
            topics.insert(Topic::Sync);
            Ok(Ok(()))
        })?;
        done?;
        let last = answer.outcomes.iter().map(|decided| decided.mid).max();
        if self.live.push_from.is_some() {
            self.live.push_from = last.map(|last| last + 1);
        }
        // A hub that takes a push and answers nothing of it would be asked for ever.
        self.live.pull_first = last.is_none();
        Ok(last.map_or(After::Wait, |_| After::Go))
    }

    /// The hub expects another place: go on from there, if it is still held.
    fn gap(
        &mut self,
        expected: Option<u64>,
        pushing: Option<(u64, u64)>,
        now: Moment,
    ) -> Stored<After> {
        let (Some(expected), Some(identity)) = (expected, self.identity()?) else {
            return Ok(After::Wait);
        };
        if expected > meta::next_mid(&self.db)? {
            // It has heard of commands under this device's name that this device never gave.
            self.live.forked = true;
            return Ok(After::Go);
        }
        let from = expected.max(self.oldest(&identity)?);
        if pushing.is_some_and(|(start, _)| start == from) {
            self.note(
                now,
                &format!("the hub expects command {expected}, which nobody holds"),
            );
            self.set_other(Some("gap".into()));
            self.live.pull_first = true;
            return Ok(After::Wait);
        }
        self.live.push_from = Some(from);
        Ok(After::Go)
    }
}

fn take_hint(db: &Connection, decided: &Decided, topics: &mut Topics) -> Stored<()> {
    let Some(pending) = pending::by_mid(db, decided.mid)? else {
        return Ok(());
    };
    // A command whose id came with another content is kept aside under an id of the hub's.
    let own = pending.cmd_id == decided.cmd_id || decided.outcome == Outcome::Quarantined;
    if own {
        let (outcome, seq) = (decided.outcome, decided.seq);
        pending::hint(db, decided.mid, Hint { outcome, seq })?;
        topics.extend(pending.order.into_iter().flat_map(topics::of_order));
    }
    Ok(())
}

/// What this device holds from a place on, decided or not, without a hole.
fn held(db: &Connection, identity: &Identity, start: u64) -> Stored<Vec<Pending>> {
    let waiting = pending::from(db, start, MOST_COMMANDS)?;
    let sent = sent::from(db, identity.device, start, MOST_COMMANDS)?;
    let mut all: Vec<Pending> = sent.into_iter().chain(waiting).collect();
    all.sort_by_key(|command| command.mid);
    all.truncate(MOST_COMMANDS);
    let whole = all
        .iter()
        .zip(start..)
        .take_while(|(command, mid)| command.mid == *mid)
        .count();
    all.truncate(whole);
    Ok(all)
}

/// As many as one push may carry, and the `mid` of the last of them.
fn batch(held: &[Pending]) -> Stored<(Vec<Box<RawValue>>, u64)> {
    let (mut commands, mut size, mut last) = (Vec::new(), FRAME_BYTES, 0);
    for command in held {
        let raw = on_the_wire(command.mid, command.was.as_ref(), &command.envelope)?;
        size += raw.get().len() + 1;
        if size > MOST_PUSH_BYTES {
            break;
        }
        last = command.mid;
        commands.push(raw);
    }
    Ok((commands, last))
}

/// The stored bytes, unchanged, with `mid` and `was` before them.
pub(super) fn on_the_wire(mid: u64, was: Option<&Was>, envelope: &str) -> Stored<Box<RawValue>> {
    let was = was.cloned();
    let beside = to_json("mid", &Beside { mid, was })?;
    let parts = beside.strip_suffix('}').zip(envelope.strip_prefix('{'));
    let (head, body) =
        parts.ok_or_else(|| StoreError::corrupt("stored command", "it is no object"))?;
    RawValue::from_string(format!("{head},{body}"))
        .map_err(|why| StoreError::corrupt("stored command", why))
}

fn bytes(commands: &[Box<RawValue>]) -> usize {
    commands.iter().map(|raw| raw.get().len()).sum()
}
