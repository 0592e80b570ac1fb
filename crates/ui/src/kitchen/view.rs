//! Board model → tickets as a cook reads them from two metres.

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::time::Moment;
use protocol::view::{Board, Ticket, TicketLine};

/// Until stations have thresholds of their own.
const WARN_MS: i64 = 8 * 60_000;
const LATE_MS: i64 = 15 * 60_000;
const NEW_MS: i64 = 15_000;
/// About how many letters of a line fit beside its quantity, and how high its parts stand, in pixels.
const LETTERS: usize = 19;
const SMALL_LETTERS: usize = 27;
const NAME: usize = 28;
const NOTE: usize = 22;
const ALLERGENS: usize = 27;
const GAP: usize = 7;

#[derive(Debug, Clone, PartialEq)]
pub struct TicketShown {
    pub key: String,
    pub table: String,
    /// "Birthday · Ana · 2 guests · course 2".
    pub about: String,
    pub station: Option<String>,
    pub fired_at: Moment,
    pub lines: Vec<LineShown>,
    /// Pixels that its lines need.
    pub height: usize,
    /// Its whole name for who cannot see it.
    pub label: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LineShown {
    pub key: String,
    pub quantity: u16,
    pub name: String,
    pub note: Option<String>,
    pub allergens: Vec<String>,
}

/// How a ticket's age looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    New,
    Fine,
    Warn,
    Late,
}

impl Age {
    pub fn of(fired_at: Moment, now: Moment) -> Self {
        match now.since(fired_at) {
            age if age >= LATE_MS => Self::Late,
            age if age >= WARN_MS => Self::Warn,
            age if age < NEW_MS => Self::New,
            _ => Self::Fine,
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Self::New => "age-new",
            Self::Fine => "age-fine",
            Self::Warn => "age-warn",
            Self::Late => "age-late",
        }
    }

    /// The word beside the colour; most of the time there is nothing to say.
    pub fn word(self, locale: &Locale) -> Option<(Tone, Icon, String)> {
        match self {
            Self::New => Some((Tone::Cook, Icon::Bell, say!(locale, "ticket-new"))),
            Self::Fine => None,
            Self::Warn => Some((Tone::Wait, Icon::Clock, say!(locale, "ticket-warn"))),
            Self::Late => Some((Tone::Late, Icon::TriangleAlert, say!(locale, "ticket-late"))),
        }
    }

    /// How full the bar under a ticket's head is, in percent of what is late.
    pub fn percent(fired_at: Moment, now: Moment) -> i64 {
        (now.since(fired_at).max(0) * 100 / LATE_MS).min(100)
    }
}

/// `station` is the one that the board was asked for; on all of them each ticket names its own.
pub fn tickets(board: &Board, station: Option<&str>, locale: &Locale) -> Vec<TicketShown> {
    board
        .tickets
        .iter()
        .map(|ticket| shown(ticket, station.is_none(), locale))
        .collect()
}

fn shown(ticket: &Ticket, names_station: bool, locale: &Locale) -> TicketShown {
    // What is cooked for no table is called out by its name.
    let (table, name) = match (&ticket.table, &ticket.name, ticket.number) {
        (Some(table), name, _) => (table.clone(), name.clone()),
        (None, Some(name), _) => (name.clone(), None),
        (None, None, Some(number)) => (format!("#{number}"), None),
        (None, None, None) => (say!(locale, "ticket-no-table"), None),
    };
    let lines = merged(ticket.lines.iter().map(|line| line_shown(line, locale)));
    let guests = say!(locale, "guests", count = ticket.guests);
    let course = (ticket.course > 1).then(|| say!(locale, "course", course = ticket.course));
    let by = ticket.by.as_deref().map(first_name);
    let about = name.into_iter().chain(by).chain([guests]).chain(course);
    TicketShown {
        key: ticket.id.to_string(),
        label: say!(
            locale,
            "ticket-label",
            table = &table,
            time = locale.wall(ticket.fired_at)
        ),
        about: about.collect::<Vec<_>>().join(" · "),
        station: names_station.then(|| ticket.station.clone()),
        fired_at: ticket.fired_at,
        height: lines.iter().map(height).sum(),
        table,
        lines,
    }
}

/// What is cooked alike is one line: two taps of a dish are two portions of it.
fn merged(lines: impl Iterator<Item = LineShown>) -> Vec<LineShown> {
    let mut merged: Vec<LineShown> = Vec::new();
    for line in lines {
        let alike = |other: &&mut LineShown| {
            (&other.name, &other.note, &other.allergens)
                == (&line.name, &line.note, &line.allergens)
        };
        match merged.iter_mut().find(alike) {
            Some(same) => same.quantity = same.quantity.saturating_add(line.quantity),
            None => merged.push(line),
        }
    }
    merged
}

fn line_shown(line: &TicketLine, locale: &Locale) -> LineShown {
    let seat = line.seat.map(|seat| say!(locale, "seat", seat = seat));
    let also = (!line.also_at.is_empty())
        .then(|| say!(locale, "also-at", stations = line.also_at.join(", ")));
    let note: Vec<String> = line
        .note
        .clone()
        .into_iter()
        .chain(seat)
        .chain(also)
        .collect();
    LineShown {
        key: line.id.to_string(),
        quantity: line.quantity,
        name: line.name.clone(),
        note: (!note.is_empty()).then(|| note.join(" · ")),
        allergens: line.allergens.clone(),
    }
}

fn height(line: &LineShown) -> usize {
    let rows = |text: &str, letters: usize| text.chars().count().div_ceil(letters).max(1);
    let note = line
        .note
        .as_deref()
        .map_or(0, |note| rows(note, SMALL_LETTERS));
    let allergens = usize::from(!line.allergens.is_empty());
    rows(&line.name, LETTERS) * NAME + note * NOTE + allergens * ALLERGENS + GAP
}

/// How many of a ticket's lines fit into so many pixels: all of them but on a very long ticket.
pub fn fitting(lines: &[LineShown], room: usize) -> usize {
    let all: usize = lines.iter().map(height).sum();
    if all <= room {
        return lines.len();
    }
    // The last of them say how many are left out.
    let mut left = room.saturating_sub(NAME);
    let fits = |line: &&LineShown| {
        let after = left.checked_sub(height(line));
        left = after.unwrap_or(left);
        after.is_some()
    };
    lines.iter().take_while(fits).count()
}

/// Plus the oldest's age: "12 open".
pub fn summary(board: &Board, locale: &Locale) -> String {
    say!(locale, "tickets-open", count = board.tickets.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{MINUTE, NOW, SECOND, board, english};

    #[test]
    fn a_ticket_reads_table_first_and_notes_apart() {
        let shown = tickets(&board(12), None, &english());
        let ticket = &shown[1];
        assert_eq!(
            (ticket.table.as_str(), ticket.about.as_str()),
            ("T11", "Ben · 4 guests")
        );
        assert_eq!(ticket.station.as_deref(), Some("Hot line"));
        let line = &ticket.lines[0];
        assert_eq!(line.note.as_deref(), Some("no parmesan · also at Fry"));
        assert_eq!(line.allergens, ["Milk"]);
    }

    #[test]
    fn a_name_stands_beside_the_table_and_for_it_where_there_is_none() {
        let mut board = board(3);
        let read = |board: &Board| {
            let ticket = tickets(board, None, &english()).remove(2);
            (ticket.table, ticket.about)
        };
        let is = |table: &str, about: &str| (table.to_owned(), about.to_owned());
        assert_eq!(read(&board), is("B2", "Bar · Tom · Mia · 1 guest"));
        board.tickets[2].table = None;
        assert_eq!(read(&board), is("Bar · Tom", "Mia · 1 guest"));
    }

    #[test]
    fn what_is_cooked_alike_is_one_line_and_what_is_not_stays_apart() {
        let shown = tickets(&board(2), None, &english());
        let names = |ticket: &TicketShown| -> Vec<(u16, String)> {
            let lines = ticket.lines.iter();
            lines
                .map(|line| (line.quantity, line.name.clone()))
                .collect()
        };
        let burgers = names(&shown[1]).split_off(1);
        assert_eq!(
            burgers,
            [(1, "Burger".to_owned()), (1, "Burger".to_owned())]
        );
        let mut board = board(1);
        let again = board.tickets[0].lines[1].clone();
        board.tickets[0].lines.push(again);
        let shown = tickets(&board, None, &english());
        assert_eq!(names(&shown[0])[1], (2, "Sea bass".to_owned()));
    }

    #[test]
    fn a_station_of_ones_own_is_not_named_on_each_ticket() {
        assert_eq!(
            tickets(&board(1), Some("Hot line"), &english())[0].station,
            None
        );
    }

    #[test]
    fn age_grows_from_new_to_late() {
        let age = |ms: i64| Age::of(NOW.plus(-ms), NOW);
        assert_eq!(age(3 * SECOND), Age::New);
        assert_eq!(age(3 * MINUTE), Age::Fine);
        assert_eq!(age(9 * MINUTE), Age::Warn);
        assert_eq!(age(16 * MINUTE), Age::Late);
        assert_eq!(
            age(-5 * MINUTE),
            Age::New,
            "a clock that runs ahead is no reason to panic"
        );
        assert_eq!(Age::percent(NOW.plus(-60 * MINUTE), NOW), 100);
    }

    #[test]
    fn a_ticket_never_hides_a_line_without_saying_so() {
        let shown = tickets(&board(11), None, &english());
        let lines = &shown[10].lines;
        assert_eq!(fitting(lines, 500), 7);
        assert_eq!(fitting(lines, 160), 2);
        assert_eq!(fitting(lines, 0), 0);
    }

    #[test]
    fn long_names_and_notes_need_more_room() {
        let line = |name: &str, note: Option<&str>| LineShown {
            key: String::new(),
            quantity: 1,
            name: name.to_owned(),
            note: note.map(str::to_owned),
            allergens: Vec::new(),
        };
        assert_eq!(height(&line("Soup", None)), 35);
        assert_eq!(
            height(&line("Rib eye from the grill, 300 g", Some("rare"))),
            85
        );
    }
}
