//! What was reported and is in no tail, decided anew in its old order.

use super::lost::{Lost, Word, lost};
use crate::handle::again::is_kept;
use crate::handle::attempt::{Ask, Failure, guarded};
use crate::handle::work::Work;
use crate::handle::writer::Writer;
use crate::live::Told;
use crate::store::reports::{self, Item, Report};
use crate::store::{Tx, aggregates, head, idempotency, log};
use crate::sync::recover::proof::Proof;
use domain::command::Road;
use domain::ids::{CommandId, DeviceId};
use domain::recover::{Phase, Stood, in_old_order};
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::sync::Outcome;
use domain::time::clamp;
use domain::{Aggregate, Code, Key};
use std::collections::{HashMap, HashSet};

/// So many commands are decided in one transaction.
const DECIDED_AT_ONCE: usize = 64;

impl Writer {
    /// Decides what was reported and is not known, in its old order, and opens. What comes late is decided likewise.
    /// Whether it has to look once more.
    pub(super) async fn decide_what_is_lost(&mut self) -> Result<bool, Failure> {
        let mut tx = self.hub.db.read().await.map_err(Failure::World)?;
        let reported = reports::all(&mut tx, self.restaurant).await?;
        let items = reports::items(&mut tx, self.restaurant).await?;
        let trusted = self.trusted(&mut tx, &reported).await?;
        let mut proofs = HashMap::new();
        for (device, report) in &reported {
            if self.is_vouched_for(&mut tx, *device, report).await?
                && let Some((proof, _)) =
                    Proof::of(&mut tx, self.restaurant, *device, report, None).await?
            {
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
        let word = |device: &DeviceId, item: &Item| match proofs.get(device) {
            Some(proof) if proof.covers(item) => Word::Hub,
            Some(_) | None if trusted.contains(device) => Word::Device,
            Some(_) | None => Word::Revoked,
        };
        let all = items.filter_map(|(device, item)| lost(&item, device, word(&device, &item)));
        let lost = by_weight(all.collect());
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
        if head_open != (head.phase == Phase::Open) {
            // Another node has opened, and whatever has been reported since is not decided yet.
            return Ok(true);
        }
        reports::settled(&mut tx, self.restaurant, &due).await?;
        let opens = head.phase == Phase::Deciding;
        if opens {
            head.phase = Phase::Open;
            head::write(&mut tx, self.restaurant, &head).await?;
            head::name(&mut tx, self.restaurant, None).await?;
        }
        let told = Told::nothing(self.restaurant, &head.position);
        if opens && self.hub.nodes.may_listen() {
            self.hub.nodes.tell(&mut tx, &told).await?;
        }
        tx.commit().await?;
        self.forget();
        if opens {
            tracing::info!(restaurant = %self.restaurant, decided = lost.len(), "recovered: open");
            self.hub.tell(told);
        }
        Ok(false)
    }

    /// Those of these devices whose word counts: the hub knows them and has not revoked them.
    async fn trusted(
        &self,
        tx: &mut Tx,
        reported: &HashMap<DeviceId, Report>,
    ) -> Result<HashSet<DeviceId>, Failure> {
        let keys: Vec<Key> = reported.keys().copied().map(Key::Device).collect();
        let rows = aggregates::by_keys(tx, self.restaurant, &keys).await?;
        let trusted = rows.into_iter().filter_map(|found| match found.row.body {
            Aggregate::Device(device) if device.revoked_at.is_none() => Some(device.id),
            _ => None,
        });
        Ok(trusted.collect())
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
            _ if lost.word == Word::Revoked => {
                domain::quarantine(&ctx, &lost.kind, "the device is revoked")
            }
            Err(why) => domain::quarantine(&ctx, &lost.kind, why),
            // A device brings service and money; who may work here it does not say.
            Ok(command) if lost.word != Word::Hub && command.road() != Road::Queue => {
                domain::quarantine(&ctx, &lost.kind, "only a device says so")
            }
            Ok(command) => {
                self.load(tx, command, &ctx).await?;
                let verdict = guarded(|| domain::judge(&self.state, command, &ctx))?;
                as_it_was(one, &ctx, verdict)
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
        self.follow_people(tx, verdict.events()).await?;
        let at = ask.ctx.at;
        self.enter(tx, work, ask, verdict).await?;
        if let (Some(idem), Some(known)) = (&lost.idem, work.known.get(&one.command))
            && is_kept(known.outcome, known.code.as_deref())
        {
            idempotency::found(tx, self.restaurant, idem, one.command, at).await?;
        }
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

/// Each command once, in the order of its old place. What a device alone says counts only where the log itself says
/// nothing, and what one says that is revoked only where nobody else does.
fn by_weight(mut all: Vec<Stood<Lost>>) -> Vec<Stood<Lost>> {
    let mut heard = HashSet::new();
    let mut lost = Vec::new();
    for word in [Word::Hub, Word::Device, Word::Revoked] {
        let said;
        (said, all) = all.into_iter().partition(|one| one.from.word == word);
        let said = in_old_order(said).into_iter();
        let said: Vec<_> = said.filter(|one| !heard.contains(&one.command)).collect();
        heard.extend(said.iter().map(|one| one.command));
        lost.extend(said);
    }
    in_old_order(lost)
}

/// What was refused stays refused and what was kept aside stays aside, whatever the rules would say now: only a manager
/// releases.
fn as_it_was(one: &Stood<Lost>, ctx: &Ctx, verdict: Verdict) -> Verdict {
    let (lost, said) = (&one.from, one.from.code.as_deref());
    match (one.outcome, verdict) {
        (Outcome::Applied, verdict) => verdict,
        (Outcome::Quarantined, _) => {
            let why = said.filter(|_| lost.word == Word::Hub);
            domain::quarantine(ctx, &lost.kind, why.unwrap_or("it was kept aside before"))
        }
        (Outcome::Rejected, Verdict::Rejected { code, events }) => {
            Verdict::Rejected { code, events }
        }
        (Outcome::Rejected, Verdict::Applied { .. } | Verdict::Quarantined { .. }) => {
            let mut all = Code::ALL.iter().copied();
            let code = all.find(|code| Some(code.as_str()) == said);
            domain::refuse(ctx, &lost.kind, code.unwrap_or(Code::NotAllowed))
        }
    }
}
