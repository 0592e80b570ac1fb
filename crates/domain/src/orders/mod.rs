//! Checks: what a table has ordered, line by line, and what of it has been sent to the kitchen.

pub mod add;
pub mod name;
pub mod open;
pub mod send;

use crate::ids::{DishId, LineId, OrderId, PersonId, TableId, TicketId};
use crate::money::{Money, Rate, TooMuch};
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
    /// The revision of the dish that this was taken from.
    pub revision: u64,
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
}

/// What the outside contract calls an order's or an item's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Draft,
    Sent,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Draft => "draft",
            Self::Sent => "sent",
        }
    }
}

impl Line {
    pub fn is_draft(&self) -> bool {
        matches!(self.state, LineState::Draft)
    }

    pub fn status(&self) -> Status {
        match self.state {
            LineState::Draft => Status::Draft,
            LineState::Sent { .. } => Status::Sent,
        }
    }

    pub fn sent_at(&self) -> Option<Moment> {
        match self.state {
            LineState::Draft => None,
            LineState::Sent { at, .. } => Some(at),
        }
    }

    pub fn total(&self) -> Result<Money, TooMuch> {
        self.frozen.price.times(self.quantity.get())
    }
}

impl Order {
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    pub fn unsent(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.is_draft())
    }

    /// Open until something is sent, then that of its least advanced line that was sent.
    pub fn status(&self) -> Status {
        self.lines
            .iter()
            .filter(|line| !line.is_draft())
            .map(Line::status)
            .min()
            .unwrap_or(Status::Open)
    }

    pub fn is_open(&self) -> bool {
        match self.status() {
            Status::Open | Status::Draft | Status::Sent => true,
        }
    }

    pub fn touched(&mut self, at: Moment) {
        self.updated_at = self.updated_at.max(at);
    }
}
