//! Arrow keys on the plan: to the nearest table in that direction, as the eye would go.

use domain::floor::Spot;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// Which table lies that way; none where the room ends.
pub fn next(spots: &[Option<Spot>], from: usize, way: Way) -> Option<usize> {
    let here = spots.get(from).copied().flatten().map(centre)?;
    let there = |(index, spot): (usize, &Option<Spot>)| {
        let (x, y) = (*spot).map(centre)?;
        let (dx, dy) = (x - here.0, y - here.1);
        let (along, aside) = match way {
            Way::Left => (-dx, dy.abs()),
            Way::Right => (dx, dy.abs()),
            Way::Up => (-dy, dx.abs()),
            Way::Down => (dy, dx.abs()),
        };
        // Further aside than along is another direction.
        (index != from && along > 0 && aside <= along * 2).then_some((along + aside * 2, index))
    };
    let nearest = spots.iter().enumerate().filter_map(there).min();
    nearest.map(|(_, index)| index)
}

fn centre(spot: Spot) -> (i32, i32) {
    let middle = |at: u16, size: u16| i32::from(at) + i32::from(size) / 2;
    (middle(spot.x, spot.width), middle(spot.y, spot.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots() -> Vec<Option<Spot>> {
        let at = |x, y| {
            Some(Spot {
                x,
                y,
                width: 100,
                height: 100,
                round: false,
            })
        };
        vec![
            at(0, 0),
            at(300, 20),
            at(600, 0),
            at(20, 300),
            at(320, 310),
            None,
        ]
    }

    #[test]
    fn arrows_go_to_the_nearest_in_sight() {
        assert_eq!(next(&spots(), 0, Way::Right), Some(1));
        assert_eq!(next(&spots(), 1, Way::Down), Some(4));
        assert_eq!(next(&spots(), 4, Way::Left), Some(3));
        assert_eq!(next(&spots(), 2, Way::Left), Some(1));
    }

    #[test]
    fn the_wall_and_unplaced_tables_end_the_way() {
        assert_eq!(next(&spots(), 0, Way::Left), None);
        assert_eq!(next(&spots(), 0, Way::Up), None);
        assert_eq!(next(&spots(), 5, Way::Right), None);
    }
}
