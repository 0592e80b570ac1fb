//! The one writer of a restaurant: what it is asked, and what it answers.

mod again;
mod attempt;
mod live;
mod marker;
mod push;
mod recover;
pub(crate) mod work;
mod writer;

pub use push::MOST_REVOKED_BYTES;
pub use work::Before;
pub use writer::{Writer, start};

use domain::ids::{BillId, CommandId, DeviceId, PersonId};
use domain::{Code, Command, State};
use protocol::sync::{Decided, PushRequest, Signed};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::store::credentials::Credential;

/// What waits at the writer's door. Bounded: who finds it full is told to come again.
pub const MOST_WAITING: usize = 1024;
/// One commit carries at most so many jobs.
pub const MOST_IN_BATCH: usize = 128;

#[derive(Debug)]
pub enum Job {
    Live(Box<Live>, oneshot::Sender<Result<Done, LiveError>>),
    Push(Box<Push>, oneshot::Sender<Result<Pushed, PushError>>),
    /// Something was reported, or the hub has just begun: a recovery goes on as far as it can.
    Recover(oneshot::Sender<Result<(), Busy>>),
}

/// A write for which somebody waits: REST, and the hub's own acts.
pub struct Live {
    pub by: Option<PersonId>,
    pub device: Option<DeviceId>,
    pub command: Command,
    pub cmd_id: CommandId,
    pub idem: Option<Idem>,
    /// Side rows that are stored with it.
    pub side: Vec<Side>,
    /// How the answer looks, drawn from the state that the command left.
    pub render: Render,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} {}", self.command.kind(), self.cmd_id)
    }
}

pub type Render = Box<dyn Fn(&State) -> Rendered + Send + Sync>;

/// An answer as it is sent, and kept where it came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub status: u16,
    pub body: String,
    pub location: Option<String>,
}

/// SHA-256 of (actor, method, path, key), and of the body that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idem {
    pub key: String,
    pub body: String,
    /// The id of the first request, which stands in a refusal that is told again.
    pub request: Option<String>,
}

/// What is stored beside an entry and never in it.
#[derive(Debug, Clone)]
pub enum Side {
    Credential {
        username: String,
        credential: Credential,
    },
    DeviceToken {
        device: DeviceId,
        hash: String,
    },
    TakeCode {
        hash: String,
    },
    Password {
        person: PersonId,
        hash: String,
    },
    Pin {
        person: PersonId,
        verifier: String,
    },
    /// Whoever is signed in as this person has to do so again, but for one session.
    EndSessions {
        person: PersonId,
        but: Option<Uuid>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub answer: Rendered,
    pub replayed: bool,
    pub seq: u64,
}

/// Why a live write did not go in. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    #[error("refused: {}", .0.as_str())]
    Refused(Code),
    /// One is open, or nothing is unbilled: the bill that there is.
    #[error("refused: bill_exists")]
    BillExists(Option<BillId>),
    #[error("no such {0}")]
    Unknown(&'static str),
    #[error("{field}: {code}")]
    Bad { field: String, code: &'static str },
    #[error("this key came with another body")]
    KeyReused,
    #[error("the code is not good, or not any more")]
    BadCode,
    /// The refusal was stored with its key and is told again, word for word.
    #[error("replayed")]
    Replayed(Rendered),
    #[error(transparent)]
    Busy(#[from] Busy),
}

/// The hub cannot decide now: come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    #[error("the database is not ready")]
    Database,
    #[error("too much is waiting")]
    Full,
    #[error("the hub is ill and decides nothing until somebody looks")]
    Ill,
    #[error("this hub is behind another one: it must be restored")]
    Behind,
    #[error("the hub was put back to an older state and gathers what its devices hold")]
    Recovering,
    #[error("the command could not be carried out")]
    Trouble,
}

impl Busy {
    pub fn code(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Full => "busy",
            Self::Ill => "hub_ill",
            Self::Behind => "hub_behind",
            Self::Recovering => "recovering",
            Self::Trouble => "trouble",
        }
    }
}

/// A device's push, with what its token says of it.
#[derive(Debug)]
pub struct Push {
    pub request: PushRequest,
}

#[derive(Debug, Clone)]
pub struct Pushed {
    pub outcomes: Vec<Decided>,
    pub position: Signed,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    #[error("the hub is in another epoch")]
    Epoch,
    #[error("expected {expected}")]
    Gap { expected: u64 },
    #[error("this queue is a copy of another device's")]
    Fork,
    #[error("revoked, and has pushed all that a revoked device may")]
    Revoked,
    #[error("{field}: {code}")]
    Bad { field: String, code: &'static str },
    #[error(transparent)]
    Busy(#[from] Busy),
}
