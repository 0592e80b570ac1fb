//! A kitchen's screen says which tickets it shows: nobody taps for it.

use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::Identity;
use crate::query::order_in;
use crate::store::rows::{self, Layer};
use crate::submit::{known, trouble};
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DeviceId, OrderId, TicketId, derived};
use domain::kitchen::See;
use domain::orders::{Order, Status};
use domain::time::Moment;
use domain::{Aggregate, Command};
use protocol::bridge::{Answer, Submission};

/// Orders of which a kitchen has not seen something.
const UNSEEN: &str = "kind = ?1 AND kitchen = 2";

impl Core {
    /// These are on the glass of a kitchen's screen. Each ticket gives its command the same id however often this is
    /// called, so none leads to a second one, whatever becomes of the first.
    pub fn saw(&mut self, tickets: &[TicketId], now: Moment) -> Answer {
        match self.see(tickets, now) {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Trouble {
                what: trouble(&error).into(),
            },
        }
    }

    fn see(&mut self, on_glass: &[TicketId], now: Moment) -> Stored<()> {
        let Some(identity) = self.identity()? else {
            return Ok(());
        };
        if identity.kind != DeviceKind::Kitchen || on_glass.is_empty() {
            return Ok(());
        }
        for (order, mut tickets) in self.unseen(&identity)? {
            tickets.retain(|ticket| on_glass.contains(ticket));
            let Some(first) = tickets.first() else {
                continue;
            };
            let id = id_of(*first, identity.device);
            let command = Command::from(See { order, tickets });
            let ask =
                Submission::new(id, &command).map_err(|why| StoreError::corrupt("command", why))?;
            // What the rules refuse is no trouble: somebody else has been quicker, or the device is no kitchen's.
            let _refused = self.store_for(&ask, None, None, now)?;
        }
        Ok(())
    }

    fn unseen(&self, identity: &Identity) -> Stored<Vec<(OrderId, Vec<TicketId>)>> {
        let mut all = Vec::new();
        for (_, row) in rows::list(&self.db, Layer::Base, UNSEEN, "order")? {
            let Aggregate::Order(base) = row.body else {
                continue;
            };
            let shown = order_in(&self.db, Layer::Both, base.id)?;
            let tickets = unseen_in(&base, shown.as_ref());
            let mut new = Vec::new();
            for ticket in tickets {
                if known(&self.db, id_of(ticket, identity.device))?.is_none() {
                    new.push(ticket);
                }
            }
            all.push((base.id, new));
        }
        Ok(all)
    }
}

fn id_of(ticket: TicketId, device: DeviceId) -> CommandId {
    let what = format!("seen by {device}");
    CommandId(derived(CommandId(ticket.0), &what, 0))
}

/// What the hub has on a board, and neither it nor anything that waits here says is seen.
fn unseen_in(base: &Order, shown: Option<&Order>) -> Vec<TicketId> {
    let waits = |id: TicketId| {
        let ticket = shown.and_then(|order| order.ticket(id));
        ticket.is_some_and(|ticket| ticket.seen.is_none())
    };
    let tickets = base.tickets.iter();
    let there = tickets.filter(|ticket| ticket.status(base) != Status::Bumped);
    there
        .filter(|ticket| ticket.seen.is_none() && waits(ticket.id))
        .map(|ticket| ticket.id)
        .collect()
}
