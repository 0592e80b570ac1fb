//! Places tickets on the wall: oldest first, none cut short, and what does not fit is counted.

/// What the board's parts need, in CSS pixels.
const LEAST_WIDTH: f64 = 290.0;
const LEAST_HEIGHT: f64 = 310.0;
/// A small screen is looked at from nearer.
const LEAST_HEIGHT_NEAR: f64 = 270.0;
const NEAR: f64 = 900.0;
const GAP: f64 = 12.0;
/// The bar above and the strip below.
const AROUND: f64 = 152.0;
/// The note that the link is down.
const NOTE: f64 = 48.0;
/// A ticket's own head, frame and padding.
const HEAD: f64 = 131.0;

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

impl Grid {
    pub fn of(width: f64, height: f64, with_note: bool) -> Self {
        let fits = |room: f64, least: f64| whole(((room - GAP) / (least + GAP)).floor()).max(1);
        let board = height - AROUND - if with_note { NOTE } else { 0.0 };
        let least = if height < NEAR {
            LEAST_HEIGHT_NEAR
        } else {
            LEAST_HEIGHT
        };
        let (columns, rows) = (fits(width, LEAST_WIDTH), fits(board, least));
        let each = (board - GAP) / fraction(rows) - GAP;
        Self {
            columns,
            rows,
            room: whole(each - HEAD),
        }
    }

    /// Lines break between columns only, so several columns hold a little less than their sum.
    pub fn room_of(self, span: usize) -> usize {
        let all = self.room * span;
        if span > 1 { all * 9 / 10 } else { all }
    }

    fn span(self, height: usize) -> usize {
        (1..self.columns)
            .find(|span| height <= self.room_of(*span))
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

/// `heights`: what each ticket's lines need, oldest first. In reading order; no younger one overtakes an older.
pub fn place(grid: Grid, heights: &[usize]) -> Vec<Spot> {
    let (mut column, mut row) = (0, 0);
    let mut spots = Vec::new();
    for (ticket, height) in heights.iter().enumerate() {
        let span = grid.span(*height);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_screen_holds_twelve_tickets_online_and_offline() {
        for with_note in [false, true] {
            let grid = Grid::of(1920.0, 1080.0, with_note);
            assert_eq!((grid.columns, grid.rows), (6, 2));
            assert!(grid.room >= 280, "{grid:?}");
            assert_eq!(place(grid, &[200; 17]).len(), 12);
        }
    }

    #[test]
    fn small_screens_hold_at_least_one() {
        for (width, height) in [(0.0, 0.0), (390.0, 844.0), (1366.0, 768.0)] {
            let grid = Grid::of(width, height, true);
            assert!(!place(grid, &[9_000]).is_empty(), "{grid:?}");
        }
    }

    #[test]
    fn a_long_ticket_takes_two_columns_and_the_order_stays() {
        let grid = Grid {
            columns: 3,
            rows: 2,
            room: 100,
        };
        let spots = place(grid, &[90, 150, 90, 150, 90]);
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
    fn where_a_long_one_does_not_fit_no_younger_one_overtakes_it() {
        let grid = Grid {
            columns: 2,
            rows: 1,
            room: 100,
        };
        assert_eq!(place(grid, &[90, 150, 10]).len(), 1);
    }
}
