//! What a hub that was put back to an older state asks its devices, and what it tells a manager of it.

use crate::api::Api;
use crate::api::body::Shape;
use crate::auth::actor::{EnrolDevices, ManageRestaurant};
use crate::auth::{DeviceActor, May};
use crate::devices;
use crate::handle::{Busy, MOST_REVOKED_BYTES};
use crate::hub::Hub;
use crate::problem::{FieldError, Problem};
use crate::store::aggregates::Wanted;
use crate::store::head::{self, Head};
use crate::store::meanwhile::{self, Meanwhile};
use crate::store::reports::{self, Item, Kind, Report};
use crate::store::{Tx, aggregates, log, queues};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::devices::Device;
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::{Phase, is_awaited};
use domain::sync::{Entry, EntryHead};
use domain::time::Moment;
use domain::{Aggregate, Event, Key};
use protocol::sync::{
    Acknowledged, Beside, MOST_MARKS, MOST_PUSH_BYTES, Mark, PROTO, RecoverAnswer, RecoverRequest,
    Signed,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
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
    for (device, at) in authors(&items) {
        queues::was_there(&mut tx, restaurant, device, at).await?;
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

/// A device that a recovering hub waits for, or waited for until it came.
#[derive(Debug, Clone)]
pub struct Awaited {
    pub device: Device,
    pub seen: Option<Moment>,
    pub reported: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    device_id: String,
}

/// Takes the log that this device has reported for the hub's own, signed or not, and waits for nobody more. Whatever it
/// holds counts, people and their roles too: an admin's word, which stands in the new epoch's first entry.
pub async fn adopt(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    body: Shape<Named>,
) -> Result<StatusCode, Problem> {
    let device = body.value.device_id.parse::<DeviceId>().map_err(|_| {
        let wrong = FieldError::new("deviceId", "malformed", "is not an id");
        Problem::invalid(vec![wrong])
    })?;
    let named = async {
        let mut tx = api.hub.db.begin().await?;
        let head = head::lock(&mut tx, by.restaurant).await?;
        let head = head.filter(|head| head.phase == Phase::Collecting);
        let reports = reports::all(&mut tx, by.restaurant).await?;
        let report = reports.get(&device).filter(|report| report.done);
        let (Some(mut head), Some(report)) = (head, report) else {
            return Ok(false);
        };
        // The new epoch has to be above the one that its log is of.
        head.shown = head.shown.max(report.position.position.epoch.n);
        head::write(&mut tx, by.restaurant, &head).await?;
        head::name(&mut tx, by.restaurant, Some(device)).await?;
        head::set_phase(&mut tx, by.restaurant, Phase::Adopting, Some(by.id)).await?;
        tx.commit().await?;
        Ok(true)
    };
    let named = named
        .await
        .map_err(|e: sqlx::Error| Problem::database(&e))?;
    if !named {
        return Err(Problem::not_found("report"));
    }
    let gone_on = api.hub.recover(by.restaurant).await;
    gone_on.map_err(Problem::busy)?;
    Ok(StatusCode::NO_CONTENT)
}

impl Awaited {
    /// One that was enrolled while the hub gathered.
    fn anew(one: &Meanwhile) -> Self {
        let device = Device {
            id: one.enrol.id,
            name: one.enrol.name.clone(),
            kind: one.enrol.kind,
            fork_of: one.enrol.fork_of,
            enrolled_at: one.at,
            revoked_at: None,
            forks: Vec::new(),
        };
        Self {
            device,
            seen: Some(one.at),
            reported: false,
        }
    }
}

/// Which devices are waited for: those that the hub knows, and those of the tails that others have brought.
pub async fn awaited(
    tx: &mut Tx,
    restaurant: RestaurantId,
    head: &Head,
) -> sqlx::Result<Vec<Awaited>> {
    let wanted = Wanted {
        kind: "device",
        ..Wanted::default()
    };
    let mut state = domain::State::default();
    for found in aggregates::list(tx, restaurant, &wanted).await? {
        state.load(found.key, Some(found.row));
    }
    let mut last = head.hub_at;
    for bytes in reports::telling(tx, restaurant).await? {
        // What this build cannot read says nothing of devices.
        let Ok(entry) = Entry::read(&bytes) else {
            continue;
        };
        last = last.max(entry.hub_at);
        let devices = entry.events.iter().filter(|event| {
            matches!(
                event,
                Event::DeviceEnrolled(_) | Event::DeviceRevoked(_) | Event::DeviceRenamed(_)
            )
        });
        devices.for_each(|event| domain::apply(&mut state, event));
    }
    let queues = queues::all(tx, restaurant).await?;
    let reports = reports::all(tx, restaurant).await?;
    let has_reported = |id: &DeviceId| reports.get(id).is_some_and(|report| report.done);
    let anew = meanwhile::all(tx, restaurant).await?;
    let mut all: Vec<Awaited> = anew.iter().map(|one| Awaited::anew(one)).collect();
    all.iter_mut()
        .for_each(|one| one.reported = has_reported(&one.device.id));
    // What was enrolled anew does not come under its old name any more.
    let gone: HashSet<DeviceId> = anew.iter().filter_map(|one| one.enrol.fork_of).collect();
    for key in state.keys() {
        let row = state.row(key);
        if let (Key::Device(id), Some(Aggregate::Device(device))) = (key, row.map(|row| &row.body))
            && !gone.contains(id)
        {
            let seen = queues.get(id).map(|queue| queue.seen_at);
            let reported = has_reported(id);
            if reported || is_awaited(device, seen, last) {
                let device = device.clone();
                all.push(Awaited {
                    device,
                    seen,
                    reported,
                });
            }
        }
    }
    all.sort_by_key(|one| (one.device.enrolled_at, one.device.id));
    Ok(all)
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    phase: Phase,
    /// Null while the hub serves.
    why: Option<String>,
    devices: Vec<AwaitedShape>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AwaitedShape {
    device_id: DeviceId,
    name: String,
    kind: &'static str,
    last_seen_at: Option<String>,
    reported: bool,
}

/// How far the recovery has come, and who is still waited for.
pub async fn status(
    State(api): State<Api>,
    May(by, _): May<EnrolDevices>,
) -> Result<Json<Recovery>, Problem> {
    let read = async {
        let mut tx = api.hub.db.read().await?;
        let head = head::read(&mut tx, by.restaurant).await?;
        let head = head.ok_or(sqlx::Error::RowNotFound)?;
        if head.phase == Phase::Open {
            return Ok((head.phase, None, Vec::new()));
        }
        let (why, _) = head::why(&mut tx, by.restaurant).await?;
        let all = awaited(&mut tx, by.restaurant, &head).await?;
        Ok((head.phase, Some(why), all))
    };
    let (phase, why, all) = read.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    let devices = all.into_iter().map(|one| AwaitedShape {
        device_id: one.device.id,
        name: one.device.name.to_string(),
        kind: one.device.kind.as_str(),
        last_seen_at: one.seen.filter(|at| at.0 > 0).map(Moment::rfc3339),
        reported: one.reported,
    });
    let devices = devices.collect();
    Ok(Json(Recovery {
        phase,
        why,
        devices,
    }))
}

/// Waits for nobody more: whoever asks for it stands in the new epoch's first entry. Nothing happens where the hub
/// does not wait.
pub async fn end(
    State(api): State<Api>,
    May(by, _): May<EnrolDevices>,
) -> Result<StatusCode, Problem> {
    let ended = async {
        let mut tx = api.hub.db.begin().await?;
        let head = head::lock(&mut tx, by.restaurant).await?;
        if head.is_some_and(|head| head.phase == Phase::Collecting) {
            head::set_phase(&mut tx, by.restaurant, Phase::Adopting, Some(by.id)).await?;
        }
        tx.commit().await
    };
    ended.await.map_err(|e| Problem::database(&e))?;
    api.hub
        .recover(by.restaurant)
        .await
        .map_err(Problem::busy)?;
    Ok(StatusCode::NO_CONTENT)
}
