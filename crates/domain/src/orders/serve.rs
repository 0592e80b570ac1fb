//! Serving: the plate has left. A fact.

use super::{Mark, known, there};
use crate::event::Event;
use crate::ids::{LineId, OrderId};
use crate::notifications::Cards;
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::State;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Serve {
    pub order: OrderId,
    pub lines: Vec<LineId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Served {
    pub order: OrderId,
    pub lines: Vec<LineId>,
    pub mark: Mark,
}

pub fn serve(state: &State, cmd: &Serve, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.serve", Some(cmd.order), &mut cards)?;
    let order = known(state, cmd.order)?;
    let mut lines: Vec<LineId> = Vec::new();
    let named = cmd.lines.iter().copied();
    for (_, line) in there(order, named, |at| format!("lines[{at}]"), ctx)? {
        let refused = if line.voided.is_some() {
            Some(Code::AlreadyVoided)
        } else if line.is_draft() {
            Some(Code::NotSent)
        } else {
            None
        };
        match (refused, ctx.origin) {
            (Some(code), Origin::Live) => return Err(Refusal::Rule(code)),
            (Some(_), Origin::Queued) => {}
            (None, _) if line.served.is_some() || lines.contains(&line.id) => {}
            (None, _) => lines.push(line.id),
        }
    }
    let served = (!lines.is_empty()).then(|| {
        Served {
            order: cmd.order,
            lines,
            mark: ctx.mark(state),
        }
        .into()
    });
    Ok(served.into_iter().chain(cards.into_events()).collect())
}

pub fn apply_served(state: &mut State, event: &Served) {
    state.change_order(event.order, |order| {
        for line in order
            .lines
            .iter_mut()
            .filter(|line| event.lines.contains(&line.id))
        {
            line.served = line.served.take().or_else(|| Some(event.mark.clone()));
        }
        order.touched(event.mark.at);
    });
}
