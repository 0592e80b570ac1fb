//! A recovery, in steps that each are one transaction: the longest tail becomes the log's, a new epoch begins, and what
//! is beyond the tail is decided anew. A crash between two steps repeats nothing.

use super::attempt::{Ask, Failure, guarded};
use super::push::{ids_in, look};
use super::work::{Before, Work};
use super::writer::Writer;
use super::{Busy, Job};
use crate::live::Told;
use crate::store::head::{self, Head};
use crate::store::reports::{self, Item, Kind, Report};
use crate::store::{Tx, log, queues};
use crate::sync::recover::awaited;
use domain::command::Road;
use domain::ids::{CommandId, DeviceId, OrderId, PersonId};
use domain::recover::{Phase, Stood, Tail, in_old_order, longest, next_epoch, proven_after};
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::sync::{Entry, Epoch, KNOWN, Outcome, Position, StartEpoch};
use domain::time::{Moment, clamp};
use domain::{Code, Command, Envelope, Event, Key};
use protocol::sync::{Acknowledged, Beside};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// So many entries are written at a time.
const AT_ONCE: usize = 200;
/// So many commands are decided in one transaction.
const DECIDED_AT_ONCE: usize = 64;

/// One command of a log that is lost.
#[derive(Debug)]
struct Lost {
    device: Option<DeviceId>,
    mid: Option<u64>,
    by: Option<PersonId>,
    approved_by: Option<PersonId>,
    /// What its author's clock said, and when the hub had received it, where that is known.
    at: Moment,
    received: Option<Moment>,
    kind: String,
    payload: Box<RawValue>,
    hash: String,
    command: Result<Command, String>,
    code: Option<Code>,
    idem: Option<String>,
    /// It leads to a position that the hub has signed: not only a device says so.
    proven: bool,
}

/// Whatever a tail holds is taken over as it is.
fn adopts() -> bool {
    #[cfg(feature = "planted")]
    if crate::planted::is(crate::planted::Bug::Redecides) {
        return false;
    }
    true
}

impl Writer {
    /// Goes on with the recovery, and tells whoever asked how far that was possible.
    pub(super) async fn recover_for(&mut self, asked: Vec<Job>) {
        let came = self.recover().await;
        for job in asked {
            if let Job::Recover(to) = job {
                // Whoever has gone away in the meantime asks again.
                let _gone = to.send(came).is_err();
            }
        }
    }

    async fn recover(&mut self) -> Result<(), Busy> {
        loop {
            let step = self.step().await;
            if step.is_err() {
                self.forget();
            }
            match step {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(Failure::World(error)) => {
                    tracing::error!(%error, "the recovery waits for the database");
                    return Err(Busy::Database);
                }
                Err(error @ (Failure::Bad(_) | Failure::Recovering)) => {
                    tracing::error!(%error, "ALARM: the recovery does not go on");
                    return Err(Busy::Trouble);
                }
            }
        }
    }

    /// One step; whether another may follow.
    async fn step(&mut self) -> Result<bool, Failure> {
        let mut tx = self.hub.db.begin().await.map_err(Failure::World)?;
        let head = self.locked(&mut tx).await?;
        match head.phase {
            Phase::Collecting => {
                let (_, ended_by) = head::why(&mut tx, self.restaurant).await?;
                let all = awaited(&mut tx, self.restaurant, &head).await?;
                if ended_by.is_none() && all.iter().any(|one| !one.reported) {
                    return Ok(false);
                }
                head::set_phase(&mut tx, self.restaurant, Phase::Adopting, None).await?;
                tx.commit().await?;
                self.forget();
                tracing::info!(restaurant = %self.restaurant, "recovering: adopting");
                Ok(true)
            }
            Phase::Adopting => {
                drop(tx);
                match self.adopt(adopts()).await {
                    Err(Failure::Bad(why)) => {
                        tracing::error!(why, "no tail could be adopted: all of it is decided anew");
                        self.forget();
                        self.adopt(false).await?;
                    }
                    other => other?,
                }
                tracing::info!(restaurant = %self.restaurant, "recovering: deciding");
                Ok(true)
            }
            Phase::Deciding | Phase::Open => {
                drop(tx);
                self.decide_what_is_lost().await?;
                Ok(false)
            }
        }
    }

    async fn locked(&mut self, tx: &mut Tx) -> Result<Head, Failure> {
        let head = head::lock(tx, self.restaurant)
            .await
            .map_err(Failure::World)?;
        let head = head.ok_or_else(|| Failure::Bad("this restaurant has no log".into()))?;
        self.follow(tx, head.clone()).await?;
        Ok(head)
    }

    /// Takes the longest tail over, bytes and order unchanged, and begins the new epoch after it.
    async fn adopt(&mut self, with_tails: bool) -> Result<(), Failure> {
        let mut tx = self.hub.db.begin().await.map_err(Failure::World)?;
        let head = self.locked(&mut tx).await?;
        let (why, by) = head::why(&mut tx, self.restaurant).await?;
        let tails = if with_tails {
            self.tails(&mut tx, &head).await?
        } else {
            Vec::new()
        };
        let mut work = Work::new(self.restaurant, head.clone(), self.topics.clone());
        let tails: Vec<Tail<'_>> = tails
            .iter()
            .map(|(end, entries)| Tail { entries, end })
            .collect();
        while let Some((end, found)) =
            longest(&tails, work.head.position.seq, work.head.position.chain)
        {
            for part in found.chunks(AT_ONCE) {
                for (_, bytes) in part {
                    self.adopt_one(&mut tx, &mut work, bytes, end).await?;
                }
                self.write(&mut tx, &work).await?;
                self.state.settle();
                work = Work::new(self.restaurant, work.head, work.topics);
            }
        }
        let from = work.head.position.seq;
        let n = next_epoch(work.head.position.epoch.n, head.shown);
        let tag = self.hub.tag();
        work.head.position.epoch = Epoch { n, tag };
        work.head.phase = Phase::Deciding;
        reports::begin_epoch(&mut tx, self.restaurant, n, from).await?;
        let epoch = n;
        self.act_for(
            &mut tx,
            &mut work,
            by,
            StartEpoch { epoch, from, why }.into(),
        )
        .await?;
        self.write(&mut tx, &work).await?;
        tx.commit().await?;
        self.committed(work);
        Ok(())
    }

    /// Each device's log past the hub's head, where it ends in a position that this hub has signed.
    async fn tails(
        &self,
        tx: &mut Tx,
        head: &Head,
    ) -> Result<Vec<(Position, Vec<(u64, String)>)>, Failure> {
        let mut all: Vec<_> = reports::all(tx, self.restaurant)
            .await?
            .into_iter()
            .collect();
        all.sort_by_key(|(device, _)| *device);
        let mut tails = Vec::new();
        for (device, report) in all {
            let end = report.position.position.clone();
            let own = end.epoch.n > head.position.epoch.n || end.epoch == head.position.epoch;
            if own && self.hub.has_signed(self.restaurant, &report.position) {
                let (n, seq) = (end.epoch.n, head.position.seq);
                let mut entries = reports::tail(tx, self.restaurant, device, n, seq).await?;
                entries.retain(|(seq, _)| *seq <= end.seq);
                tails.push((end, entries));
            }
        }
        Ok(tails)
    }

    /// One entry as it was: its bytes, its events, its outcome, its place in its device's queue.
    async fn adopt_one(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        bytes: &str,
        end: &Position,
    ) -> Result<(), Failure> {
        let entry = Entry::read(bytes).map_err(|why| Failure::Bad(why.to_string()))?;
        // Reports and the feed read settings that no event names.
        let keys = entry.events.iter().flat_map(Event::keys);
        self.load_keys(tx, keys.chain([Key::Settings]).collect())
            .await?;
        let before = Before::of(&entry.events, &self.state);
        let state = &mut self.state;
        guarded(|| {
            let events = entry.events.iter();
            events.for_each(|event| domain::apply(state, event));
        })?;
        let orders: Vec<OrderId> = entry.events.iter().filter_map(Event::order).collect();
        self.load_told(tx, orders, &entry.events).await?;
        for event in &entry.events {
            if let Event::EpochStarted(started) = event {
                let n = started.epoch;
                // The tag of an epoch that has ended meanwhile is in no entry, and nobody follows it any more.
                let tag = if n == end.epoch.n {
                    end.epoch.tag.clone()
                } else {
                    String::new()
                };
                work.head.position.epoch = Epoch { n, tag };
                reports::begin_epoch(tx, self.restaurant, n, started.from).await?;
            }
        }
        let mut payload = String::new();
        if let Some(command) = &entry.command {
            let read = serde_json::from_str::<Envelope>(command.get()).ok();
            if entry.device.is_some() || read.is_some() {
                payload = hash(command.get());
            }
            if entry.outcome == Outcome::Quarantined
                && let Some(device) = entry.device
            {
                let command = read.map(|envelope| envelope.command().map_err(|e| e.to_string()));
                let command = command.unwrap_or_else(|| Err("unreadable".into()));
                let text = entry.command.as_deref().map_or("", RawValue::get);
                self.hold_back(tx, work, device, entry.cmd_id, &command, text)
                    .await?;
            }
        }
        if let (Some(device), Some(mid)) = (entry.device, entry.mid) {
            self.know_queue(tx, work, device).await?;
            let mut queue = self.queue_of(work, device);
            queue.last_mid = queue.last_mid.max(mid);
            queue.seen_at = queue.seen_at.max(entry.hub_at);
            work.set_queue(device, queue);
        }
        work.append_as(&entry, bytes.to_owned(), payload, &before, &self.state)?;
        Ok(())
    }

    async fn know_queue(
        &self,
        tx: &mut Tx,
        work: &mut Work,
        device: DeviceId,
    ) -> Result<(), Failure> {
        if !work.queues.contains_key(&device)
            && let Some(queue) = queues::read(tx, self.restaurant, device).await?
        {
            work.queues.insert(device, queue);
        }
        Ok(())
    }

    /// What names what a quarantined command would have made waits with it.
    async fn hold_back(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        device: DeviceId,
        id: CommandId,
        command: &Result<Command, String>,
        payload: &str,
    ) -> Result<(), Failure> {
        let made = match command {
            Ok(command) => command.makes(),
            Err(_) => ids_in(payload).filter(|made| *made != id.0).collect(),
        };
        let made = self.not_there(tx, payload, made).await?;
        work.hold(device, id, made);
        Ok(())
    }

    /// An act of the hub's own, for whoever asked for it.
    pub(super) async fn act_for(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        by: Option<PersonId>,
        command: Command,
    ) -> Result<(), Failure> {
        let at = self.hub.world.now().max(work.head.hub_at);
        let ctx = Ctx {
            command: CommandId(self.hub.world.id()),
            by,
            approved_by: None,
            device: None,
            at,
            origin: Origin::Live,
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        };
        self.act_in(tx, work, ctx, command).await
    }

    /// Decides what was reported and is not known, in its old order, and opens. What comes late is decided likewise.
    async fn decide_what_is_lost(&mut self) -> Result<(), Failure> {
        let mut tx = self.hub.db.read().await.map_err(Failure::World)?;
        let reported = reports::all(&mut tx, self.restaurant).await?;
        let items = reports::items(&mut tx, self.restaurant).await?;
        let mut proofs = HashMap::new();
        for (device, report) in &reported {
            if let Some(proof) = self.proof(&mut tx, *device, report).await? {
                proofs.insert(*device, proof);
            }
        }
        drop(tx);
        let head_open = self.is_open().await?;
        // While the hub is open a report that is still under way waits for its end.
        let due: Vec<DeviceId> = reported
            .iter()
            .filter(|(_, report)| !report.decided && (report.done || !head_open))
            .map(|(device, _)| *device)
            .collect();
        let items = items.into_iter().filter(|(device, _)| due.contains(device));
        let all = items.filter_map(|(device, item)| lost(&item, device, proofs.get(&device)));
        let (proven, said): (Vec<_>, Vec<_>) = all.partition(|one| one.from.proven);
        // What a device alone says counts only where the log itself says nothing.
        let vouched: HashSet<CommandId> = proven.iter().map(|one| one.command).collect();
        let said = in_old_order(said).into_iter();
        let said = said.filter(|one| !vouched.contains(&one.command));
        let lost = in_old_order(proven.into_iter().chain(said).collect());
        for part in lost.chunks(DECIDED_AT_ONCE) {
            match self.decide_lost(part, false).await {
                Ok(()) => continue,
                Err(Failure::Bad(why)) => {
                    tracing::warn!(why, "what was lost is decided one by one");
                    self.forget();
                }
                Err(error) => return Err(error),
            }
            for one in part {
                self.decide_alone(one).await?;
            }
        }
        let mut tx = self.hub.db.begin().await.map_err(Failure::World)?;
        let mut head = self.locked(&mut tx).await?;
        reports::settled(&mut tx, self.restaurant, &due).await?;
        let opens = head.phase == Phase::Deciding;
        if opens {
            head.phase = Phase::Open;
            head::write(&mut tx, self.restaurant, &head).await?;
        }
        tx.commit().await?;
        self.forget();
        if opens {
            tracing::info!(restaurant = %self.restaurant, decided = lost.len(), "recovered: open");
            self.hub
                .tell(Told::nothing(self.restaurant, &head.position));
        }
        Ok(())
    }

    /// Which entries of a report lead, each to the next, to the signed position that came with it.
    async fn proof(
        &self,
        tx: &mut Tx,
        device: DeviceId,
        report: &Report,
    ) -> Result<Option<Proof>, Failure> {
        if !self.hub.has_signed(self.restaurant, &report.position) {
            return Ok(None);
        }
        let end = &report.position.position;
        let (n, until) = (end.epoch.n, end.seq);
        let mut entries = reports::tail(tx, self.restaurant, device, n, 0).await?;
        entries.retain(|(seq, _)| *seq <= until);
        let entries = &entries[..];
        let marks = report.marks.iter().map(|mark| (mark.seq, mark.chain));
        let marks: Vec<_> = marks.collect();
        let after = proven_after(&Tail { entries, end }, &marks);
        Ok(after.map(|after| Proof {
            epoch: n,
            after,
            until,
        }))
    }

    async fn is_open(&self) -> Result<bool, Failure> {
        let mut tx = self.hub.db.read().await.map_err(Failure::World)?;
        let head = head::read(&mut tx, self.restaurant).await?;
        Ok(head.is_some_and(|head| head.phase == Phase::Open))
    }

    /// One that fails even alone is kept aside, undecided; nothing may keep a restaurant shut.
    async fn decide_alone(&mut self, one: &Stood<Lost>) -> Result<(), Failure> {
        for aside in [false, true] {
            match self.decide_lost(std::slice::from_ref(one), aside).await {
                Ok(()) => return Ok(()),
                Err(Failure::Bad(why)) => {
                    self.forget();
                    tracing::error!(why, id = %one.command, aside, "a lost command failed");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn decide_lost(&mut self, part: &[Stood<Lost>], aside: bool) -> Result<(), Failure> {
        let mut tx = self.hub.db.begin().await.map_err(Failure::World)?;
        let head = self.locked(&mut tx).await?;
        let mut work = Work::new(self.restaurant, head, self.topics.clone());
        let ids: Vec<CommandId> = part.iter().map(|one| one.command).collect();
        work.known = log::known(&mut tx, self.restaurant, &ids).await?;
        for one in part {
            if !work.known.contains_key(&one.command) {
                self.redecide(&mut tx, &mut work, one, aside).await?;
            }
        }
        // People's programs read anew after a new epoch; an old event would only confuse them.
        work.told.events.clear();
        self.write(&mut tx, &work).await?;
        tx.commit().await?;
        self.committed(work);
        Ok(())
    }

    async fn redecide(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        one: &Stood<Lost>,
        aside: bool,
    ) -> Result<(), Failure> {
        let lost = &one.from;
        let mid = self.place(tx, work, lost).await?;
        let now = self.hub.world.now().max(work.head.hub_at);
        let ctx = Ctx {
            command: one.command,
            by: lost.by,
            approved_by: lost.approved_by,
            device: lost.device,
            at: clamp(lost.at, None, lost.received.unwrap_or(now).min(now)),
            origin: Origin::Queued,
            place: Place::Hub,
            epoch: work.head.position.epoch.n,
        };
        self.load_keys(tx, vec![Key::Settings]).await?;
        let verdict = match &lost.command {
            _ if aside => domain::quarantine(&ctx, &lost.kind, "trouble"),
            Err(why) => domain::quarantine(&ctx, &lost.kind, why),
            // A device brings service and money; who may work here it does not say.
            Ok(command) if !lost.proven && command.road() != Road::Queue => {
                domain::quarantine(&ctx, &lost.kind, "only a device says so")
            }
            Ok(command) => {
                self.load(tx, command, &ctx).await?;
                let verdict = guarded(|| domain::judge(&self.state, command, &ctx))?;
                still_refused(one, &ctx, verdict)
            }
        };
        if let (Verdict::Quarantined { .. }, Some(device)) = (&verdict, lost.device) {
            let (command, payload) = (&lost.command, lost.payload.get());
            self.hold_back(tx, work, device, one.command, command, payload)
                .await?;
        }
        let ask = Ask {
            ctx,
            mid,
            approved_by: lost.approved_by,
            at: lost.at,
            kind: &lost.kind,
            command: Some(lost.payload.clone()),
            payload: lost.hash.clone(),
            idem: lost.idem.clone(),
        };
        self.enter(tx, work, ask, verdict).await?;
        Ok(())
    }

    /// Its old place in its device's queue, where that is the next one; else the device itself says it once more.
    async fn place(
        &self,
        tx: &mut Tx,
        work: &mut Work,
        lost: &Lost,
    ) -> Result<Option<u64>, Failure> {
        let (Some(device), Some(mid)) = (lost.device, lost.mid) else {
            return Ok(None);
        };
        self.know_queue(tx, work, device).await?;
        let mut queue = self.queue_of(work, device);
        if mid != queue.last_mid + 1 {
            return Ok(None);
        }
        queue.last_mid = mid;
        work.set_queue(device, queue);
        Ok(Some(mid))
    }
}

/// What was refused stays refused, whatever the rules would say now.
fn still_refused(one: &Stood<Lost>, ctx: &Ctx, verdict: Verdict) -> Verdict {
    match (one.outcome, verdict) {
        (Outcome::Rejected, Verdict::Rejected { code, events }) => {
            Verdict::Rejected { code, events }
        }
        (Outcome::Rejected, Verdict::Applied { .. } | Verdict::Quarantined { .. }) => {
            let code = one.from.code.unwrap_or(Code::NotAllowed);
            domain::refuse(ctx, &one.from.kind, code)
        }
        (Outcome::Applied | Outcome::Quarantined, verdict) => verdict,
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn code_of(text: Option<&str>) -> Option<Code> {
    let all = Code::ALL.iter().copied();
    text.and_then(|text| all.into_iter().find(|code| code.as_str() == text))
}

/// Which entries of a report are the hub's own.
#[derive(Debug, Clone, Copy)]
struct Proof {
    epoch: u64,
    after: u64,
    until: u64,
}

impl Proof {
    fn covers(&self, item: &Item) -> bool {
        let inside = self.after < item.seq && item.seq <= self.until;
        item.kind == Kind::Entry && item.epoch == self.epoch && inside
    }
}

/// What can be decided of something that was reported; none where there is nothing to decide, or it does not read.
fn lost(item: &Item, by: DeviceId, proof: Option<&Proof>) -> Option<Stood<Lost>> {
    let mut found = match item.kind {
        Kind::Entry => of_entry(item),
        Kind::Command => of_command(item),
    };
    if let Some(Stood { from: lost, .. }) = &mut found {
        lost.proven = proof.is_some_and(|proof| proof.covers(item));
        // No device says where another one's queue stands.
        if !lost.proven && lost.device != Some(by) {
            lost.mid = None;
        }
    }
    // The hub's own acts were about a log that is gone.
    let own = |lost: &Lost| {
        let command = lost.command.as_ref();
        command.is_ok_and(|command| command.road() == Road::Hub)
    };
    found.filter(|stood| !own(&stood.from))
}

/// What of an entry is needed to decide it anew, whatever its events are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    device: Option<DeviceId>,
    mid: Option<u64>,
    cmd_id: CommandId,
    by: Option<PersonId>,
    approved_by: Option<PersonId>,
    at: Moment,
    hub_at: Moment,
    kind: String,
    command: Option<Box<RawValue>>,
    idem: Option<String>,
    outcome: Outcome,
    code: Option<String>,
}

/// How the hub keeps what did not come through a queue.
#[derive(Deserialize)]
struct Written {
    version: u16,
    args: Box<RawValue>,
}

fn of_entry(item: &Item) -> Option<Stood<Lost>> {
    let asked: Asked = serde_json::from_str(&item.bytes).ok()?;
    if asked.kind == KNOWN {
        return None;
    }
    let payload = asked.command?;
    let envelope = serde_json::from_str::<Envelope>(payload.get()).ok();
    let queued = envelope.is_some() || asked.device.is_some();
    let command = match &envelope {
        Some(envelope) => envelope.command().map_err(|e| e.to_string()),
        None => match serde_json::from_str::<Written>(payload.get()) {
            Ok(written) => Command::read(&asked.kind, written.version, written.args.get())
                .map_err(|e| e.to_string()),
            Err(why) => Err(format!("unreadable: {why}")),
        },
    };
    let lost = Lost {
        device: asked.device,
        mid: asked.mid,
        by: asked.by,
        approved_by: asked.approved_by,
        at: asked.at,
        received: Some(asked.hub_at),
        kind: asked.kind,
        hash: if queued {
            hash(payload.get())
        } else {
            String::new()
        },
        payload,
        command,
        code: code_of(asked.code.as_deref()),
        idem: asked.idem,
        proven: false,
    };
    Some(Stood {
        command: asked.cmd_id,
        epoch: item.epoch,
        seq: item.seq,
        outcome: asked.outcome,
        from: lost,
    })
}

fn of_command(item: &Item) -> Option<Stood<Lost>> {
    let said: Acknowledged = serde_json::from_str(&item.bytes).ok()?;
    let beside: Beside = serde_json::from_str(said.command.get()).ok()?;
    let was = beside.was?;
    let raw = look(0, &said.command).ok()?;
    let read = raw.envelope.as_ref().ok().map(|(envelope, _)| envelope);
    let lost = Lost {
        device: Some(said.device),
        mid: Some(raw.mid),
        by: read.and_then(|envelope| envelope.by),
        approved_by: read.and_then(|envelope| envelope.approved_by),
        at: read.map_or(Moment(0), |envelope| envelope.at),
        received: None,
        command: raw.envelope.map(|(_, command)| command),
        kind: raw.kind,
        payload: raw.payload,
        hash: raw.hash,
        code: code_of(was.code.as_deref()),
        idem: None,
        proven: false,
    };
    Some(Stood {
        command: raw.cmd_id?,
        epoch: item.epoch,
        seq: item.seq,
        outcome: was.outcome,
        from: lost,
    })
}
