//! Checks: what a table has ordered, line by line, and what of it has been sent to the kitchen.

pub mod add;
pub mod cancel;
pub mod change;
pub mod follow;
pub mod hand_over;
pub mod name;
pub mod open;
pub mod send;
pub mod serve;
pub mod void;

use crate::billing::Payment;
use crate::ids::{
    BillId, CommandId, DishId, LineId, OptionId, OrderId, PersonId, TableId, TicketId, is_derived,
};
use crate::money::{Money, Rate, TooMuch};
use crate::refusal::Refusal;
use crate::rules::{Ctx, Origin};
use crate::text::{Course, Guests, Label, Name, Note, Quantity, Seat};
use crate::time::{Day, Moment};
use serde::{Deserialize, Serialize};

/// What one request may bring, and what a check may grow to while somebody can still choose.
pub const MOST_LINES_AT_ONCE: usize = 200;
pub const MOST_LINES: usize = 500;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: OrderId,
    /// Given by the hub; a device that waits for it shows none.
    pub number: Option<u32>,
    /// None while it is a found check whose table nobody knows yet.
    pub table: Option<TableId>,
    pub table_name: Option<Name>,
    /// What its guests are called: "Birthday", "Bar · Tom".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    pub guests: Guests,
    pub opened_by: Option<PersonId>,
    pub opened_by_name: Option<Name>,
    pub opened_at: Moment,
    pub updated_at: Moment,
    pub day: Day,
    pub prices_include_tax: bool,
    pub lines: Vec<Line>,
    pub tickets: Vec<Ticket>,
    /// Whose check it is now, where that is not who opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Its bills, oldest first; the last may be open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<BillId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_bill: Option<BillId>,
    /// Money that was taken for it and that no bill holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loose: Vec<Payment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    pub person: PersonId,
    pub name: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    pub at: Moment,
    pub how: How,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Completed,
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub id: LineId,
    pub dish: DishId,
    pub quantity: Quantity,
    pub frozen: Frozen,
    pub note: Option<Note>,
    pub seat: Option<Seat>,
    pub course: Course,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub added_at: Moment,
    pub state: LineState,
    /// What each station has done of it since it was fired; one that has not begun is absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<AtStation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<Mark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<Voided>,
    /// It was to be fired, but its dish was gone: it waits for somebody to ask the guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Moment>,
    /// The bill that took it: paid, numbered, and not to be changed any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed: Option<BillId>,
    /// The line that it was a part of, before a part was voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<LineId>,
}

/// Who did it, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    pub at: Moment,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AtStation {
    pub station: Label,
    pub stage: Stage,
    pub at: Moment,
}

/// How far a station is with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    New,
    Preparing,
    Ready,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Voided {
    pub at: Moment,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// How far it had come.
    pub was: Status,
    /// The stations that have seen that it is void.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acknowledged: Vec<Label>,
}

/// What a line takes from the menu when it is tapped: a later change of the menu does not reach it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Frozen {
    pub name: Name,
    pub kitchen_name: Option<Name>,
    pub price: Money,
    pub tax_rate: Rate,
    pub allergens: Vec<Label>,
    pub stations: Vec<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
    /// The revision of the dish that this was taken from.
    pub revision: u64,
}

/// A choice that the guest made: "rare", "with fries".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Modifier {
    pub id: OptionId,
    pub name: Name,
    pub price: Money,
}

impl Frozen {
    /// One of it, with its modifiers.
    pub fn unit_price(&self) -> Result<Money, TooMuch> {
        let modifiers = self.modifiers.iter().map(|modifier| modifier.price);
        Money::sum([self.price].into_iter().chain(modifiers))
    }
}

/// How far a line has come. Only a fired line is in the kitchen, and it is fired once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LineState {
    Draft,
    Sent {
        at: Moment,
        by: Option<PersonId>,
        by_name: Option<Name>,
    },
}

/// What one station cooks of one course from one Send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    pub id: TicketId,
    pub station: Label,
    pub course: Course,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub fired_at: Moment,
    pub lines: Vec<LineId>,
    /// When a kitchen's screen first showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bumped: Option<Bump>,
    /// It was bumped, and called back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<Moment>,
}

/// A recall names the bump that it takes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bump {
    pub command: CommandId,
    pub at: Moment,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
}

/// What the outside contract calls an order's, an item's or a ticket's status, from the least advanced on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Draft,
    New,
    Sent,
    Preparing,
    Ready,
    Bumped,
    Served,
    Completed,
    Cancelled,
    Voided,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Draft => "draft",
            Self::New => "new",
            Self::Sent => "sent",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Bumped => "bumped",
            Self::Served => "served",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Voided => "voided",
        }
    }
}

impl Line {
    /// Neither fired nor voided: it may still be changed.
    pub fn is_draft(&self) -> bool {
        matches!(self.state, LineState::Draft) && self.voided.is_none()
    }

    /// The guest has it, or waits for it.
    pub fn counts(&self) -> bool {
        self.voided.is_none()
    }

    pub fn stage_at(&self, station: &Label) -> Stage {
        let at = self.stages.iter().find(|at| at.station == *station);
        at.map_or(Stage::New, |at| at.stage)
    }

    /// How far the kitchen is: ready when each of its stations is, cooking as soon as one has begun.
    pub fn stage(&self) -> Stage {
        let stages = || {
            self.frozen
                .stations
                .iter()
                .map(|station| self.stage_at(station))
        };
        match (stages().min(), stages().max()) {
            (Some(Stage::Ready), _) => Stage::Ready,
            (Some(_), Some(Stage::Preparing | Stage::Ready)) => Stage::Preparing,
            (_, _) => Stage::New,
        }
    }

    pub fn status(&self) -> Status {
        if self.voided.is_some() {
            return Status::Voided;
        }
        match (&self.state, &self.served, self.stage()) {
            (LineState::Draft, _, _) => Status::Draft,
            (LineState::Sent { .. }, Some(_), _) => Status::Served,
            (LineState::Sent { .. }, None, Stage::New) => Status::Sent,
            (LineState::Sent { .. }, None, Stage::Preparing) => Status::Preparing,
            (LineState::Sent { .. }, None, Stage::Ready) => Status::Ready,
        }
    }

    pub fn sent_at(&self) -> Option<Moment> {
        match self.state {
            LineState::Draft => None,
            LineState::Sent { at, .. } => Some(at),
        }
    }

    pub fn was_fired(&self) -> bool {
        matches!(self.state, LineState::Sent { .. })
    }

    pub fn total(&self) -> Result<Money, TooMuch> {
        self.frozen.unit_price()?.times(self.quantity.get())
    }
}

impl Ticket {
    /// Bumped, or as far as its least advanced line; one whose lines are all void is done when that was seen.
    pub fn status(&self, order: &Order) -> Status {
        if self.bumped.is_some() {
            return Status::Bumped;
        }
        let lines = || {
            let lines = self.lines.iter();
            lines.filter_map(|id| order.line(*id))
        };
        let stages = || {
            let there = lines().filter(|line| line.counts());
            there.map(|line| match line.served {
                Some(_) => Stage::Ready,
                None => line.stage_at(&self.station),
            })
        };
        match (stages().min(), stages().max()) {
            (None, _) if lines().all(|line| self.acknowledged(line)) => Status::Bumped,
            (Some(Stage::Ready), _) => Status::Ready,
            (Some(_), Some(Stage::Preparing | Stage::Ready)) => Status::Preparing,
            (_, _) => Status::New,
        }
    }

    fn acknowledged(&self, line: &Line) -> bool {
        let voided = line.voided.as_ref();
        voided.is_some_and(|voided| voided.acknowledged.contains(&self.station))
    }
}

impl Order {
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    pub fn unsent(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_draft())
    }

    /// What the next bill is made of.
    pub fn unbilled(&self) -> impl Iterator<Item = &Line> {
        let billed = |line: &&Line| line.counts() && line.billed.is_none();
        self.lines.iter().filter(billed)
    }

    /// Open until something is sent, then that of its least advanced line that was sent and not voided.
    pub fn status(&self) -> Status {
        match &self.closed {
            Some(closed) if closed.how == How::Cancelled => return Status::Cancelled,
            Some(_) => return Status::Completed,
            None => {}
        }
        let sent = self.lines.iter().filter(|line| !line.is_draft());
        let there = sent.filter(|line| line.counts());
        there.map(Line::status).min().unwrap_or(Status::Open)
    }

    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    pub fn owner(&self) -> Option<PersonId> {
        match &self.owner {
            Some(owner) => Some(owner.person),
            None => self.opened_by,
        }
    }

    pub fn touched(&mut self, at: Moment) {
        self.updated_at = self.updated_at.max(at);
    }
}

/// An order that somebody names: there, or why nothing can be done about it.
pub(crate) fn known(state: &crate::State, id: OrderId) -> Result<&Order, Refusal> {
    state.order(id).ok_or(Refusal::Unknown("order"))
}

/// The lines that a command names, each with its place in it. One that is not there is an error; but what comes from a queue
/// does without a line that its device had made of a change which was decided otherwise, and told.
pub(crate) fn there<'a>(
    order: &'a Order,
    named: impl IntoIterator<Item = LineId>,
    field: impl Fn(usize) -> String,
    ctx: &Ctx,
) -> Result<Vec<(usize, &'a Line)>, Refusal> {
    let mut there = Vec::new();
    for (at, id) in named.into_iter().enumerate() {
        match order.line(id) {
            Some(line) => there.push((at, line)),
            None if ctx.origin == Origin::Queued && is_derived(id.0) => {}
            None => return Err(Refusal::bad(field(at), "unknown")),
        }
    }
    Ok(there)
}
