//! Lists: by cursor, in the order of creation.

use super::body::bad_query;
use crate::problem::Problem;
use crate::store::aggregates::Found;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::Key;
use serde::Serialize;

const UNLESS_TOLD: usize = 50;
const MOST: usize = 200;

#[derive(Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

pub fn limit(asked: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = asked else {
        return Ok(UNLESS_TOLD);
    };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| bad_query("limit", "a whole number from 1 to 200"))
}

/// Where the page before ended.
pub fn after(asked: Option<&str>) -> Result<Option<(u64, String)>, Problem> {
    let Some(text) = asked else { return Ok(None) };
    let bytes = BASE64
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let cursor = bytes.and_then(|text| {
        let (born, key) = text.split_once(' ')?;
        // What no page can have given is not brought before the database.
        let (born, key) = (born.parse::<i64>().ok()?, key.parse::<Key>().ok()?);
        Some((born.cast_unsigned(), key.to_string()))
    });
    cursor
        .map(Some)
        .ok_or_else(|| bad_query("after", "a cursor that an earlier page gave"))
}

fn cursor(found: &Found) -> String {
    BASE64.encode(format!("{} {}", found.born, found.key))
}

/// A page from one row more than it holds.
pub fn page<T>(
    mut rows: Vec<Found>,
    limit: usize,
    mut shape: impl FnMut(Found) -> Option<T>,
) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor);
    Page {
        items: rows.into_iter().filter_map(&mut shape).collect(),
        next,
    }
}
