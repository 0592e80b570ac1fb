//! Places tickets on the wall: oldest first, none cut short, and what does not fit is counted.

/// What the board's parts need, in CSS pixels.
const LEAST_WIDTH: f64 = 290.0;
const LEAST_HEIGHT: f64 = 310.0;
/// A small screen is looked at from nearer.
const LEAST_HEIGHT_NEAR: f64 = 270.0;
const NEAR: f64 = 900.0;
const GAP: f64 = 12.0;
/// The bar above and the strip below: each holds what is touched, and 4 pixels around it.
const AROUND: f64 = 146.0;
/// A note across the board: the link is down, the sound is off.
const NOTE: f64 = 64.0;
/// A ticket's own head, frame and padding.
const HEAD: f64 = 98.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    pub columns: usize,
    pub rows: usize,
    /// Pixels that a ticket has for its lines.
    pub room: usize,
}

/// A ticket's place; a long one takes several columns of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub ticket: usize,
    pub column: usize,
    pub row: usize,
    pub span: usize,
}

/// What a ticket needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Pixels of a head that is taller than most.
    pub head: usize,
    pub lines: usize,
}

impl Grid {
    /// `scale`: how much larger than usual the tickets are drawn, in percent.
    pub fn of(width: f64, height: f64, notes: usize, scale: u16) -> Self {
        let fits = |room: f64, least: f64| whole(((room - GAP) / (least + GAP)).floor()).max(1);
        let scale = f64::from(scale.max(1)) / 100.0;
        let least = if height < NEAR {
            LEAST_HEIGHT_NEAR
        } else {
            LEAST_HEIGHT
        };
        let board = (height - AROUND - NOTE * fraction(notes)) / scale;
        let (columns, rows) = (fits(width / scale, LEAST_WIDTH), fits(board, least));
        let each = (board - GAP) / fraction(rows) - GAP;
        Self {
            columns,
            rows,
            room: whole(each - HEAD),
        }
    }

    /// Lines break between columns only, so several columns hold a little less than their sum.
    pub fn room_of(self, span: usize, head: usize) -> usize {
        let all = self.room.saturating_sub(head) * span;
        if span > 1 { all * 9 / 10 } else { all }
    }

    fn span(self, needs: Needs) -> usize {
        (1..self.columns)
            .find(|span| needs.lines <= self.room_of(*span, needs.head))
            .unwrap_or(self.columns)
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

#[expect(clippy::cast_precision_loss, reason = "a screen has few rows")]
fn fraction(number: usize) -> f64 {
    number as f64
}

/// Oldest first, in reading order; no younger one overtakes an older.
pub fn place(grid: Grid, tickets: &[Needs]) -> Vec<Spot> {
    let (mut column, mut row) = (0, 0);
    let mut spots = Vec::new();
    for (ticket, needs) in tickets.iter().enumerate() {
        let span = grid.span(*needs);
        if column + span > grid.columns {
            (column, row) = (0, row + 1);
        }
        if row >= grid.rows {
            break;
        }
        spots.push(Spot {
            ticket,
            column,
            row,
            span,
        });
        column += span;
    }
    spots
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

    fn lines(heights: &[usize]) -> Vec<Needs> {
        let needs = |lines: &usize| Needs {
            head: 0,
            lines: *lines,
        };
        heights.iter().map(needs).collect()
    }

    #[test]
    fn a_wall_screen_holds_twelve_tickets_whatever_it_has_to_say_besides() {
        for notes in [0, 1, 2] {
            let grid = Grid::of(1920.0, 1080.0, notes, 100);
            assert_eq!((grid.columns, grid.rows), (6, 2));
            assert!(
                grid.room >= 4 * 68,
                "four lines that a thumb can hit: {grid:?}"
            );
            assert_eq!(place(grid, &lines(&[200; 17])).len(), 12);
        }
    }

    #[test]
    fn larger_letters_leave_room_for_fewer_tickets() {
        let tickets = |scale| {
            let grid = Grid::of(1920.0, 1080.0, 0, scale);
            place(grid, &lines(&[200; 17])).len()
        };
        assert_eq!((tickets(100), tickets(120), tickets(140)), (12, 10, 8));
    }

    #[test]
    fn small_screens_hold_at_least_one() {
        for (width, height) in [(0.0, 0.0), (390.0, 844.0), (1366.0, 768.0)] {
            let grid = Grid::of(width, height, 1, 100);
            assert!(!place(grid, &lines(&[9_000])).is_empty(), "{grid:?}");
        }
    }

    #[test]
    fn a_long_ticket_takes_two_columns_and_the_order_stays() {
        let grid = Grid {
            columns: 3,
            rows: 2,
            room: 100,
        };
        let spots = place(grid, &lines(&[90, 150, 90, 150, 90]));
        let cells: Vec<_> = spots
            .iter()
            .map(|spot| (spot.ticket, spot.row, spot.column, spot.span))
            .collect();
        assert_eq!(
            cells,
            [(0, 0, 0, 1), (1, 0, 1, 2), (2, 1, 0, 1), (3, 1, 1, 2)]
        );
    }

    #[test]
    fn a_tall_head_takes_from_the_lines_room() {
        let grid = Grid {
            columns: 3,
            rows: 1,
            room: 100,
        };
        let spots = place(
            grid,
            &[Needs {
                head: 24,
                lines: 90,
            }],
        );
        assert_eq!(spots[0].span, 2);
    }

    #[test]
    fn where_a_long_one_does_not_fit_no_younger_one_overtakes_it() {
        let grid = Grid {
            columns: 2,
            rows: 1,
            room: 100,
        };
        assert_eq!(place(grid, &lines(&[90, 150, 10])).len(), 1);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_one_turn_away() {
        let grid = Grid::of(1920.0, 1080.0, 0, 100);
        let tickets = lines(&[200; 17]);
        let first = Wall::of(grid, &tickets, false);
        assert_eq!((first.tickets(), first.beyond), (0..12, 5));
        let second = Wall::of(grid, &tickets, true);
        assert_eq!((second.tickets(), second.beyond), (12..17, 0));
        let all_there = Wall::of(grid, &tickets[..7], true);
        assert_eq!((all_there.tickets(), all_there.beyond), (0..7, 0));
    }
}
