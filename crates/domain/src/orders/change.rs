//! Changing a line that is not sent yet. What was fired meanwhile stays as it was fired: more becomes a new line,
//! less asks for a void.

use super::{Line, LineState, Order, Status, known};
use crate::billing::fits;
use crate::event::Event;
use crate::ids::{LineId, OrderId, derived};
use crate::notifications::{About, Cards};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::State;
use crate::text::{Course, Note, Quantity, Seat};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FromTo {
    pub from: Quantity,
    pub to: Quantity,
}

/// A new value, which may be none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Set<T> {
    pub to: Option<T>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    pub order: OrderId,
    pub line: LineId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<FromTo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Set<Note>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<Set<Seat>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
}

/// The line as it now stands on the check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    pub order: OrderId,
    pub line: LineId,
    pub quantity: Quantity,
    pub note: Option<Note>,
    pub seat: Option<Seat>,
    pub course: Course,
    pub at: Moment,
}

pub fn change(state: &State, cmd: &Change, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.change", Some(cmd.order), &mut cards)?;
    let order = known(state, cmd.order)?;
    let Some(line) = order.line(cmd.line) else {
        // A line that its device had made of a change which the hub has decided otherwise.
        return Err(match ctx.origin {
            Origin::Live => Refusal::Unknown("item"),
            Origin::Queued => Refusal::Rule(Code::ChangedMeanwhile),
        });
    };
    if line.voided.is_some() {
        return Err(Refusal::Rule(Code::AlreadyVoided));
    }
    if order.status() == Status::Cancelled {
        return Err(Refusal::Rule(Code::OrderClosed));
    }
    // What a paid bill says never changes, sent or not.
    let fixed = match (&line.state, line.billed) {
        (LineState::Sent { .. }, _) => Some(Code::AlreadySent),
        (LineState::Draft, Some(_)) => Some(Code::AlreadyPaid),
        (LineState::Draft, None) => None,
    };
    let events = match (fixed, ctx.origin) {
        (Some(code), Origin::Live) => return Err(Refusal::Rule(code)),
        (Some(_), Origin::Queued) => after_sending(order, line, cmd, ctx, state, &mut cards)?,
        (None, _) => before_sending(order, line, cmd, ctx, &mut cards)?,
    };
    Ok(events.into_iter().chain(cards.into_events()).collect())
}

/// Whether the check holds what it has beside this line, and so many of it.
fn still_fits(order: &Order, line: &Line, quantity: Quantity) -> Result<(), Refusal> {
    let unit = line.frozen.unit_price();
    let others = order.lines.iter().filter(|other| other.id != line.id);
    let wanted = unit.and_then(|unit| unit.times(quantity.get()));
    match fits(others.map(Line::total).chain([wanted])) {
        true => Ok(()),
        false => Err(Refusal::too_much("quantity")),
    }
}

fn before_sending(
    order: &Order,
    line: &Line,
    cmd: &Change,
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Vec<Event>, Refusal> {
    let quantity = cmd
        .quantity
        .as_ref()
        .map_or(line.quantity, |quantity| quantity.to);
    still_fits(order, line, quantity)?;
    if let Some(wanted) = &cmd.quantity {
        let other = wanted.from != line.quantity && wanted.to != line.quantity;
        if other && ctx.origin == Origin::Queued {
            cards.raise(About::QuantityChanged {
                order: cmd.order,
                line: line.id,
                dish: line.frozen.name.clone(),
                from: line.quantity,
                to: wanted.to,
            });
        }
    }
    let set = |note: &Note| !note.as_str().trim().is_empty();
    let changed = Changed {
        order: cmd.order,
        line: line.id,
        quantity,
        note: match &cmd.note {
            Some(note) => note.to.clone().filter(set),
            None => line.note.clone(),
        },
        seat: match &cmd.seat {
            Some(seat) => seat.to,
            None => line.seat,
        },
        course: cmd.course.unwrap_or(line.course),
        at: ctx.at,
    };
    let same = changed.quantity == line.quantity && changed.note == line.note;
    if same && changed.seat == line.seat && changed.course == line.course {
        return Ok(Vec::new());
    }
    Ok(vec![changed.into()])
}

/// The guest wants it so all the same: what is more goes on the check, what is less is for somebody to void.
fn after_sending(
    order: &Order,
    line: &Line,
    cmd: &Change,
    ctx: &Ctx,
    state: &State,
    cards: &mut Cards,
) -> Result<Vec<Event>, Refusal> {
    let (id, dish) = (line.id, line.frozen.name.clone());
    if cmd.note.is_some() || cmd.seat.is_some() || cmd.course.is_some() {
        cards.raise(About::ChangedTooLate {
            order: order.id,
            line: id,
            dish: dish.clone(),
        });
    }
    let Some(wanted) = &cmd.quantity else {
        return Ok(Vec::new());
    };
    let more = i64::from(wanted.to.get()) - i64::from(wanted.from.get());
    if more < 0 {
        if let Ok(quantity) = Quantity::new(-more) {
            cards.raise(About::VoidAsked {
                order: order.id,
                line: id,
                dish,
                quantity,
            });
        }
        return Ok(Vec::new());
    }
    let Ok(quantity) = Quantity::new(more) else {
        return Ok(Vec::new());
    };
    let made = LineId(derived(ctx.command, "more", 0));
    if order.line(made).is_some() {
        return Ok(Vec::new());
    }
    // What is there stays, and so much more comes to it.
    let beside = order.lines.iter().map(Line::total);
    let wanted = line
        .frozen
        .unit_price()
        .and_then(|unit| unit.times(quantity.get()));
    if !fits(beside.chain([wanted])) {
        return Err(Refusal::too_much("quantity"));
    }
    let line = Line {
        id: made,
        quantity,
        by: ctx.by,
        by_name: ctx.by_name(state),
        added_at: ctx.at,
        state: LineState::Draft,
        stages: Vec::new(),
        served: None,
        held: None,
        billed: None,
        part_of: None,
        ..line.clone()
    };
    let (order, at) = (order.id, ctx.at);
    let lines = vec![line];
    Ok(vec![super::add::Added { order, lines, at }.into()])
}

pub fn apply_changed(state: &mut State, event: &Changed) {
    state.change_order(event.order, |order| {
        if let Some(line) = order.lines.iter_mut().find(|line| line.id == event.line) {
            line.quantity = event.quantity;
            line.note = event.note.clone();
            line.seat = event.seat;
            line.course = event.course;
        }
        order.touched(event.at);
    });
}
