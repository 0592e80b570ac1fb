//! Every command there is, and the envelope in which a device stores and sends one.

use crate::ids::{CommandId, OrderId, PersonId};
use crate::orders::add::NewLine;
use crate::time::Moment;
use crate::{
    Unknown, auth, billing, devices, floor, kitchen, menu, notifications, orders, settings, sync,
};
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
        ChangeSettings(settings::ChangeSettings) = "settings.change" 1,
        ChangePerson(auth::ChangePerson) = "auth.change_person" 1,
        RenameDevice(devices::Rename) = "devices.rename" 1,
        ChangeTable(floor::ChangeTable) = "floor.change_table" 1,
        ChangeCategory(menu::ChangeCategory) = "menu.change_category" 1,
        ChangeDish(menu::ChangeDish) = "menu.change_dish" 1,
        AddGroup(menu::AddGroup) = "menu.add_group" 1,
        ChangeGroup(menu::ChangeGroup) = "menu.change_group" 1,
        SetAvailability(menu::SetAvailability) = "menu.set_availability" 1,
        Force(orders::send::Force) = "orders.force" 1,
        Change(orders::change::Change) = "orders.change" 1,
        Void(orders::void::Void) = "orders.void" 1,
        Serve(orders::serve::Serve) = "orders.serve" 1,
        Cancel(orders::cancel::Cancel) = "orders.cancel" 1,
        HandOver(orders::hand_over::HandOver) = "orders.hand_over" 1,
        See(kitchen::See) = "kitchen.see" 1,
        Advance(kitchen::Advance) = "kitchen.advance" 1,
        Undo(kitchen::Undo) = "kitchen.undo" 1,
        Bump(kitchen::BumpTicket) = "kitchen.bump" 1,
        Recall(kitchen::Recall) = "kitchen.recall" 1,
        Acknowledge(kitchen::Acknowledge) = "kitchen.acknowledge" 1,
        OpenBill(billing::bill::OpenBill) = "billing.open" 1,
        Pay(billing::pay::Pay) = "billing.pay" 1,
        Clear(notifications::Clear) = "notifications.clear" 1,
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
            Self::Force(_) | Self::Change(_) | Self::Void(_) | Self::Serve(_) => Road::Queue,
            Self::Cancel(_) | Self::HandOver(_) | Self::Clear(_) => Road::Queue,
            Self::See(_) | Self::Advance(_) | Self::Undo(_) => Road::Queue,
            Self::Bump(_) | Self::Recall(_) | Self::Acknowledge(_) => Road::Queue,
            Self::OpenBill(_) | Self::Pay(_) | Self::SetAvailability(_) => Road::Queue,
            Self::AddPerson(_) | Self::ChangePerson(_) => Road::Online,
            Self::EnrolDevice(_) | Self::RevokeDevice(_) | Self::RenameDevice(_) => Road::Online,
            Self::AddRoom(_) | Self::AddTable(_) | Self::ChangeTable(_) => Road::Online,
            Self::AddCategory(_) | Self::ChangeCategory(_) => Road::Online,
            Self::AddDish(_) | Self::ChangeDish(_) => Road::Online,
            Self::AddGroup(_) | Self::ChangeGroup(_) | Self::ChangeSettings(_) => Road::Online,
            Self::Found(_) | Self::StartEpoch(_) | Self::RecordGap(_) => Road::Hub,
        }
    }

    /// The check that it is about.
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::Open(cmd) => Some(cmd.order),
            Self::Add(cmd) => Some(cmd.order),
            Self::Send(cmd) => Some(cmd.order),
            Self::Name(cmd) => Some(cmd.order),
            Self::Force(cmd) => Some(cmd.order),
            Self::Change(cmd) => Some(cmd.order),
            Self::Void(cmd) => Some(cmd.order),
            Self::Serve(cmd) => Some(cmd.order),
            Self::Cancel(cmd) => Some(cmd.order),
            Self::HandOver(cmd) => Some(cmd.order),
            Self::See(cmd) => Some(cmd.order),
            Self::Advance(cmd) => Some(cmd.order),
            Self::Undo(cmd) => Some(cmd.order),
            Self::Bump(cmd) => Some(cmd.order),
            Self::Recall(cmd) => Some(cmd.order),
            Self::Acknowledge(cmd) => Some(cmd.order),
            Self::OpenBill(cmd) => Some(cmd.order),
            Self::Pay(cmd) => Some(cmd.order),
            Self::Clear(_) | Self::SetAvailability(_) => None,
            Self::AddPerson(_) | Self::ChangePerson(_) => None,
            Self::EnrolDevice(_) | Self::RevokeDevice(_) | Self::RenameDevice(_) => None,
            Self::AddRoom(_) | Self::AddTable(_) | Self::ChangeTable(_) => None,
            Self::AddCategory(_) | Self::ChangeCategory(_) => None,
            Self::AddDish(_) | Self::ChangeDish(_) => None,
            Self::AddGroup(_) | Self::ChangeGroup(_) | Self::ChangeSettings(_) => None,
            Self::Found(_) | Self::StartEpoch(_) | Self::RecordGap(_) => None,
        }
    }

    /// The lines that it brings.
    pub fn new_lines(&self) -> &[NewLine] {
        match self {
            Self::Open(cmd) => &cmd.lines,
            Self::Add(cmd) => &cmd.lines,
            _ => &[],
        }
    }

    /// The ids of what this command makes: what names them later depends on it.
    pub fn makes(&self) -> Vec<Uuid> {
        let fire = match self {
            Self::Open(cmd) => cmd.fire.as_ref(),
            Self::Add(cmd) => cmd.fire.as_ref(),
            _ => None,
        };
        let tickets = match self {
            Self::Send(cmd) => &cmd.tickets,
            Self::Force(cmd) => &cmd.tickets,
            _ => fire.map_or(&[][..], |fire| &fire.tickets),
        };
        let own = match self {
            Self::Open(cmd) => Some(cmd.order.0),
            Self::OpenBill(cmd) => Some(cmd.bill.0),
            Self::Pay(cmd) => Some(cmd.payment.0),
            _ => None,
        };
        let lines = self.new_lines().iter().map(|line| line.id.0);
        let tickets = tickets.iter().map(|ticket| ticket.0);
        own.into_iter().chain(lines).chain(tickets).collect()
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
