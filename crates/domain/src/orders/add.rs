//! Adding lines to a check. A union by line id: nobody's line is ever lost to somebody else's.

use super::open::found_check;
use super::send::{Fire, Firing, unsent_with};
use super::{Frozen, Line, LineState, MOST_LINES, Modifier, Order, Status};
use crate::billing::fits;
use crate::event::Event;
use crate::ids::{DishId, LineId, OptionId, OrderId};
use crate::menu::Bad;
use crate::money::Money;
use crate::notifications::{About, Cards};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::{Key, State};
use crate::text::{Course, Note, Quantity, Seat};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

pub use super::MOST_LINES_AT_ONCE;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewLine {
    pub id: LineId,
    pub dish: DishId,
    pub quantity: Quantity,
    /// What was chosen from the dish's modifier groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<OptionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// What the menu said at the tap. Whoever stores the command fills it in (`prepare`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<Frozen>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Add {
    pub order: OrderId,
    pub lines: Vec<NewLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fire: Option<Fire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Added {
    pub order: OrderId,
    pub lines: Vec<Line>,
    pub at: Moment,
}

/// Takes from the menu what the line keeps, where it has not been taken yet.
pub fn freeze(state: &State, lines: &mut [NewLine]) {
    for line in lines.iter_mut().filter(|line| line.frozen.is_none()) {
        line.frozen = from_menu(state, line);
    }
}

fn from_menu(state: &State, line: &NewLine) -> Option<Frozen> {
    let revision = state.row(&Key::Dish(line.dish))?.revision;
    let dish = state.dish(line.dish).filter(|dish| !dish.removed)?;
    let chosen = |id: &OptionId| {
        let mut groups = dish.modifier_groups.iter();
        let option = groups.find_map(|group| state.group(*group)?.option(*id));
        option.map(|option| Modifier {
            id: option.id,
            name: option.name.clone(),
            price: option.price,
        })
    };
    Some(Frozen {
        name: dish.name.clone(),
        kitchen_name: dish.kitchen_name.clone(),
        price: dish.price,
        tax_rate: dish.tax_rate,
        allergens: dish.allergens.clone(),
        stations: dish.stations.clone(),
        modifiers: line.modifiers.iter().filter_map(chosen).collect(),
        revision,
    })
}

/// While somebody can still choose, what they chose has to be what the dish offers.
fn chosen_rightly(state: &State, at: usize, line: &NewLine) -> Result<(), Refusal> {
    let Some(dish) = state.dish(line.dish).filter(|dish| !dish.removed) else {
        return Ok(());
    };
    let field = || format!("items[{at}].modifiers");
    let groups = dish.modifier_groups.iter();
    let groups: Vec<_> = groups.filter_map(|group| state.group(*group)).collect();
    let known = |id: &OptionId| groups.iter().any(|group| group.option(*id).is_some());
    if let Some(strange) = line.modifiers.iter().position(|id| !known(id)) {
        return Err(Refusal::bad(format!("{}[{strange}]", field()), "unknown"));
    }
    for group in groups {
        let of_group = |id: &&OptionId| group.option(**id).is_some();
        let chosen = line.modifiers.iter().filter(of_group).count();
        match group.check(chosen) {
            Ok(()) => {}
            Err(Bad::TooFew) => return Err(Refusal::bad(field(), "too_few")),
            Err(Bad::TooMany) => return Err(Refusal::bad(field(), "too_many")),
        }
    }
    Ok(())
}

pub fn add(state: &State, cmd: &Add, ctx: &Ctx) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    ctx.must_be_allowed(state, "orders.add", Some(cmd.order), &mut cards)?;
    if cmd.lines.is_empty() || cmd.lines.len() > MOST_LINES_AT_ONCE {
        return Err(Refusal::bad(
            "items",
            if cmd.lines.is_empty() {
                "empty"
            } else {
                "too_many"
            },
        ));
    }
    let mut events = Vec::new();
    let order = state.order(cmd.order);
    if ctx.origin == Origin::Live && order.is_some_and(|order| order.status() == Status::Cancelled)
    {
        return Err(Refusal::Rule(Code::OrderClosed));
    }
    if order.is_none() {
        if ctx.origin == Origin::Live {
            // What cannot be is named before what is not there.
            let lines = added_lines(state, cmd.order, None, &cmd.lines, ctx, &mut cards);
            return Err(match lines {
                Err(bad @ Refusal::Bad { .. }) => bad,
                Ok(_) | Err(Refusal::Rule(_) | Refusal::Unknown(_)) => Refusal::Unknown("order"),
            });
        }
        events.push(found_check(state, cmd.order, ctx, &mut cards)?);
    }
    let lines = added_lines(state, cmd.order, order, &cmd.lines, ctx, &mut cards)?;
    if !lines.is_empty() {
        events.push(
            Added {
                order: cmd.order,
                lines: lines.clone(),
                at: ctx.at,
            }
            .into(),
        );
    }
    if let Some(fire) = &cmd.fire {
        let unsent = unsent_with(order, &lines);
        let firing = Firing::of(cmd.order, &fire.tickets, ctx, state);
        events.extend(firing.fire(&unsent, &mut cards)?);
    }
    events.extend(cards.into_events());
    Ok(events)
}

/// The lines that really are new, as they will stand on the check.
pub(super) fn added_lines(
    state: &State,
    id: OrderId,
    order: Option<&Order>,
    new: &[NewLine],
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Vec<Line>, Refusal> {
    let before = order.map_or(0, |order| order.lines.len());
    if ctx.origin == Origin::Live && before + new.len() > MOST_LINES {
        return Err(Refusal::Rule(Code::OrderFull));
    }
    let mut lines: Vec<Line> = Vec::with_capacity(new.len());
    for (at, line) in new.iter().enumerate() {
        let known = lines
            .iter()
            .chain(order.iter().flat_map(|order| &order.lines))
            .find(|known| known.id == line.id);
        if let Some(known) = known {
            repeated(id, known, line, ctx, cards)?;
        } else {
            lines.push(new_line(state, id, at, line, ctx, cards)?);
        }
    }
    let all = order.iter().flat_map(|order| &order.lines).chain(&lines);
    match fits(all.map(Line::total)) {
        true => Ok(lines),
        false => Err(Refusal::too_much("items")),
    }
}

fn repeated(
    order: OrderId,
    known: &Line,
    line: &NewLine,
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<(), Refusal> {
    if ctx.origin == Origin::Live {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    if known.dish != line.dish || known.quantity != line.quantity {
        cards.raise(About::LineRepeated {
            order,
            line: known.id,
            dish: known.frozen.name.clone(),
        });
    }
    Ok(())
}

fn new_line(
    state: &State,
    order: OrderId,
    at: usize,
    line: &NewLine,
    ctx: &Ctx,
    cards: &mut Cards,
) -> Result<Line, Refusal> {
    let on_menu = from_menu(state, line);
    if ctx.origin == Origin::Live {
        chosen_rightly(state, at, line)?;
        let dish = state.dish(line.dish).filter(|dish| !dish.removed);
        if dish.is_some_and(|dish| !dish.is_there(line.quantity.get())) {
            return Err(Refusal::Rule(Code::DishUnavailable));
        }
    }
    let Some(frozen) = line.frozen.clone().or_else(|| on_menu.clone()) else {
        return Err(Refusal::bad(format!("items[{at}].dishId"), "unknown"));
    };
    let unit = frozen.unit_price();
    if unit.is_err() || frozen.price < Money::ZERO || unit.is_ok_and(|unit| unit < Money::ZERO) {
        return Err(Refusal::too_much(format!("items[{at}].price")));
    }
    if on_menu.is_some_and(|menu| menu.revision == frozen.revision && menu.price != frozen.price) {
        cards.raise(About::PriceDiffers {
            order,
            line: line.id,
            dish: frozen.name.clone(),
        });
    }
    Ok(Line {
        id: line.id,
        dish: line.dish,
        quantity: line.quantity,
        frozen,
        note: line
            .note
            .clone()
            .filter(|note| !note.as_str().trim().is_empty()),
        seat: line.seat,
        course: line.course.unwrap_or(Course::FIRST),
        by: ctx.by,
        by_name: ctx.by_name(state),
        added_at: ctx.at,
        state: LineState::Draft,
        stages: Vec::new(),
        served: None,
        voided: None,
        held: None,
        billed: None,
        part_of: None,
    })
}

pub fn apply_added(state: &mut State, event: &Added) {
    state.change_order(event.order, |order| {
        order.lines.extend(event.lines.iter().cloned());
        order.touched(event.at);
    });
}
