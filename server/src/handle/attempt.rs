//! One transaction over some units: load, decide in memory, write, commit. Fails whole or succeeds whole.

use super::work::{Before, Work};
use super::writer::{Job2, Writer};
use super::{Done, LiveError, PushError};
use crate::store::head::Head;
use crate::store::{Tx, aggregates, db, head, idempotency, log, outbox, queues};
use domain::ids::OrderId;
use domain::recover::Phase;
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::sync::{Entry, Outcome};
use domain::time::Moment;
use domain::{Command, Event, Key, State};
use protocol::sync::Decided;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One command of one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    pub job: usize,
    /// Which command of a push; 0 of a live write.
    pub command: usize,
}

/// What a unit came to.
#[derive(Debug, Clone)]
pub enum Result1 {
    Live(Result<Done, LiveError>),
    Push(Result<Decided, PushError>),
    /// Nothing was left to do: an earlier command of the same push had stopped it.
    Skipped,
}

/// Why a transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Disk or connection: nobody's fault, come again.
    #[error("the database is not ready: {0}")]
    World(sqlx::Error),
    /// Nothing is decided before the hub has gathered what it has forgotten.
    #[error("the hub is recovering")]
    Recovering,
    /// Another copy of this hub has gone on, as a device has shown to this node or to another one.
    #[error("the hub is behind")]
    Behind,
    /// Something in it cannot be stored or decided.
    #[error("a command could not be carried out: {0}")]
    Bad(String),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if db::is_world(&error) {
            Self::World(error)
        } else {
            Self::Bad(error.to_string())
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Bad(error.to_string())
    }
}

/// A command with all that is needed to decide it and to write its entry.
#[derive(Debug)]
pub struct Ask<'a> {
    pub ctx: Ctx,
    pub mid: Option<u64>,
    pub approved_by: Option<domain::ids::PersonId>,
    /// What the device's clock said; the context has it clamped.
    pub at: Moment,
    pub kind: &'a str,
    pub command: Option<Box<RawValue>>,
    pub payload: String,
    pub idem: Option<String>,
}

impl Writer {
    /// Runs these units in one transaction. On failure the state in memory is as it was before.
    pub(super) async fn attempt(
        &mut self,
        jobs: &[Job2],
        units: &[Unit],
    ) -> Result<Vec<Result1>, Failure> {
        let result = self.try_attempt(jobs, units).await;
        if result.is_err() {
            // The commit may have happened all the same: nothing in memory is to be believed.
            self.forget();
        }
        result
    }

    async fn try_attempt(
        &mut self,
        jobs: &[Job2],
        units: &[Unit],
    ) -> Result<Vec<Result1>, Failure> {
        // Nothing of a command has been looked at yet: what fails here is no fault of one.
        let mut tx = self.hub.db.begin().await.map_err(Failure::World)?;
        let head = head::lock(&mut tx, self.restaurant)
            .await
            .map_err(Failure::World)?;
        let head = head.ok_or_else(|| Failure::Bad("this restaurant has no log".into()))?;
        if head.phase != Phase::Open {
            return Err(Failure::Recovering);
        }
        if head.is_behind() {
            self.hub.learn_that_it_is_behind();
            return Err(Failure::Behind);
        }
        self.follow(&mut tx, head.clone()).await?;
        let mut work = Work::new(self.restaurant, head, self.topics.clone());
        self.prefetch(&mut tx, &mut work, jobs, units).await?;
        let mut results = Vec::with_capacity(units.len());
        let mut stopped = BTreeSet::new();
        for unit in units {
            let result = if stopped.contains(&unit.job) {
                Result1::Skipped
            } else {
                self.unit(&mut tx, &mut work, &jobs[unit.job], unit.command)
                    .await?
            };
            if let Result1::Push(Err(_)) = result {
                stopped.insert(unit.job);
            }
            results.push(result);
        }
        self.write(&mut tx, &work).await?;
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::PokeBeforeCommit) {
            self.hub.tell(work.told_now());
        }
        tx.commit().await?;
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::OutboxOutside) {
            let mut tx = self.hub.db.begin().await?;
            work.write_outbox(&mut tx, self.restaurant).await?;
            tx.commit().await?;
        }
        self.committed(work);
        Ok(results)
    }

    /// Writes all that has gathered; the other nodes hear of it with the commit.
    pub(super) async fn write(&self, tx: &mut Tx, work: &Work) -> Result<(), Failure> {
        work.write(tx, self.restaurant, &self.state).await?;
        let before = self.head.as_ref().map(|head| &head.position);
        if self.hub.nodes.may_listen() && before != Some(&work.head.position) {
            self.hub.nodes.tell(tx, &work.told_now()).await?;
        }
        Ok(())
    }

    /// The cache follows the log: if the head is not where the cache left it, somebody else wrote.
    pub(super) async fn follow(&mut self, tx: &mut Tx, head: Head) -> Result<(), Failure> {
        if self.head.as_ref() != Some(&head) {
            #[cfg(feature = "planted")]
            let stale = std::mem::take(&mut self.state);
            self.forget();
            #[cfg(feature = "planted")]
            if crate::planted::is(crate::planted::Bug::StaleCache) {
                self.state = stale;
            }
            self.topics = outbox::heads(tx, self.restaurant).await?;
            self.head = Some(head);
        }
        if self.state.len() > super::writer::MOST_CACHED {
            self.state = State::default();
        }
        Ok(())
    }

    /// Brings what all the units are looked up by, and what they read, in a few queries for the whole batch.
    async fn prefetch(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        jobs: &[Job2],
        units: &[Unit],
    ) -> Result<(), Failure> {
        let mut devices = BTreeSet::new();
        let (mut ids, mut idems, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for unit in units {
            match &jobs[unit.job] {
                Job2::Push(push) => {
                    devices.insert(push.request.device);
                    if let Ok(raw) = &push.commands[unit.command] {
                        ids.extend(raw.cmd_id);
                        let envelope = raw.envelope.as_ref().ok();
                        seen.extend(envelope.map(|(envelope, _)| envelope.seen_seq));
                    }
                }
                Job2::Live(live) => idems.extend(live.idem.as_ref().map(|idem| idem.key.as_str())),
            }
        }
        work.kept = idempotency::read(tx, self.restaurant, &idems).await?;
        work.known = log::known(tx, self.restaurant, &ids).await?;
        seen.sort_unstable();
        seen.dedup();
        work.seen = log::hub_times(tx, self.restaurant, &seen).await?;
        for device in devices {
            if let Some(queue) = queues::read(tx, self.restaurant, device).await? {
                work.queues.insert(device, queue);
            }
            let held = queues::held_ids(tx, self.restaurant, device).await?;
            work.held.insert(device, held.into_iter().collect());
        }
        self.prefetch_scopes(tx, work, jobs, units).await
    }

    /// A scope grows with what is found: after so many rounds little is missing, and that is loaded where it is needed.
    async fn prefetch_scopes(
        &mut self,
        tx: &mut Tx,
        work: &Work,
        jobs: &[Job2],
        units: &[Unit],
    ) -> Result<(), Failure> {
        const ROUNDS: usize = 3;
        if units.len() < 2 {
            return Ok(());
        }
        for _ in 0..ROUNDS {
            let state = &self.state;
            let at = self.hub.world.now().max(work.head.hub_at);
            let missing = guarded(|| {
                let asked = units
                    .iter()
                    .filter_map(|unit| scoped(jobs, *unit, work, at));
                asked
                    .flat_map(|(command, ctx)| domain::missing(command, &ctx, state))
                    .collect::<Vec<_>>()
            })?;
            if missing.is_empty() {
                break;
            }
            self.load_keys(tx, missing).await?;
        }
        Ok(())
    }

    async fn unit(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        job: &Job2,
        command: usize,
    ) -> Result<Result1, Failure> {
        match job {
            Job2::Live(live) => Ok(Result1::Live(self.live(tx, work, live).await?)),
            Job2::Push(push) => Ok(Result1::Push(self.pushed(tx, work, push, command).await?)),
        }
    }

    /// Brings into memory whatever the command reads or may change.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        command: &Command,
        ctx: &Ctx,
    ) -> Result<(), Failure> {
        loop {
            let missing = domain::missing(command, ctx, &self.state);
            if missing.is_empty() {
                return Ok(());
            }
            self.load_keys(tx, missing).await?;
        }
    }

    pub(super) async fn load_keys(
        &mut self,
        tx: &mut Tx,
        keys: Vec<domain::Key>,
    ) -> Result<(), Failure> {
        let mut missing = keys;
        missing.retain(|key| !self.state.is_loaded(key));
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        let rows = aggregates::by_keys(tx, self.restaurant, &missing).await?;
        for key in missing {
            self.state.load(key, None);
        }
        for found in rows {
            self.state.load(found.key, Some(found.row));
        }
        Ok(())
    }

    /// Brings into memory what outsiders are told beside what the events touch: the bills of a check, the room of
    /// a table, and where a dish that was sold belongs.
    pub(super) async fn load_told(
        &mut self,
        tx: &mut Tx,
        orders: impl IntoIterator<Item = OrderId>,
        events: &[Event],
    ) -> Result<(), Failure> {
        let mut keys = Vec::new();
        for order in orders.into_iter().filter_map(|id| self.state.order(id)) {
            keys.extend(order.bills.iter().copied().map(Key::Bill));
        }
        let tables = events.iter().filter_map(crate::project::table_of);
        let tables = tables.filter_map(|id| self.state.table(id));
        keys.extend(tables.map(|table| Key::Room(table.room)));
        let sold = || {
            let paid = events.iter().filter_map(|event| match event {
                Event::BillPaid(paid) => Some(paid),
                _ => None,
            });
            paid.flat_map(|paid| &paid.paid.lines)
        };
        keys.extend(sold().map(|line| Key::Dish(line.dish)));
        self.load_keys(tx, keys).await?;
        let dishes = sold().filter_map(|line| self.state.dish(line.dish));
        let categories = dishes.map(|dish| Key::Category(dish.category)).collect();
        self.load_keys(tx, categories).await
    }

    /// Applies what was decided and appends the entry.
    pub(super) async fn enter(
        &mut self,
        tx: &mut Tx,
        work: &mut Work,
        ask: Ask<'_>,
        verdict: Verdict,
    ) -> Result<u64, Failure> {
        let keys = verdict.events().iter().flat_map(Event::keys).collect();
        self.load_keys(tx, keys).await?;
        let before = Before::of(verdict.events(), &self.state);
        let dropped = domain::sync::dropped(&self.state, verdict.events(), work.head.hub_at);
        let state = &mut self.state;
        guarded(|| {
            verdict
                .events()
                .iter()
                .for_each(|event| domain::apply(state, event))
        })?;
        let orders: Vec<OrderId> = verdict.events().iter().filter_map(Event::order).collect();
        self.load_told(tx, orders, verdict.events()).await?;
        let (outcome, code, events) = match verdict {
            Verdict::Applied { events } => (Outcome::Applied, None, events),
            Verdict::Rejected { code, events } => {
                (Outcome::Rejected, Some(code.as_str().to_owned()), events)
            }
            Verdict::Quarantined { why, events } => (Outcome::Quarantined, Some(why), events),
        };
        let seq = work.head.position.seq + 1;
        let entry = Entry {
            v: 1,
            seq,
            device: ask.mid.and(ask.ctx.device),
            mid: ask.mid,
            cmd_id: ask.ctx.command,
            by: ask.ctx.by,
            approved_by: ask.approved_by,
            at: ask.at,
            hub_at: self.hub.world.now().max(work.head.hub_at),
            day: self
                .state
                .settings()
                .map(|settings| settings.day_of(ask.ctx.at)),
            kind: ask.kind.to_owned(),
            command: ask.command,
            idem: ask.idem,
            of: None,
            outcome,
            code,
            events,
            rows: domain::sync::carried(&self.state, &dropped),
        };
        work.append(&entry, ask.payload, &before, &self.state)?;
        Ok(seq)
    }
}

/// A unit's command, and about the context in which it will be decided.
fn scoped<'a>(jobs: &'a [Job2], unit: Unit, work: &Work, at: Moment) -> Option<(&'a Command, Ctx)> {
    let (command, id, by, approved_by, device) = match &jobs[unit.job] {
        Job2::Live(live) => (&live.command, live.cmd_id, live.by, None, live.device),
        Job2::Push(push) => {
            let raw = push.commands[unit.command].as_ref().ok()?;
            let (envelope, command) = raw.envelope.as_ref().ok()?;
            let (by, approved_by) = (envelope.by, envelope.approved_by);
            let device = Some(push.request.device);
            (command, raw.cmd_id?, by, approved_by, device)
        }
    };
    let ctx = Ctx {
        command: id,
        by,
        approved_by,
        device,
        at,
        origin: Origin::Live,
        place: Place::Hub,
        epoch: work.head.position.epoch.n,
    };
    Some((command, ctx))
}

/// A panic in a rule must not stop a restaurant.
pub(super) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| Failure::Bad("a rule panicked".into()))
}
