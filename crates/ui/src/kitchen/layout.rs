//! Places tickets on the wall: oldest first, down each column and then the next; none is cut short without a word,
//! and what does not fit is counted.

/// What the board's parts need, in CSS pixels.
const LEAST_WIDTH: f64 = 290.0;
const GAP: usize = 12;
const GAP_WIDE: f64 = 12.0;
/// The bar above and the strip below: each holds what is touched, and 4 pixels around it.
const AROUND: f64 = 148.0;
/// The board's rows are so high; a ticket takes as many as it needs.
pub const ROW: usize = 8;
/// "+3 more lines".
const LEFT_OUT: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    pub columns: usize,
    pub rows: usize,
}

/// What a ticket needs: its head, and each of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    pub head: usize,
    pub lines: Vec<usize>,
}

/// A ticket's place: a very long one stands in several columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub ticket: usize,
    pub column: usize,
    pub row: usize,
    pub rows: usize,
    /// How many of its lines stand in each of its columns.
    pub lines: Vec<usize>,
}

impl Spot {
    pub fn span(&self) -> usize {
        self.lines.len()
    }
}

impl Grid {
    /// `scale`: how much larger than usual the tickets are drawn, in percent.
    pub fn of(width: f64, height: f64, scale: u16) -> Self {
        let scale = f64::from(scale.max(1)) / 100.0;
        let board = (height - AROUND) / scale;
        Self {
            columns: whole((width / scale - GAP_WIDE) / (LEAST_WIDTH + GAP_WIDE)).max(1),
            rows: (whole(board).saturating_sub(GAP) / ROW).max(1),
        }
    }

    fn height(self) -> usize {
        self.rows * ROW
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a screen has few thousand pixels"
)]
fn whole(number: f64) -> usize {
    number.max(0.0) as usize
}

/// Lines of a ticket, column by column of so many pixels; each column takes one at least.
fn columns(lines: &[usize], room: usize) -> Vec<usize> {
    let mut counts = vec![0];
    let mut left = room;
    for line in lines {
        let last = counts.len() - 1;
        if *line > left && counts[last] > 0 {
            counts.push(1);
            left = room.saturating_sub(*line);
        } else {
            counts[last] += 1;
            left = left.saturating_sub(*line);
        }
    }
    counts
}

/// No younger one overtakes an older.
pub fn place(grid: Grid, tickets: &[Needs]) -> Vec<Spot> {
    let (mut column, mut row) = (0, 0);
    let mut spots = Vec::new();
    for (ticket, needs) in tickets.iter().enumerate() {
        let room = grid.height().saturating_sub(needs.head + GAP);
        let mut lines = columns(&needs.lines, room);
        let long = lines.len() > 1;
        let rows = if long {
            grid.rows
        } else {
            let all = needs.head + needs.lines.iter().sum::<usize>() + GAP;
            all.div_ceil(ROW).min(grid.rows)
        };
        if row + rows > grid.rows {
            (column, row) = (column + 1, 0);
        }
        if column == 0 && lines.len() > grid.columns {
            cut(&mut lines, needs, grid.columns, room);
        }
        if column + lines.len() > grid.columns {
            break;
        }
        let span = lines.len();
        spots.push(Spot {
            ticket,
            column,
            row,
            rows,
            lines,
        });
        (column, row) = if long {
            (column + span, 0)
        } else {
            (column, row + rows)
        };
    }
    spots
}

/// A ticket that no wall holds: what stands there leaves room to say how much does not.
fn cut(counts: &mut Vec<usize>, needs: &Needs, columns: usize, room: usize) {
    counts.truncate(columns);
    let before: usize = counts.iter().rev().skip(1).sum();
    let Some(last) = counts.last_mut() else {
        return;
    };
    let height = |count: usize| needs.lines.iter().skip(before).take(count).sum::<usize>();
    while *last > 0 && height(*last) + LEFT_OUT > room {
        *last -= 1;
    }
}

/// What is seen of the tickets: the first wall, or the second where one turned to it and there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wall {
    /// The first ticket on it.
    pub from: usize,
    pub spots: Vec<Spot>,
    /// Tickets that come after it.
    pub beyond: usize,
}

impl Wall {
    pub fn of(grid: Grid, tickets: &[Needs], turned: bool) -> Self {
        let first = place(grid, tickets).len();
        let from = if turned && first < tickets.len() {
            first
        } else {
            0
        };
        let spots = place(grid, tickets.get(from..).unwrap_or_default());
        let beyond = tickets.len() - from - spots.len();
        Self {
            from,
            spots,
            beyond,
        }
    }

    /// The tickets on it, by their place among all.
    pub fn tickets(&self) -> std::ops::Range<usize> {
        self.from..self.from + self.spots.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: usize = 90;

    fn ticket(lines: &[usize]) -> Needs {
        Needs {
            head: HEAD,
            lines: lines.to_vec(),
        }
    }

    fn cells(spots: &[Spot]) -> Vec<(usize, usize, usize)> {
        let cell = |spot: &Spot| (spot.ticket, spot.column, spot.span());
        spots.iter().map(cell).collect()
    }

    #[test]
    fn a_wall_screen_holds_twelve_tickets_of_four_lines() {
        let grid = Grid::of(1920.0, 1080.0, 100);
        assert_eq!(grid.columns, 6);
        let tickets = vec![ticket(&[67; 4]); 17];
        assert!(place(grid, &tickets).len() >= 12, "{grid:?}");
    }

    #[test]
    fn larger_letters_leave_room_for_fewer_tickets() {
        let tickets = |scale| {
            let grid = Grid::of(1920.0, 1080.0, scale);
            place(grid, &vec![ticket(&[67; 3]); 40]).len()
        };
        assert_eq!((tickets(100), tickets(120), tickets(140)), (18, 10, 8));
    }

    #[test]
    fn small_screens_hold_at_least_one() {
        for (width, height) in [(0.0, 0.0), (390.0, 844.0), (1366.0, 768.0)] {
            let grid = Grid::of(width, height, 100);
            let spots = place(grid, &[ticket(&[67; 60])]);
            assert_eq!(spots.len(), 1, "{grid:?}");
        }
    }

    #[test]
    fn tickets_stand_below_each_other_and_then_in_the_next_column() {
        let grid = Grid {
            columns: 2,
            rows: 50,
        };
        let short = ticket(&[67]);
        let spots = place(grid, &vec![short; 5]);
        assert_eq!(cells(&spots), [(0, 0, 1), (1, 0, 1), (2, 1, 1), (3, 1, 1)]);
        assert_eq!((spots[1].row, spots[1].rows), (22, 22));
    }

    #[test]
    fn a_long_ticket_takes_two_columns_and_the_order_stays() {
        let grid = Grid {
            columns: 4,
            rows: 50,
        };
        let (short, long) = (ticket(&[67]), ticket(&[67; 6]));
        let spots = place(grid, &[short.clone(), long.clone(), short, long]);
        assert_eq!(cells(&spots), [(0, 0, 1), (1, 1, 2), (2, 3, 1)]);
        assert_eq!(spots[1].lines, [4, 2]);
    }

    #[test]
    fn where_a_long_one_does_not_fit_no_younger_one_overtakes_it() {
        let grid = Grid {
            columns: 2,
            rows: 50,
        };
        let spots = place(grid, &[ticket(&[67]), ticket(&[67; 6]), ticket(&[67])]);
        assert_eq!(spots.len(), 1);
    }

    #[test]
    fn a_ticket_that_no_wall_holds_leaves_room_to_say_so() {
        let grid = Grid {
            columns: 2,
            rows: 50,
        };
        let spots = place(grid, &[ticket(&[67; 20])]);
        assert_eq!(spots[0].lines, [4, 3], "seven, and a word on the thirteen");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_one_turn_away() {
        let grid = Grid::of(1920.0, 1080.0, 100);
        let tickets = vec![ticket(&[67; 4]); 17];
        let first = Wall::of(grid, &tickets, false);
        assert_eq!((first.tickets(), first.beyond), (0..12, 5));
        let second = Wall::of(grid, &tickets, true);
        assert_eq!((second.tickets(), second.beyond), (12..17, 0));
        let all_there = Wall::of(grid, &tickets[..7], true);
        assert_eq!((all_there.tickets(), all_there.beyond), (0..7, 0));
    }
}
