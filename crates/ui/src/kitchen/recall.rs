//! The tickets that left the board last, to be called back.

use super::view::called;
use crate::strings::Locale;
use domain::time::Moment;
use protocol::view::{Board, BumpedTicket};

#[derive(Debug, Clone, PartialEq)]
pub struct Gone {
    pub key: String,
    pub table: String,
    /// On the board of all stations: whose it was.
    pub station: Option<String>,
    /// "2 Rib eye, 1 Sea bass".
    pub dishes: String,
    pub at: Moment,
    pub bumped: BumpedTicket,
}

/// What left longer ago was yesterday's.
const RECENT_MS: i64 = 12 * 60 * 60_000;

/// Newest first.
pub fn gone(board: &Board, station: Option<&str>, now: Moment, locale: &Locale) -> Vec<Gone> {
    let row = |bumped: &BumpedTicket| {
        let ticket = &bumped.ticket;
        let (table, name) = called(ticket, locale);
        let lines = ticket.lines.iter().filter(|line| line.voided.is_none());
        let dishes: Vec<String> = lines
            .map(|line| format!("{} {}", line.quantity, line.name))
            .collect();
        Gone {
            key: bumped.bump.to_string(),
            table: table_and_name(table, name),
            station: station.is_none().then(|| ticket.station.clone()),
            dishes: dishes.join(", "),
            at: bumped.at,
            bumped: bumped.clone(),
        }
    };
    recent(board, now).map(row).collect()
}

fn recent(board: &Board, now: Moment) -> impl Iterator<Item = &BumpedTicket> {
    let bumped = board.bumped.iter();
    bumped.filter(move |bumped| now.since(bumped.at) < RECENT_MS)
}

pub fn count(board: &Board, now: Moment) -> usize {
    recent(board, now).count()
}

fn table_and_name(table: String, name: Option<String>) -> String {
    let parts: Vec<String> = std::iter::once(table).chain(name).collect();
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, board, english};

    #[test]
    fn what_left_last_stands_first_with_what_was_on_it() {
        let gone = gone(&board(3), None, NOW, &english());
        let first = &gone[0];
        assert_eq!(
            (first.table.as_str(), first.station.as_deref()),
            ("A50", Some("Hot line"))
        );
        assert_eq!(first.dishes, "2 Rib eye, 1 Sea bass");
        assert!(gone.windows(2).all(|pair| pair[0].at >= pair[1].at));
    }

    #[test]
    fn yesterdays_tickets_are_not_offered() {
        let board = board(3);
        assert_eq!(count(&board, NOW), 3);
        assert_eq!(count(&board, NOW.plus(RECENT_MS)), 0);
    }
}
