//! A command from a screen: judged here and now, stored and applied in one local transaction, or not at all.

use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::Identity;
use crate::state;
use crate::store::pending::{self, Pending};
use crate::store::rows::Layer;
use crate::store::{meta, sent};
use crate::topics::{self, Topics};
use domain::command::{MOST_BYTES, Road};
use domain::ids::{CommandId, OrderId, PersonId};
use domain::rules::{Ctx, Origin, Place};
use domain::time::Moment;
use domain::{Command, Envelope, Refusal, State, Unknown};
use protocol::bridge::{Answer, Submission, Told, Topic};
use rusqlite::Connection;
use serde_json::value::RawValue;

/// Judged and ready to be stored.
struct Accepted {
    order: Option<OrderId>,
    envelope: String,
    ctx: Ctx,
    state: State,
    events: Vec<domain::Event>,
}

impl Core {
    /// Answers `Stored` only after the commit. A command that is known answers what became of it, and does nothing.
    pub fn submit(&mut self, ask: &Submission, now: Moment) -> Answer {
        let answer = self.try_submit(ask, now);
        answer.unwrap_or_else(|error| {
            self.note(now, &format!("a command was not stored: {error}"));
            Answer::Trouble {
                what: trouble(&error).into(),
            }
        })
    }

    fn try_submit(&mut self, ask: &Submission, now: Moment) -> Stored<Answer> {
        if let Some(outcome) = known(&self.db, ask.cmd_id)? {
            return Ok(Answer::Stored { outcome });
        }
        let approved_by = match &ask.approval {
            Some(approval) => match self.approves(approval, now)? {
                Ok(person) => Some(person),
                Err(no) => return Ok(no),
            },
            None => None,
        };
        self.store_for(ask, self.person()?, approved_by, now)
    }

    /// Judges and stores a command that is not known yet.
    pub(crate) fn store_for(
        &mut self,
        ask: &Submission,
        by: Option<PersonId>,
        approved_by: Option<PersonId>,
        now: Moment,
    ) -> Stored<Answer> {
        let accepted = match self.judged(ask, (by, approved_by), now)? {
            Ok(accepted) => accepted,
            Err(no) => return Ok(no),
        };
        self.write(|tx, topics| store(tx, accepted, now, topics).map(Ok))
            .map(|done: Result<(), Answer>| match done {
                Ok(()) => Answer::Stored {
                    outcome: Told::OnDevice,
                },
                Err(no) => no,
            })
    }

    fn judged(
        &self,
        ask: &Submission,
        who: (Option<PersonId>, Option<PersonId>),
        now: Moment,
    ) -> Stored<Result<Accepted, Answer>> {
        let Some(identity) = self.identity()? else {
            return Ok(Err(refused("not_enrolled")));
        };
        if meta::get(&self.db, &meta::REVOKED)?.is_some() {
            // It would all be quarantined: somebody is here and can take another device.
            return Ok(Err(refused("device_revoked")));
        }
        let mut command = match read(ask) {
            Ok(command) => command,
            Err(no) => return Ok(Err(no)),
        };
        if !self.hub_knows(&command)? {
            let what = "the hub does not know this kind of command yet".into();
            return Ok(Err(Answer::Trouble { what }));
        }
        let ctx = self.context(&identity, ask.cmd_id, who, now)?;
        let mut state = State::default();
        state::load_scope(&self.db, Layer::Both, &mut state, &command, &ctx)?;
        domain::prepare(&state, &mut command);
        let envelope = match self.envelope(&command, &ctx)? {
            Ok(envelope) => envelope,
            Err(no) => return Ok(Err(no)),
        };
        match domain::decide(&state, &command, &ctx) {
            Ok(events) => Ok(Ok(Accepted {
                order: command.order(),
                envelope,
                ctx,
                state,
                events,
            })),
            Err(refusal) => Ok(Err(answer(refusal))),
        }
    }

    fn context(
        &self,
        identity: &Identity,
        command: CommandId,
        (by, approved_by): (Option<PersonId>, Option<PersonId>),
        now: Moment,
    ) -> Stored<Ctx> {
        // A clock that has fallen behind what the hub said last is not believed, as on the hub.
        let seen = meta::get(&self.db, &meta::HUB_AT)?;
        Ok(Ctx {
            command,
            by,
            approved_by,
            device: Some(identity.device),
            at: domain::time::clamp(now, seen, Moment(i64::MAX)),
            origin: Origin::Live,
            place: Place::Device,
            epoch: meta::epoch(&self.db)?,
        })
    }

    /// A newer core issues nothing that its hub cannot read.
    fn hub_knows(&self, command: &Command) -> Stored<bool> {
        let name = format!("{}@{}", command.kind(), command.version());
        let knows = meta::get(&self.db, &meta::KNOWS)?;
        Ok(knows.is_none_or(|knows| knows.contains(&name)))
    }

    /// The bytes that are stored, sent and compared for as long as the command exists.
    fn envelope(&self, command: &Command, ctx: &Ctx) -> Stored<Result<String, Answer>> {
        let args = RawValue::from_string(command.body())
            .map_err(|why| StoreError::corrupt("command", why))?;
        let envelope = Envelope {
            cmd_id: ctx.command,
            kind: command.kind().to_owned(),
            version: command.version(),
            by: ctx.by,
            approved_by: ctx.approved_by,
            args,
            seen_seq: meta::applied(&self.db)?,
            at: ctx.at,
        };
        let text = crate::store::to_json("envelope", &envelope)?;
        if text.len() > MOST_BYTES {
            return Ok(Err(bad("args", "too_large")));
        }
        Ok(Ok(text))
    }
}

fn store(db: &Connection, mut accepted: Accepted, now: Moment, topics: &mut Topics) -> Stored<()> {
    let mid = meta::next_mid(db)?;
    meta::set(db, &meta::NEXT_MID, &(mid + 1))?;
    let pending = Pending {
        mid,
        cmd_id: accepted.ctx.command,
        envelope: accepted.envelope,
        order: accepted.order,
        stored_at: now,
        was: None,
        hint: None,
    };
    pending::insert(db, &pending)?;
    state::apply(db, Layer::Both, &mut accepted.state, &accepted.events)?;
    state::save(db, Layer::Overlay, &mut accepted.state, topics)?;
    topics.extend(accepted.order.into_iter().flat_map(topics::of_order));
    topics.insert(Topic::Sync);
    Ok(())
}

/// How far a command has come that was given before.
pub(crate) fn known(db: &Connection, id: CommandId) -> Stored<Option<Told>> {
    if let Some(pending) = pending::by_command(db, id)? {
        let told = pending.hint.map_or(Told::OnDevice, |_| Told::AtHub);
        return Ok(Some(told));
    }
    Ok(sent::by_command(db, id)?.map(|_| Told::AtHub))
}

fn read(ask: &Submission) -> Result<Command, Answer> {
    if serde_json::to_string(&ask.args).map_or(0, |text| text.len()) > MOST_BYTES {
        return Err(bad("args", "too_large"));
    }
    let command = Command::read(&ask.kind, ask.version, &ask.args.to_string());
    let command = command.map_err(|unknown| match unknown {
        Unknown::Kind { .. } => bad("kind", "unknown"),
        Unknown::Shape { .. } => bad("args", "malformed"),
    })?;
    match command.road() {
        Road::Queue => Ok(command),
        Road::Online | Road::Hub => Err(bad("kind", "not_for_a_queue")),
    }
}

fn answer(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Rule(code) => refused(code.as_str()),
        Refusal::Unknown(what) => bad(what, "unknown"),
        Refusal::Bad { field, code } => bad(&field, code),
    }
}

pub(crate) fn refused(code: &str) -> Answer {
    Answer::Refused { code: code.into() }
}

fn bad(field: &str, code: &str) -> Answer {
    Answer::Bad {
        field: field.into(),
        code: code.into(),
    }
}

/// A word that a screen can translate.
pub(crate) fn trouble(error: &StoreError) -> &'static str {
    match error {
        StoreError::Full(_) => "disk_full",
        StoreError::Database(_) => "database",
        StoreError::Corrupt { .. } => "corrupt",
    }
}
