//! Every command there is, and the envelope in which a device stores and sends one.

use crate::ids::{CommandId, PersonId};
use crate::time::Moment;
use crate::{Unknown, auth, devices, floor, menu, orders, settings, sync};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

envelopes! {
    /// What somebody wants done. A new one is added by `docs/adding-a-command.md`.
    pub enum Command {
        Found(settings::Found) = "settings.found" 1,
        AddPerson(auth::AddPerson) = "auth.add_person" 1,
        EnrolDevice(devices::Enrol) = "devices.enrol" 1,
        RevokeDevice(devices::Revoke) = "devices.revoke" 1,
        AddRoom(floor::AddRoom) = "floor.add_room" 1,
        AddTable(floor::AddTable) = "floor.add_table" 1,
        AddCategory(menu::AddCategory) = "menu.add_category" 1,
        AddDish(menu::AddDish) = "menu.add_dish" 1,
        Open(orders::open::Open) = "orders.open" 1,
        Add(orders::add::Add) = "orders.add" 1,
        Send(orders::send::Send) = "orders.send" 1,
        Name(orders::name::Name) = "orders.name" 1,
        StartEpoch(sync::StartEpoch) = "sync.start_epoch" 1,
        RecordGap(sync::RecordGap) = "sync.record_gap" 1,
    }
}

/// Where a command may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// A device's queue: service and money, offline too.
    Queue,
    /// Only a person with a password session, online.
    Online,
    /// The hub's own act.
    Hub,
}

impl Command {
    pub fn road(&self) -> Road {
        match self {
            Self::Open(_) | Self::Add(_) | Self::Send(_) | Self::Name(_) => Road::Queue,
            Self::AddPerson(_) | Self::EnrolDevice(_) | Self::RevokeDevice(_) => Road::Online,
            Self::AddRoom(_) | Self::AddTable(_) | Self::AddCategory(_) | Self::AddDish(_) => {
                Road::Online
            }
            Self::Found(_) | Self::StartEpoch(_) | Self::RecordGap(_) => Road::Hub,
        }
    }
}

impl Command {
    /// The ids of what this command makes: what names them later depends on it.
    pub fn makes(&self) -> Vec<Uuid> {
        match self {
            Self::Open(cmd) => {
                let lines = cmd.lines.iter().map(|line| line.id.0);
                let tickets = cmd
                    .fire
                    .iter()
                    .flat_map(|fire| &fire.tickets)
                    .map(|id| id.0);
                [cmd.order.0]
                    .into_iter()
                    .chain(lines)
                    .chain(tickets)
                    .collect()
            }
            Self::Add(cmd) => {
                let tickets = cmd
                    .fire
                    .iter()
                    .flat_map(|fire| &fire.tickets)
                    .map(|id| id.0);
                cmd.lines
                    .iter()
                    .map(|line| line.id.0)
                    .chain(tickets)
                    .collect()
            }
            Self::Send(cmd) => cmd.tickets.iter().map(|id| id.0).collect(),
            Self::Name(_) => Vec::new(),
            Self::AddPerson(_) | Self::EnrolDevice(_) | Self::RevokeDevice(_) => Vec::new(),
            Self::AddRoom(_) | Self::AddTable(_) | Self::AddCategory(_) | Self::AddDish(_) => {
                Vec::new()
            }
            Self::Found(_) | Self::StartEpoch(_) | Self::RecordGap(_) => Vec::new(),
        }
    }
}

/// A command over 256 KiB is refused before it is stored anywhere.
pub const MOST_BYTES: usize = 256 * 1024;

/// A command as a device stores it, byte for byte, for as long as it exists. `mid` and `was` travel beside it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    pub cmd_id: CommandId,
    pub kind: String,
    pub version: u16,
    pub by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<PersonId>,
    pub args: Box<RawValue>,
    /// The log position that the person had before their eyes.
    pub seen_seq: u64,
    pub at: Moment,
}

impl Envelope {
    pub fn command(&self) -> Result<Command, Unknown> {
        Command::read(&self.kind, self.version, self.args.get())
    }
}
