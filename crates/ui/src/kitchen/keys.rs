//! What a key of a keyboard or a bump bar does on the board.

use crate::web::Pressed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// The ticket in this place on the wall, from nought.
    Choose(usize),
    /// So many tickets on, or back.
    Ticket(isize),
    /// So many lines down, or up.
    Line(isize),
    /// What the chosen line's tap does; where nothing is chosen, the first ticket is.
    Enter,
    Bump,
    Undo,
    Recall,
    Station,
    Stock,
    Turn,
    Help,
}

/// None: the key is somebody else's, or nobody's. `rtl`: the board is read from right to left.
pub fn does(pressed: &Pressed, rtl: bool) -> Option<Does> {
    if pressed.chord || pressed.elsewhere {
        return None;
    }
    let onward = if rtl { -1 } else { 1 };
    Some(match pressed.key.as_str() {
        "ArrowRight" => Does::Ticket(onward),
        "ArrowLeft" => Does::Ticket(-onward),
        "ArrowDown" => Does::Line(1),
        "ArrowUp" => Does::Line(-1),
        "Enter" => Does::Enter,
        "b" | "B" => Does::Bump,
        "u" | "U" => Does::Undo,
        "r" | "R" => Does::Recall,
        "s" | "S" => Does::Station,
        "x" | "X" => Does::Stock,
        "m" | "M" => Does::Turn,
        "?" => Does::Help,
        key => Does::Choose(digit(key)? - 1),
    })
}

fn digit(key: &str) -> Option<usize> {
    key.parse().ok().filter(|digit| (1..=9).contains(digit))
}

/// The place that many steps on, held at both ends; from nowhere the first step leads to the first.
pub fn step(at: Option<usize>, by: isize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(at.map_or(0, |at| at.saturating_add_signed(by).min(last)))
}

/// The station after this one, round and round: none is all of them.
pub fn next_station(stations: &[String], now: Option<&str>) -> Option<String> {
    let at = now.and_then(|now| stations.iter().position(|one| one == now));
    match (now, at) {
        (None, _) => stations.first().cloned(),
        (Some(_), at) => stations.get(at? + 1).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Pressed {
        Pressed {
            key: key.to_owned(),
            chord: false,
            elsewhere: false,
        }
    }

    #[test]
    fn a_bump_bar_has_a_key_for_each_thing() {
        for (pressed, is) in [
            ("1", Does::Choose(0)),
            ("9", Does::Choose(8)),
            ("ArrowRight", Does::Ticket(1)),
            ("ArrowUp", Does::Line(-1)),
            ("b", Does::Bump),
            ("U", Does::Undo),
            ("r", Does::Recall),
            ("s", Does::Station),
            ("x", Does::Stock),
            ("?", Does::Help),
        ] {
            assert_eq!(does(&key(pressed), false), Some(is), "{pressed}");
        }
        assert_eq!(does(&key("ArrowRight"), true), Some(Does::Ticket(-1)));
    }

    #[test]
    fn what_is_typed_elsewhere_and_what_nobody_knows_does_nothing() {
        for other in ["0", "q", "Tab", "F5", "12", " "] {
            assert_eq!(does(&key(other), false), None, "{other}");
        }
        let chord = Pressed {
            chord: true,
            ..key("r")
        };
        let typed = Pressed {
            elsewhere: true,
            ..key("b")
        };
        assert_eq!((does(&chord, false), does(&typed, false)), (None, None));
    }

    #[test]
    fn steps_stay_on_the_wall() {
        assert_eq!(step(None, 1, 3), Some(0));
        assert_eq!(step(Some(2), 1, 3), Some(2));
        assert_eq!(step(Some(0), -1, 3), Some(0));
        assert_eq!(step(Some(7), 1, 3), Some(2), "the wall has become smaller");
        assert_eq!(step(None, 1, 0), None);
    }

    #[test]
    fn stations_come_round() {
        let stations = ["bar", "grill"].map(str::to_owned);
        let next = |now| next_station(&stations, now);
        assert_eq!(next(None).as_deref(), Some("bar"));
        assert_eq!(next(Some("bar")).as_deref(), Some("grill"));
        assert_eq!(next(Some("grill")), None);
        assert_eq!(next(Some("gone")), None);
    }
}
