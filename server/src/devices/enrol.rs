//! Enrolment: by a person's word, a code, the parent of a copy, or by itself in a demo on the same machine.

use super::kind;
use crate::api::body::Shape;
use crate::api::{Api, read};
use crate::auth::actor::{Actor, bearer, known};
use crate::auth::token::hash;
use crate::demo;
use crate::handle::{Busy, Live, LiveError, Rendered, Side};
use crate::hub::Hub;
use crate::live::Doubt;
use crate::problem::{FieldError, Problem};
use crate::store::meanwhile::{self, Meanwhile};
use crate::store::{credentials, head};
use crate::world;
use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::auth::Act;
use domain::devices::{Device, DeviceKind, Enrol};
use domain::ids::{CommandId, DeviceId, PersonId, RestaurantId};
use domain::recover::Phase;
use domain::text::Name;
use domain::{Command, Key};
use protocol::sync::EnrolAnswer;
use serde::Deserialize;
use std::net::SocketAddr;

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
    if fork_of.is_some() && renewed(&api, restaurant, id, fork_of, &side, &token).await? {
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
    side: &[Side],
    token: &str,
) -> Result<bool, Problem> {
    let renew = async {
        let mut tx = api.hub.db.begin().await?;
        let child: Option<Device> = read::one(&mut tx, restaurant, Key::Device(id)).await?;
        let there =
            child.is_some_and(|child| child.fork_of == parent && child.revoked_at.is_none());
        if there {
            credentials::set_device_token(&mut tx, restaurant, id, &hash(token)).await?;
            // A code is good once, whatever it was good for.
            for side in side {
                if let Side::TakeCode { hash } = side {
                    credentials::take_code(&mut tx, hash).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(there)
    };
    let renewed = renew.await.map_err(|e: sqlx::Error| Problem::database(&e));
    api.hub.doubt(Doubt::Device(id));
    renewed
}
