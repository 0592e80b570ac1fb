//! Sending to the kitchen: exactly the lines not yet fired, each once, one ticket for each station and course.

use super::{Line, LineState, Order, Ticket};
use crate::command::Command;
use crate::event::Event;
use crate::ids::{LineId, OrderId, PersonId, TicketId, derived};
use crate::notifications::{About, Cards};
use crate::refusal::Refusal;
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
        Command::Found(_)
        | Command::AddPerson(_)
        | Command::EnrolDevice(_)
        | Command::RevokeDevice(_) => return,
        Command::AddRoom(_)
        | Command::AddTable(_)
        | Command::AddCategory(_)
        | Command::AddDish(_) => return,
        Command::Name(_) | Command::StartEpoch(_) | Command::RecordGap(_) => return,
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
    let order = state.order(cmd.order).ok_or(Refusal::Unknown("order"))?;
    let mut unsent = Vec::new();
    for (at, named) in cmd.lines.iter().enumerate() {
        let Some(line) = order.line(named.line) else {
            return Err(Refusal::bad(format!("lines[{at}].line"), "unknown"));
        };
        match &line.state {
            LineState::Draft if unsent.iter().any(|known: &&Line| known.id == line.id) => {}
            LineState::Draft => unsent.push(line),
            LineState::Sent { at, by_name, .. } if ctx.origin == Origin::Queued => {
                cards.raise(already_sent(cmd.order, line, by_name.clone(), *at));
            }
            LineState::Sent { .. } => {}
        }
    }
    let fired = fired(cmd.order, &unsent, &cmd.tickets, ctx, state)?;
    Ok(fired.into_iter().chain(cards.into_events()).collect())
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

/// The event that fires these lines; none where there is nothing to fire.
pub(super) fn fired(
    order: OrderId,
    lines: &[&Line],
    ids: &[TicketId],
    ctx: &Ctx,
    state: &State,
) -> Result<Option<Event>, Refusal> {
    if lines.is_empty() {
        return Ok(None);
    }
    let groups = grouped(lines.iter().copied());
    // Others may have added since the sender counted: a fact does not fail for lack of an id.
    if groups.len() > ids.len() && ctx.origin == Origin::Live {
        return Err(Refusal::bad("tickets", "too_few"));
    }
    let more = (0..).map(|n| TicketId(derived(ctx.command, "ticket", n)));
    let ids = ids.iter().copied().chain(more);
    let (by, by_name, at) = (ctx.by, ctx.by_name(state), ctx.at);
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
        }
        order.tickets.extend(event.tickets.iter().cloned());
        order.touched(event.at);
    });
}
