//! Values of a body: gathers every one that cannot be, each with its field.

use crate::problem::{FieldError, Problem};
use domain::money::Money;
use domain::text::{BadValue, Label};
use serde::{Deserialize, Deserializer};
use std::str::FromStr;

/// What cannot be.
#[derive(Debug, Default)]
pub struct Bad(pub Vec<FieldError>);

impl Bad {
    pub fn say(&mut self, field: impl Into<String>, code: &str, message: &str) {
        self.0.push(FieldError::new(field, code, message));
    }

    pub fn id<T: FromStr>(&mut self, field: impl Into<String>, text: &str) -> Option<T> {
        let id = text.parse().ok();
        if id.is_none() {
            self.say(field, "malformed", "is not an id");
        }
        id
    }

    /// The id that a request brings, or one that is drawn.
    pub fn id_or<T: FromStr>(
        &mut self,
        field: impl Into<String>,
        text: Option<&String>,
        draw: impl FnOnce() -> T,
    ) -> Option<T> {
        match text {
            Some(text) => self.id(field, text),
            None => Some(draw()),
        }
    }

    pub fn ids<T: FromStr + PartialEq>(&mut self, field: &str, texts: &[String]) -> Vec<T> {
        let mut ids = Vec::with_capacity(texts.len());
        for (at, text) in texts.iter().enumerate().take(MOST_IN_LIST) {
            let Some(id) = self.id(format!("{field}[{at}]"), text) else {
                continue;
            };
            if ids.contains(&id) {
                self.say(format!("{field}[{at}]"), "repeated", "is named twice");
            }
            ids.push(id);
        }
        self.not_too_many(field, texts.len());
        ids
    }

    pub fn value<T>(&mut self, field: impl Into<String>, value: Result<T, BadValue>) -> Option<T> {
        value
            .map_err(|bad| {
                self.0
                    .push(FieldError::new(field, bad.code(), bad.to_string()));
            })
            .ok()
    }

    pub fn money(&mut self, field: impl Into<String>, minor: i64) -> Option<Money> {
        let money = Money::new(minor).ok();
        if money.is_none() {
            self.say(field, "out_of_range", "is more than money can be");
        }
        money
    }

    /// A whole number from 0 to `most`.
    pub fn number(&mut self, field: impl Into<String>, number: i64, most: u16) -> Option<u16> {
        let fit = u16::try_from(number).ok().filter(|number| *number <= most);
        if fit.is_none() {
            self.say(field, "out_of_range", "is out of range");
        }
        fit
    }

    /// Short words, each once.
    pub fn labels(&mut self, field: &str, texts: Vec<String>) -> Vec<Label> {
        self.not_too_many(field, texts.len());
        let mut labels: Vec<Label> = Vec::new();
        for (at, text) in texts.into_iter().enumerate().take(MOST_IN_LIST) {
            let Some(label) = self.value(format!("{field}[{at}]"), Label::new(text)) else {
                continue;
            };
            if labels.contains(&label) {
                self.say(format!("{field}[{at}]"), "repeated", "is named twice");
            }
            labels.push(label);
        }
        labels
    }

    pub fn not_too_many(&mut self, field: &str, many: usize) {
        if many > MOST_IN_LIST {
            self.say(field, "too_many", "at most 50");
        }
    }

    /// The value, where all of the body can be.
    pub fn with<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) | None => Err(Problem::invalid(self.0)),
        }
    }

    pub fn none(self) -> Result<(), Problem> {
        self.with(Some(()))
    }
}

/// Allergens, stations and modifier groups of one dish.
const MOST_IN_LIST: usize = 50;

/// A field that may be absent, and may be null: `null` takes away what is there.
pub fn nullable<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(from).map(Some)
}
