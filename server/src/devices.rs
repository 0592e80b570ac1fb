//! Devices over REST: codes, enrolment, names, revocation, and when each was last heard of.

use crate::api::body::{Asked, Id, Shape};
use crate::api::list::{self, Page};
use crate::api::write::{WriteKey, answered, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::{Actor, EnrolDevices, ManageRestaurant, bearer, known};
use crate::auth::token::hash;
use crate::auth::{DeviceActor, May};
use crate::demo;
use crate::handle::{Busy, Done, Idem, Live, LiveError, Rendered, Side};
use crate::hub::Hub;
use crate::live::Doubt;
use crate::problem::{FieldError, Problem};
use crate::store::Tx;
use crate::store::aggregates::{self, Wanted};
use crate::store::idempotency::{self, Kept};
use crate::store::meanwhile::{self, Meanwhile};
use crate::store::{credentials, head, queues};
use crate::world;
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::auth::Act;
use domain::devices::{Device, DeviceKind, Enrol, Rename, Revoke};
use domain::ids::{CommandId, DeviceId, PersonId, RestaurantId};
use domain::recover::Phase;
use domain::text::Name;
use domain::time::Moment;
use domain::{Command, Key};
use protocol::sync::EnrolAnswer;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDevice {
    name: String,
    kind: String,
    code: Option<String>,
    /// A copied device names its child before it asks, so that asking again renews the same one.
    id: Option<String>,
    fork_of: Option<String>,
}

/// Who may enrol here, and on whose word.
#[derive(Debug)]
enum Word {
    Person(RestaurantId, PersonId),
    Parent(RestaurantId, DeviceId, DeviceKind),
    Demo(RestaurantId),
    Nobody,
}

/// Whoever asks, before the body is read.
#[derive(Debug)]
pub struct Asker(Word);

impl FromRequestParts<Api> for Asker {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        if bearer(parts).is_none() {
            let from = parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|info| info.0);
            let demo = api
                .demo
                .as_ref()
                .filter(|_| demo::is_local(from, &parts.headers));
            return Ok(Self(
                demo.map_or(Word::Nobody, |demo| Word::Demo(demo.restaurant)),
            ));
        }
        match known(parts, api).await? {
            Some(Actor::Person(by)) if by.may(Act::EnrolDevices) => {
                Ok(Self(Word::Person(by.restaurant, by.id)))
            }
            Some(Actor::Person(_)) => Err(Problem::forbidden()),
            Some(Actor::Device(by)) if by.revoked => Err(Problem::unauthorized("device_revoked")),
            Some(Actor::Device(by)) => Ok(Self(Word::Parent(by.restaurant, by.id, by.kind))),
            None => Err(Problem::unauthorized("unauthorized")),
        }
    }
}

pub async fn enrol(
    State(api): State<Api>,
    Asker(word): Asker,
    body: Shape<NewDevice>,
) -> Result<Response, Problem> {
    let new = body.value;
    let invalid = |field: &str, code: &str, why: &str| {
        Problem::invalid(vec![FieldError::new(field, code, why)])
    };
    let name = Name::new(new.name).map_err(|bad| invalid("name", bad.code(), &bad.to_string()))?;
    let kind = kind(&new.kind)?;
    let parsed = |field: &str, id: &str| {
        id.parse::<DeviceId>()
            .map_err(|_| invalid(field, "malformed", "is not an id"))
    };
    let id = new.id.map(|id| parsed("id", &id)).transpose()?;
    let fork_of = new.fork_of.map(|id| parsed("forkOf", &id)).transpose()?;
    let by_code = matches!(word, Word::Demo(_) | Word::Nobody);
    let by_parent = matches!(word, Word::Parent(..));
    let mut side = Vec::new();
    let (restaurant, by) = match (word, new.code) {
        (Word::Person(restaurant, by), _) if fork_of.is_none() => (restaurant, Some(by)),
        (Word::Parent(restaurant, parent, of), _) if fork_of == Some(parent) && of == kind => {
            (restaurant, None)
        }
        (Word::Person(..) | Word::Parent(..), _) => return Err(Problem::forbidden()),
        (Word::Demo(_) | Word::Nobody, Some(code)) => {
            let hash = hash(&code.trim().to_uppercase());
            let restaurant = of_code(&api, &hash, kind).await?;
            side.push(Side::TakeCode { hash });
            (restaurant, None)
        }
        (Word::Demo(restaurant), None) => (restaurant, None),
        (Word::Nobody, None) => return Err(Problem::unauthorized("unauthorized")),
    };
    let id = id.unwrap_or_else(|| DeviceId(api.hub.world.id()));
    let token = world::token(api.hub.world.as_ref());
    let answer = EnrolAnswer {
        device_id: id,
        device_token: token.clone(),
        restaurant_id: restaurant,
        position_key: api.hub.keys.position_key(),
    };
    let was = fork_of;
    let fork_of = match fork_of {
        Some(parent) if by_code => standing(&api, restaurant, parent).await?,
        other => other,
    };
    if fork_of.is_some() && renewed(&api, restaurant, id, fork_of, &token).await? {
        return Ok(enrolled(answer));
    }
    side.push(Side::DeviceToken {
        device: id,
        hash: hash(&token),
    });
    let enrol = Enrol {
        id,
        name,
        kind,
        fork_of,
    };
    let meanwhile = Meanwhile {
        enrol: Enrol {
            fork_of: was,
            ..enrol.clone()
        },
        by,
        at: api.hub.world.now(),
    };
    let sides = side.clone();
    let command = Command::from(enrol);
    let cmd_id = CommandId(api.hub.world.id());
    let render = Box::new(|_: &domain::State| Rendered {
        status: 201,
        body: String::new(),
        location: None,
    });
    let live = Live {
        by,
        device: None,
        command,
        cmd_id,
        idem: None,
        side,
        render,
    };
    match api.hub.live(restaurant, live).await {
        // The log stands still, and what this device holds may belong into it.
        Err(LiveError::Busy(Busy::Recovering)) if !by_parent => {
            enrol_meanwhile(&api.hub, restaurant, &meanwhile, &sides).await?;
        }
        done => drop(done?),
    }
    Ok(enrolled(answer))
}

/// The device that somebody was before, if it can be its parent: known, and not revoked.
async fn standing(
    api: &Api,
    restaurant: RestaurantId,
    parent: DeviceId,
) -> Result<Option<DeviceId>, Problem> {
    let read = async {
        let mut tx = api.hub.db.read().await?;
        read::one::<Device>(&mut tx, restaurant, Key::Device(parent)).await
    };
    let device = read.await.map_err(|e| Problem::database(&e))?;
    let stands = device.filter(|device| device.revoked_at.is_none());
    Ok(stands.map(|device| device.id))
}

/// Whoever is enrolled while the hub gathers may say what it holds; it enters the log when that goes on.
async fn enrol_meanwhile(
    hub: &Hub,
    restaurant: RestaurantId,
    one: &Meanwhile,
    sides: &[Side],
) -> Result<(), LiveError> {
    let stored = async {
        let mut tx = hub.db.begin().await?;
        let head = head::lock(&mut tx, restaurant).await?;
        if head.is_none_or(|head| head.phase != Phase::Collecting) {
            return Ok(Err(Busy::Recovering.into()));
        }
        for side in sides {
            match side {
                Side::TakeCode { hash } => {
                    if credentials::code(&mut tx, hash, one.at).await?.is_none() {
                        return Ok(Err(LiveError::BadCode));
                    }
                    credentials::take_code(&mut tx, hash).await?;
                }
                Side::DeviceToken { device, hash } => {
                    credentials::set_device_token(&mut tx, restaurant, *device, hash).await?;
                }
                // An enrolment brings no other.
                Side::Credential { .. } | Side::Password { .. } => {}
                Side::Pin { .. } | Side::EndSessions { .. } => {}
            }
        }
        meanwhile::add(&mut tx, restaurant, one).await?;
        tx.commit().await?;
        Ok(Ok(()))
    };
    stored.await.unwrap_or_else(|error: sqlx::Error| {
        tracing::error!(%error, "a device could not be enrolled");
        Err(Busy::Database.into())
    })
}

fn enrolled(answer: EnrolAnswer) -> Response {
    let place = format!("/api/v1/devices/{}", answer.device_id);
    (StatusCode::CREATED, [(LOCATION, place)], Json(answer)).into_response()
}

/// The restaurant of a code that is good for this kind of device.
async fn of_code(api: &Api, hash: &str, kind: DeviceKind) -> Result<RestaurantId, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let found = credentials::code(&mut tx, hash, api.hub.world.now())
        .await
        .map_err(|e| Problem::database(&e))?;
    let (restaurant, _) = found
        .filter(|(_, of)| of == kind.as_str())
        .ok_or_else(|| Problem::from(LiveError::BadCode))?;
    Ok(restaurant)
}

/// Asking for the same child again renews its token and makes nothing new.
async fn renewed(
    api: &Api,
    restaurant: RestaurantId,
    id: DeviceId,
    parent: Option<DeviceId>,
    token: &str,
) -> Result<bool, Problem> {
    let renew = async {
        let mut tx = api.hub.db.begin().await?;
        let child: Option<Device> = read::one(&mut tx, restaurant, Key::Device(id)).await?;
        let there =
            child.is_some_and(|child| child.fork_of == parent && child.revoked_at.is_none());
        if there {
            credentials::set_device_token(&mut tx, restaurant, id, &hash(token)).await?;
        }
        tx.commit().await?;
        Ok(there)
    };
    let renewed = renew.await.map_err(|e: sqlx::Error| Problem::database(&e));
    api.hub.doubt(Doubt::Device(id));
    renewed
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
