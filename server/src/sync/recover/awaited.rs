//! Whom a hub waits for that was put back, and how a manager ends the wait.

use crate::api::Api;
use crate::api::body::Shape;
use crate::auth::May;
use crate::auth::actor::{EnrolDevices, ManageRestaurant};
use crate::hub::Hub;
use crate::problem::{FieldError, Problem};
use crate::store::aggregates::Wanted;
use crate::store::head::{self, Head};
use crate::store::meanwhile::{self, Meanwhile};
use crate::store::{Tx, aggregates, queues, reports};
use crate::sync::recover::proof::Proof;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::devices::Device;
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::{Phase, is_awaited};
use domain::sync::Entry;
use domain::time::Moment;
use domain::{Aggregate, Event, Key};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A device that a recovering hub waits for, or waited for until it came.
#[derive(Debug, Clone)]
pub struct Awaited {
    pub device: Device,
    pub seen: Option<Moment>,
    pub reported: bool,
    /// Whether what it has reported ends at a position that this hub has signed.
    pub signed: bool,
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
        let nobody = FieldError::new(
            "deviceId",
            "unknown",
            "has reported nothing to a hub that gathers",
        );
        return Err(Problem::invalid(vec![nobody]));
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
            signed: false,
        }
    }
}

/// The entries of the tails that say which devices there are, and the last of each, which says what time it was: only
/// such as lead to a position that this hub has signed, for anybody can make up a revocation, or a day to come.
async fn telling(
    hub: &Hub,
    tx: &mut Tx,
    restaurant: RestaurantId,
    head: &Head,
) -> sqlx::Result<Vec<Entry>> {
    let mut all = Vec::new();
    for (device, report) in reports::all(tx, restaurant).await? {
        if !hub.has_signed(restaurant, &report.position) {
            continue;
        }
        let own = (head.position.seq, head.position.chain);
        let proven = Proof::of(tx, restaurant, device, &report, Some(own)).await?;
        let Some((_, entries)) = proven else {
            continue;
        };
        let end = report.position.position.seq;
        let telling = entries.iter();
        let telling = telling.filter(|(seq, bytes)| *seq == end || bytes.contains("\"device."));
        // What this build cannot read says nothing of devices.
        all.extend(telling.filter_map(|(_, bytes)| Entry::read(bytes).ok()));
    }
    all.sort_by_key(|entry| entry.seq);
    Ok(all)
}

/// Which devices are waited for: those that the hub knows, and those of the tails that others have brought.
pub async fn awaited(
    hub: &Hub,
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
    for entry in telling(hub, tx, restaurant, head).await? {
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
    let reported = |id: &DeviceId| reports.get(id).filter(|report| report.done);
    let anew = meanwhile::all(tx, restaurant).await?;
    let mut all: Vec<Awaited> = anew.iter().map(Awaited::anew).collect();
    // What was enrolled anew does not come under its old name any more.
    let gone: HashSet<DeviceId> = anew.iter().filter_map(|one| one.enrol.fork_of).collect();
    for key in state.keys() {
        let row = state.row(key);
        if let (Key::Device(id), Some(Aggregate::Device(device))) = (key, row.map(|row| &row.body))
            && !gone.contains(id)
        {
            let seen = queues.get(id).map(|queue| queue.seen_at);
            if reported(id).is_some() || is_awaited(device, seen, last) {
                let device = device.clone();
                all.push(Awaited {
                    device,
                    seen,
                    reported: false,
                    signed: false,
                });
            }
        }
    }
    for one in &mut all {
        let report = reported(&one.device.id);
        one.reported = report.is_some();
        one.signed = report.is_some_and(|report| hub.has_signed(restaurant, &report.position));
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
    signed: bool,
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
        let all = awaited(&api.hub, &mut tx, by.restaurant, &head).await?;
        Ok((head.phase, Some(why), all))
    };
    let (phase, why, all) = read.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    let devices = all.into_iter().map(|one| AwaitedShape {
        device_id: one.device.id,
        name: one.device.name.to_string(),
        kind: one.device.kind.as_str(),
        last_seen_at: one.seen.filter(|at| at.0 > 0).map(Moment::rfc3339),
        reported: one.reported,
        signed: one.signed,
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
