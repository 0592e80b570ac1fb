//! Bugs on purpose, each of which breaks one promise: the simulator has to find them. And builds that are older than
//! this one, for it to play.

use domain::Event;
use std::cell::Cell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// What waits leaves the queue by its number alone, whatever command it is.
    DropByNumber,
    /// A commit does not wait for the disk.
    Unsynced,
    /// A check that was handed over stays whose it was.
    LosesHandOver,
}

thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    static UNKNOWN: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Plants a bug in whatever runs on this thread from now on.
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

pub(crate) fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// What runs on this thread from now on is a build that does not know this kind of event.
pub fn forget(kind: Option<&'static str>) {
    UNKNOWN.set(kind);
}

pub(crate) fn knows(event: &Event) -> bool {
    UNKNOWN.get() != Some(event.kind())
}
