//! Check model → the check as it is shown: lines by course, each with where it really is.

mod place;

pub use place::{is_draft, is_voided};

use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::ids::LineId;
use domain::money::Money;
use domain::time::Moment;
use place::{older, same, state};
use protocol::view::{Check, CheckBrief, Line, Place};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct CheckShown {
    /// "Check 27 · Ana, Ben", before it the name if it has one; what the hub has not numbered is called by its time.
    pub title: String,
    pub guests: String,
    /// "Ben is here too".
    pub company: Option<String>,
    pub groups: Vec<Group>,
    /// Portions on it, not rows.
    pub count: u32,
    pub total: String,
    pub total_plain: String,
    /// Tax, where it comes on top.
    pub tax: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub heading: String,
    /// Not sent: these are what Send is about.
    pub unsent: bool,
    pub rows: Vec<Row>,
}

/// Lines that look the same and are at the same place, as one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub key: String,
    pub quantity: u32,
    pub name: String,
    pub price: String,
    /// What was chosen with it.
    pub chosen: Option<String>,
    pub extra: Option<String>,
    pub state: State,
    /// It is not wanted any more: struck through.
    pub struck: bool,
    /// Since when something that was done to it waits for the hub.
    pub waiting: Option<Moment>,
    /// The lines that this row stands for.
    pub lines: Vec<LineId>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub tone: Tone,
    pub icon: Icon,
    pub words: String,
    /// A timer beside the words.
    pub since: Option<Moment>,
}

pub fn shown(check: &Check, me: Option<&str>, locale: &Locale) -> CheckShown {
    let people: Vec<String> = check.people.iter().map(|name| first_name(name)).collect();
    CheckShown {
        title: titled(check, &people, locale),
        guests: say!(locale, "guests", count = check.guests),
        company: company(&check.people, me, locale),
        groups: groups(&check.lines, me, locale),
        count: check
            .lines
            .iter()
            .filter(|line| !is_voided(&line.place))
            .map(|line| u32::from(line.quantity))
            .sum(),
        total: locale.money_with_currency(check.total),
        total_plain: locale.money(check.total),
        tax: (!check.prices_include_tax).then(|| locale.money(check.tax)),
    }
}

fn titled(check: &Check, people: &[String], locale: &Locale) -> String {
    let people = (!people.is_empty()).then(|| people.join(", "));
    let parts = check.name.iter().cloned();
    let parts = parts.chain([number(check.number, check.opened_at, locale)]);
    parts.chain(people).collect::<Vec<_>>().join(" · ")
}

fn number(number: Option<u32>, opened_at: Moment, locale: &Locale) -> String {
    match number {
        Some(number) => say!(locale, "check-numbered", number = number),
        None => say!(locale, "check-of", time = locale.wall(opened_at)),
    }
}

/// A tab of one of several checks: its name, where it has one.
pub fn tab(brief: &CheckBrief, locale: &Locale) -> String {
    let name = brief.name.clone();
    name.unwrap_or_else(|| number(brief.number, brief.opened_at, locale))
}

fn company(people: &[String], me: Option<&str>, locale: &Locale) -> Option<String> {
    let others: Vec<String> = people
        .iter()
        .filter(|name| Some(name.as_str()) != me)
        .map(|name| first_name(name))
        .collect();
    let names = locale.names(&others);
    (!others.is_empty()).then(|| say!(locale, "here-too", count = others.len(), names = names))
}

/// What was sent first, by course; then what was not, by course.
fn groups(lines: &[Line], me: Option<&str>, locale: &Locale) -> Vec<Group> {
    let mut groups: BTreeMap<(bool, u16), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        groups
            .entry((is_draft(&line.place), line.course))
            .or_default()
            .push(line);
    }
    let courses = lines.iter().any(|line| line.course != 1);
    let heading = |unsent: bool, course: u16| match (unsent, courses) {
        (true, true) => say!(locale, "not-sent-course", course = course),
        (true, false) => say!(locale, "not-sent-heading"),
        (false, true) => say!(locale, "course", course = course),
        (false, false) => say!(locale, "sent-heading"),
    };
    let group = |((unsent, course), lines): ((bool, u16), Vec<&Line>)| Group {
        heading: heading(unsent, course),
        unsent,
        rows: rows(lines, me, locale),
    };
    groups.into_iter().map(group).collect()
}

/// By seat, then as they came; the same dish at the same place is one row.
fn rows(mut lines: Vec<&Line>, me: Option<&str>, locale: &Locale) -> Vec<Row> {
    lines.sort_by_key(|line| line.seat);
    let mut merged: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match merged.iter_mut().find(|row| alike(row[0], line)) {
            Some(row) => row.push(line),
            None => merged.push(vec![line]),
        }
    }
    let row = |lines: Vec<&Line>| row(&lines, me, locale);
    merged.into_iter().map(row).collect()
}

/// Where the lines of one row are. None: they are on the check no more.
pub fn state_of(lines: &[Line], locale: &Locale) -> Option<State> {
    let place = lines.iter().map(|line| line.place.clone());
    let place = place.reduce(|place, other| older(&place, &other))?;
    Some(state(&place, locale))
}

fn row(lines: &[&Line], me: Option<&str>, locale: &Locale) -> Row {
    let first = lines[0];
    let total = Money::sum(lines.iter().map(|line| line.total));
    let place = lines
        .iter()
        .fold(first.place.clone(), |place: Place, line| {
            older(&place, &line.place)
        });
    let chosen = &first.modifiers;
    Row {
        key: first.id.to_string(),
        quantity: lines.iter().map(|line| u32::from(line.quantity)).sum(),
        name: first.name.clone(),
        price: locale.money(total.unwrap_or_default()),
        chosen: (!chosen.is_empty()).then(|| chosen.join(", ")),
        extra: extra(first, me, locale),
        state: state(&place, locale),
        struck: is_voided(&place),
        waiting: lines.iter().filter_map(|line| line.waiting).min(),
        lines: lines.iter().map(|line| line.id).collect(),
    }
}

fn alike(one: &Line, other: &Line) -> bool {
    let said = |line: &Line| {
        (
            line.name.clone(),
            line.modifiers.clone(),
            line.note.clone(),
            line.seat,
            line.by.clone(),
        )
    };
    // The price of one, without a division: a dish whose price has changed is another row.
    let unit = |of: &Line, by: &Line| of.total.times(by.quantity).ok();
    said(one) == said(other)
        && unit(one, other) == unit(other, one)
        && same(&one.place, &other.place)
}

fn extra(line: &Line, me: Option<&str>, locale: &Locale) -> Option<String> {
    let seat = line.seat.map(|seat| say!(locale, "seat", seat = seat));
    let by = line
        .by
        .as_deref()
        .filter(|by| Some(*by) != me)
        .map(first_name);
    let parts: Vec<String> = seat
        .into_iter()
        .chain(line.note.clone())
        .chain(by)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// How many of each dish stand unsent, by its name: shown on the dish itself.
pub fn unsent_by_dish(check: &Check) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for line in check.lines.iter().filter(|line| is_draft(&line.place)) {
        *counts.entry(line.name.clone()).or_default() += u32::from(line.quantity);
    }
    counts
}

/// What Send would fire, in portions as the guests would count them; none where there is nothing to send.
pub fn sendable(check: &Check, on_its_way: &[LineId]) -> Option<u32> {
    let named = check
        .send
        .iter()
        .filter(|named| !on_its_way.contains(&named.line));
    let portions = named.map(|named| u32::from(named.quantity.get())).sum();
    (portions > 0).then_some(portions)
}

#[cfg(test)]
mod tests;
