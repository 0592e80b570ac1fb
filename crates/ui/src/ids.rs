//! Draws ids, once, when a tap or a sheet begins: a repeated call is then the same call.

use domain::ids::{BillId, CommandId, LineId, OrderId, PaymentId, TicketId};
use uuid::Uuid;

#[expect(
    clippy::disallowed_methods,
    reason = "the screen is the edge where a person makes a thing"
)]
fn draw() -> Uuid {
    Uuid::now_v7()
}

pub fn command() -> CommandId {
    CommandId(draw())
}

pub fn order() -> OrderId {
    OrderId(draw())
}

pub fn line() -> LineId {
    LineId(draw())
}

pub fn bill() -> BillId {
    BillId(draw())
}

pub fn payment() -> PaymentId {
    PaymentId(draw())
}

pub fn tickets(count: usize) -> Vec<TicketId> {
    (0..count).map(|_| TicketId(draw())).collect()
}
