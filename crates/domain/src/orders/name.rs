//! Naming a check: what the guests are called, beside its number and its table. The last one in the hub's order stands.

use super::open::found_check;
use crate::event::Event;
use crate::ids::OrderId;
use crate::notifications::Cards;
use crate::refusal::Refusal;
use crate::rules::{Ctx, Origin};
use crate::state::State;
use crate::text::Label;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Name {
    pub order: OrderId,
    /// None takes the name away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    pub order: OrderId,
    pub name: Option<Label>,
    pub at: Moment,
}

pub fn name(state: &State, cmd: &Name, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.name", Some(cmd.order), &mut cards)?;
    let found = match (state.order(cmd.order), ctx.origin) {
        (Some(_), _) => None,
        (None, Origin::Live) => return Err(Refusal::Unknown("order")),
        // The name waits on a found check for the command that opened it.
        (None, Origin::Queued) => Some(found_check(state, cmd.order, ctx, &mut cards)?),
    };
    let (order, name, at) = (cmd.order, cmd.name.clone(), ctx.at);
    let named = Named { order, name, at }.into();
    let events = found.into_iter().chain([named]);
    Ok(events.chain(cards.into_events()).collect())
}

pub fn apply_named(state: &mut State, event: &Named) {
    state.change_order(event.order, |order| {
        order.name = event.name.clone();
        order.touched(event.at);
    });
}
