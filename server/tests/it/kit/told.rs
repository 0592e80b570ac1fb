//! Transcripts: what a story was answered, with ids, times and secrets made alike, so that two stores compare.

use super::http::Answer;
use super::postgres::Store;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;

#[derive(Debug, Clone, Default)]
pub struct Transcript {
    lines: Vec<String>,
    ids: HashMap<String, usize>,
}

const SECRETS: [&str; 13] = [
    "sig",
    "tag",
    "chain",
    "deviceToken",
    "accessToken",
    "refreshToken",
    "sid",
    "verifier",
    "positionKey",
    "requestId",
    "expiresAt",
    "next",
    "idem",
];

impl Transcript {
    pub fn hear(&mut self, answer: &Answer) {
        let body = self.alike("", &answer.body);
        let what = self.text(&answer.what);
        let location = answer
            .header("location")
            .map(|text| self.text(text))
            .unwrap_or_default();
        let replayed = answer.header("idempotency-replayed").unwrap_or_default();
        self.lines.push(format!(
            "{what} -> {} {location} {replayed}\n    {body}",
            answer.status
        ));
    }

    /// The same value with whatever differs from run to run replaced.
    fn alike(&mut self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let fields = map
                    .iter()
                    .map(|(name, value)| (name.clone(), self.alike(name, value)));
                Value::Object(fields.collect())
            }
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.alike("", item)).collect())
            }
            Value::String(_) if SECRETS.contains(&name) => "<secret>".into(),
            Value::String(text) if text.starts_with('{') => {
                match serde_json::from_str::<Value>(text) {
                    Ok(inner) => self.alike(name, &inner),
                    Err(_) => self.text(text).into(),
                }
            }
            Value::String(text) => self.text(text).into(),
            Value::Number(number) if number.as_i64().is_some_and(|n| n > 1_600_000_000_000) => {
                "<moment>".into()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if text.len() >= 20 && domain::time::Moment::from_rfc3339(text).is_some() {
            return "<time>".into();
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(id) = rest
                .get(..36)
                .filter(|id| uuid::Uuid::parse_str(id).is_ok())
            {
                let next = self.ids.len() + 1;
                let n = *self.ids.entry(id.to_owned()).or_insert(next);
                out.push_str(&format!("<id {n}>"));
                rest = &rest[36..];
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out
    }
}

/// What a story gives back: a transcript to be compared, or nothing where runs differ by nature.
pub trait Told {
    fn lines(self) -> Option<Vec<String>>;
}

impl Told for Transcript {
    fn lines(self) -> Option<Vec<String>> {
        Some(self.lines)
    }
}

impl Told for () {
    fn lines(self) -> Option<Vec<String>> {
        None
    }
}

/// Whichever of the two comes second compares.
pub fn compare(story: &'static str, store: Store, told: impl Told) {
    static HEARD: Mutex<Option<HashMap<&str, Vec<String>>>> = Mutex::new(None);
    let Some(lines) = told.lines() else { return };
    let other = {
        let mut heard = HEARD
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        heard.get_or_insert_default().insert(story, lines.clone())
    };
    let Some(other) = other else { return };
    for (at, (one, two)) in other.iter().zip(&lines).enumerate() {
        assert_eq!(
            one, two,
            "{story}: answer {at} differs between the stores ({store:?} came second)"
        );
    }
    assert_eq!(
        other.len(),
        lines.len(),
        "{story}: one store was asked more than the other"
    );
}
