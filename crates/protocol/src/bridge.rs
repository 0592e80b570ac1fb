//! The bridge between a screen and its device core: the same over `postMessage` and over Tauri's `invoke`.

use crate::view::{Attention, Bill, Board, Check, Floor, Menu, Session, Sync};
use domain::devices::DeviceKind;
use domain::ids::{CommandId, OrderId, PersonId, TicketId};
use domain::text::Label;
use domain::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One call of a screen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Request {
    Submit(Submission),
    Query {
        view: View,
    },
    Session(SessionAsk),
    /// What only the hub has: its answer as JSON, or that it cannot be reached.
    Fetch {
        what: Fetch,
    },
    /// A write that only works online, by somebody who signed in with a password.
    Ask {
        what: Ask,
    },
    /// A kitchen's screen has these on the glass, and nothing covers it: nobody taps for that.
    Seen {
        tickets: Vec<TicketId>,
    },
}

/// What only the hub has. Each is one GET of the outside contract, and its answer has that shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Fetch {
    Sales {
        from: String,
        to: String,
        by: String,
    },
    BestSellers {
        from: String,
        to: String,
    },
    Bills {
        query: String,
    },
    Bill {
        id: String,
    },
    Trail {
        order: OrderId,
    },
    Users,
    Devices,
    /// Whom a hub that was put back waits for.
    Recovery,
}

/// A write of the outside contract: `POST /devices/codes`, `PATCH /auth/users/{id}` …
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Ask {
    DeviceCode {
        kind: DeviceKind,
    },
    RenameDevice {
        id: String,
        name: String,
    },
    RevokeDevice {
        id: String,
    },
    AddUser {
        body: Value,
    },
    ChangeUser {
        id: String,
        body: Value,
    },
    /// Wait for no further device.
    EndRecovery,
    /// Take what this device has reported for the hub's own log.
    AdoptReport {
        id: String,
    },
}

/// Without its body, which may hold a password.
impl std::fmt::Debug for Ask {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("a write at the hub")
    }
}

/// A command as a screen gives it. Its id, and the ids of what it makes, were drawn when the sheet opened, so
/// a repeated call is harmless.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submission {
    pub cmd_id: CommandId,
    pub kind: String,
    pub version: u16,
    pub args: Value,
    /// A manager stands by: the core looks at the PIN and keeps only who it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Approval {
    pub person: PersonId,
    pub pin: String,
}

/// Without the PIN: it must reach no log.
impl std::fmt::Debug for Approval {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "approval by {}", self.person)
    }
}

impl Submission {
    pub fn new(cmd_id: CommandId, command: &domain::Command) -> Result<Self, serde_json::Error> {
        let args = serde_json::from_str(&command.body())?;
        Ok(Self {
            cmd_id,
            kind: command.kind().to_owned(),
            version: command.version(),
            args,
            approval: None,
        })
    }
}

/// What one screen needs, small enough to be read whole again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum View {
    Floor,
    Check { order: OrderId },
    Bill { order: OrderId },
    Menu,
    Board { station: Option<Label> },
    Attention,
    Sync,
    Session,
}

/// Who this device is, and who holds it in their hands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum SessionAsk {
    /// Makes this a device of a restaurant. Without a code only in a demo on the same machine.
    Enrol {
        name: String,
        kind: DeviceKind,
        code: Option<String>,
        hub: Option<String>,
    },
    SignIn {
        username: String,
        password: String,
    },
    /// By tile and PIN, offline too.
    Pin {
        person: PersonId,
        pin: String,
    },
    /// The device is put down: whoever takes it next signs in. Nothing that waits is touched.
    SignOut,
}

/// The answer to one call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It is on this device's disk.
    Stored {
        outcome: Told,
    },
    View {
        revision: u64,
        model: Box<Model>,
    },
    Done,
    /// What the hub says, as the outside contract shapes it.
    Fetched {
        data: Value,
        /// When it said so, where it cannot be asked now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Moment>,
    },
    /// A rule said no; the words come from the translations.
    Refused {
        code: String,
    },
    /// What was given cannot be, and where.
    Bad {
        field: String,
        code: String,
    },
    /// Only the hub can do this, and it cannot be reached.
    Offline,
    /// Disk, network or a bug: shown, never dropped.
    Trouble {
        what: String,
    },
}

/// How far a command has come, so far as this device knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    OnDevice,
    AtHub,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum Model {
    Floor(Floor),
    /// None: this device knows no such check.
    Check {
        check: Option<Check>,
    },
    Bill {
        bill: Option<Box<Bill>>,
    },
    Menu(Menu),
    Board(Board),
    Attention(Attention),
    Sync(Sync),
    Session(Session),
}

/// What has changed, so that screens which show it read it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum Topic {
    Order { id: OrderId },
    Floor,
    Board,
    Menu,
    Attention,
    Sync,
    Session,
}

/// Told to every screen; `revision` grows with each change, and an answer older than what is shown is dropped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    pub revision: u64,
    pub topics: Vec<Topic>,
}
