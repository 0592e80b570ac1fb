//! What a cook reads, told ticket by ticket.

use super::*;
use crate::fixtures::{board, english};
use domain::orders::Stage;

const HOT: Option<&str> = Some("Hot line");

fn read(board: &Board, at: usize) -> TicketShown {
    tickets(board, HOT, &english()).remove(at)
}

fn names(ticket: &TicketShown) -> Vec<(u16, &str, LineState)> {
    let lines = ticket.lines.iter();
    lines
        .map(|line| (line.quantity, line.name.as_str(), line.state))
        .collect()
}

#[test]
fn a_ticket_reads_table_first_and_modifiers_and_notes_apart() {
    let ticket = read(&board(12), 1);
    assert_eq!(
        (ticket.table.as_str(), ticket.about.as_str()),
        ("T11", "Ben · 4 guests")
    );
    let line = &ticket.lines[0];
    assert_eq!(line.note.as_deref(), Some("no parmesan"));
    assert_eq!(line.aside.as_deref(), Some("also at Fry"));
    assert_eq!(line.allergens, ["Milk"]);
    let rib_eye = &read(&board(1), 0).lines[0];
    assert_eq!(
        rib_eye.modifiers.as_deref(),
        Some("medium rare, pepper sauce")
    );
}

#[test]
fn only_what_is_on_the_wall_counts_as_seen() {
    let mut board = board(3);
    for ticket in &mut board.tickets {
        ticket.seen = false;
    }
    board.tickets[1].seen = true;
    let wall = tickets(&board, HOT, &english());
    let ids: Vec<_> = board.tickets.iter().map(|ticket| ticket.id).collect();
    assert_eq!(unseen(&board, &wall), [ids[0], ids[2]]);
    assert_eq!(unseen(&board, &wall[..1]), [ids[0]]);
    assert_eq!(unseen(&board, &[]), []);
}

#[test]
fn a_name_stands_beside_the_table_and_for_it_where_there_is_none() {
    let mut board = board(3);
    let is = |table: &str, about: &str| (table.to_owned(), about.to_owned());
    let called = |board: &Board| {
        let ticket = read(board, 2);
        (ticket.table, ticket.about)
    };
    assert_eq!(called(&board), is("B2", "Bar · Tom · Mia · 1 guest"));
    board.tickets[2].table = None;
    assert_eq!(called(&board), is("Bar · Tom", "Mia · 1 guest"));
}

#[test]
fn what_is_cooked_alike_is_one_line_and_what_is_not_stays_apart() {
    let mut board = board(1);
    let mut again = board.tickets[0].lines[1].clone();
    again.id = board.tickets[0].lines[0].id;
    again.id.0 = uuid::Uuid::from_u128(77);
    board.tickets[0].lines.push(again);
    assert_eq!(
        names(&read(&board, 0))[1],
        (2, "Sea bass", LineState::Preparing)
    );
    assert_eq!(read(&board, 0).lines[1].cooked.len(), 2);
    board.tickets[0].lines[2].stage = Stage::Ready;
    let apart = read(&board, 0);
    assert_eq!(names(&apart)[1], (1, "Sea bass", LineState::Preparing));
    assert_eq!(names(&apart)[2], (1, "Sea bass", LineState::Ready));
}

#[test]
fn a_void_stands_struck_through_until_it_is_seen_and_then_is_gone() {
    let mut board = board(2);
    let ticket = read(&board, 1);
    assert_eq!(names(&ticket)[2], (1, "Burger", LineState::Void));
    assert_eq!((ticket.voids, ticket.ready), (1, false));
    let voided = &mut board.tickets[1].lines[2].voided;
    voided.as_mut().unwrap().acknowledged = true;
    let ticket = read(&board, 1);
    assert_eq!((ticket.voids, ticket.lines.len()), (0, 2));
}

#[test]
fn a_ticket_with_nothing_left_to_see_is_not_there() {
    let mut board = board(2);
    let seen = protocol::view::VoidedLine {
        at: board.tickets[0].fired_at,
        acknowledged: true,
    };
    for line in &mut board.tickets[0].lines {
        line.voided = Some(seen.clone());
    }
    assert_eq!(tickets(&board, HOT, &english()).len(), 1);
}

#[test]
fn a_ticket_is_ready_once_each_of_its_lines_is_ready_or_served() {
    let board = board(12);
    let ready = |at: usize| read(&board, at).ready;
    assert!(!ready(0));
    assert!(ready(5), "T9: both are ready");
    assert!(!ready(7), "T8: one is served, one is new");
}

/// The first ticket's fire, also at a second station that has its second line too.
fn at_two_stations() -> Board {
    let mut board = board(1);
    let mut fry = board.tickets[0].clone();
    fry.id = TicketId(uuid::Uuid::from_u128(99));
    fry.station = "Fry".to_owned();
    fry.lines.remove(0);
    fry.lines[0].stage = Stage::New;
    board.tickets.push(fry);
    board
}

#[test]
fn the_pass_sees_a_fire_once_and_for_whom_each_dish_waits() {
    let board = at_two_stations();
    let all = tickets(&board, None, &english());
    assert_eq!((all.len(), all[0].tickets.len()), (1, 2));
    assert_eq!(
        names(&all[0]),
        [
            (2, "Rib eye", LineState::Ready),
            (1, "Sea bass", LineState::New)
        ]
    );
    assert_eq!(all[0].lines[0].aside, None);
    assert_eq!(
        all[0].lines[1].aside.as_deref(),
        Some("waits for Hot line, Fry")
    );
    assert_eq!(tickets(&board, Some("Fry"), &english()).len(), 2);
}

#[test]
fn what_one_station_has_let_go_the_pass_still_sees_as_ready() {
    let mut board = at_two_stations();
    let hot = board.tickets.remove(0);
    board.bumped = vec![protocol::view::BumpedTicket {
        at: hot.fired_at,
        bump: domain::ids::CommandId(uuid::Uuid::from_u128(5)),
        ticket: hot,
    }];
    let pass = tickets(&board, None, &english()).remove(0);
    assert_eq!(
        pass.tickets.len(),
        1,
        "only what stands on a board is bumped"
    );
    let states: Vec<_> = names(&pass);
    assert!(states.contains(&(2, "Rib eye", LineState::Ready)));
    assert!(states.contains(&(1, "Sea bass", LineState::New)));
    let fish = pass.lines.iter().find(|line| line.name == "Sea bass");
    assert_eq!(
        fish.and_then(|line| line.aside.as_deref()),
        Some("waits for Fry")
    );
}

#[test]
fn other_fires_of_the_same_check_stand_apart() {
    let mut board = board(1);
    let mut later = board.tickets[0].clone();
    later.id = TicketId(uuid::Uuid::from_u128(98));
    later.course = 2;
    board.tickets.push(later);
    let all = tickets(&board, None, &english());
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].about, "Hot line · Course 2 · Ana · 2 guests");
}

#[test]
fn a_fire_of_one_station_names_it_once() {
    let pass = tickets(&board(1), None, &english()).remove(0);
    assert_eq!(pass.about, "Hot line · Ana · 2 guests");
    assert_eq!(pass.lines[1].aside, None);
    assert_eq!(titled("bar"), "Bar");
}

#[test]
fn a_tap_moves_nothing_on_the_board_and_a_line_grows_with_what_it_says() {
    let mut line = read(&board(1), 0).lines.remove(1);
    let height = line.height();
    assert_eq!(height, 67, "wet fingers hit it");
    for state in [LineState::New, LineState::Ready, LineState::Served] {
        line.state = state;
        assert_eq!(line.height(), height, "{state:?}");
    }
    line.note = Some("sauce aside, and no salt at all".to_owned());
    line.allergens = ["Fish", "Mustard", "Celery"].map(str::to_owned).to_vec();
    assert_eq!(line.height(), 28 + 2 * 22 + 2 * 26 + 13);
}

#[test]
fn words_break_as_a_browser_breaks_them() {
    for (text, rows) in [
        ("Soup", 1),
        ("Gnocchi, sage & brown butter", 2),
        ("Schweinebratenknödelsoße", 2),
        ("Rib eye Schweinebratenknödelsoße", 3),
        ("", 1),
    ] {
        assert_eq!(line::rows(text, 17), rows, "{text}");
    }
}

#[test]
fn a_long_head_and_its_marks_take_their_room() {
    let mut board = board(4);
    board.tickets[2].name = Some("Birthday · Tom".to_owned());
    let head = |at: usize| read(&board, at).needs.head;
    assert_eq!(head(0), 88);
    assert_eq!(head(1), 88 + 28, "a void is marked");
    assert_eq!(head(2), 88 + 22, "two rows of letters");
    assert_eq!(head(3), 88 + 28, "it was called back");
}
