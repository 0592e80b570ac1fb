//! The wire between a device and the hub (`/api/v1/sync`). Versioned by us; no promise to outsiders.

use domain::ids::{CommandId, DeviceId, PersonId, RestaurantId};
use domain::recover::Phase;
use domain::state::{Key, Row};
use domain::sync::{Chain, Epoch, Outcome, Position};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of this wire.
pub const PROTO: u16 = 1;

/// One push carries at most so much.
pub const MOST_COMMANDS: usize = 256;
pub const MOST_PUSH_BYTES: usize = 512 * 1024;
/// A part of a report holds about so much, before it is written as JSON.
pub const MOST_REPORT_BYTES: usize = 256 * 1024;
/// A part of a report names so many places of the device's log at most.
pub const MOST_MARKS: usize = 64;
/// One pull answers at most so many entries.
pub const MOST_ENTRIES: usize = 500;

/// A position and the hub's Ed25519 signature of it (base64).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    pub position: Position,
    pub sig: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushRequest {
    pub proto: u16,
    pub device: DeviceId,
    pub epoch: Epoch,
    /// The smallest `mid` that the device still holds.
    pub oldest: u64,
    pub position: Signed,
    /// Each a `Pushed`; raw, for the hub takes them singly and compares their bytes.
    pub commands: Vec<Box<RawValue>>,
}

/// The two fields that travel beside a stored command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Beside {
    pub mid: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Was>,
}

/// What the hub had said of a command before it forgot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Was {
    pub epoch: Epoch,
    pub seq: u64,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushAnswer {
    pub epoch: Epoch,
    pub outcomes: Vec<Decided>,
    pub position: Signed,
    /// The commands that the hub can read, each as `kind@version`.
    pub knows: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    pub mid: u64,
    pub cmd_id: CommandId,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub seq: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequest {
    pub device: DeviceId,
    pub position: Signed,
    pub limit: usize,
    /// The events that this device can apply, each as `kind@version`.
    pub knows: Vec<String>,
    /// The revision of the side rows that this device has.
    #[serde(default)]
    pub side: u64,
}

/// What travels beside the log and never in it: who can sign in by PIN. Whole, and only where it is newer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    pub revision: u64,
    pub pins: Vec<Pin>,
    /// With it a device can bring back what a hub has forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Box<SideProof>>,
}

/// The epoch in which the hub gave side rows out, and its signature of them (base64).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideProof {
    pub epoch: Epoch,
    pub sig: String,
}

impl Side {
    /// What the hub signs of it.
    pub fn message(&self, restaurant: RestaurantId, epoch: &Epoch) -> String {
        let mut pins: Vec<&Pin> = self.pins.iter().collect();
        pins.sort_by_key(|pin| pin.person);
        let (n, tag, revision) = (epoch.n, &epoch.tag, self.revision);
        let head = format!("comanda side rows\n{restaurant}\n{n}\n{tag}\n{revision}");
        let pins = pins
            .iter()
            .map(|pin| format!("{} {}", pin.person, pin.verifier));
        [head]
            .into_iter()
            .chain(pins)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// An argon2id verifier, as a PHC string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    pub person: PersonId,
    pub verifier: String,
}

/// Without the verifiers: they must reach no log.
impl std::fmt::Debug for Side {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            to,
            "side rows {} of {} people",
            self.revision,
            self.pins.len()
        )
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PullAnswer {
    /// Each entry is its stored bytes, unchanged.
    Entries {
        entries: Vec<String>,
        more: bool,
        position: Signed,
        knows: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<Side>,
    },
    Reset {
        reset: Reset,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    Epoch,
    Chain,
}

/// The aggregates at a position, and what became of this device's commands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub restaurant: RestaurantId,
    pub position: Signed,
    pub rows: Vec<SnapshotRow>,
    pub outcomes: Vec<Decided>,
    /// The last `mid` of this device that the log knows.
    pub last_mid: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SnapshotRow {
    pub key: Key,
    pub row: Row,
}

/// One part of what a device holds that a hub may have forgotten. The first part is empty and asks what is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecoverRequest {
    pub proto: u16,
    pub device: DeviceId,
    /// Where this device's own log ends.
    pub position: Signed,
    /// Some places of its log, so that the hub finds where the two part: at most `MOST_MARKS`, the last one among them.
    #[serde(default)]
    pub marks: Vec<Mark>,
    #[serde(default)]
    pub entries: Vec<Held>,
    /// Its own commands of which the hub had said something.
    #[serde(default)]
    pub commands: Vec<Acknowledged>,
    /// Who can sign in by PIN, as the hub had told it: with the last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Nothing comes after this part.
    #[serde(default)]
    pub done: bool,
}

/// The chain after an entry that a device holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub seq: u64,
    pub chain: Chain,
}

/// An entry of the log as a device has kept it, unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub epoch: u64,
    pub seq: u64,
    pub bytes: String,
}

/// A command as it was pushed, with `was`, and the device under whose name that was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Acknowledged {
    pub device: DeviceId,
    pub command: Box<RawValue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoverAnswer {
    pub phase: Phase,
    /// What this device holds past this entry is wanted; none where the hub has all of it.
    pub wants: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolAnswer {
    pub device_id: DeviceId,
    pub device_token: String,
    pub restaurant_id: RestaurantId,
    /// The public half of the key that signs positions (base64): the device pins it.
    pub position_key: String,
}

/// An RFC 9457 problem, so far as a device reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Problem {
    pub status: u16,
    pub code: String,
    #[serde(default)]
    pub detail: String,
    /// With `gap`: the `mid` that the hub expects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
}

/// What a Socket.IO `sync:poke` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poke {
    pub epoch: Epoch,
    pub seq: u64,
}
