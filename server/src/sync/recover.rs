//! What a hub that was put back to an older state asks its devices.

mod awaited;
pub mod proof;

pub use awaited::{adopt, awaited, end, status};

use crate::api::Api;
use crate::api::body::Shape;
use crate::auth::DeviceActor;
use crate::devices;
use crate::handle::{Busy, MOST_REVOKED_BYTES};
use crate::hub::Hub;
use crate::problem::{FieldError, Problem};
use crate::store::reports::{self, Item, Kind, Report};
use crate::store::{Tx, head, log, queues};
use axum::Json;
use axum::extract::State;
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::Phase;
use domain::sync::EntryHead;
use domain::time::Moment;
use protocol::sync::{
    Acknowledged, Beside, MOST_MARKS, MOST_PUSH_BYTES, Mark, PROTO, RecoverAnswer, RecoverRequest,
    Signed,
};
use std::collections::HashMap;
use std::sync::Arc;

/// A revoked device too: what the hub had taken of it and has forgotten can be real cash.
pub async fn recover(
    State(api): State<Api>,
    by: DeviceActor,
    body: Shape<RecoverRequest>,
) -> Result<Json<RecoverAnswer>, Problem> {
    let request = body.value;
    if request.device != by.id {
        return Err(Problem::forbidden());
    }
    if body.size > MOST_PUSH_BYTES {
        return Err(Problem::too_large("A part of a report is at most 512 KiB."));
    }
    if request.proto != PROTO {
        let wrong = FieldError::new("proto", "out_of_range", "is not what this hub takes");
        return Err(Problem::invalid(vec![wrong]));
    }
    let answer = answer(&api.hub, by.restaurant, &request).await;
    answer.map(Json).map_err(Problem::busy)
}

/// A report, past its authentication: the simulator enters here.
pub async fn answer(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    request: &RecoverRequest,
) -> Result<RecoverAnswer, Busy> {
    let heard = hear(hub, restaurant, request).await;
    let heard = heard.map_err(|error| {
        tracing::error!(%error, "a report could not be kept");
        Busy::Database
    })?;
    match heard {
        Heard::Answer(answer) => Ok(answer),
        // The last that was waited for, or something cut the hub off while it went on.
        Heard::GoOn(answer) => {
            hub.recover(restaurant).await?;
            answer.ok_or(Busy::Recovering)
        }
        Heard::Rewound => {
            let epoch = &request.position.position.epoch;
            hub.rewound(restaurant, epoch).await.map_err(|error| {
                tracing::error!(%error, "a recovery could not be begun");
                Busy::Database
            })?;
            Err(Busy::Recovering)
        }
        Heard::Behind => {
            let shown = &request.position.position.epoch;
            hub.fall_behind(restaurant, shown).await;
            Err(Busy::Behind)
        }
    }
}

enum Heard {
    Answer(RecoverAnswer),
    /// Kept, and the recovery may go on; without an answer the device comes again.
    GoOn(Option<RecoverAnswer>),
    /// The hub has signed what its log does not hold, and nobody had noticed.
    Rewound,
    Behind,
}

async fn hear(
    hub: &Hub,
    restaurant: RestaurantId,
    request: &RecoverRequest,
) -> sqlx::Result<Heard> {
    let mut tx = hub.db.begin().await?;
    let head = head::lock(&mut tx, restaurant).await?;
    let mut head = head.ok_or(sqlx::Error::RowNotFound)?;
    let signed = hub.has_signed(restaurant, &request.position);
    let theirs = &request.position.position.epoch;
    let ours = head.position.epoch.clone();
    let wants = match head.phase {
        Phase::Adopting | Phase::Deciding => return Ok(Heard::GoOn(None)),
        Phase::Collecting => {
            if signed && theirs.n > head.shown {
                head.shown = theirs.n;
                head::write(&mut tx, restaurant, &head).await?;
            }
            head.position.seq
        }
        Phase::Open if signed && (theirs.n > ours.n || theirs.n == ours.n && *theirs != ours) => {
            return Ok(Heard::Behind);
        }
        // Whoever is revoked hears nothing but an answer to this, and may be the first to show it.
        Phase::Open
            if signed && *theirs == ours && !stands(&mut tx, restaurant, request).await? =>
        {
            return Ok(Heard::Rewound);
        }
        // Whoever stands in this epoch holds nothing that the hub has not.
        Phase::Open if theirs.n >= ours.n => return Ok(nothing(head.phase)),
        Phase::Open => {
            let left = reports::left_after(&mut tx, restaurant, theirs.n).await?;
            left.unwrap_or(0)
        }
    };
    let wants = parted(&mut tx, restaurant, request, wants).await?;
    let before = reports::all(&mut tx, restaurant).await?;
    let before = before.get(&request.device);
    if before.is_some_and(|report| report.done && report.position == request.position) {
        tx.commit().await?;
        return Ok(nothing(head.phase));
    }
    let items = items(request, wants);
    if !request.done && items.is_empty() {
        tx.commit().await?;
        return Ok(Heard::Answer(RecoverAnswer {
            phase: head.phase,
            wants: Some(wants),
        }));
    }
    let fits = keep(&mut tx, restaurant, request.device, &items).await?;
    let now = hub.world.now();
    for (device, at) in authors(&items) {
        queues::seen(&mut tx, restaurant, device, at.min(now)).await?;
    }
    let done = request.done || !fits;
    // Two copies of one device may speak under its name: the longer log counts as its tail.
    let place = |signed: &Signed| (signed.position.epoch.n, signed.position.seq);
    let further = before.filter(|report| place(&report.position) > place(&request.position));
    let (position, marks) = match further {
        Some(report) => (report.position.clone(), report.marks.clone()),
        None => {
            let marks = request.marks.iter().take(MOST_MARKS).copied();
            (request.position.clone(), marks.collect())
        }
    };
    let side = request.side.as_ref();
    let side = side.filter(|side| hub.has_signed_side(restaurant, side));
    let report = Report {
        position,
        marks,
        done,
        decided: false,
        side: side.cloned(),
    };
    reports::note(&mut tx, restaurant, request.device, &report).await?;
    tx.commit().await?;
    let wants = (!done).then_some(wants);
    let answer = RecoverAnswer {
        phase: head.phase,
        wants,
    };
    Ok(if done {
        Heard::GoOn(Some(answer))
    } else {
        Heard::Answer(answer)
    })
}

/// Where this device stands the log still is as it was.
async fn stands(
    tx: &mut Tx,
    restaurant: RestaurantId,
    request: &RecoverRequest,
) -> sqlx::Result<bool> {
    let at = &request.position.position;
    Ok(log::chain_at(tx, restaurant, at.seq).await? == Some(at.chain))
}

/// Who did something in these entries, and when last.
fn authors(items: &[Item]) -> HashMap<DeviceId, Moment> {
    let entries = items.iter().filter(|item| item.kind == Kind::Entry);
    let heads = entries.filter_map(|item| EntryHead::read(&item.bytes).ok());
    let mut authors = HashMap::new();
    for head in heads {
        if let Some(device) = head.device {
            let last: &mut Moment = authors.entry(device).or_default();
            *last = head.hub_at.max(*last);
        }
    }
    authors
}

/// Keeps what was brought, unless it is more than a revoked device may bring: then nobody wants to hear the rest.
async fn keep(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    items: &[Item],
) -> sqlx::Result<bool> {
    if !devices::is_revoked(tx, restaurant, device).await? {
        reports::keep(tx, restaurant, device, items).await?;
        return Ok(true);
    }
    let queue = queues::read(tx, restaurant, device).await?;
    let mut queue = queue.unwrap_or_default();
    let bytes: usize = items.iter().map(|item| item.bytes.len()).sum();
    if queue.revoked_bytes + bytes as u64 > MOST_REVOKED_BYTES {
        tracing::warn!(%device, "a revoked device holds more than it may bring");
        return Ok(false);
    }
    queue.revoked_bytes += reports::keep(tx, restaurant, device, items).await?;
    queues::write(tx, restaurant, device, queue).await?;
    Ok(true)
}

/// Where the device's log and this one part: the last of its marks that this log agrees with, or `latest` where all that
/// it has lies beyond. A hub that went on before anybody noticed has parted from its devices before its head.
async fn parted(
    tx: &mut Tx,
    restaurant: RestaurantId,
    request: &RecoverRequest,
    latest: u64,
) -> sqlx::Result<u64> {
    let marks = request.marks.iter().take(MOST_MARKS);
    let mut marks: Vec<&Mark> = marks.filter(|mark| mark.seq <= latest).collect();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.seq));
    let mut at = latest;
    for mark in marks {
        if log::chain_at(tx, restaurant, mark.seq).await? == Some(mark.chain) {
            return Ok(mark.seq);
        }
        at = 0;
    }
    Ok(at)
}

fn nothing(phase: Phase) -> Heard {
    Heard::Answer(RecoverAnswer { phase, wants: None })
}

/// What of a part is past the entry from which on the hub wants to hear.
fn items(request: &RecoverRequest, after: u64) -> Vec<Item> {
    let entries = request.entries.iter().map(|held| Item {
        kind: Kind::Entry,
        epoch: held.epoch,
        seq: held.seq,
        bytes: held.bytes.clone(),
    });
    let commands = request.commands.iter().filter_map(command);
    let mut all: Vec<Item> = entries
        .chain(commands)
        .filter(|item| item.seq > after)
        .collect();
    // One statement may not name a row twice.
    all.sort_by_key(|item| (item.kind == Kind::Command, item.epoch, item.seq));
    all.dedup_by_key(|item| (item.kind == Kind::Command, item.epoch, item.seq));
    all
}

fn command(said: &Acknowledged) -> Option<Item> {
    let beside: Beside = serde_json::from_str(said.command.get()).ok()?;
    let was = beside.was?;
    Some(Item {
        kind: Kind::Command,
        epoch: was.epoch.n,
        seq: was.seq,
        bytes: serde_json::to_string(said).ok()?,
    })
}
