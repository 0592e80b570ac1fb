//! Voiding: what was ordered is not wanted, or cannot be had. An intent: with a reason once it was sent, and with
//! a manager once it cooks. What was paid is refunded instead.

use super::{Line, LineState, Order, Stage, Status, Voided, known, there};
use crate::auth::Act;
use crate::event::Event;
use crate::ids::{LineId, OrderId, PersonId, derived};
use crate::menu::Stock;
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::State;
use crate::text::{Name, Note, Quantity};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// So many of a line, as the person saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Part {
    pub line: LineId,
    /// How many are voided; none is the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Void {
    pub order: OrderId,
    pub lines: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidedPart {
    pub line: LineId,
    pub was: Status,
    /// Where only a part is voided: how many, and the id of the line that they become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<(LineId, Quantity)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinesVoided {
    pub order: OrderId,
    pub lines: Vec<VoidedPart>,
    pub reason: Option<Note>,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub approved_by: Option<PersonId>,
    pub approved_by_name: Option<Name>,
    pub at: Moment,
}

pub fn void(state: &State, cmd: &Void, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    ctx.must_be(state, Act::TakeOrders)?;
    let order = known(state, cmd.order)?;
    if cmd.lines.is_empty() {
        return Err(Refusal::bad("lines", "empty"));
    }
    let mut wanted: Vec<(&Line, Option<Quantity>)> = Vec::new();
    let named = cmd.lines.iter().map(|part| part.line);
    let field = |at: usize| format!("lines[{at}].line");
    for (at, line) in there(order, named, field, ctx)? {
        let part = &cmd.lines[at];
        if wanted.iter().any(|(known, _)| known.id == line.id) {
            return Err(Refusal::bad(field(at), "repeated"));
        }
        if line.voided.is_some() {
            match ctx.origin {
                Origin::Live => return Err(Refusal::Rule(Code::AlreadyVoided)),
                // Somebody was quicker; what was wanted is so.
                Origin::Queued => continue,
            }
        }
        wanted.push((line, part.quantity.filter(|part| *part < line.quantity)));
    }
    voided(state, order, &wanted, cmd.reason.as_ref(), ctx)
}

/// The events that void these lines, if that may be.
pub(super) fn voided(
    state: &State,
    order: &Order,
    wanted: &[(&Line, Option<Quantity>)],
    reason: Option<&Note>,
    ctx: &Ctx,
) -> Result<Vec<Event>, Refusal> {
    let reason = reason.filter(|reason| !reason.as_str().trim().is_empty());
    let mut stock = Stock::of(state);
    let mut lines = Vec::new();
    for (at, (line, part)) in wanted.iter().enumerate() {
        if line.billed.is_some() {
            return Err(Refusal::Rule(Code::AlreadyPaid));
        }
        if line.was_fired() && reason.is_none() {
            return Err(Refusal::bad("reason", "required"));
        }
        let begun = line.served.is_some() || line.stage() != Stage::New;
        if line.was_fired() && begun && !ctx.is_approved(state, Act::VoidCooking) {
            return Err(Refusal::Rule(Code::ApprovalRequired));
        }
        if line.was_fired() && !begun {
            stock.give_back(line, part.unwrap_or(line.quantity));
        }
        let made = |quantity: Quantity| (LineId(derived(ctx.command, "void", at)), quantity);
        lines.push(VoidedPart {
            line: line.id,
            was: line.status(),
            part: part.map(made),
        });
    }
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let event = LinesVoided {
        order: order.id,
        lines,
        reason: reason.cloned(),
        by: ctx.by,
        by_name: ctx.by_name(state),
        approved_by: ctx.approved_by,
        approved_by_name: ctx.approver_name(state),
        at: ctx.at,
    };
    Ok([event.into()].into_iter().chain(stock.counted()).collect())
}

pub fn apply_voided(state: &mut State, event: &LinesVoided) {
    state.change_order(event.order, |order| {
        for voided in &event.lines {
            void_one(order, voided, event);
        }
        order.touched(event.at);
    });
}

fn void_one(order: &mut Order, voided: &VoidedPart, event: &LinesVoided) {
    let Some(at) = order.lines.iter().position(|line| line.id == voided.line) else {
        return;
    };
    let mark = Voided {
        at: event.at,
        by: event.by,
        by_name: event.by_name.clone(),
        approved_by: event.approved_by,
        approved_by_name: event.approved_by_name.clone(),
        reason: event.reason.clone(),
        was: voided.was,
        acknowledged: Vec::new(),
    };
    let Some((id, quantity)) = voided.part else {
        order.lines[at].voided = Some(mark);
        order.lines[at].held = None;
        return;
    };
    let line = &mut order.lines[at];
    let left = i64::from(line.quantity.get()) - i64::from(quantity.get());
    let Ok(left) = Quantity::new(left) else {
        return;
    };
    line.quantity = left;
    let part = Line {
        id,
        quantity,
        voided: Some(mark),
        held: None,
        part_of: Some(voided.line),
        ..line.clone()
    };
    order.lines.insert(at + 1, part);
    let with = |ticket: &&mut super::Ticket| ticket.lines.contains(&voided.line);
    for ticket in order.tickets.iter_mut().filter(with) {
        ticket.lines.push(id);
    }
}

impl Line {
    /// Fired, and the kitchen has not begun.
    pub fn can_be_taken_back(&self) -> bool {
        matches!(self.state, LineState::Sent { .. }) && self.stage() == Stage::New
    }
    /// What voiding it takes of somebody who may take orders; none where it cannot be voided.
    pub fn void_needs(&self, may_void_cooking: bool) -> Option<Needs> {
        if self.voided.is_some() || self.billed.is_some() {
            return None;
        }
        let begun = self.served.is_some() || !self.can_be_taken_back();
        match (self.was_fired(), begun && !may_void_cooking) {
            (false, _) => Some(Needs::Nothing),
            (true, false) => Some(Needs::Reason),
            (true, true) => Some(Needs::Approval),
        }
    }
}

/// What a void asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Reason,
    /// A reason, and somebody who may void what cooks.
    Approval,
}
