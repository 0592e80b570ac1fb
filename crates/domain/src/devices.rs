//! Devices: what may push and pull. Their tokens are side rows; here is only that they exist, and whether still.

use crate::event::Event;
use crate::ids::DeviceId;
use crate::refusal::{Code, Refusal};
use crate::rules::Ctx;
use crate::state::{Key, State};
use crate::text::Name;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Waiter,
    Kitchen,
    Office,
}

impl DeviceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiter => "waiter",
            Self::Kitchen => "kitchen",
            Self::Office => "office",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiter, Self::Kitchen, Self::Office]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    pub id: DeviceId,
    pub name: Name,
    pub kind: DeviceKind,
    /// The device whose database this one was copied from.
    pub fork_of: Option<DeviceId>,
    pub enrolled_at: Moment,
    pub revoked_at: Option<Moment>,
    /// Forks of this one: revoked with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forks: Vec<DeviceId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Enrol {
    pub id: DeviceId,
    pub name: Name,
    pub kind: DeviceKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork_of: Option<DeviceId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrolled {
    pub device: Device,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revoke {
    pub id: DeviceId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revoked {
    pub devices: Vec<DeviceId>,
    pub at: Moment,
}

pub fn enrol(state: &State, cmd: &Enrol, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    if state.device(cmd.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    if let Some(parent) = cmd.fork_of {
        let parent = state.device(parent).ok_or(Refusal::Unknown("device"))?;
        if parent.revoked_at.is_some() {
            return Err(Refusal::Rule(Code::AlreadyRevoked));
        }
    }
    let device = Device {
        id: cmd.id,
        name: cmd.name.clone(),
        kind: cmd.kind,
        fork_of: cmd.fork_of,
        enrolled_at: ctx.at,
        revoked_at: None,
        forks: Vec::new(),
    };
    Ok(vec![Enrolled { device }.into()])
}

/// A device and every fork that descends from it, so far as `state` holds them.
pub fn family(state: &State, of: DeviceId) -> Vec<DeviceId> {
    let mut all = vec![of];
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        let forks = state
            .device(id)
            .map(|device| device.forks.clone())
            .unwrap_or_default();
        all.extend(
            forks
                .into_iter()
                .filter(|fork| !all.contains(fork))
                .collect::<Vec<_>>(),
        );
        next += 1;
    }
    all
}

pub fn revoke(state: &State, cmd: &Revoke, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let device = state.device(cmd.id).ok_or(Refusal::Unknown("device"))?;
    if device.revoked_at.is_some() {
        return Err(Refusal::Rule(Code::AlreadyRevoked));
    }
    Ok(vec![
        Revoked {
            devices: family(state, cmd.id),
            at: ctx.at,
        }
        .into(),
    ])
}

pub fn apply_enrolled(state: &mut State, event: &Enrolled) {
    let device = &event.device;
    state.put(Key::Device(device.id), device.clone().into());
    if let Some(parent) = device.fork_of {
        state.change_device(parent, |parent| parent.forks.push(device.id));
    }
}

pub fn apply_revoked(state: &mut State, event: &Revoked) {
    for id in &event.devices {
        state.change_device(*id, |device| {
            device.revoked_at = device.revoked_at.or(Some(event.at))
        });
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rename {
    pub id: DeviceId,
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    pub id: DeviceId,
    pub name: Name,
}

pub fn rename(state: &State, cmd: &Rename) -> Result<Vec<Event>, Refusal> {
    state.device(cmd.id).ok_or(Refusal::Unknown("device"))?;
    let (id, name) = (cmd.id, cmd.name.clone());
    Ok(vec![Renamed { id, name }.into()])
}

pub fn apply_renamed(state: &mut State, event: &Renamed) {
    state.change_device(event.id, |device| device.name = event.name.clone());
}
