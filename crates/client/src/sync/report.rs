//! What this device holds that the hub may have forgotten: its log past the hub's, and its own commands with what was
//! said of them. It is told in parts; what a part leaves open, the next goes on with.

use super::calls::CallError;
use super::plan::After;
use super::push::on_the_wire;
use crate::core::Core;
use crate::error::Stored;
use crate::identity::Identity;
use crate::store::pending::Pending;
use crate::store::{entries, meta, pending, pins, sent};
use domain::ids::DeviceId;
use domain::recover::Phase;
use domain::sync::Position;
use domain::time::Moment;
use protocol::bridge::Topic;
use protocol::sync::{Acknowledged, MOST_REPORT_BYTES, PROTO, RecoverAnswer, RecoverRequest, Was};

/// How far a report has come.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    /// The entry after which the hub wants to hear.
    after: u64,
    /// Epoch and place of the last entry that was told.
    entry: (u64, u64),
    /// How many commands were.
    commands: usize,
}

/// Where the hub stands with this device, as far as forgetting goes.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// The hub asks, or this device's epoch has ended: it has to hear what is held here.
    due: bool,
    telling: Option<Telling>,
    /// The position up to which the hub has heard all.
    told: Option<Position>,
    /// The hub decides nothing before it has gathered what it has forgotten.
    pub(super) gathering: bool,
}

impl Recovery {
    pub(crate) fn new(due: bool) -> Self {
        Self {
            due,
            ..Self::default()
        }
    }
}

impl Core {
    /// The next part of a report, where one is due.
    pub(crate) fn next_report(&mut self, identity: &Identity) -> Stored<Option<RecoverRequest>> {
        let Some(position) = meta::get(&self.db, &meta::POSITION)? else {
            return Ok(None);
        };
        // A device that has followed no epoch yet holds nothing.
        let nothing = position.position.epoch.n == 0;
        if !self.live.recovery.due || nothing || self.has_told(&position.position) {
            self.live.recovery.due = false;
            return Ok(None);
        }
        let mut request = RecoverRequest {
            proto: PROTO,
            device: identity.device,
            position,
            marks: entries::marks(&self.db)?,
            entries: Vec::new(),
            commands: Vec::new(),
            side: None,
            done: false,
        };
        if let Some(telling) = self.live.recovery.telling.clone() {
            self.fill(identity, &telling, &mut request)?;
        }
        Ok(Some(request))
    }

    fn has_told(&self, position: &Position) -> bool {
        self.live.recovery.told.as_ref() == Some(position)
    }

    fn fill(
        &self,
        identity: &Identity,
        telling: &Telling,
        request: &mut RecoverRequest,
    ) -> Stored<()> {
        let mut size = 0;
        for held in entries::past(&self.db, telling.after, telling.entry)? {
            size += held.bytes.len();
            if size > MOST_REPORT_BYTES && !request.entries.is_empty() {
                return Ok(());
            }
            request.entries.push(held);
        }
        if !request.entries.is_empty() {
            return Ok(());
        }
        let epoch = &request.position.position.epoch;
        let said = |hint: pending::Hint| Was {
            epoch: epoch.clone(),
            seq: hint.seq,
            outcome: hint.outcome,
            code: None,
        };
        let mut all: Vec<(DeviceId, Pending)> = Vec::new();
        for command in sent::of_others(&self.db, identity.device)? {
            all.push((command.device, command.pending));
        }
        let own = sent::from(&self.db, identity.device, 0, usize::MAX)?;
        let own = own.into_iter().chain(pending::all(&self.db)?);
        all.extend(own.map(|command| (identity.device, command)));
        let mut told = 0;
        for (device, mut command) in all {
            command.was = command.was.or(command.hint.map(said));
            let past = command
                .was
                .as_ref()
                .is_some_and(|was| was.seq > telling.after);
            // The log says it already.
            if !past || entries::holds(&self.db, command.cmd_id, telling.after)? {
                continue;
            }
            told += 1;
            if told <= telling.commands {
                continue;
            }
            let raw = on_the_wire(command.mid, command.was.as_ref(), &command.envelope)?;
            size += raw.get().len();
            if size > MOST_REPORT_BYTES && !request.commands.is_empty() {
                return Ok(());
            }
            let command = raw;
            request.commands.push(Acknowledged { device, command });
        }
        request.side = pins::side(&self.db)?;
        request.done = true;
        Ok(())
    }

    /// What came of a part of a report.
    pub fn on_report(
        &mut self,
        request: &RecoverRequest,
        answer: Result<RecoverAnswer, CallError>,
        now: Moment,
    ) -> Stored<After> {
        match answer {
            Ok(RecoverAnswer { phase, wants: None }) => {
                self.report_is_over(&request.position.position);
                if phase == Phase::Open {
                    self.heard(now);
                    return Ok(After::Go);
                }
                self.gathering(now);
                Ok(After::Wait)
            }
            Ok(RecoverAnswer {
                phase: _,
                wants: Some(after),
            }) => {
                let recovery = &mut self.live.recovery;
                if request.done {
                    // It has heard all and wants more: from the beginning, and not at once.
                    recovery.telling = None;
                    return Ok(After::Wait);
                }
                let last = request.entries.last().map(|held| (held.epoch, held.seq));
                let telling = recovery.telling.get_or_insert(Telling {
                    after,
                    entry: (0, after),
                    commands: 0,
                });
                telling.entry = last.unwrap_or(telling.entry);
                telling.commands += request.commands.len();
                Ok(After::Go)
            }
            // A hub that knows no reports, or not this one's shape: what is pending is pushed again all the same.
            Err(CallError::Refused {
                status: 400 | 404 | 405 | 413 | 422,
                code,
                ..
            }) => {
                self.note(now, &format!("the hub takes no report: {code}"));
                self.report_is_over(&request.position.position);
                Ok(After::Go)
            }
            // Nor does an older one from a device that is revoked.
            Err(CallError::Refused { code, .. }) if code == "device_revoked" => {
                self.heard(now);
                self.revoked(now)?;
                self.report_is_over(&request.position.position);
                Ok(After::Go)
            }
            Err(error) => {
                self.live.recovery.telling = None;
                self.call_failed("report", &error, now)?;
                Ok(After::Wait)
            }
        }
    }

    fn report_is_over(&mut self, position: &Position) {
        let recovery = &mut self.live.recovery;
        recovery.due = false;
        recovery.telling = None;
        recovery.told = Some(position.clone());
    }

    /// The hub gathers what it has forgotten: as if it were not there, but for the report.
    pub(crate) fn gathering(&mut self, now: Moment) {
        self.cut(now);
        if !self.live.recovery.gathering {
            self.note(
                now,
                "the hub was put back and gathers what it has forgotten",
            );
            self.live.recovery.gathering = true;
            self.touch([Topic::Sync]);
        }
    }

    pub(crate) fn is_gathering(&self) -> bool {
        self.live.recovery.gathering
    }

    /// Whether the hub has still to hear what is held here.
    pub(crate) fn owes_report(&mut self) -> Stored<bool> {
        let position = self.position()?;
        let owes = position.is_some_and(|position| !self.has_told(&position));
        self.live.recovery.due = owes;
        Ok(owes)
    }
}
