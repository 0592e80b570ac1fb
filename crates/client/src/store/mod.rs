//! SQL and nothing else: each table of the device's database has a file.

pub(crate) mod entries;
pub(crate) mod meta;
pub(crate) mod pending;
pub(crate) mod pins;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod sent;
pub(crate) mod troubles;

use crate::error::{StoreError, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// SQLite's integers are signed; ours count from nothing and stay far below the difference.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub(crate) fn to_json<T: Serialize>(what: &str, value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|why| StoreError::corrupt(what, why))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|why| StoreError::corrupt(what, why))
}

/// An id, or another thing with a text form, that this core has written itself.
pub(crate) fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    what: &str,
    text: &str,
) -> Stored<T> {
    text.parse()
        .map_err(|why| StoreError::corrupt(format!("{what} {text:?}"), why))
}
