//! Taps on the board as commands, each with what takes it back.

use super::view::{Cooked, LineShown, TicketShown, Touch};
use crate::bridge::Submitting;
use domain::Command;
use domain::ids::{DishId, TicketId};
use domain::kitchen::{Acknowledge, Advance, BumpTicket, Recall, Undo};
use domain::menu::SetAvailability;
use domain::orders::Stage;
use domain::text::Label;
use protocol::view::BumpedTicket;

/// What is sent for one tap, and what takes it back for as long as somebody may want that.
#[derive(Debug, Clone, Default)]
pub struct Tap {
    pub sent: Vec<Submitting>,
    pub back: Vec<Command>,
}

impl Tap {
    fn of(commands: impl IntoIterator<Item = Command>, back: Vec<Command>) -> Self {
        let sent = commands.into_iter().filter_map(|one| Submitting::new(&one));
        Self {
            sent: sent.collect(),
            back,
        }
    }
}

/// A tap on a line: one step further, or that its void was seen.
pub fn line(ticket: &TicketShown, line: &LineShown) -> Tap {
    match line.state.touch() {
        Touch::Advance(to) => advance(ticket, line, to),
        Touch::Acknowledge => Tap::of(acknowledge(ticket, &[line]), Vec::new()),
        Touch::Nothing => Tap::default(),
    }
}

fn advance(ticket: &TicketShown, line: &LineShown, to: Stage) -> Tap {
    let station = ticket.station.as_deref().and_then(label);
    let commands = line.cooked.iter().map(|cooked| {
        Command::Advance(Advance {
            order: ticket.order,
            line: cooked.line,
            station: station.clone(),
            to,
        })
    });
    let back = line
        .cooked
        .iter()
        .flat_map(|cooked| undo(ticket, cooked, to));
    Tap::of(commands, back.collect())
}

/// Each station that the tap moved goes back to where it stood.
fn undo(ticket: &TicketShown, cooked: &Cooked, from: Stage) -> Vec<Command> {
    let moved = cooked.at.iter().filter(|at| at.stage < from);
    let back = moved.filter_map(|at| {
        Some(Command::Undo(Undo {
            order: ticket.order,
            line: cooked.line,
            station: label(&at.station)?,
            from,
            to: at.stage,
        }))
    });
    back.collect()
}

/// All voids of a ticket were seen.
pub fn voids_seen(ticket: &TicketShown) -> Tap {
    let void: Vec<&LineShown> = ticket
        .lines
        .iter()
        .filter(|line| line.state.touch() == Touch::Acknowledge)
        .collect();
    Tap::of(acknowledge(ticket, &void), Vec::new())
}

fn acknowledge(ticket: &TicketShown, lines: &[&LineShown]) -> Vec<Command> {
    let on = |id: &TicketId| {
        let cooked = lines.iter().flat_map(|line| &line.cooked);
        let here = cooked.filter(|cooked| {
            let mut at = cooked.at.iter();
            at.any(|at| at.ticket == *id && !at.acknowledged)
        });
        let lines: Vec<_> = here.map(|cooked| cooked.line).collect();
        let (order, ticket) = (ticket.order, *id);
        (!lines.is_empty()).then_some(Command::Acknowledge(Acknowledge {
            order,
            ticket,
            lines,
        }))
    };
    ticket.tickets.iter().filter_map(on).collect()
}

/// The ticket leaves the board; taken back, each part of it is called back by the very bump that this tap made.
pub fn bump(ticket: &TicketShown) -> Tap {
    let order = ticket.order;
    let mut tap = Tap::default();
    for ticket in ticket.tickets.iter().copied() {
        let command = Command::Bump(BumpTicket { order, ticket });
        if let Some(submitting) = Submitting::new(&command) {
            let bump = Some(submitting.id());
            let back = Recall {
                order,
                ticket,
                bump,
            };
            tap.back.push(Command::Recall(back));
            tap.sent.push(submitting);
        }
    }
    tap
}

pub fn recall(bumped: &BumpedTicket) -> Tap {
    let recall = Recall {
        order: bumped.ticket.order,
        ticket: bumped.ticket.id,
        bump: Some(bumped.bump),
    };
    Tap::of([Command::Recall(recall)], Vec::new())
}

/// What is to be had of a dish from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Taken off: "86".
    Gone,
    Left(u16),
    /// As many as are wanted.
    Plenty,
}

pub fn stock(dish: DishId, stock: Stock) -> Option<Submitting> {
    let (available, remaining) = match stock {
        Stock::Gone => (false, None),
        Stock::Left(count) => (true, Some(count)),
        Stock::Plenty => (true, None),
    };
    Submitting::new(&Command::SetAvailability(SetAvailability {
        dish,
        available,
        remaining,
    }))
}

/// What takes a tap back, as it is sent.
pub fn back(commands: &[Command]) -> Vec<Submitting> {
    commands.iter().filter_map(Submitting::new).collect()
}

/// A station's name as the board has it; one that cannot be a name is on no line.
fn label(station: &str) -> Option<Label> {
    Label::new(station).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{board, english};
    use crate::kitchen::view::tickets;

    fn first(station: Option<&str>) -> TicketShown {
        tickets(&board(2), station, &english()).remove(0)
    }

    fn kinds(tap: &Tap) -> Vec<String> {
        let sent = tap.sent.iter();
        sent.map(|one| format!("{one:?}"))
            .map(|told| {
                let kind = told.split("kind: \"").nth(1).unwrap_or_default();
                kind.split('"').next().unwrap_or_default().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_tap_on_what_is_preparing_makes_it_ready_and_can_be_taken_back() {
        let ticket = first(Some("Hot line"));
        let tap = line(&ticket, &ticket.lines[1]);
        assert_eq!(kinds(&tap), ["kitchen.advance"]);
        let back = Command::Undo(Undo {
            order: ticket.order,
            line: ticket.lines[1].cooked[0].line,
            station: Label::new("Hot line").unwrap(),
            from: Stage::Ready,
            to: Stage::Preparing,
        });
        assert_eq!(tap.back, [back]);
    }

    #[test]
    fn a_tap_on_what_is_ready_does_nothing() {
        let ticket = first(Some("Hot line"));
        assert_eq!(line(&ticket, &ticket.lines[0]).sent.len(), 0);
    }

    #[test]
    fn one_tap_moves_each_portion_of_a_line_that_stands_for_several() {
        let mut board = board(1);
        let mut again = board.tickets[0].lines[1].clone();
        again.id.0 = uuid::Uuid::from_u128(77);
        board.tickets[0].lines.push(again);
        let ticket = tickets(&board, Some("Hot line"), &english()).remove(0);
        let tap = line(&ticket, &ticket.lines[1]);
        assert_eq!((tap.sent.len(), tap.back.len()), (2, 2));
    }

    #[test]
    fn a_bump_is_taken_back_by_its_own_name() {
        let ticket = first(Some("Hot line"));
        let tap = bump(&ticket);
        assert_eq!(kinds(&tap), ["kitchen.bump"]);
        let back = Command::Recall(Recall {
            order: ticket.order,
            ticket: ticket.tickets[0],
            bump: Some(tap.sent[0].id()),
        });
        assert_eq!(tap.back, [back]);
    }

    #[test]
    fn voids_are_seen_one_by_one_or_all_at_once_and_never_taken_back() {
        let ticket = tickets(&board(2), Some("Hot line"), &english()).remove(1);
        for tap in [line(&ticket, &ticket.lines[2]), voids_seen(&ticket)] {
            assert_eq!(kinds(&tap), ["kitchen.acknowledge"]);
            assert_eq!(tap.back, []);
        }
    }

    #[test]
    fn a_recall_names_the_bump_that_it_takes_back() {
        let bumped = board(2).bumped.remove(0);
        let tap = recall(&bumped);
        assert_eq!(kinds(&tap), ["kitchen.recall"]);
        assert!(format!("{tap:?}").contains(&bumped.bump.to_string()));
    }
}
