//! Devices over REST: codes, enrolment, names, revocation, and when each was last heard of.

mod enrol;

pub use enrol::enrol;

use crate::api::body::{Asked, Id, Shape};
use crate::api::list::{self, Page};
use crate::api::write::{WriteKey, answered, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::{EnrolDevices, ManageRestaurant};
use crate::auth::token::hash;
use crate::auth::{DeviceActor, May};
use crate::handle::{Done, Idem, LiveError, Rendered};
use crate::hub::Hub;
use crate::problem::{FieldError, Problem};
use crate::store::Tx;
use crate::store::aggregates::{self, Wanted};
use crate::store::idempotency::{self, Kept};
use crate::store::{credentials, head, meanwhile, queues};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::devices::{Device, DeviceKind, Rename, Revoke};
use domain::ids::{CommandId, DeviceId, RestaurantId};
use domain::text::Name;
use domain::time::Moment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const CODE_LIFE: i64 = 10 * 60 * 1000;
/// No letters or digits that are mistaken for one another.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    kind: String,
}

pub async fn codes(
    State(api): State<Api>,
    May(by, _): May<EnrolDevices>,
    key: WriteKey,
    body: Shape<NewCode>,
) -> Result<Response, Problem> {
    let idem = key.idem(&by, &body.hash)?;
    let kind = kind(&body.value.kind)?;
    let mut bytes = [0; 8];
    api.hub.world.secret(&mut bytes);
    let code: String = bytes
        .iter()
        .map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]))
        .collect();
    let expires_at = api.hub.world.now().plus(CODE_LIFE);
    let answer = Rendered {
        status: 201,
        body: json!({"code": code, "expiresAt": expires_at.rfc3339()}).to_string(),
        location: None,
    };
    let stored = async {
        let mut tx = api.hub.db.begin().await?;
        if let Some(idem) = &idem {
            // Two at once: the second finds what the first has kept.
            head::lock(&mut tx, by.restaurant).await?;
            let mut kept = idempotency::read(&mut tx, by.restaurant, &[&idem.key]).await?;
            if let Some(kept) = kept.remove(&idem.key) {
                return Ok(Some(kept));
            }
            let (cmd, kept) = (CommandId(api.hub.world.id()), kept_as(&answer, idem));
            let now = api.hub.world.now();
            idempotency::keep(&mut tx, by.restaurant, &idem.key, cmd, &kept, now).await?;
        }
        let (hash, kind) = (hash(&code), kind.as_str());
        credentials::add_code(&mut tx, &hash, by.restaurant, kind, expires_at).await?;
        tx.commit().await?;
        Ok(None)
    };
    let kept = stored
        .await
        .map_err(|e: sqlx::Error| Problem::database(&e))?;
    let (answer, replayed) = match kept {
        None => (answer, false),
        Some(kept) if kept.body == body.hash => (again(kept), true),
        Some(_) => return Err(LiveError::KeyReused.into()),
    };
    Ok(answered(Done {
        answer,
        replayed,
        seq: 0,
    }))
}

fn kept_as(answer: &Rendered, idem: &Idem) -> Kept {
    Kept {
        body: idem.body.clone(),
        status: answer.status,
        answer: answer.body.clone(),
        location: answer.location.clone(),
    }
}

fn again(kept: Kept) -> Rendered {
    Rendered {
        status: kept.status,
        body: kept.answer,
        location: kept.location,
    }
}

fn kind(text: &str) -> Result<DeviceKind, Problem> {
    let unknown = || {
        Problem::invalid(vec![FieldError::new(
            "kind",
            "unknown",
            "waiter, kitchen or office",
        )])
    };
    DeviceKind::parse(text).ok_or_else(unknown)
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceShape {
    id: String,
    name: String,
    kind: &'static str,
    fork_of: Option<String>,
    enrolled_at: String,
    revoked_at: Option<String>,
    last_seen_at: Option<String>,
    /// The last place of its queue that the hub has decided.
    queue_position: u64,
}

fn shape(device: &Device, queue: Option<&queues::Queue>, seen: Option<Moment>) -> DeviceShape {
    let pushed = queue.map(|queue| queue.seen_at).filter(|at| at.0 > 0);
    DeviceShape {
        id: device.id.to_string(),
        name: device.name.to_string(),
        kind: device.kind.as_str(),
        fork_of: device.fork_of.map(|id| id.to_string()),
        enrolled_at: device.enrolled_at.rfc3339(),
        revoked_at: device.revoked_at.map(Moment::rfc3339),
        last_seen_at: seen.max(pushed).map(Moment::rfc3339),
        queue_position: queue.map_or(0, |queue| queue.last_mid),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    limit: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(api): State<Api>,
    May(by, _): May<EnrolDevices>,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<DeviceShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let wanted = Wanted {
        kind: "device",
        after: list::after(query.after.as_deref())?,
        limit: Some(limit + 1),
        ..Wanted::default()
    };
    let read = async {
        let mut tx = api.hub.db.read().await?;
        let rows = aggregates::list(&mut tx, by.restaurant, &wanted).await?;
        Ok((rows, queues::all(&mut tx, by.restaurant).await?))
    };
    let (rows, queues) = read.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    Ok(Json(list::page(rows, limit, |found| {
        let device: Device = read::Body::of(found.row.body)?;
        let queue = queues.get(&device.id);
        Some(shape(&device, queue, api.seen.last(device.id)))
    })))
}

pub async fn one(
    State(api): State<Api>,
    May(by, _): May<EnrolDevices>,
    id: Id<DeviceId>,
) -> Result<Json<DeviceShape>, Problem> {
    let id = id.of("device")?;
    let read = async {
        let mut tx = api.hub.db.read().await?;
        let device: Option<Device> = read::one(&mut tx, by.restaurant, Key::Device(id)).await?;
        Ok((device, queues::read(&mut tx, by.restaurant, id).await?))
    };
    let (device, queue) = read.await.map_err(|e: sqlx::Error| Problem::database(&e))?;
    let device = device.ok_or_else(|| Problem::not_found("device"))?;
    Ok(Json(shape(&device, queue.as_ref(), api.seen.last(id))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewName {
    name: String,
}

pub async fn rename(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<DeviceId>,
    key: WriteKey,
    body: Shape<NewName>,
) -> Result<Response, Problem> {
    let name = Name::new(body.value.name).map_err(|bad| {
        Problem::invalid(vec![FieldError::new("name", bad.code(), bad.to_string())])
    })?;
    let id = id.of("device")?;
    let seen = api.seen.last(id);
    let queue = async {
        let mut tx = api.hub.db.read().await?;
        queues::read(&mut tx, by.restaurant, id).await
    };
    let queue = queue.await.map_err(|e| Problem::database(&e))?;
    let answer = move |state: &domain::State| {
        let shape = state
            .device(id)
            .map(|device| shape(device, queue.as_ref(), seen));
        rendered(shape, None)
    };
    let command = Rename { id, name }.into();
    write(&api, &by, &key, &body.hash, command, answer).await
}

/// Whether nobody trusts this device any more; a revoked one may bring what it holds, and no more.
pub async fn is_revoked(tx: &mut Tx, of: RestaurantId, id: DeviceId) -> sqlx::Result<bool> {
    let device: Option<Device> = read::one(tx, of, Key::Device(id)).await?;
    Ok(match device {
        Some(device) => device.revoked_at.is_some(),
        None => meanwhile::kind_of(tx, of, id).await?.is_none(),
    })
}

/// When each device was last heard of, since this hub started: no reason to write for each of its pulls.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<DeviceId, Heard>>);

#[derive(Debug, Clone, Copy)]
struct Heard {
    last: Moment,
    /// When that was written down.
    kept: Moment,
}

/// So often it is written down that a device is there: a hub that was put back waits for those of the last days.
const KEPT_EVERY: i64 = 60 * 60 * 1000;

impl Seen {
    /// Whether it is to be written down.
    pub fn note(&self, device: DeviceId, now: Moment) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.get(&device).map(|heard| heard.kept);
        let kept = before.filter(|kept| (0..KEPT_EVERY).contains(&now.since(*kept)));
        let heard = Heard {
            last: now,
            kept: kept.unwrap_or(now),
        };
        seen.insert(device, heard);
        kept.is_none()
    }

    fn last(&self, device: DeviceId) -> Option<Moment> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&device).map(|heard| heard.last)
    }
}

/// Writes down that a device was there; what cannot be written is no reason to refuse it.
pub async fn keep_seen(hub: &Hub, device: &DeviceActor, now: Moment) {
    let kept = async {
        let mut tx = hub.db.begin().await?;
        queues::seen(&mut tx, device.restaurant, device.id, now).await?;
        tx.commit().await
    };
    if let Err(error) = kept.await {
        tracing::warn!(%error, "it could not be written down that a device was there");
    }
}

pub async fn revoke(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<DeviceId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let id = id.of("device")?;
    let gone = |_: &domain::State| Rendered {
        status: 204,
        body: String::new(),
        location: None,
    };
    write(&api, &by, &key, "", Revoke { id }.into(), gone).await
}
