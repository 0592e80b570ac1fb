//! Sync over HTTP: push, pull, snapshot. What is decided is decided by the writer; here is only who may ask.

pub mod recover;

use crate::api::Api;
use crate::api::body::{Asked, Shape, bad_query};
use crate::auth::DeviceActor;
use crate::auth::actor::Enrolled;
use crate::devices;
use crate::handle::{Busy, Push, PushError};
use crate::hub::Hub;
use crate::problem::{FieldError, Problem};
use crate::store::aggregates::Found;
use crate::store::head::{self, Head};
use crate::store::{Tx, aggregates, credentials, log, queues};
use axum::Json;
use axum::extract::State;
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::Phase;
use domain::sync::{DROPPED_AFTER_MILLIS, Position, is_dropped};
use domain::{Aggregate, Key};
use protocol::sync::{
    MOST_COMMANDS, MOST_ENTRIES, MOST_PUSH_BYTES, PROTO, PullAnswer, PullRequest, PushAnswer,
    PushRequest, Reset, Signed, Snapshot, SnapshotRow,
};
use serde::Deserialize;
use std::sync::Arc;

/// The commands that this hub can read.
pub fn knows() -> Vec<String> {
    domain::Command::KNOWN
        .iter()
        .map(|(kind, version)| format!("{kind}@{version}"))
        .collect()
}

pub async fn push(
    State(api): State<Api>,
    by: DeviceActor,
    body: Shape<PushRequest>,
) -> Result<Json<PushAnswer>, Problem> {
    let request = body.value;
    if request.device != by.id {
        return Err(Problem::forbidden());
    }
    if body.size > MOST_PUSH_BYTES {
        return Err(Problem::too_large("A push is at most 512 KiB."));
    }
    if request.proto != PROTO || request.commands.len() > MOST_COMMANDS {
        let field = if request.proto == PROTO {
            "commands"
        } else {
            "proto"
        };
        let errors = vec![FieldError::new(
            field,
            "out_of_range",
            "is not what this hub takes",
        )];
        return Err(Problem::invalid(errors));
    }
    Ok(Json(answer_push(&api.hub, by.restaurant, request).await?))
}

/// A push, past its authentication: the simulator enters here.
pub async fn answer_push(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    request: PushRequest,
) -> Result<PushAnswer, PushError> {
    let epoch = request.epoch.clone();
    match standing(hub, restaurant, &request.position).await? {
        Standing::Here => {}
        // What it brings waits for a manager, wherever it stands.
        Standing::Reset(_) if is_revoked(hub, restaurant, request.device).await? => {}
        Standing::Reset(_) => return Err(PushError::Epoch),
    }
    let pushed = hub.push(restaurant, Push { request }).await?;
    let now = pushed.position.position.epoch.clone();
    if now != epoch && pushed.outcomes.is_empty() {
        return Err(PushError::Epoch);
    }
    Ok(PushAnswer {
        epoch: now,
        outcomes: pushed.outcomes,
        position: pushed.position,
        knows: knows(),
    })
}

/// Where a device's position stands to this log.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Here,
    Reset(Reset),
}

async fn standing(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    signed: &Signed,
) -> Result<Standing, Busy> {
    let looked = async {
        let mut tx = hub.db.read().await?;
        let head = head_of(&mut tx, restaurant).await?;
        let chain = log::chain_at(&mut tx, restaurant, signed.position.seq).await?;
        Ok((head, chain))
    };
    let (head, chain) = looked.await.map_err(|error: sqlx::Error| {
        tracing::error!(%error, "a position could not be checked");
        Busy::Database
    })?;
    if head.phase != Phase::Open {
        return Err(Busy::Recovering);
    }
    let (theirs, ours) = (&signed.position.epoch, &head.position.epoch);
    let signed_here = hub.has_signed(restaurant, signed);
    if theirs == ours {
        if chain == Some(signed.position.chain) {
            return Ok(Standing::Here);
        }
        if !signed_here {
            return Ok(Standing::Reset(Reset::Chain));
        }
        // It signed this and has forgotten it: its database is older than what it has said.
        hub.rewound(restaurant, ours).await.map_err(|error| {
            tracing::error!(%error, "a recovery could not be begun");
            Busy::Database
        })?;
        return Err(Busy::Recovering);
    }
    if theirs.n < ours.n {
        return Ok(Standing::Reset(Reset::Epoch));
    }
    if signed_here {
        hub.fall_behind(restaurant, theirs).await;
        return Err(Busy::Behind);
    }
    Ok(Standing::Reset(Reset::Chain))
}

async fn is_revoked(hub: &Hub, of: RestaurantId, device: DeviceId) -> Result<bool, Busy> {
    let looked = async {
        let mut tx = hub.db.read().await?;
        devices::is_revoked(&mut tx, of, device).await
    };
    looked.await.map_err(|error: sqlx::Error| {
        tracing::error!(%error, "a device could not be looked up");
        Busy::Database
    })
}

async fn head_of(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Head> {
    head::read(tx, restaurant)
        .await?
        .ok_or(sqlx::Error::RowNotFound)
}

pub async fn pull(
    State(api): State<Api>,
    Enrolled(by): Enrolled,
    body: Shape<PullRequest>,
) -> Result<Json<PullAnswer>, Problem> {
    if body.value.device != by.id {
        return Err(Problem::forbidden());
    }
    let answer = answer_pull(&api.hub, by.restaurant, &body.value).await;
    answer.map(Json).map_err(Problem::busy)
}

/// A pull, past its authentication. All of it comes from one moment of the database.
pub async fn answer_pull(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    request: &PullRequest,
) -> Result<PullAnswer, Busy> {
    match standing(hub, restaurant, &request.position).await? {
        Standing::Reset(reset) => return Ok(PullAnswer::Reset { reset }),
        Standing::Here => {}
    }
    let limit = request.limit.clamp(1, MOST_ENTRIES);
    let read = async {
        let mut tx = hub.db.read().await?;
        let head = head_of(&mut tx, restaurant).await?;
        let from = request.position.position.seq;
        let entries = log::after(&mut tx, restaurant, from, limit).await?;
        let reached = from + entries.len() as u64;
        let chain = log::chain_at(&mut tx, restaurant, reached).await?;
        let side = credentials::side(&mut tx, restaurant, request.side).await?;
        Ok((
            head,
            entries,
            reached,
            chain.ok_or(sqlx::Error::RowNotFound)?,
            side,
        ))
    };
    let (head, entries, reached, chain, side) = read.await.map_err(|error: sqlx::Error| {
        tracing::error!(%error, "the log could not be read");
        Busy::Database
    })?;
    if head.position.epoch != request.position.position.epoch {
        return Ok(PullAnswer::Reset {
            reset: Reset::Epoch,
        });
    }
    let more = reached < head.position.seq;
    #[cfg(feature = "planted")]
    let entries = match more && crate::planted::is(crate::planted::Bug::PageBoundary) {
        true => entries.into_iter().skip(1).collect(),
        false => entries,
    };
    // The page's own end, so that a device whose link dies between two pages holds a position that is signed.
    let epoch = head.position.epoch;
    let side = side.map(|side| hub.sign_side(restaurant, &epoch, side));
    let end = Position {
        epoch,
        seq: reached,
        chain,
    };
    Ok(PullAnswer::Entries {
        entries,
        more,
        position: hub.sign(restaurant, &end),
        knows: knows(),
        side,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    oldest: Option<String>,
}

pub async fn snapshot(
    State(api): State<Api>,
    Enrolled(by): Enrolled,
    Asked(query): Asked<Query>,
) -> Result<Json<Snapshot>, Problem> {
    let oldest = query.oldest.map_or(Ok(0), |text| {
        text.parse()
            .map_err(|_| bad_query("oldest", "a whole number"))
    })?;
    let snapshot = answer_snapshot(&api.hub, by.restaurant, by.id, oldest).await;
    snapshot.map(Json).map_err(Problem::busy)
}

/// The state at a position, without what devices have dropped by then, and what became of this device's commands from
/// `oldest` on.
pub async fn answer_snapshot(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    device: DeviceId,
    oldest: u64,
) -> Result<Snapshot, Busy> {
    let drawn = draw_snapshot(hub, restaurant, device, oldest).await;
    drawn
        .map_err(|error| {
            tracing::error!(%error, "a snapshot could not be drawn");
            Busy::Database
        })?
        .ok_or(Busy::Recovering)
}

/// None while the hub gathers what it has forgotten.
async fn draw_snapshot(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    device: DeviceId,
    oldest: u64,
) -> sqlx::Result<Option<Snapshot>> {
    let mut tx = hub.db.read().await?;
    let head = head_of(&mut tx, restaurant).await?;
    if head.phase != Phase::Open {
        return Ok(None);
    }
    let outcomes = log::of_device(&mut tx, restaurant, device, oldest).await?;
    let queue = queues::read(&mut tx, restaurant, device).await?;
    let side = credentials::side(&mut tx, restaurant, 0).await?;
    let side = side.map(|side| hub.sign_side(restaurant, &head.position.epoch, side));
    let since = head.hub_at.plus(-DROPPED_AFTER_MILLIS);
    let mut rows = aggregates::standing(&mut tx, restaurant, since).await?;
    // Bills and counters do not come by themselves, but for those of before this was written with them.
    let comes = |found: &Found| match found.key {
        Key::Bill(_) | Key::OrderCounter(_) | Key::ReceiptCounter(_) => false,
        _ => !is_dropped(&found.row, head.hub_at),
    };
    rows.retain(comes);
    let bills = rows.iter().flat_map(|found| match &found.row.body {
        Aggregate::Order(order) => order.bills.as_slice(),
        _ => &[],
    });
    let bills: Vec<Key> = bills.copied().map(Key::Bill).collect();
    rows.extend(aggregates::by_keys(&mut tx, restaurant, &bills).await?);
    rows.sort_unstable_by_key(|found| (found.born, found.key));
    Ok(Some(Snapshot {
        restaurant,
        position: hub.sign(restaurant, &head.position),
        rows: rows
            .into_iter()
            .map(|found| SnapshotRow {
                key: found.key,
                row: found.row,
            })
            .collect(),
        outcomes,
        last_mid: queue.map_or(0, |queue| queue.last_mid),
        side,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::Passwords;
    use crate::demo;
    use crate::store::Db;
    use crate::world::Machine;
    use domain::State;
    use domain::sync::EntryHead;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    /// All of the log's entries, folded.
    async fn folded(hub: &Hub, restaurant: RestaurantId) -> State {
        let mut tx = hub.db.read().await.unwrap();
        let mut state = State::default();
        for entry in log::after(&mut tx, restaurant, 0, usize::MAX)
            .await
            .unwrap()
        {
            let events = EntryHead::read(&entry).unwrap().events().unwrap();
            events
                .iter()
                .for_each(|event| domain::apply(&mut state, event));
        }
        state
    }

    #[tokio::test]
    async fn a_device_starts_with_what_stands_and_what_was_over_of_late() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(&folder.path().join("hub.sqlite")).await.unwrap();
        let hub = Hub::open(db, Arc::new(Machine), None).await.unwrap();
        let passwords = Passwords::new().unwrap();
        let filled = demo::fill_lived_in(&hub, &passwords, 4).await.unwrap();
        let restaurant = filled.demo.restaurant;

        let nobody = DeviceId(Uuid::nil());
        let snapshot = answer_snapshot(&hub, restaurant, nobody, 0).await.unwrap();

        let state = folded(&hub, restaurant).await;
        let hub_at = head_of(&mut hub.db.read().await.unwrap(), restaurant)
            .await
            .unwrap()
            .hub_at;
        let rows = || state.keys().filter_map(|key| Some((*key, state.row(key)?)));
        let over: BTreeSet<Key> = rows()
            .filter(|(_, row)| is_dropped(row, hub_at))
            .flat_map(|(key, row)| match &row.body {
                Aggregate::Order(order) => order
                    .bills
                    .iter()
                    .copied()
                    .map(Key::Bill)
                    .chain([key])
                    .collect(),
                _ => vec![key],
            })
            .collect();
        let counts = |key: &Key| matches!(key, Key::OrderCounter(_) | Key::ReceiptCounter(_));
        let kept = rows().filter(|(key, _)| !over.contains(key) && !counts(key));
        let kept: BTreeSet<Key> = kept.map(|(key, _)| key).collect();
        let given: BTreeSet<Key> = snapshot.rows.iter().map(|row| row.key).collect();
        assert_eq!(given, kept);
        let orders = |keys: &BTreeSet<Key>| keys.iter().filter(|key| key.kind() == "order").count();
        assert!(orders(&over) > 0 && orders(&kept) > 0, "some of each");
        assert_eq!(snapshot.rows.len(), given.len(), "each row once");
    }
}
