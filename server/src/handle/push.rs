//! A device's commands, taken singly and in the order that `sync.md` gives its checks.

use super::attempt::{Ask, Failure, guarded};
use super::work::{Before, Work};
use super::writer::Writer;
use super::{Push, PushError};
use crate::store::Tx;
use crate::store::log::Known;
use crate::store::queues::Queue;
use domain::ids::{CommandId, DeviceId, OrderId};
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::state::Key;
use domain::sync::{Entry, KNOWN};
use domain::time::{Moment, clamp};
use domain::{Command, Envelope};
use protocol::sync::Decided;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a revoked device may still push: it can be real cash.
pub const MOST_REVOKED_BYTES: u64 = 8 * 1024 * 1024;

/// So long may be the reason that is kept with a command which does not read.
const MOST_WHY: usize = 200;

/// A push whose commands have been looked at, one by one.
#[derive(Debug)]
pub struct Looked {
    pub request: protocol::sync::PushRequest,
    pub commands: Vec<Result<Raw, PushError>>,
}

/// One command as it came: its payload is all of it but `mid` and `was`.
#[derive(Debug)]
pub struct Raw {
    pub mid: u64,
    pub cmd_id: Option<CommandId>,
    pub kind: String,
    pub payload: Box<RawValue>,
    pub hash: String,
    /// None: it does not read, and is kept as it came.
    pub envelope: Result<(Envelope, Command), String>,
}

impl Looked {
    pub fn of(push: Push) -> Self {
        let commands = push
            .request
            .commands
            .iter()
            .enumerate()
            .map(|(at, raw)| look(at, raw))
            .collect();
        Self {
            request: push.request,
            commands,
        }
    }
}

pub(super) fn look(at: usize, raw: &RawValue) -> Result<Raw, PushError> {
    let bad = |field: &str| PushError::Bad {
        field: format!("commands[{at}]{field}"),
        code: "malformed",
    };
    let mut value: Value = serde_json::from_str(raw.get()).map_err(|_| bad(""))?;
    let map = value.as_object_mut().ok_or_else(|| bad(""))?;
    let mid = map
        .remove("mid")
        .and_then(|mid| mid.as_u64())
        .filter(|mid| *mid > 0)
        .ok_or_else(|| bad(".mid"))?;
    map.remove("was");
    let cmd_id = map
        .get("cmdId")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    let kind = map
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or("unreadable");
    let kind = plain(kind, 64);
    let text = value.to_string();
    let hash = hex::encode(Sha256::digest(&text));
    let payload = RawValue::from_string(text).map_err(|_| bad(""))?;
    let envelope = readable(&payload);
    Ok(Raw {
        mid,
        cmd_id,
        kind,
        payload,
        hash,
        envelope,
    })
}

fn readable(payload: &RawValue) -> Result<(Envelope, Command), String> {
    if payload.get().len() > domain::command::MOST_BYTES {
        return Err("too_large".into());
    }
    let why = |why: String| plain(&why, MOST_WHY);
    let envelope: Envelope =
        serde_json::from_str(payload.get()).map_err(|e| why(format!("unreadable: {e}")))?;
    let command = envelope.command().map_err(|e| why(e.to_string()))?;
    if command.road() != domain::command::Road::Queue {
        return Err(format!("{} does not travel in a queue", command.kind()));
    }
    Ok((envelope, command))
}

/// What came from outside, fit to be stored as it is: short, and without what a database refuses.
fn plain(text: &str, most: usize) -> String {
    let fit = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(most).map(fit).collect()
}

impl Writer {
    pub(super) async fn pushed(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        push: &Looked,
        at: usize,
    ) -> Result<Result<Decided, PushError>, Failure> {
        let device = push.request.device;
        let raw = match &push.commands[at] {
            Ok(raw) => raw,
            Err(bad) => return Ok(Err(bad.clone())),
        };
        self.load_keys(tx, vec![Key::Device(device), Key::Settings])
            .await?;
        let revoked = self
            .state
            .device(device)
            .is_none_or(|device| device.revoked_at.is_some());
        // Whoever is revoked is told of no other epoch, and what it brings waits for a manager in any.
        if !revoked && push.request.epoch != work.head.position.epoch {
            return Ok(Err(PushError::Epoch));
        }
        let mut queue = self.queue_of(work, device);
        if revoked {
            queue.revoked_bytes += raw.payload.get().len() as u64;
            if queue.revoked_bytes > MOST_REVOKED_BYTES {
                return Ok(Err(PushError::Revoked));
            }
        }
        self.jump(tx, work, push, raw.mid, &mut queue).await?;
        let last = queue.last_mid;
        if raw.mid > last + 1 {
            return Ok(Err(PushError::Gap { expected: last + 1 }));
        }
        let known = raw
            .cmd_id
            .and_then(|id| Some((id, work.known.get(&id)?.clone())));
        let next = raw.mid == last + 1;
        let outcome = match known {
            Some((id, known)) if known.payload == raw.hash => {
                if next {
                    self.known_entry(work, push, raw, id, &known)?;
                }
                Ok(Decided {
                    mid: raw.mid,
                    cmd_id: id,
                    outcome: known.outcome,
                    code: known.code,
                    seq: known.seq,
                })
            }
            Some(_) if next => {
                let fresh = CommandId(self.hub.world.id());
                let why = "this id had come with another content";
                Ok(self.keep_aside(tx, work, push, raw, fresh, why).await?)
            }
            None if next => Ok(self.fresh(tx, work, push, raw, revoked).await?),
            Some(_) | None => Err(PushError::Fork),
        };
        if next && outcome.is_ok() {
            queue.last_mid = raw.mid;
        }
        queue.epoch = work.head.position.epoch.n;
        queue.seen_at = self.hub.world.now();
        if outcome.is_ok() {
            work.set_queue(device, queue);
        }
        Ok(outcome)
    }

    pub(super) fn queue_of(&self, work: &Work, device: DeviceId) -> Queue {
        work.queues.get(&device).copied().unwrap_or_default()
    }

    /// A device whose oldest command lies beyond what a new epoch's hub expects may jump once; what is missing
    /// is recorded.
    async fn jump(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        push: &Looked,
        mid: u64,
        queue: &mut Queue,
    ) -> Result<(), Failure> {
        let new_here = work.head.position.epoch.n > queue.epoch;
        if new_here && mid == push.request.oldest && mid > queue.last_mid + 1 {
            let (device, from, to) = (push.request.device, queue.last_mid + 1, mid - 1);
            self.own_act(
                tx,
                work,
                domain::sync::RecordGap { device, from, to }.into(),
            )
            .await?;
            queue.last_mid = to;
        }
        Ok(())
    }

    /// The log alone says how far a device's queue has come: a command known before gets an entry of its own.
    fn known_entry(
        &mut self,
        work: &mut Work,
        push: &Looked,
        raw: &Raw,
        id: CommandId,
        known: &Known,
    ) -> Result<(), Failure> {
        let hub_at = self.hub.world.now().max(work.head.hub_at);
        let entry = Entry {
            v: 1,
            seq: work.head.position.seq + 1,
            device: Some(push.request.device),
            mid: Some(raw.mid),
            cmd_id: id,
            by: None,
            approved_by: None,
            at: hub_at,
            hub_at,
            day: None,
            kind: KNOWN.to_owned(),
            command: None,
            idem: None,
            of: Some(known.seq),
            outcome: known.outcome,
            code: known.code.clone(),
            events: Vec::new(),
            rows: Vec::new(),
        };
        work.append(&entry, String::new(), &Before::default(), &self.state)?;
        Ok(())
    }

    async fn fresh(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        push: &Looked,
        raw: &Raw,
        revoked: bool,
    ) -> Result<Decided, Failure> {
        let id = raw.cmd_id.unwrap_or_else(|| CommandId(self.hub.world.id()));
        if revoked {
            return self
                .keep_aside(tx, work, push, raw, id, "the device is revoked")
                .await;
        }
        if self.aside.contains(&id) || self.marker.must_be_kept_aside(id) {
            return self.keep_aside(tx, work, push, raw, id, "trouble").await;
        }
        if let Some(of) = waits_for(work, push.request.device, raw) {
            return self
                .keep_aside(tx, work, push, raw, id, &format!("waits for {of}"))
                .await;
        }
        let (envelope, command) = match &raw.envelope {
            Ok(read) => read,
            Err(why) => return self.keep_aside(tx, work, push, raw, id, why).await,
        };
        let ctx = self.context(work, push.request.device, envelope, id);
        self.load(tx, command, &ctx).await?;
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::BillChanged) {
            let order = command.order().and_then(|id| self.state.order(id));
            let bills = order.map_or_else(Vec::new, |order| order.bills.clone());
            self.load_keys(tx, bills.into_iter().map(Key::Bill).collect())
                .await?;
        }
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::WholeOrder) {
            let seen = work.seen.get(&envelope.seen_seq).copied();
            crate::planted::save_whole(&mut self.state, command, seen);
        }
        let verdict = guarded(|| domain::judge(&self.state, command, &ctx))?;
        #[cfg(feature = "planted")]
        let verdict = crate::planted::tampered(&self.state, command, &ctx, verdict);
        if let Verdict::Quarantined { .. } = verdict {
            let made = self
                .not_there(tx, raw.payload.get(), command.makes())
                .await?;
            work.hold(push.request.device, id, made);
        }
        self.decided(
            tx,
            work,
            raw,
            ctx,
            verdict,
            envelope.approved_by,
            envelope.at,
        )
        .await
    }

    fn context(&self, work: &Work, device: DeviceId, envelope: &Envelope, id: CommandId) -> Ctx {
        let seen = work.seen.get(&envelope.seen_seq).copied();
        let now = self.hub.world.now().max(work.head.hub_at);
        let at = clamp(envelope.at, seen, now);
        let (by, device) = (envelope.by, Some(device));
        Ctx {
            command: id,
            by,
            approved_by: envelope.approved_by,
            device,
            at,
            origin: origin(),
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        }
    }

    /// Keeps a command whole and undecided, and with it whatever names what it would have made.
    async fn keep_aside(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        push: &Looked,
        raw: &Raw,
        id: CommandId,
        why: &str,
    ) -> Result<Decided, Failure> {
        let device = push.request.device;
        let read = raw.envelope.as_ref().ok();
        let now = self.hub.world.now().max(work.head.hub_at);
        let by = read.and_then(|(envelope, _)| envelope.by);
        let ctx = Ctx {
            command: id,
            by,
            approved_by: None,
            device: Some(device),
            at: now,
            origin: Origin::Queued,
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        };
        // Something unreadable may have meant to make whatever it names.
        let made = match read {
            Some((_, command)) => command.makes(),
            None => ids_in(raw.payload.get())
                .filter(|id| raw.cmd_id.is_none_or(|cmd| cmd.0 != *id))
                .collect(),
        };
        let made = self.not_there(tx, raw.payload.get(), made).await?;
        work.hold(device, id, made);
        let verdict = domain::quarantine(&ctx, &raw.kind, why);
        let at = read.map_or(now, |(envelope, _)| envelope.at);
        self.decided(tx, work, raw, ctx, verdict, None, at).await
    }

    /// Those of these ids that name nothing yet: only for what is not there can anything wait.
    pub(super) async fn not_there(
        &mut self,
        tx: &mut Tx,
        payload: &str,
        ids: Vec<Uuid>,
    ) -> Result<Vec<String>, Failure> {
        let named: Vec<Uuid> = ids_in(payload).collect();
        self.load_keys(tx, named.iter().flat_map(|id| keys_of(*id)).collect())
            .await?;
        let orders = named.iter().filter_map(|id| self.state.order(OrderId(*id)));
        let inside: BTreeSet<Uuid> = orders
            .flat_map(|order| {
                let lines = order.lines.iter().map(|line| line.id.0);
                lines.chain(order.tickets.iter().map(|ticket| ticket.id.0))
            })
            .collect();
        let there = |id: &Uuid| {
            inside.contains(id) || keys_of(*id).iter().any(|key| self.state.row(key).is_some())
        };
        Ok(ids
            .into_iter()
            .filter(|id| !there(id))
            .map(|id| id.to_string())
            .collect())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what an entry says of a command, given once"
    )]
    async fn decided(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        raw: &Raw,
        ctx: Ctx,
        verdict: Verdict,
        approved_by: Option<domain::ids::PersonId>,
        at: Moment,
    ) -> Result<Decided, Failure> {
        let id = ctx.command;
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::SilentRefusal)
            && let Verdict::Rejected { code, .. } = &verdict
        {
            return Ok(Decided {
                mid: raw.mid,
                cmd_id: id,
                outcome: domain::sync::Outcome::Rejected,
                code: Some(code.as_str().to_owned()),
                seq: work.head.position.seq,
            });
        }
        let ask = Ask {
            ctx,
            mid: Some(raw.mid),
            approved_by,
            at,
            kind: &raw.kind,
            command: Some(raw.payload.clone()),
            payload: raw.hash.clone(),
            idem: None,
        };
        let seq = self.enter(tx, work, ask, verdict).await?;
        let known = work.known.get(&id);
        let code = known.and_then(|known| known.code.clone());
        let outcome = known.map_or(domain::sync::Outcome::Quarantined, |known| known.outcome);
        Ok(Decided {
            mid: raw.mid,
            cmd_id: id,
            outcome,
            code,
            seq,
        })
    }
}

/// Whatever a device brings has happened: nobody can choose any more.
fn origin() -> Origin {
    #[cfg(feature = "planted")]
    if crate::planted::is(crate::planted::Bug::FactsRefused) {
        return Origin::Live;
    }
    Origin::Queued
}

/// The quarantined command that would have made what this one names.
fn waits_for(work: &Work, device: DeviceId, raw: &Raw) -> Option<String> {
    let held = work.held.get(&device).filter(|held| !held.is_empty())?;
    ids_in(raw.payload.get()).find_map(|id| held.get(&id.to_string()).cloned())
}

pub(super) fn ids_in(text: &str) -> impl Iterator<Item = Uuid> {
    text.split('"')
        .filter(|part| part.len() == 36)
        .filter_map(|part| Uuid::parse_str(part).ok())
}

fn keys_of(id: Uuid) -> Vec<Key> {
    use domain::ids::{DishId, PersonId, RoomId, TableId};
    vec![
        Key::Order(OrderId(id)),
        Key::Table(TableId(id)),
        Key::Dish(DishId(id)),
        Key::Person(PersonId(id)),
        Key::Room(RoomId(id)),
        Key::Device(DeviceId(id)),
    ]
}
