//! What devices have reported, read as commands that were decided once.

use crate::handle::push::look;
use crate::store::reports::{Item, Kind};
use domain::command::Road;
use domain::ids::{CommandId, DeviceId, PersonId};
use domain::recover::Stood;
use domain::sync::{KNOWN, Outcome};
use domain::time::Moment;
use domain::{Command, Envelope};
use protocol::sync::{Acknowledged, Beside};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// One command of a log that is lost.
#[derive(Debug)]
pub struct Lost {
    pub device: Option<DeviceId>,
    pub mid: Option<u64>,
    pub by: Option<PersonId>,
    pub approved_by: Option<PersonId>,
    /// What its author's clock said, and when the hub had received it, where that is known.
    pub at: Moment,
    pub received: Option<Moment>,
    pub kind: String,
    pub payload: Box<RawValue>,
    pub hash: String,
    pub command: Result<Command, String>,
    /// Why, where it was not applied.
    pub code: Option<String>,
    pub idem: Option<String>,
    pub word: Word,
}

/// Whose word it is that something stood in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The hub's own: it leads to a position that it has signed.
    Hub,
    /// A device's, whose queue brings service and money.
    Device,
    /// One's that is revoked: all that it says waits for a manager.
    Revoked,
}

pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// What can be decided of something that was reported; none where there is nothing to decide, or it does not read.
pub fn lost(item: &Item, by: DeviceId, word: Word) -> Option<Stood<Lost>> {
    let mut found = match item.kind {
        Kind::Entry => of_entry(item),
        Kind::Command => of_command(item),
    };
    if let Some(Stood { from: lost, .. }) = &mut found {
        lost.word = word;
        // No device says where another one's queue stands.
        if word != Word::Hub && lost.device != Some(by) {
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

/// The command of an entry, as a device had queued it or as the hub keeps its own.
pub fn read_command(kind: &str, payload: &RawValue) -> Result<Command, String> {
    if let Ok(envelope) = serde_json::from_str::<Envelope>(payload.get()) {
        return envelope.command().map_err(|e| e.to_string());
    }
    let written: Written =
        serde_json::from_str(payload.get()).map_err(|why| format!("unreadable: {why}"))?;
    Command::read(kind, written.version, written.args.get()).map_err(|e| e.to_string())
}

fn of_entry(item: &Item) -> Option<Stood<Lost>> {
    let asked: Asked = serde_json::from_str(&item.bytes).ok()?;
    if asked.kind == KNOWN {
        return None;
    }
    let payload = asked.command?;
    let queued = asked.device.is_some() || serde_json::from_str::<Envelope>(payload.get()).is_ok();
    let command = read_command(&asked.kind, &payload);
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
        code: asked.code,
        idem: asked.idem,
        word: Word::Device,
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
        code: was.code,
        idem: None,
        word: Word::Device,
    };
    Some(Stood {
        command: raw.cmd_id?,
        epoch: item.epoch,
        seq: item.seq,
        outcome: was.outcome,
        from: lost,
    })
}
