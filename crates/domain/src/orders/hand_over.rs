//! Handing a check over to another waiter. Its lines keep who took them; nothing is fired again.

use super::{Owner, known};
use crate::auth::Act;
use crate::event::Event;
use crate::ids::{OrderId, PersonId};
use crate::refusal::{Code, Refusal};
use crate::rules::Ctx;
use crate::state::State;
use crate::time::Moment;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HandOver {
    pub order: OrderId,
    pub to: PersonId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandedOver {
    pub order: OrderId,
    pub owner: Owner,
    pub at: Moment,
}

pub fn hand_over(state: &State, cmd: &HandOver, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    ctx.must_be(state, Act::TakeOrders)?;
    let order = known(state, cmd.order)?;
    let to = state
        .person(cmd.to)
        .ok_or_else(|| Refusal::bad("to", "unknown"))?;
    if !to.active || !crate::auth::may(to.role, None, Act::TakeOrders) {
        return Err(Refusal::Rule(Code::NotAllowed));
    }
    if !order.is_open() {
        return Err(Refusal::Rule(Code::OrderClosed));
    }
    if order.owner() == Some(cmd.to) {
        return Ok(Vec::new());
    }
    let owner = Owner {
        person: to.id,
        name: Some(to.full_name.clone()),
    };
    let (order, at) = (cmd.order, ctx.at);
    Ok(vec![HandedOver { order, owner, at }.into()])
}

pub fn apply_handed_over(state: &mut State, event: &HandedOver) {
    state.change_order(event.order, |order| {
        order.owner = Some(event.owner.clone());
        order.touched(event.at);
    });
}
