//! Brings rows into the rules' state, and takes what they changed back out.

use crate::error::Stored;
use crate::store::rows::{self, Layer};
use crate::topics::{self, Topics};
use domain::{Command, Ctx, Event, Key, State};
use rusqlite::Connection;

fn load_keys(db: &Connection, from: Layer, state: &mut State, keys: Vec<Key>) -> Stored<()> {
    for key in keys {
        if !state.is_loaded(&key) {
            let row = rows::get(db, from, &key)?;
            state.load(key, row);
        }
    }
    Ok(())
}

/// Loads whatever the command reads or may change.
pub(crate) fn load_scope(
    db: &Connection,
    from: Layer,
    state: &mut State,
    command: &Command,
    ctx: &Ctx,
) -> Stored<()> {
    domain::scope_all(command, ctx, state, |state, keys| {
        load_keys(db, from, state, keys)
    })
}

/// Folds events into the state, loading first what they touch.
pub(crate) fn apply(
    db: &Connection,
    from: Layer,
    state: &mut State,
    events: &[Event],
) -> Stored<()> {
    for event in events {
        load_keys(db, from, state, event.keys())?;
        domain::apply(state, event);
    }
    Ok(())
}

/// Writes what has changed since the last time.
pub(crate) fn save(
    db: &Connection,
    to: Layer,
    state: &mut State,
    topics: &mut Topics,
) -> Stored<()> {
    for key in state.settle() {
        if let Some(row) = state.row(&key) {
            rows::put(db, to, &key, row)?;
            topics.extend(topics::of_row(&key, row));
        }
    }
    Ok(())
}
