//! Cards: what needs a human. State like any other, so that everybody's tray agrees.

use crate::ids::{CardId, CommandId, DeviceId, LineId, OrderId, PersonId, TableId, derived};
use crate::rules::Ctx;
use crate::state::{Key, State};
use crate::text::Name;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    pub id: CardId,
    pub about: About,
    /// Whose command raised it: it is in this person's tray, and in every manager's.
    pub author: Option<PersonId>,
    pub at: Moment,
}

/// What happened. A screen turns it into words and remedies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "what",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum About {
    /// Two people opened a check on one table without knowing of each other.
    TwoChecks {
        table: TableId,
        table_name: Name,
        orders: Vec<OrderId>,
    },
    /// The line was in the kitchen already: it was not fired again.
    AlreadySent {
        order: OrderId,
        line: LineId,
        dish: Name,
        sent_by: Option<Name>,
        sent_at: Moment,
    },
    /// The same id came twice with different content; the first stays.
    LineRepeated {
        order: OrderId,
        line: LineId,
        dish: Name,
    },
    /// Lines or a name came for a check that nobody knows; it has been made for them.
    FoundCheck { order: OrderId },
    /// The table is not known any more; its check stands all the same.
    UnknownTable { order: OrderId, table: TableId },
    /// The price on the line is not the one that the menu had at the revision which it names.
    PriceDiffers {
        order: OrderId,
        line: LineId,
        dish: Name,
    },
    /// It went in, but this person or device may not do it.
    NotPermitted {
        kind: String,
        order: Option<OrderId>,
    },
    /// A rule said no, for good.
    Rejected {
        command: CommandId,
        kind: String,
        code: String,
    },
    /// Commands of a device that neither it nor the hub holds any more.
    MissingRange {
        device: DeviceId,
        from: u64,
        to: u64,
    },
    /// Kept whole; a manager releases or discards it.
    Quarantined {
        command: CommandId,
        kind: String,
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CardRaised {
    pub card: Card,
}

/// Gathers the cards of one command and numbers them, so that device and hub draw the same ids.
#[derive(Debug)]
pub struct Cards<'a> {
    ctx: &'a Ctx,
    raised: Vec<CardRaised>,
}

impl<'a> Cards<'a> {
    pub fn of(ctx: &'a Ctx) -> Self {
        Self {
            ctx,
            raised: Vec::new(),
        }
    }

    pub fn raise(&mut self, about: About) {
        let id = CardId(derived(self.ctx.command, "card", self.raised.len()));
        let card = Card {
            id,
            about,
            author: self.ctx.by,
            at: self.ctx.at,
        };
        self.raised.push(CardRaised { card });
    }

    pub fn into_events(self) -> impl Iterator<Item = crate::Event> {
        self.raised.into_iter().map(Into::into)
    }
}

pub fn apply_card_raised(state: &mut State, event: &CardRaised) {
    state.put(Key::Card(event.card.id), event.card.clone().into());
}
