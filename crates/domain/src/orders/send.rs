//! Sending to the kitchen: exactly the lines not yet fired, each once, one ticket for each station and course.

use super::{Line, LineState, Order, Ticket, known, there};
use crate::command::Command;
use crate::event::Event;
use crate::ids::{LineId, OrderId, PersonId, TicketId, derived};
use crate::menu::Stock;
use crate::notifications::{About, Cards};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::State;
use crate::text::{Course, Label, Name, Quantity};
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Ids for the tickets that a Send makes, drawn by whoever sends; more than are needed do no harm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fire {
    pub tickets: Vec<TicketId>,
}

/// A line as the sender saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    pub line: LineId,
    pub quantity: Quantity,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Send {
    pub order: OrderId,
    pub lines: Vec<Named>,
    pub tickets: Vec<TicketId>,
}

/// Fires held lines, or lines of a dish that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Force {
    pub order: OrderId,
    pub lines: Vec<Named>,
    pub tickets: Vec<TicketId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fired {
    pub order: OrderId,
    pub lines: Vec<LineId>,
    pub tickets: Vec<Ticket>,
    pub by: Option<PersonId>,
    pub by_name: Option<Name>,
    pub at: Moment,
}

/// How many tickets these lines make: a sender draws that many ids.
pub fn tickets_needed<'a>(lines: impl IntoIterator<Item = &'a Line>) -> usize {
    grouped(lines).len()
}

fn grouped<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
) -> BTreeMap<(Course, &'a Label), Vec<LineId>> {
    let mut groups: BTreeMap<(Course, &Label), Vec<LineId>> = BTreeMap::new();
    for line in lines {
        for station in &line.frozen.stations {
            groups
                .entry((line.course, station))
                .or_default()
                .push(line.id);
        }
    }
    groups
}

/// Draws the ticket ids that a command still lacks, for one who cannot know beforehand how many it takes.
pub fn supply(state: &State, cmd: &mut Command, mut draw: impl FnMut() -> Uuid) {
    let (order, new, fire) = match cmd {
        Command::Open(cmd) => (None, &cmd.lines, cmd.fire.as_mut()),
        Command::Add(cmd) => (state.order(cmd.order), &cmd.lines, cmd.fire.as_mut()),
        Command::Send(cmd) => {
            let named = |line: &&Line| cmd.lines.iter().any(|named| named.line == line.id);
            let needed = state
                .order(cmd.order)
                .map_or(0, |order| tickets_needed(order.unsent().filter(named)));
            top_up(&mut cmd.tickets, needed, draw);
            return;
        }
        Command::Force(cmd) => {
            let named = |line: &&Line| cmd.lines.iter().any(|named| named.line == line.id);
            let needed = state
                .order(cmd.order)
                .map_or(0, |order| tickets_needed(order.unsent().filter(named)));
            top_up(&mut cmd.tickets, needed, draw);
            return;
        }
        _ => return,
    };
    let Some(fire) = fire else { return };
    let old = order
        .into_iter()
        .flat_map(|order| order.unsent())
        .flat_map(stations);
    let added = new.iter().flat_map(|line| {
        let course = line.course.unwrap_or(Course::FIRST);
        line.frozen
            .iter()
            .flat_map(move |frozen| frozen.stations.iter().map(move |station| (course, station)))
    });
    let needed = old.chain(added).collect::<BTreeSet<_>>().len();
    top_up(&mut fire.tickets, needed, &mut draw);
}

fn stations(line: &Line) -> impl Iterator<Item = (Course, &Label)> {
    line.frozen
        .stations
        .iter()
        .map(|station| (line.course, station))
}

fn top_up(tickets: &mut Vec<TicketId>, needed: usize, mut draw: impl FnMut() -> Uuid) {
    while tickets.len() < needed {
        tickets.push(TicketId(draw()));
    }
}

pub fn send(state: &State, cmd: &Send, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.send", Some(cmd.order), &mut cards)?;
    let order = known(state, cmd.order)?;
    let unsent = named_unsent(order, &cmd.lines, ctx, &mut cards)?;
    let firing = Firing::of(cmd.order, &cmd.tickets, ctx, state);
    let events = firing.fire(&unsent, &mut cards)?;
    Ok(events.into_iter().chain(cards.into_events()).collect())
}

/// Fires lines whose dish is gone all the same: the kitchen has been asked, and has some.
pub fn force(state: &State, cmd: &Force, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.force", Some(cmd.order), &mut cards)?;
    let order = known(state, cmd.order)?;
    let unsent = named_unsent(order, &cmd.lines, ctx, &mut cards)?;
    let firing = Firing {
        forced: true,
        ..Firing::of(cmd.order, &cmd.tickets, ctx, state)
    };
    let events = firing.fire(&unsent, &mut cards)?;
    Ok(events.into_iter().chain(cards.into_events()).collect())
}

fn named_unsent<'a>(
    order: &'a Order,
    named: &[Named],
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Vec<&'a Line>, Refusal> {
    let mut unsent: Vec<&Line> = Vec::new();
    let lines = named.iter().map(|named| named.line);
    for (_, line) in there(order, lines, |at| format!("lines[{at}].line"), ctx)? {
        if line.voided.is_some() || unsent.iter().any(|known| known.id == line.id) {
            continue;
        }
        match &line.state {
            LineState::Draft => unsent.push(line),
            LineState::Sent { at, by_name, .. } if ctx.origin == Origin::Queued => {
                cards.raise(already_sent(order.id, line, by_name.clone(), *at));
            }
            LineState::Sent { .. } => {}
        }
    }
    Ok(unsent)
}

fn already_sent(order: OrderId, line: &Line, by: Option<Name>, at: Moment) -> About {
    About::AlreadySent {
        order,
        line: line.id,
        dish: line.frozen.name.clone(),
        sent_by: by,
        sent_at: at,
    }
}

/// What a check has unsent, with what a command adds to it.
pub(super) fn unsent_with<'a>(order: Option<&'a Order>, added: &'a [Line]) -> Vec<&'a Line> {
    let before = order.into_iter().flat_map(Order::unsent);
    before.chain(added).collect()
}

/// A firing of some lines of one check.
pub(super) struct Firing<'a> {
    order: OrderId,
    ids: &'a [TicketId],
    ctx: &'a Ctx,
    state: &'a State,
    forced: bool,
}

impl<'a> Firing<'a> {
    pub(super) fn of(order: OrderId, ids: &'a [TicketId], ctx: &'a Ctx, state: &'a State) -> Self {
        Self {
            order,
            ids,
            ctx,
            state,
            forced: false,
        }
    }

    /// The events that fire these lines, or hold those whose dish is gone; none where there is nothing to fire.
    pub(super) fn fire(&self, lines: &[&Line], cards: &mut Cards) -> Result<Vec<Event>, Refusal> {
        let mut left = Stock::of(self.state);
        let (mut firing, mut held) = (Vec::new(), Vec::new());
        for line in lines {
            if left.take(line, self.forced) {
                firing.push(*line);
            } else if self.ctx.origin == Origin::Live {
                return Err(Refusal::Rule(Code::DishUnavailable));
            } else if line.held.is_none() {
                held.push(line.id);
                cards.raise(self.gone(line));
            }
        }
        let mut events: Vec<Event> = self.fired(&firing)?.into_iter().collect();
        if !held.is_empty() {
            let (order, at) = (self.order, self.ctx.at);
            let lines = held;
            events.push(Held { order, lines, at }.into());
        }
        events.extend(left.counted());
        Ok(events)
    }

    fn gone(&self, line: &Line) -> About {
        let order = self.state.order(self.order);
        About::DishGone {
            order: self.order,
            line: line.id,
            dish: line.frozen.name.clone(),
            table_name: order.and_then(|order| order.table_name.clone()),
        }
    }

    fn fired(&self, lines: &[&Line]) -> Result<Option<Event>, Refusal> {
        if lines.is_empty() {
            return Ok(None);
        }
        let (order, ctx) = (self.order, self.ctx);
        let groups = grouped(lines.iter().copied());
        // A ticket that has another one's id could never be bumped.
        let check = self.state.order(order);
        let known = |id: &TicketId| check.is_some_and(|check| check.ticket(*id).is_some());
        let mut own: Vec<TicketId> = Vec::new();
        for id in self.ids.iter().filter(|id| !known(id)) {
            if !own.contains(id) {
                own.push(*id);
            }
        }
        // Others may have added since the sender counted: a fact does not fail for lack of an id.
        if groups.len() > own.len() && ctx.origin == Origin::Live {
            return Err(Refusal::bad("tickets", "too_few"));
        }
        let more = (0..).map(|n| TicketId(derived(ctx.command, "ticket", n)));
        let ids = own.into_iter().chain(more);
        let (by, by_name, at) = (ctx.by, ctx.by_name(self.state), ctx.at);
        let tickets = groups
            .into_iter()
            .zip(ids)
            .map(|(((course, station), lines), id)| Ticket {
                id,
                station: station.clone(),
                course,
                by,
                by_name: by_name.clone(),
                fired_at: at,
                lines,
                seen: None,
                bumped: None,
                recalled: None,
            });
        let tickets = tickets.collect();
        let lines = lines.iter().map(|line| line.id).collect();
        Ok(Some(
            Fired {
                order,
                lines,
                tickets,
                by,
                by_name,
                at,
            }
            .into(),
        ))
    }
}

/// Lines whose dish was gone when they were to be fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    pub order: OrderId,
    pub lines: Vec<LineId>,
    pub at: Moment,
}

pub fn apply_held(state: &mut State, event: &Held) {
    state.change_order(event.order, |order| {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| event.lines.contains(&line.id))
        {
            line.held = line.held.or(Some(event.at));
        }
        order.touched(event.at);
    });
}

pub fn apply_fired(state: &mut State, event: &Fired) {
    state.change_order(event.order, |order| {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| event.lines.contains(&line.id))
        {
            line.state = LineState::Sent {
                at: event.at,
                by: event.by,
                by_name: event.by_name.clone(),
            };
            line.held = None;
        }
        order.tickets.extend(event.tickets.iter().cloned());
        order.touched(event.at);
    });
}
