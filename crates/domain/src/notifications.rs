//! Cards: what needs a human. State like any other, so that everybody's tray agrees.

use crate::auth::Act;
use crate::event::Event;
use crate::ids::{
    BillId, CardId, CommandId, DeviceId, LineId, OrderId, PersonId, TableId, derived,
};
use crate::money::Money;
use crate::orders::Mark;
use crate::refusal::{Code, Refusal};
use crate::rules::Ctx;
use crate::state::{Key, State};
use crate::text::{Name, Quantity};
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
    /// Somebody has seen to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cleared: Option<Mark>,
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
    /// It was to be fired, but the dish is gone: it is held until somebody has asked the guest.
    DishGone {
        order: OrderId,
        line: LineId,
        dish: Name,
        table_name: Option<Name>,
    },
    /// Two people changed how many; the last in the hub's order stands.
    QuantityChanged {
        order: OrderId,
        line: LineId,
        dish: Name,
        from: Quantity,
        to: Quantity,
    },
    /// A note, seat or course came after the line had been sent: the kitchen has the old one.
    ChangedTooLate {
        order: OrderId,
        line: LineId,
        dish: Name,
    },
    /// Fewer were wanted, but they had been sent: somebody has to void them.
    VoidAsked {
        order: OrderId,
        line: LineId,
        dish: Name,
        quantity: Quantity,
    },
    /// The kitchen finished something that had been voided.
    CookedInVain {
        order: OrderId,
        line: LineId,
        dish: Name,
        quantity: Quantity,
        table_name: Option<Name>,
    },
    /// Something was added to a check that had been paid.
    DueAfterPayment { order: OrderId, amount: Money },
    /// More was taken than the bill comes to.
    Overpaid {
        order: OrderId,
        bill: Option<BillId>,
        amount: Money,
    },
    /// Money was taken that no bill holds.
    UnassignedMoney { order: OrderId, amount: Money },
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

impl About {
    /// The checks that it is about.
    pub fn orders(&self) -> Vec<OrderId> {
        match self {
            Self::TwoChecks { orders, .. } => orders.clone(),
            Self::AlreadySent { order, .. }
            | Self::LineRepeated { order, .. }
            | Self::FoundCheck { order }
            | Self::UnknownTable { order, .. }
            | Self::PriceDiffers { order, .. }
            | Self::DishGone { order, .. }
            | Self::QuantityChanged { order, .. }
            | Self::ChangedTooLate { order, .. }
            | Self::VoidAsked { order, .. }
            | Self::CookedInVain { order, .. }
            | Self::DueAfterPayment { order, .. }
            | Self::Overpaid { order, .. }
            | Self::UnassignedMoney { order, .. } => vec![*order],
            Self::NotPermitted { order, .. } => order.iter().copied().collect(),
            Self::Rejected { .. } | Self::MissingRange { .. } | Self::Quarantined { .. } => {
                Vec::new()
            }
        }
    }
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
    before: usize,
    raised: Vec<CardRaised>,
}

impl<'a> Cards<'a> {
    pub fn of(ctx: &'a Ctx) -> Self {
        Self {
            ctx,
            before: 0,
            raised: Vec::new(),
        }
    }

    /// More cards of a command that has raised some already.
    pub fn after(ctx: &'a Ctx, events: &[Event]) -> Self {
        let card = |event: &&Event| matches!(event, Event::CardRaised(_));
        Self {
            before: events.iter().filter(card).count(),
            ..Self::of(ctx)
        }
    }

    pub fn raise(&mut self, about: About) {
        let id = CardId(derived(
            self.ctx.command,
            "card",
            self.before + self.raised.len(),
        ));
        let card = Card {
            id,
            about,
            author: self.ctx.by,
            at: self.ctx.at,
            cleared: None,
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

/// Somebody has seen to a card. They name the revision that they saw: if it is another by now, nothing happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Clear {
    pub card: CardId,
    pub revision: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CardCleared {
    pub card: CardId,
    pub mark: Mark,
}

pub fn clear(state: &State, cmd: &Clear, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let key = Key::Card(cmd.card);
    let Some((row, card)) = state.row(&key).zip(state.card(cmd.card)) else {
        return Ok(Vec::new());
    };
    let own = card.author.is_some() && card.author == ctx.by;
    if !own && !ctx.is_allowed(state, Act::AnswerCards) {
        return Err(Refusal::Rule(Code::NotAllowed));
    }
    if card.cleared.is_some() || row.revision != cmd.revision {
        return Ok(Vec::new());
    }
    let (card, mark) = (cmd.card, ctx.mark(state));
    Ok(vec![CardCleared { card, mark }.into()])
}

pub fn apply_card_cleared(state: &mut State, event: &CardCleared) {
    if let Some(card) = state.card(event.card) {
        let cleared = Some(event.mark.clone());
        let card = Card {
            cleared,
            ..card.clone()
        };
        state.put(Key::Card(event.card), card.into());
    }
}
