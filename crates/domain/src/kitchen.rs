//! The kitchen: what it has seen, how far each line is, what has left the board. Everything only moves forward,
//! but for what somebody takes back by name.

use crate::auth::Act;
use crate::event::Event;
use crate::ids::{LineId, OrderId, TicketId};
use crate::notifications::{About, Cards};
use crate::orders::{AtStation, Bump, Line, Order, Stage, Ticket, known};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::State;
use crate::text::Label;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// A kitchen's screen shows these tickets. Nobody taps for it: the device says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct See {
    pub order: OrderId,
    pub tickets: Vec<TicketId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    pub order: OrderId,
    pub tickets: Vec<TicketId>,
    pub at: Moment,
}

pub fn see(state: &State, cmd: &See, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.see", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let unseen = order
        .tickets
        .iter()
        .filter(|ticket| ticket.seen.is_none() && cmd.tickets.contains(&ticket.id));
    let tickets: Vec<TicketId> = unseen.map(|ticket| ticket.id).collect();
    let (order, at) = (cmd.order, ctx.at);
    let seen = (!tickets.is_empty()).then(|| Seen { order, tickets, at }.into());
    Ok(seen.into_iter().chain(cards.into_events()).collect())
}

pub fn apply_seen(state: &mut State, event: &Seen) {
    state.change_order(event.order, |order| {
        for ticket in order
            .tickets
            .iter_mut()
            .filter(|ticket| event.tickets.contains(&ticket.id))
        {
            ticket.seen = ticket.seen.or(Some(event.at));
        }
    });
}

/// A line goes on to preparing or ready, at one station or at all that have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Advance {
    pub order: OrderId,
    pub line: LineId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<Label>,
    pub to: Stage,
}

/// Where these lines stand at a station from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Staged {
    pub order: OrderId,
    pub lines: Vec<(LineId, Label)>,
    pub stage: Stage,
    pub at: Moment,
}

pub fn advance(state: &State, cmd: &Advance, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.advance", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let line = order.line(cmd.line).ok_or(Refusal::Unknown("item"))?;
    if cmd.to == Stage::New {
        return Err(Refusal::bad("status", "unknown"));
    }
    let known = |station: &Label| line.frozen.stations.contains(station);
    if cmd.station.as_ref().is_some_and(|station| !known(station)) {
        return Err(Refusal::bad("station", "unknown"));
    }
    if let Some(code) = not_cooking(line) {
        if ctx.origin == Origin::Live {
            return Err(Refusal::Rule(code));
        }
        if line.voided.is_some() {
            cards.raise(cooked_in_vain(order, line));
        }
        return Ok(cards.into_events().collect());
    }
    let stations = match &cmd.station {
        Some(station) => vec![station.clone()],
        None => line.frozen.stations.clone(),
    };
    let behind = |station: &Label| line.stage_at(station) < cmd.to;
    let ahead = |station: &Label| line.stage_at(station) > cmd.to;
    if ctx.origin == Origin::Live && (stations.iter().all(ahead) || line.served.is_some()) {
        return Err(Refusal::Rule(Code::Backward));
    }
    let lines: Vec<_> = stations
        .into_iter()
        .filter(behind)
        .map(|station| (cmd.line, station))
        .collect();
    let (order, stage, at) = (cmd.order, cmd.to, ctx.at);
    let staged = (!lines.is_empty()).then(|| {
        Staged {
            order,
            lines,
            stage,
            at,
        }
        .into()
    });
    Ok(staged.into_iter().chain(cards.into_events()).collect())
}

fn not_cooking(line: &Line) -> Option<Code> {
    if line.voided.is_some() {
        Some(Code::AlreadyVoided)
    } else if !line.was_fired() {
        Some(Code::NotSent)
    } else {
        None
    }
}

fn cooked_in_vain(order: &Order, line: &Line) -> About {
    About::CookedInVain {
        order: order.id,
        line: line.id,
        dish: line.frozen.name.clone(),
        quantity: line.quantity,
        table_name: order.table_name.clone(),
    }
}

pub fn apply_staged(state: &mut State, event: &Staged) {
    state.change_order(event.order, |order| {
        for (id, station) in &event.lines {
            let Some(line) = order.lines.iter_mut().find(|line| line.id == *id) else {
                continue;
            };
            line.stages.retain(|at| at.station != *station);
            if event.stage != Stage::New {
                line.stages.push(AtStation {
                    station: station.clone(),
                    stage: event.stage,
                    at: event.at,
                });
            }
        }
        order.touched(event.at);
    });
}

/// A tap is taken back: what stands there is named, and if it stands there no more nothing happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Undo {
    pub order: OrderId,
    pub line: LineId,
    pub station: Label,
    pub from: Stage,
    pub to: Stage,
}

pub fn undo(state: &State, cmd: &Undo, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.undo", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let line = order.line(cmd.line).ok_or(Refusal::Unknown("item"))?;
    let stands = line.counts() && line.was_fired() && line.served.is_none();
    let same = stands && line.stage_at(&cmd.station) == cmd.from && cmd.to < cmd.from;
    let staged = same.then(|| {
        Staged {
            order: cmd.order,
            lines: vec![(cmd.line, cmd.station.clone())],
            stage: cmd.to,
            at: ctx.at,
        }
        .into()
    });
    Ok(staged.into_iter().chain(cards.into_events()).collect())
}

/// The ticket leaves the board: what is on it is ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BumpTicket {
    pub order: OrderId,
    pub ticket: TicketId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketBumped {
    pub order: OrderId,
    pub ticket: TicketId,
    pub bump: Bump,
}

pub fn bump(state: &State, cmd: &BumpTicket, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.bump", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let ticket = order.ticket(cmd.ticket).ok_or(Refusal::Unknown("ticket"))?;
    if ticket.bumped.is_some() {
        return Ok(cards.into_events().collect());
    }
    let (void, there): (Vec<&Line>, Vec<&Line>) =
        on(order, ticket).partition(|line| line.voided.is_some());
    let unseen = |line: &&&Line| {
        let voided = line.voided.as_ref();
        voided.is_some_and(|voided| !voided.acknowledged.contains(&ticket.station))
    };
    if ctx.origin == Origin::Queued {
        void.iter()
            .filter(unseen)
            .for_each(|line| cards.raise(cooked_in_vain(order, line)));
    }
    let behind = |line: &&Line| line.stage_at(&ticket.station) < Stage::Ready;
    let lines: Vec<_> = there
        .into_iter()
        .filter(behind)
        .map(|line| (line.id, ticket.station.clone()))
        .collect();
    let mut events = Vec::new();
    if !lines.is_empty() {
        events.push(
            Staged {
                order: cmd.order,
                lines,
                stage: Stage::Ready,
                at: ctx.at,
            }
            .into(),
        );
    }
    let bump = Bump {
        command: ctx.command,
        at: ctx.at,
        by: ctx.by,
        by_name: ctx.by_name(state),
    };
    let (order, ticket) = (cmd.order, cmd.ticket);
    events.push(
        TicketBumped {
            order,
            ticket,
            bump,
        }
        .into(),
    );
    events.extend(cards.into_events());
    Ok(events)
}

fn on<'a>(order: &'a Order, ticket: &'a Ticket) -> impl Iterator<Item = &'a Line> {
    ticket.lines.iter().filter_map(|id| order.line(*id))
}

pub fn apply_bumped(state: &mut State, event: &TicketBumped) {
    state.change_order(event.order, |order| {
        if let Some(ticket) = order
            .tickets
            .iter_mut()
            .find(|ticket| ticket.id == event.ticket)
        {
            ticket.bumped = ticket.bumped.take().or_else(|| Some(event.bump.clone()));
            ticket.recalled = None;
        }
        order.touched(event.bump.at);
    });
}

/// A ticket comes back to the board. It names the bump that it saw: if there has been another, nothing happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recall {
    pub order: OrderId,
    pub ticket: TicketId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bump: Option<crate::ids::CommandId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketRecalled {
    pub order: OrderId,
    pub ticket: TicketId,
    pub at: Moment,
}

pub fn recall(state: &State, cmd: &Recall, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.recall", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let ticket = order.ticket(cmd.ticket).ok_or(Refusal::Unknown("ticket"))?;
    let now = ticket.bumped.as_ref().map(|bump| bump.command);
    let stale = now.is_none() || cmd.bump.is_some() && cmd.bump != now;
    if stale {
        return match ctx.origin {
            Origin::Live if now.is_none() => Err(Refusal::Rule(Code::NotBumped)),
            Origin::Live | Origin::Queued => Ok(cards.into_events().collect()),
        };
    }
    let waits = on(order, ticket).filter(|line| line.counts() && line.served.is_none());
    let lines: Vec<_> = waits
        .map(|line| (line.id, ticket.station.clone()))
        .collect();
    let recalled = TicketRecalled {
        order: cmd.order,
        ticket: cmd.ticket,
        at: ctx.at,
    };
    let mut events: Vec<Event> = vec![recalled.into()];
    if !lines.is_empty() {
        events.push(
            Staged {
                order: cmd.order,
                lines,
                stage: Stage::Preparing,
                at: ctx.at,
            }
            .into(),
        );
    }
    events.extend(cards.into_events());
    Ok(events)
}

pub fn apply_recalled(state: &mut State, event: &TicketRecalled) {
    state.change_order(event.order, |order| {
        if let Some(ticket) = order
            .tickets
            .iter_mut()
            .find(|ticket| ticket.id == event.ticket)
        {
            ticket.bumped = None;
            ticket.recalled = Some(event.at);
        }
        order.touched(event.at);
    });
}

/// A station has seen that lines are void: they may leave its board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledge {
    pub order: OrderId,
    pub ticket: TicketId,
    pub lines: Vec<LineId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledged {
    pub order: OrderId,
    pub station: Label,
    pub lines: Vec<LineId>,
    pub at: Moment,
}

pub fn acknowledge(state: &State, cmd: &Acknowledge, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_cook(state, "kitchen.acknowledge", cmd.order, &mut cards)?;
    let order = known(state, cmd.order)?;
    let ticket = order.ticket(cmd.ticket).ok_or(Refusal::Unknown("ticket"))?;
    let fresh = |line: &&Line| {
        let voided = line.voided.as_ref();
        let unseen = voided.is_some_and(|voided| !voided.acknowledged.contains(&ticket.station));
        unseen && cmd.lines.contains(&line.id)
    };
    let lines: Vec<LineId> = on(order, ticket)
        .filter(fresh)
        .map(|line| line.id)
        .collect();
    let event = (!lines.is_empty()).then(|| {
        Acknowledged {
            order: cmd.order,
            station: ticket.station.clone(),
            lines,
            at: ctx.at,
        }
        .into()
    });
    Ok(event.into_iter().chain(cards.into_events()).collect())
}

pub fn apply_acknowledged(state: &mut State, event: &Acknowledged) {
    state.change_order(event.order, |order| {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| event.lines.contains(&line.id))
        {
            if let Some(voided) = &mut line.voided
                && !voided.acknowledged.contains(&event.station)
            {
                voided.acknowledged.push(event.station.clone());
            }
        }
    });
}

impl Ctx {
    /// A cook does it, or a kitchen's own screen with nobody signed in.
    fn must_cook(
        &self,
        state: &State,
        kind: &str,
        order: OrderId,
        cards: &mut Cards,
    ) -> Result<(), Refusal> {
        if self.by.is_none() && self.is_kitchen(state) {
            return Ok(());
        }
        self.must_or_flag(state, Act::Cook, kind, Some(order), cards)
    }
}
