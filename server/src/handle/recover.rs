//! A recovery, in steps that each are one transaction: the longest tail becomes the log's, a new epoch begins, and what
//! is beyond the tail is decided anew. A crash between two steps repeats nothing.

mod decide;
mod lost;
mod people;

pub(super) use lost::read_command;

use super::again::is_kept;
use super::attempt::{Failure, guarded};
use super::push::ids_in;
use super::work::{Before, Work};
use super::writer::Writer;
use super::{Busy, Job};
use crate::store::head::{self, Head};
use crate::store::meanwhile::{self, Meanwhile};
use crate::store::reports::{self, Report};
use crate::store::{Tx, idempotency, queues};
use crate::sync::recover::awaited;
use domain::ids::{CommandId, DeviceId, OrderId, PersonId};
use domain::recover::{Phase, Tail, longest, next_epoch};
use domain::rules::{Ctx, Origin, Place};
use domain::sync::{Entry, Epoch, Outcome, Position, StartEpoch};
use domain::{Command, Envelope, Event, Key};
use lost::hash;
use serde_json::value::RawValue;

/// So many entries are written at a time.
const AT_ONCE: usize = 200;

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
                Err(error @ (Failure::Bad(_) | Failure::Recovering | Failure::Behind)) => {
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
                let all = awaited(&self.hub, &mut tx, self.restaurant, &head).await?;
                let missing = all.iter().any(|one| !one.reported);
                if ended_by.is_none() && (missing || self.is_key_lost(&mut tx, &head).await?) {
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
                self.decide_what_is_lost().await
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
        if head.phase != Phase::Adopting {
            // Another node was faster.
            return Ok(());
        }
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
        self.bring_back_pins(&mut tx, &head.position.epoch).await?;
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
        self.enter_the_enrolled(&mut tx, &mut work).await?;
        self.write(&mut tx, &work).await?;
        tx.commit().await?;
        self.committed(work);
        Ok(())
    }

    /// Whoever was enrolled while the log stood still is in it from here on, as a fork of what it was.
    async fn enter_the_enrolled(&mut self, tx: &mut Tx, work: &mut Work) -> Result<(), Failure> {
        for Meanwhile { mut enrol, by, .. } in meanwhile::all(tx, self.restaurant).await? {
            let was = enrol.fork_of.map(Key::Device);
            let keys = was.into_iter().chain([Key::Device(enrol.id)]);
            self.load_keys(tx, keys.collect()).await?;
            let was = enrol.fork_of.and_then(|id| self.state.device(id));
            let was = was.filter(|device| device.revoked_at.is_none());
            enrol.fork_of = was.map(|device| device.id);
            if self.state.device(enrol.id).is_none() {
                self.act_for(tx, work, by, enrol.into()).await?;
            }
        }
        meanwhile::clear(tx, self.restaurant).await?;
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
            if own && self.is_vouched_for(tx, device, &report).await? {
                let (n, seq) = (end.epoch.n, head.position.seq);
                let mut entries = reports::tail(tx, self.restaurant, device, n, seq).await?;
                entries.retain(|(seq, _)| *seq <= end.seq);
                tails.push((end, entries));
            }
        }
        Ok(tails)
    }

    /// The log of this device, up to where it ends, is the hub's own: signed or, where the key is lost, named by an admin.
    async fn is_vouched_for(
        &self,
        tx: &mut Tx,
        device: DeviceId,
        report: &Report,
    ) -> Result<bool, Failure> {
        let signed = self.hub.has_signed(self.restaurant, &report.position);
        Ok(signed || head::named(tx, self.restaurant).await? == Some(device))
    }

    /// Somebody holds more than this hub, and nobody anything that it has signed: whose log is right an admin says.
    async fn is_key_lost(&self, tx: &mut Tx, head: &Head) -> Result<bool, Failure> {
        let reports = reports::all(tx, self.restaurant).await?;
        let signed = |report: &Report| self.hub.has_signed(self.restaurant, &report.position);
        let more = |report: &Report| report.position.position.seq > head.position.seq;
        Ok(!reports.values().any(signed) && reports.values().any(more))
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
        self.follow_people(tx, &entry.events).await?;
        if let Some(idem) = &entry.idem
            && is_kept(entry.outcome, entry.code.as_deref())
        {
            let (cmd, at) = (entry.cmd_id, entry.hub_at);
            idempotency::found(tx, self.restaurant, idem, cmd, at).await?;
        }
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
}
