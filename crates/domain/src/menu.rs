//! Categories, dishes and what can be chosen with them; what is gone today, and how much is left.

use crate::auth::Act;
use crate::event::Event;
use crate::ids::{CategoryId, DishId, GroupId, OptionId};
use crate::money::{Money, Rate};
use crate::notifications::Cards;
use crate::orders::Line;
use crate::orders::change::Set;
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::state::{Key, State};
use crate::text::{Description, Label, Name, Quantity};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Category {
    pub id: CategoryId,
    pub name: Name,
    pub position: u16,
    /// Its dishes: while there are some it cannot be removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dishes: Vec<DishId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub removed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dish {
    pub id: DishId,
    pub category: CategoryId,
    pub name: Name,
    /// What the kitchen calls it, in the kitchen's own language.
    pub kitchen_name: Option<Name>,
    pub description: Option<Description>,
    pub price: Money,
    pub tax_rate: Rate,
    pub allergens: Vec<Label>,
    pub available: bool,
    pub stations: Vec<Label>,
    pub position: u16,
    /// How many are left; none is as many as are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifier_groups: Vec<GroupId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub removed: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Dish {
    /// Whether so many can be had.
    pub fn is_there(&self, quantity: u16) -> bool {
        self.available && !self.removed && self.remaining.is_none_or(|left| left >= quantity)
    }
}

/// What can be chosen with a dish: at least `min` of its options, at most `max`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    pub id: GroupId,
    pub name: Name,
    pub min: u16,
    pub max: u16,
    pub options: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dishes: Vec<DishId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub removed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Choice {
    pub id: OptionId,
    pub name: Name,
    pub price: Money,
}

/// What is wrong with a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    TooFew,
    TooMany,
}

impl Group {
    pub const MOST_OPTIONS: usize = 100;

    pub fn option(&self, id: OptionId) -> Option<&Choice> {
        self.options.iter().find(|option| option.id == id)
    }

    pub fn check(&self, chosen: usize) -> Result<(), Bad> {
        if chosen < usize::from(self.min) {
            Err(Bad::TooFew)
        } else if chosen > usize::from(self.max) {
            Err(Bad::TooMany)
        } else {
            Ok(())
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddCategory {
    pub category: Category,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryAdded {
    pub category: Category,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddDish {
    pub dish: Dish,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DishAdded {
    pub dish: Dish,
}

pub fn add_category(state: &State, cmd: &AddCategory) -> Result<Vec<Event>, Refusal> {
    if state.category(cmd.category.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let category = Category {
        dishes: Vec::new(),
        removed: false,
        ..cmd.category.clone()
    };
    Ok(vec![CategoryAdded { category }.into()])
}

pub fn add_dish(state: &State, cmd: &AddDish) -> Result<Vec<Event>, Refusal> {
    if state.dish(cmd.dish.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let dish = Dish {
        removed: false,
        ..cmd.dish.clone()
    };
    good_dish(state, &dish)?;
    let moved = used(None, Some(&dish));
    Ok([DishAdded { dish }.into()]
        .into_iter()
        .chain(moved)
        .collect())
}

fn good_dish(state: &State, dish: &Dish) -> Result<(), Refusal> {
    there(
        state.category(dish.category).is_some_and(|it| !it.removed),
        "categoryId",
    )?;
    for (at, group) in dish.modifier_groups.iter().enumerate() {
        let known = state.group(*group).is_some_and(|group| !group.removed);
        there(known, &format!("modifierGroupIds[{at}]"))?;
    }
    if dish.price < Money::ZERO {
        return Err(Refusal::bad("price", "out_of_range"));
    }
    Ok(())
}

fn there(known: bool, field: &str) -> Result<(), Refusal> {
    if known {
        Ok(())
    } else {
        Err(Refusal::bad(field, "unknown"))
    }
}

pub fn apply_category_added(state: &mut State, event: &CategoryAdded) {
    state.put(
        Key::Category(event.category.id),
        event.category.clone().into(),
    );
}

pub fn apply_dish_added(state: &mut State, event: &DishAdded) {
    state.put(Key::Dish(event.dish.id), event.dish.clone().into());
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeCategory {
    pub id: CategoryId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u16>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub remove: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryChanged {
    pub category: Category,
}

pub fn change_category(state: &State, cmd: &ChangeCategory) -> Result<Vec<Event>, Refusal> {
    let mut category = state
        .category(cmd.id)
        .filter(|category| !category.removed)
        .ok_or(Refusal::Unknown("category"))?
        .clone();
    if cmd.remove && !category.dishes.is_empty() {
        return Err(Refusal::Rule(Code::InUse));
    }
    category.name = cmd.name.clone().unwrap_or(category.name);
    category.position = cmd.position.unwrap_or(category.position);
    category.removed = cmd.remove;
    Ok(vec![CategoryChanged { category }.into()])
}

pub fn apply_category_changed(state: &mut State, event: &CategoryChanged) {
    let category = &event.category;
    state.put(Key::Category(category.id), category.clone().into());
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddGroup {
    pub group: Group,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeGroup {
    pub id: GroupId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<Choice>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub remove: bool,
}

/// A modifier group as it now is, be it new or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupChanged {
    pub group: Group,
}

pub fn add_group(state: &State, cmd: &AddGroup) -> Result<Vec<Event>, Refusal> {
    if state.group(cmd.group.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let group = Group {
        dishes: Vec::new(),
        removed: false,
        ..cmd.group.clone()
    };
    good_group(&group)?;
    Ok(vec![GroupChanged { group }.into()])
}

pub fn change_group(state: &State, cmd: &ChangeGroup) -> Result<Vec<Event>, Refusal> {
    let mut group = state
        .group(cmd.id)
        .filter(|group| !group.removed)
        .ok_or(Refusal::Unknown("modifier_group"))?
        .clone();
    if cmd.remove && !group.dishes.is_empty() {
        return Err(Refusal::Rule(Code::InUse));
    }
    group.name = cmd.name.clone().unwrap_or(group.name);
    group.min = cmd.min.unwrap_or(group.min);
    group.max = cmd.max.unwrap_or(group.max);
    group.options = cmd.options.clone().unwrap_or(group.options);
    group.removed = cmd.remove;
    good_group(&group)?;
    Ok(vec![GroupChanged { group }.into()])
}

fn good_group(group: &Group) -> Result<(), Refusal> {
    if group.options.is_empty() {
        return Err(Refusal::bad("options", "empty"));
    }
    if group.options.len() > Group::MOST_OPTIONS {
        return Err(Refusal::bad("options", "too_many"));
    }
    let most = Group::MOST_OPTIONS;
    if group.max == 0 || usize::from(group.max) > most {
        return Err(Refusal::bad("max", "out_of_range"));
    }
    if group.min > group.max {
        return Err(Refusal::bad("min", "out_of_range"));
    }
    for (at, option) in group.options.iter().enumerate() {
        let before = group.options.iter().take(at);
        if before.into_iter().any(|known| known.id == option.id) {
            return Err(Refusal::bad(format!("options[{at}].id"), "repeated"));
        }
    }
    Ok(())
}

pub fn apply_group_changed(state: &mut State, event: &GroupChanged) {
    state.put(Key::Group(event.group.id), event.group.clone().into());
}

/// What is named is set, what is not stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeDish {
    pub id: DishId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_name: Option<Set<Name>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Set<Description>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What the price was when somebody decided to change it: two who change it at once are told of each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_was: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Rate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergens: Option<Vec<Label>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stations: Option<Vec<Label>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modifier_groups: Option<Vec<GroupId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<Set<u16>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub remove: bool,
}

impl ChangeDish {
    /// Changes nothing yet.
    pub fn of(id: DishId) -> Self {
        Self {
            id,
            category: None,
            name: None,
            kitchen_name: None,
            description: None,
            price: None,
            price_was: None,
            tax_rate: None,
            allergens: None,
            stations: None,
            modifier_groups: None,
            position: None,
            available: None,
            remaining: None,
            remove: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DishChanged {
    pub dish: Dish,
}

pub fn change_dish(state: &State, cmd: &ChangeDish) -> Result<Vec<Event>, Refusal> {
    let old = there_dish(state, cmd.id)?;
    let settled = cmd.price == Some(old.price);
    if cmd.price_was.is_some_and(|was| was != old.price) && !settled {
        return Err(Refusal::Rule(Code::ChangedMeanwhile));
    }
    let dish = Dish {
        id: old.id,
        category: cmd.category.unwrap_or(old.category),
        name: cmd.name.clone().unwrap_or_else(|| old.name.clone()),
        kitchen_name: set(&cmd.kitchen_name, &old.kitchen_name),
        description: set(&cmd.description, &old.description),
        price: cmd.price.unwrap_or(old.price),
        tax_rate: cmd.tax_rate.unwrap_or(old.tax_rate),
        allergens: cmd
            .allergens
            .clone()
            .unwrap_or_else(|| old.allergens.clone()),
        available: cmd.available.unwrap_or(old.available),
        stations: cmd.stations.clone().unwrap_or_else(|| old.stations.clone()),
        position: cmd.position.unwrap_or(old.position),
        remaining: set(&cmd.remaining, &old.remaining),
        modifier_groups: cmd
            .modifier_groups
            .clone()
            .unwrap_or_else(|| old.modifier_groups.clone()),
        removed: cmd.remove,
    };
    if !cmd.remove {
        good_dish(state, &dish)?;
    }
    let moved = used(Some(old), Some(&dish).filter(|dish| !dish.removed));
    Ok([DishChanged { dish }.into()]
        .into_iter()
        .chain(moved)
        .collect())
}

fn set<T: Clone>(new: &Option<Set<T>>, old: &Option<T>) -> Option<T> {
    match new {
        Some(new) => new.to.clone(),
        None => old.clone(),
    }
}

fn there_dish(state: &State, id: DishId) -> Result<&Dish, Refusal> {
    let dish = state.dish(id).filter(|dish| !dish.removed);
    dish.ok_or(Refusal::Unknown("dish"))
}

pub fn apply_dish_changed(state: &mut State, event: &DishChanged) {
    state.put(Key::Dish(event.dish.id), event.dish.clone().into());
}

/// Which dishes a category or a modifier group has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DishPlaced {
    pub dish: DishId,
    pub into: Vec<Place>,
    pub out_of: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Category(CategoryId),
    Group(GroupId),
}

impl Place {
    pub fn key(self) -> Key {
        match self {
            Self::Category(id) => Key::Category(id),
            Self::Group(id) => Key::Group(id),
        }
    }
}

fn places(dish: Option<&Dish>) -> Vec<Place> {
    let category = dish.map(|dish| Place::Category(dish.category));
    let groups = dish.into_iter().flat_map(|dish| &dish.modifier_groups);
    category
        .into_iter()
        .chain(groups.copied().map(Place::Group))
        .collect()
}

fn used(old: Option<&Dish>, new: Option<&Dish>) -> Option<Event> {
    let dish = new.or(old)?.id;
    let (old, new) = (places(old), places(new));
    let into: Vec<Place> = new.iter().filter(|it| !old.contains(it)).copied().collect();
    let out_of: Vec<Place> = old.into_iter().filter(|it| !new.contains(it)).collect();
    let moved = !into.is_empty() || !out_of.is_empty();
    moved.then(|| DishPlaced { dish, into, out_of }.into())
}

pub fn apply_dish_placed(state: &mut State, event: &DishPlaced) {
    for (places, there) in [(&event.into, true), (&event.out_of, false)] {
        for place in places {
            state.change_dishes_of(*place, |dishes| {
                dishes.retain(|dish| *dish != event.dish);
                if there {
                    dishes.push(event.dish);
                }
            });
        }
    }
}

/// A dish is gone for today ("86"), is back, or has so many left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetAvailability {
    pub dish: DishId,
    pub available: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DishCounted {
    pub dish: DishId,
    pub available: bool,
    pub remaining: Option<u16>,
}

pub fn set_availability(
    state: &State,
    cmd: &SetAvailability,
    ctx: &Ctx,
) -> Result<Vec<Event>, Refusal> {
    let mut cards = Cards::of(ctx);
    if ctx.by.is_some() || !ctx.is_kitchen(state) {
        ctx.must_or_flag(
            state,
            Act::SetAvailability,
            "menu.set_availability",
            None,
            &mut cards,
        )?;
    }
    let dish = match (there_dish(state, cmd.dish), ctx.origin) {
        (Ok(dish), _) => dish,
        // It has left the menu meanwhile: there is nothing that could be had or not.
        (Err(_), Origin::Queued) if state.dish(cmd.dish).is_some() => {
            return Ok(cards.into_events().collect());
        }
        (Err(unknown), _) => return Err(unknown),
    };
    let same = dish.available == cmd.available && dish.remaining == cmd.remaining;
    let counted = (!same).then(|| {
        DishCounted {
            dish: cmd.dish,
            available: cmd.available,
            remaining: cmd.remaining,
        }
        .into()
    });
    Ok(counted.into_iter().chain(cards.into_events()).collect())
}

pub fn apply_counted(state: &mut State, event: &DishCounted) {
    state.change_dish(event.dish, |dish| {
        dish.available = event.available;
        dish.remaining = event.remaining;
    });
}

/// What is left of the dishes that have a count, while lines are fired or taken back.
#[derive(Debug)]
pub(crate) struct Stock<'a> {
    state: &'a State,
    left: Vec<(DishId, u16)>,
}

impl<'a> Stock<'a> {
    pub(crate) fn of(state: &'a State) -> Self {
        Self {
            state,
            left: Vec::new(),
        }
    }

    /// Takes what the line needs, if it is there.
    pub(crate) fn take(&mut self, line: &Line, forced: bool) -> bool {
        let Some(dish) = self.state.dish(line.dish) else {
            return true;
        };
        let Some(before) = dish.remaining else {
            return dish.available || forced;
        };
        let known = self.left.iter().find(|(id, _)| *id == dish.id);
        let left = known.map_or(before, |(_, left)| *left);
        let wanted = line.quantity.get();
        if !forced && (!dish.available || left < wanted) {
            return false;
        }
        self.set(dish.id, left.saturating_sub(wanted));
        true
    }

    pub(crate) fn give_back(&mut self, line: &Line, quantity: Quantity) {
        let Some(dish) = self.state.dish(line.dish) else {
            return;
        };
        let Some(before) = dish.remaining else { return };
        let known = self.left.iter().find(|(id, _)| *id == dish.id);
        let left = known.map_or(before, |(_, left)| *left);
        self.set(dish.id, left.saturating_add(quantity.get()));
    }

    fn set(&mut self, dish: DishId, left: u16) {
        self.left.retain(|(id, _)| *id != dish);
        self.left.push((dish, left));
    }

    /// The events that say what is left now.
    pub(crate) fn counted(self) -> Vec<Event> {
        let state = self.state;
        let changed = self.left.into_iter().filter_map(|(id, left)| {
            let dish = state.dish(id)?;
            let remaining = Some(left);
            (dish.remaining != remaining).then(|| {
                DishCounted {
                    dish: id,
                    available: dish.available,
                    remaining,
                }
                .into()
            })
        });
        changed.collect()
    }
}
