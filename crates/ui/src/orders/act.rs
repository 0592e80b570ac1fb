//! Taps on a check as commands, with every id drawn before the first send.

use crate::bridge::Submitting;
use crate::ids;
use domain::Command;
use domain::ids::{DishId, OptionId, OrderId, TableId};
use domain::orders::{add, name, open, send};
use domain::text::{BadValue, Course, Guests, Label, Note, Quantity, Seat};
use protocol::view::Check;

/// Opens a check beside those that were seen on the table.
pub fn open(
    order: OrderId,
    table: TableId,
    guests: u16,
    beside: Vec<OrderId>,
) -> Option<Submitting> {
    let guests = Guests::new(i64::from(guests)).ok()?;
    let (lines, fire) = (Vec::new(), None);
    Submitting::new(&Command::Open(open::Open {
        order,
        table,
        guests,
        beside,
        lines,
        fire,
    }))
}

/// What a waiter says of a dish beyond its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    pub quantity: u16,
    pub seat: Option<u16>,
    pub course: u16,
    pub note: String,
    /// What was chosen from the dish's groups.
    pub modifiers: Vec<OptionId>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            quantity: 1,
            seat: None,
            course: 1,
            note: String::new(),
            modifiers: Vec::new(),
        }
    }
}

/// Puts a dish on a check: one tap, one line.
pub fn add(order: OrderId, dish: DishId, wish: &Wish) -> Result<add::Add, BadValue> {
    let note = Some(wish.note.trim()).filter(|note| !note.is_empty());
    let line = add::NewLine {
        id: ids::line(),
        dish,
        quantity: Quantity::new(i64::from(wish.quantity))?,
        modifiers: wish.modifiers.clone(),
        note: note.map(Note::new).transpose()?,
        seat: wish
            .seat
            .map(|seat| Seat::new(i64::from(seat)))
            .transpose()?,
        course: Some(Course::new(i64::from(wish.course))?),
        frozen: None,
    };
    Ok(add::Add {
        order,
        lines: vec![line],
        fire: None,
    })
}

/// Sends exactly the lines that are seen as not sent, but for those on their way already.
pub fn send(check: &Check, on_its_way: &[domain::ids::LineId]) -> Option<send::Send> {
    let named = check
        .send
        .iter()
        .filter(|named| !on_its_way.contains(&named.line));
    let lines: Vec<send::Named> = named.cloned().collect();
    if lines.is_empty() {
        return None;
    }
    Some(send::Send {
        order: check.order,
        lines,
        tickets: ids::tickets(check.tickets),
    })
}

/// Names a check; nothing but blanks takes its name away.
pub fn name(order: OrderId, text: &str) -> Result<name::Name, BadValue> {
    let text = Some(text.trim()).filter(|text| !text.is_empty());
    let name = text.map(Label::new).transpose()?;
    Ok(name::Name { order, name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::check;

    #[test]
    fn a_second_tap_on_send_sends_nothing_twice() {
        let check = check();
        let first = send(&check, &[]).unwrap();
        assert_eq!((first.lines.len(), first.tickets.len()), (3, check.tickets));
        let sent: Vec<_> = first.lines.iter().map(|named| named.line).collect();
        assert_eq!(send(&check, &sent), None);
    }

    #[test]
    fn a_tap_is_one_line_of_one_and_each_has_its_own_id() {
        let (order, dish) = (check().order, crate::fixtures::menu().dishes[0].id);
        let (one, two) = (
            add(order, dish, &Wish::default()).unwrap(),
            add(order, dish, &Wish::default()).unwrap(),
        );
        assert_ne!(one.lines[0].id, two.lines[0].id);
        assert_eq!(one.lines[0].quantity.get(), 1);
    }

    #[test]
    fn a_name_is_trimmed_and_nothing_takes_it_away() {
        let order = check().order;
        let named = |text: &str| name(order, text).map(|name| name.name.map(String::from));
        assert_eq!(named(" Bar · Tom "), Ok(Some("Bar · Tom".to_owned())));
        assert_eq!(named("  "), Ok(None));
        assert_eq!(named(&"x".repeat(41)), Err(BadValue::TooLong));
    }

    #[test]
    fn a_wish_that_cannot_be_is_refused_before_it_leaves() {
        let (order, dish) = (check().order, crate::fixtures::menu().dishes[0].id);
        let wish = Wish {
            quantity: 0,
            ..Wish::default()
        };
        assert_eq!(add(order, dish, &wish), Err(BadValue::Range));
        let wish = Wish {
            note: "x".repeat(501),
            ..Wish::default()
        };
        assert_eq!(add(order, dish, &wish), Err(BadValue::TooLong));
    }
}
