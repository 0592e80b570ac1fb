//! What is done to lines that stand on a check, and to the check itself, as commands.

use crate::ids;
use domain::Command;
use domain::ids::{OptionId, OrderId, PersonId};
use domain::orders::change::{Change, FromTo, Set};
use domain::orders::send::{Force, Named};
use domain::orders::void::{Part, Void};
use domain::orders::{cancel, hand_over, serve};
use domain::text::{BadValue, Course, Note, Quantity, Seat};
use protocol::view::{Dish, Line, Menu};

/// What is wanted of lines that are not sent yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub quantity: u16,
    pub seat: Option<u16>,
    pub course: u16,
    pub note: String,
}

impl Wanted {
    pub fn of(lines: &[Line]) -> Self {
        let quantity = lines.iter().map(|line| line.quantity).sum();
        let first = lines.first();
        Self {
            quantity,
            seat: first.and_then(|line| line.seat),
            course: first.map_or(1, |line| line.course),
            note: first.and_then(|line| line.note.clone()).unwrap_or_default(),
        }
    }
}

/// The commands that make lines of one row what is wanted. More goes on the last of them; less is taken from the end.
pub fn change(order: OrderId, lines: &[Line], to: &Wanted) -> Result<Vec<Command>, BadValue> {
    let mut left = to.quantity;
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let last = at + 1 == lines.len();
        let keep = if last { left } else { line.quantity.min(left) };
        left = left.saturating_sub(keep);
        if keep == 0 {
            gone.push(line.clone());
        } else {
            changed.extend(change_one(order, line, keep, to)?);
        }
    }
    let removed = void(order, &gone, None, "")?;
    Ok(changed.into_iter().chain(removed).collect())
}

fn change_one(
    order: OrderId,
    line: &Line,
    quantity: u16,
    to: &Wanted,
) -> Result<Option<Command>, BadValue> {
    let note = Some(to.note.trim()).filter(|note| !note.is_empty());
    let (more, noted) = (quantity != line.quantity, note != line.note.as_deref());
    let (seated, coursed) = (to.seat != line.seat, to.course != line.course);
    if !more && !noted && !seated && !coursed {
        return Ok(None);
    }
    let many = |many: u16| Quantity::new(i64::from(many));
    let from_to = || -> Result<FromTo, BadValue> {
        Ok(FromTo {
            from: many(line.quantity)?,
            to: many(quantity)?,
        })
    };
    let seat = to.seat.map(|seat| Seat::new(i64::from(seat)));
    let course = Course::new(i64::from(to.course))?;
    Ok(Some(Command::Change(Change {
        order,
        line: line.id,
        quantity: more.then(from_to).transpose()?,
        note: match noted {
            true => Some(Set {
                to: note.map(Note::new).transpose()?,
            }),
            false => None,
        },
        seat: match seated {
            true => Some(Set {
                to: seat.transpose()?,
            }),
            false => None,
        },
        course: coursed.then_some(course),
    })))
}

/// Voids so many of a row, from its end; without a number all of it. None: there is nothing to void.
pub fn void(
    order: OrderId,
    lines: &[Line],
    quantity: Option<u16>,
    reason: &str,
) -> Result<Option<Command>, BadValue> {
    let all = lines.iter().map(|line| line.quantity).sum();
    let mut left = quantity.unwrap_or(all);
    let mut parts = Vec::new();
    for line in lines.iter().rev().take_while(|_| all > 0) {
        let take = line.quantity.min(left);
        left -= take;
        if take > 0 {
            let part = (take < line.quantity).then(|| Quantity::new(i64::from(take)));
            parts.push(Part {
                line: line.id,
                quantity: part.transpose()?,
            });
        }
    }
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
    let reason = reason.map(Note::new).transpose()?;
    let lines = parts;
    Ok((!lines.is_empty()).then_some(Command::Void(Void {
        order,
        lines,
        reason,
    })))
}

pub fn serve(order: OrderId, lines: &[Line]) -> Command {
    let lines = lines.iter().map(|line| line.id).collect();
    Command::Serve(serve::Serve { order, lines })
}

/// Fires what is held: the guest was asked, and the kitchen will make it all the same.
pub fn force(order: OrderId, lines: &[Line], tickets: usize) -> Result<Command, BadValue> {
    let named = |line: &Line| -> Result<Named, BadValue> {
        Ok(Named {
            line: line.id,
            quantity: Quantity::new(i64::from(line.quantity))?,
        })
    };
    Ok(Command::Force(Force {
        order,
        lines: lines.iter().map(named).collect::<Result<_, _>>()?,
        tickets: ids::tickets(tickets),
    }))
}

pub fn cancel(order: OrderId, reason: &str) -> Result<Command, BadValue> {
    let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
    let reason = reason.map(Note::new).transpose()?;
    Ok(Command::Cancel(cancel::Cancel { order, reason }))
}

pub fn hand_over(order: OrderId, to: PersonId) -> Command {
    Command::HandOver(hand_over::HandOver { order, to })
}

/// The options that a line's words name, for one more of the same. None: the menu calls one otherwise by now.
pub fn same_choice(menu: &Menu, dish: &Dish, named: &[String]) -> Option<Vec<OptionId>> {
    let groups = menu
        .groups
        .iter()
        .filter(|group| dish.groups.contains(&group.id));
    let options: Vec<_> = groups.flat_map(|group| &group.options).collect();
    let find = |name: &String| options.iter().find(|option| option.name == *name);
    named
        .iter()
        .map(|name| find(name).map(|option| option.id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{check, menu};

    /// Three soups, tapped one by one.
    fn soups() -> Vec<Line> {
        let lines = check().lines;
        let soup = |line: &&Line| line.name == "Soup of the day";
        lines.iter().filter(soup).cloned().collect()
    }

    fn wanted(quantity: u16) -> Wanted {
        Wanted {
            quantity,
            ..Wanted::of(&soups())
        }
    }

    fn changed(quantity: u16) -> Vec<Command> {
        change(check().order, &soups(), &wanted(quantity)).unwrap()
    }

    #[test]
    fn more_of_three_taps_goes_on_the_last_of_them() {
        let commands = changed(5);
        let [Command::Change(change)] = commands.as_slice() else {
            panic!("{commands:?}");
        };
        let quantity = change.quantity.as_ref().unwrap();
        assert_eq!((quantity.from.get(), quantity.to.get()), (1, 3));
        assert_eq!(change.line, soups()[2].id);
    }

    #[test]
    fn fewer_of_three_taps_takes_lines_off_the_end() {
        let commands = changed(1);
        let [Command::Void(void)] = commands.as_slice() else {
            panic!("{commands:?}");
        };
        let lines: Vec<_> = void.lines.iter().map(|part| part.line).collect();
        assert_eq!(lines, [soups()[2].id, soups()[1].id]);
        assert!(void.reason.is_none() && void.lines[0].quantity.is_none());
    }

    #[test]
    fn what_is_as_it_was_needs_no_command() {
        assert!(changed(3).is_empty());
    }

    #[test]
    fn a_note_and_a_seat_go_on_each_line_of_the_row() {
        let to = Wanted {
            seat: Some(2),
            note: " hot ".to_owned(),
            ..wanted(3)
        };
        let commands = change(check().order, &soups(), &to).unwrap();
        assert_eq!(commands.len(), 3);
        for command in commands {
            let Command::Change(change) = command else {
                panic!("{command:?}");
            };
            assert!(change.quantity.is_none() && change.course.is_none());
            assert_eq!(change.note.unwrap().to.unwrap().as_str(), "hot");
        }
    }

    #[test]
    fn a_part_of_a_line_is_voided_with_a_reason() {
        let lines = check().lines;
        let steaks = &lines[2..3];
        let command = void(check().order, steaks, Some(1), " changed mind ").unwrap();
        let Some(Command::Void(void)) = command else {
            panic!("{command:?}");
        };
        assert_eq!(void.lines[0].quantity.map(Quantity::get), Some(1));
        assert_eq!(void.reason.unwrap().as_str(), "changed mind");
    }

    #[test]
    fn one_more_of_the_same_is_chosen_the_same() {
        let menu = menu();
        let steak = menu.dishes.iter().find(|dish| !dish.groups.is_empty());
        let (steak, named) = (steak.unwrap(), ["Medium rare".to_owned()]);
        let same = same_choice(&menu, steak, &named).unwrap();
        assert_eq!(same, [menu.groups[0].options[1].id]);
        assert_eq!(same_choice(&menu, steak, &["Blue".to_owned()]), None);
    }
}
