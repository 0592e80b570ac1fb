//! The board by keyboard and bump bar: which ticket and line they are at is where the focus is.

use super::hands::{Hands, Open, use_hands};
use super::ticket::{bump, line_id, tap};
use crate::device::{focus_is_lost, focused};
use dioxus::prelude::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use ui::kitchen::keys::{Does, does, next_station, step};
use ui::kitchen::view::TicketShown;
use ui::shared::use_shared;
use ui::web;

/// What the keys work on: the tickets on the wall, and the stations.
#[derive(Clone, Copy, PartialEq)]
pub struct Board {
    pub on_wall: Memo<Vec<TicketShown>>,
    pub stations: Memo<Vec<String>>,
    pub turned: Signal<bool>,
}

/// Which line of which ticket.
#[derive(Clone, Copy)]
struct Place {
    ticket: usize,
    line: usize,
}

pub fn use_keys(board: Board, station: Option<String>, onstation: EventHandler<Option<String>>) {
    let (hands, shared) = (use_hands(), use_shared());
    use_future(move || {
        let station = station.clone();
        async move {
            let (tell, mut told) = unbounded();
            // What has the focus while Enter is pressed is tapped by the browser itself.
            let _listening = web::on_key(move |pressed| {
                drop(tell.unbounded_send((pressed, focus_is_lost())));
            });
            while let Some((pressed, lost)) = told.next().await {
                let Some(does) = does(&pressed, web::is_rtl()) else {
                    continue;
                };
                let mut keys = hands.keys;
                if !*keys.peek() {
                    keys.set(true);
                }
                if does == Does::Station {
                    let stations = board.stations.peek();
                    onstation.call(next_station(&stations, station.as_deref()));
                } else if does != Does::Enter || lost {
                    act(does, board, hands, &shared.locale.peek());
                }
            }
        }
    });
}

fn act(does: Does, board: Board, hands: Hands, locale: &ui::strings::Locale) {
    let tickets = board.on_wall.peek();
    let here = here(&tickets, hands);
    let at = here.map(|here| here.ticket);
    match does {
        Does::Choose(at) => choose(&tickets, at, hands),
        Does::Ticket(by) => {
            if let Some(to) = step(at, by, tickets.len()) {
                choose(&tickets, to, hands);
            }
        }
        Does::Line(by) => match here.and_then(|here| Some((here, tickets.get(here.ticket)?))) {
            Some((here, ticket)) => {
                if let Some(to) = step(Some(here.line), by, ticket.lines.len()) {
                    web::focus(&line_id(&ticket.key, to));
                }
            }
            None => choose(&tickets, 0, hands),
        },
        Does::Enter => match here.and_then(|here| {
            let ticket = tickets.get(here.ticket)?;
            Some((ticket, ticket.lines.get(here.line)?))
        }) {
            Some((ticket, line)) => tap(hands, ticket, line, locale),
            None => choose(&tickets, 0, hands),
        },
        Does::Bump => match at.and_then(|at| Some((at, tickets.get(at)?))) {
            Some((at, ticket)) => {
                bump(hands, ticket, locale);
                if ticket.voids == 0 {
                    let next = if at + 1 < tickets.len() { at + 1 } else { 0 };
                    choose(&tickets, next, hands);
                }
            }
            None => choose(&tickets, 0, hands),
        },
        Does::Undo => hands.undo(),
        Does::Recall => hands.open(Open::Recall),
        Does::Stock => hands.open(Open::Stock),
        Does::Help => hands.open(Open::Help),
        Does::Turn => {
            let mut turned = board.turned;
            turned.toggle();
        }
        // Done above: only the page knows its station.
        Does::Station => {}
    }
}

fn here(tickets: &[TicketShown], hands: Hands) -> Option<Place> {
    let chosen = hands.chosen.peek().clone()?;
    let ticket = tickets.iter().position(|ticket| ticket.key == chosen)?;
    let lines = 0..tickets.get(ticket)?.lines.len();
    let focused = focused();
    let line = lines
        .into_iter()
        .find(|line| focused.as_deref() == Some(line_id(&chosen, *line).as_str()));
    let line = line.unwrap_or_default();
    Some(Place { ticket, line })
}

/// The focus goes to the ticket's first line that waits for somebody.
fn choose(tickets: &[TicketShown], at: usize, hands: Hands) {
    let Some(ticket) = tickets.get(at) else {
        return;
    };
    let waits = ticket.lines.iter().position(|line| !line.state.is_done());
    let mut chosen = hands.chosen;
    chosen.set(Some(ticket.key.clone()));
    web::focus(&line_id(&ticket.key, waits.unwrap_or_default()));
}
