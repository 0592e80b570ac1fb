//! What is pending, once more on top of base, through the same rules.

use crate::error::Stored;
use crate::identity::Identity;
use crate::state;
use crate::store::rows::{self, Layer};
use crate::store::{entries, meta, pending};
use crate::topics::{self, Topics};
use domain::rules::{Ctx, Origin, Place};
use domain::{Envelope, State};
use rusqlite::Connection;

/// Clears the overlay whole and replays what is pending, in order, through the same rules. What they refuse now
/// removes nothing: only the hub's word is final.
pub(crate) fn replay(
    db: &Connection,
    identity: &Identity,
    mut state: State,
    topics: &mut Topics,
) -> Stored<()> {
    for key in rows::keys(db, Layer::Overlay)? {
        topics.extend(topics::of_key(&key));
    }
    rows::clear(db, Layer::Overlay)?;
    state.settle();
    let epoch = meta::epoch(db)?;
    let applied = meta::applied(db)?;
    for pending in pending::all(db)? {
        // Base has it already, from before this device was copied: it is only waiting for its own place in the log.
        if entries::decides(db, epoch, applied, pending.cmd_id)? {
            continue;
        }
        // One that a newer core stored is kept and sent as it is.
        if let Some(envelope) = pending.envelope() {
            replay_one(db, identity, epoch, &mut state, &envelope)?;
        }
    }
    state::save(db, Layer::Overlay, &mut state, topics)
}

fn replay_one(
    db: &Connection,
    identity: &Identity,
    epoch: u64,
    state: &mut State,
    envelope: &Envelope,
) -> Stored<()> {
    let Ok(command) = envelope.command() else {
        return Ok(());
    };
    let ctx = Ctx {
        command: envelope.cmd_id,
        by: envelope.by,
        approved_by: envelope.approved_by,
        device: Some(identity.device),
        at: envelope.at,
        origin: Origin::Queued,
        place: Place::Device,
        epoch,
    };
    state::load_scope(db, Layer::Base, state, &command, &ctx)?;
    match domain::decide(state, &command, &ctx) {
        Ok(events) => state::apply(db, Layer::Base, state, &events),
        Err(_) => Ok(()),
    }
}
