//! The stories of the device core, each on a database of its own: told natively by `tests/it`, and by the worker in a
//! real browser. What needs a clock, a socket or a second process is told elsewhere.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that cannot go on fails"
)]

mod evening;
mod fork;
mod kitchen;
mod limits;
mod list;
pub mod peer;
mod pull;
mod push;
mod queue;
mod reload;
mod report;
mod reset;
mod serialised;
mod session;
pub mod tablet;
mod versions;

use rusqlite::Connection;

/// Where a story's databases lie.
pub trait Disk {
    /// Opens one as the host opens a device's.
    fn open(&self, file: &str) -> Connection;

    /// What SQLite itself calls it.
    fn path(&self, file: &str) -> String;
}

pub type Story = (&'static str, fn(&dyn Disk));

macro_rules! named {
    ($($of:ident: $($story:ident)+;)+) => {
        &[$($((concat!(stringify!($of), "::", stringify!($story)), $of::$story),)+)+]
    };
}

pub const STORIES: &[Story] = crate::stories!(named);

/// One more, in two halves on one disk. Between them the host goes away without a word.
pub const RELOAD: [Story; 2] = [
    ("reload::before", reload::before),
    ("reload::after", reload::after),
];

pub fn story(name: &str) -> Option<fn(&dyn Disk)> {
    let mut all = STORIES.iter().chain(&RELOAD);
    all.find(|(called, _)| *called == name)
        .map(|(_, story)| *story)
}
