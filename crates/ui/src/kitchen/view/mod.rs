//! Board model → tickets as a cook reads them from two metres.

mod line;
#[cfg(test)]
mod tests;

pub use line::{At, Cooked, LineShown, LineState, Touch};

use super::age::Limits;
use super::layout::Needs;
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::ids::{OrderId, TicketId};
use domain::orders::Stage;
use domain::time::Moment;
use protocol::view::{Board, Ticket};

/// About how many letters stand below a ticket's table, and what its head needs, in pixels: frame, table and bar, each
/// row of letters, and the marks that only some have.
const ABOUT_LETTERS: usize = 25;
const HEAD: usize = 66;
const ABOUT: usize = 22;
const MARKS: usize = 28;

#[derive(Debug, Clone, PartialEq)]
pub struct TicketShown {
    pub key: String,
    pub order: OrderId,
    /// What a bump takes off this board: one ticket, or on the board of all stations those that were fired together.
    pub tickets: Vec<TicketId>,
    /// The station, where it is one.
    pub station: Option<String>,
    pub table: String,
    /// "Course 2 · Birthday · Ana · 2 guests".
    pub about: String,
    pub fired_at: Moment,
    pub limits: Limits,
    /// It was bumped, and called back.
    pub recalled: bool,
    /// Lines that are void and wait to be seen.
    pub voids: usize,
    /// All of it is ready: what is left to do is to let it go.
    pub ready: bool,
    pub lines: Vec<LineShown>,
    /// What it needs on the glass.
    pub needs: Needs,
    /// Its whole name for who cannot see it.
    pub label: String,
}

/// `station` is the one that the board was asked for; on all of them what was fired together stands together.
pub fn tickets(board: &Board, station: Option<&str>, locale: &Locale) -> Vec<TicketShown> {
    let together: Vec<Vec<&Ticket>> = match station {
        Some(_) => board.tickets.iter().map(|ticket| vec![ticket]).collect(),
        None => fires(&board.tickets),
    };
    together
        .iter()
        .filter_map(|tickets| {
            // What another station has let go of this fire is ready, and still belongs to it.
            let gone: Vec<Ticket> = match station {
                Some(_) => Vec::new(),
                None => gone(board, tickets),
            };
            shown(tickets, &gone, station, locale)
        })
        .collect()
}

/// Which tickets of those on the wall nobody has seen yet.
pub fn unseen(board: &Board, on_wall: &[TicketShown]) -> Vec<TicketId> {
    let new = board.tickets.iter().filter(|ticket| !ticket.seen);
    let ids = new.map(|ticket| ticket.id);
    ids.filter(|id| on_wall.iter().any(|shown| shown.tickets.contains(id)))
        .collect()
}

fn same_fire(one: &Ticket, other: &Ticket) -> bool {
    (one.order, one.course, one.fired_at) == (other.order, other.course, other.fired_at)
}

fn fires(tickets: &[Ticket]) -> Vec<Vec<&Ticket>> {
    let mut fires: Vec<Vec<&Ticket>> = Vec::new();
    for ticket in tickets {
        let same = |fire: &&mut Vec<&Ticket>| fire.iter().any(|one| same_fire(one, ticket));
        match fires.iter_mut().find(same) {
            Some(fire) => fire.push(ticket),
            None => fires.push(vec![ticket]),
        }
    }
    fires
}

fn gone(board: &Board, tickets: &[&Ticket]) -> Vec<Ticket> {
    let of_it = board
        .bumped
        .iter()
        .filter(|bumped| tickets.iter().any(|one| same_fire(one, &bumped.ticket)));
    of_it
        .map(|bumped| {
            let mut ticket = bumped.ticket.clone();
            for line in &mut ticket.lines {
                line.stage = Stage::Ready;
                if let Some(voided) = &mut line.voided {
                    voided.acknowledged = true;
                }
            }
            ticket
        })
        .collect()
}

/// None: nothing of it has to be seen any more.
fn shown(
    tickets: &[&Ticket],
    gone: &[Ticket],
    station: Option<&str>,
    locale: &Locale,
) -> Option<TicketShown> {
    let first = *tickets.first()?;
    let all: Vec<&Ticket> = tickets.iter().copied().chain(gone).collect();
    // Where one station cooks all of it, its name stands once.
    let first_station = |ticket: &&Ticket| ticket.station == first.station;
    let one = all.iter().all(first_station);
    let lines = line::lines(&all, station.is_none() && !one, locale);
    if lines.is_empty() {
        return None;
    }
    let (table, name) = called(first, locale);
    let station_named = (station.is_none() && one).then(|| titled(&first.station));
    let about = about(first, station_named, name, locale);
    let recalled = tickets.iter().any(|ticket| ticket.recalled);
    let voids = count(&lines, |state| state == LineState::Void);
    let marks = if recalled || voids > 0 { MARKS } else { 0 };
    let rows = line::rows(&about, ABOUT_LETTERS);
    Some(TicketShown {
        key: first.id.to_string(),
        order: first.order,
        tickets: tickets.iter().map(|ticket| ticket.id).collect(),
        station: station.map(str::to_owned),
        label: say!(
            locale,
            "ticket-label",
            table = &table,
            time = locale.wall(first.fired_at)
        ),
        about,
        table,
        fired_at: first.fired_at,
        limits: Limits::of_all(tickets.iter().map(|ticket| ticket.station.as_str())),
        recalled,
        voids,
        ready: count(&lines, LineState::is_done) == lines.len(),
        needs: Needs {
            head: HEAD + rows * ABOUT + marks,
            lines: lines.iter().map(LineShown::height).collect(),
        },
        lines,
    })
}

fn count(lines: &[LineShown], is: impl Fn(LineState) -> bool) -> usize {
    lines.iter().filter(|line| is(line.state)).count()
}

/// The table in the largest letters; what is cooked for no table is called out by its name.
pub(super) fn called(ticket: &Ticket, locale: &Locale) -> (String, Option<String>) {
    match (&ticket.table, &ticket.name, ticket.number) {
        (Some(table), name, _) => (table.clone(), name.clone()),
        (None, Some(name), _) => (name.clone(), None),
        (None, None, Some(number)) => (format!("#{number}"), None),
        (None, None, None) => (say!(locale, "ticket-no-table"), None),
    }
}

/// A station as a title: "Bar", however it was typed.
pub fn titled(station: &str) -> String {
    let mut letters = station.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn about(
    ticket: &Ticket,
    station: Option<String>,
    name: Option<String>,
    locale: &Locale,
) -> String {
    let course = (ticket.course > 1).then(|| say!(locale, "course", course = ticket.course));
    let by = ticket.by.as_deref().map(first_name);
    let guests = say!(locale, "guests", count = ticket.guests);
    let parts = course.into_iter().chain(name).chain(by).chain([guests]);
    let parts = station.into_iter().chain(parts);
    parts.collect::<Vec<_>>().join(" · ")
}

/// Plus the oldest's age: "12 open".
pub fn summary(tickets: &[TicketShown], locale: &Locale) -> String {
    say!(locale, "tickets-open", count = tickets.len())
}
