//! Who asks, before anything else is looked at: 401, then 403, then the rest.

use super::token::{Claims, hash};
use crate::api::Api;
use crate::problem::Problem;
use crate::store::{aggregates, credentials, meanwhile, sessions};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::Key;
use domain::auth::{Act, Role, may};
use domain::devices::{Device, DeviceKind};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::state::Aggregate;
use domain::time::Moment;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// A person with an access token.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    pub username: String,
    pub role: Role,
    pub restaurant: RestaurantId,
    /// The kind of the device that the session is bound to.
    pub device: Option<DeviceKind>,
    /// That device: the session was opened there by PIN.
    pub device_id: Option<DeviceId>,
    pub session: Uuid,
    /// When the access token ends.
    pub until: Moment,
}

impl Person {
    pub fn may(&self, act: Act) -> bool {
        let by_pin = self.device_id.is_some();
        may(self.role, self.device, act) && !(by_pin && act.needs_password())
    }
}

/// A device with its own token. A revoked one may still push.
#[derive(Debug, Clone)]
pub struct DeviceActor {
    pub id: DeviceId,
    pub kind: DeviceKind,
    pub restaurant: RestaurantId,
    pub revoked: bool,
}

/// Whoever a token stands for.
#[derive(Debug, Clone)]
pub enum Actor {
    Person(Person),
    Device(DeviceActor),
}

/// Who asks, as the gate has found it; none without a token that is good.
#[derive(Debug, Clone)]
pub(super) struct Known(pub Option<Actor>);

pub fn bearer(parts: &Parts) -> Option<&str> {
    parts
        .headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
        .map(str::trim)
}

/// Who a token stands for now; none where it is not, or no longer, good.
pub async fn actor_of(api: &Api, token: &str) -> Result<Option<Actor>, Problem> {
    let (now, doubted) = (api.hub.world.now(), api.hub.doubted());
    if let Some(actor) = api.believed.of(token, now, doubted) {
        return Ok(Some(actor));
    }
    let found = if token.contains('.') {
        person_of(api, token, now).await
    } else {
        device_of(api, token).await
    };
    let found = found.map_err(|e| Problem::database(&e))?;
    if let Some(actor) = &found {
        api.believed.believe(token, actor, now, doubted);
    }
    Ok(found)
}

async fn person_of(api: &Api, token: &str, now: Moment) -> sqlx::Result<Option<Actor>> {
    let hub = &api.hub;
    let Some(claims) = Claims::read(token, &hub.keys.tokens, now) else {
        return Ok(None);
    };
    let keys: Vec<Key> = [Key::Person(claims.sub)]
        .into_iter()
        .chain(claims.device_id.map(Key::Device))
        .collect();
    let mut tx = hub.db.read().await?;
    if sessions::read(&mut tx, claims.sid, now).await?.is_none() {
        return Ok(None);
    }
    let mut person = None;
    let mut kind = None;
    for found in aggregates::by_keys(&mut tx, claims.restaurant_id, &keys).await? {
        if let Aggregate::Person(there) = found.row.body {
            person = Some(there);
        } else if let Aggregate::Device(there) = found.row.body {
            kind = there.revoked_at.is_none().then_some(there.kind);
        }
    }
    // A device that is gone takes its sessions along; a role that has changed asks for a new token.
    if claims.device_id.is_some() != kind.is_some() {
        return Ok(None);
    }
    let stands = |person: &domain::auth::Person| {
        person.active && person.role.on(kind).as_str() == claims.role
    };
    let until = claims.until();
    let person = person.filter(stands);
    Ok(person.map(|person| {
        Actor::Person(Person {
            id: person.id,
            username: claims.username,
            role: person.role,
            restaurant: claims.restaurant_id,
            device: kind,
            device_id: claims.device_id,
            session: claims.sid,
            until,
        })
    }))
}

async fn device_of(api: &Api, token: &str) -> sqlx::Result<Option<Actor>> {
    let mut tx = api.hub.db.read().await?;
    let Some((restaurant, id)) = credentials::device_of_token(&mut tx, &hash(token)).await? else {
        return Ok(None);
    };
    let device: Option<Device> =
        crate::api::read::one(&mut tx, restaurant, Key::Device(id)).await?;
    let known = match device {
        Some(device) => Some((device.kind, device.revoked_at.is_some())),
        None => {
            let kind = meanwhile::kind_of(&mut tx, restaurant, id).await?;
            kind.map(|kind| (kind, false))
        }
    };
    Ok(known.map(|(kind, revoked)| {
        Actor::Device(DeviceActor {
            id,
            kind,
            restaurant,
            revoked,
        })
    }))
}

/// What was found of a token is believed for a moment, unless somebody is doubted in the meantime: a busy device
/// costs no look into the database for each request, and another hub's word is still heard within a second.
const BELIEVED_FOR: i64 = 500;
const MOST_BELIEVED: usize = 4096;

#[derive(Default)]
pub struct Believed(Mutex<HashMap<String, Belief>>);

struct Belief {
    actor: Actor,
    since: Moment,
    doubted: u64,
}

impl std::fmt::Debug for Believed {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Believed")
    }
}

impl Believed {
    fn of(&self, token: &str, now: Moment, doubted: u64) -> Option<Actor> {
        let beliefs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let belief = beliefs.get(token)?;
        let age = now.since(belief.since);
        let fresh = (0..BELIEVED_FOR).contains(&age) && belief.doubted == doubted;
        let over = match &belief.actor {
            Actor::Person(person) => person.until <= now,
            Actor::Device(_) => false,
        };
        (fresh && !over).then(|| belief.actor.clone())
    }

    fn believe(&self, token: &str, actor: &Actor, now: Moment, doubted: u64) {
        let mut beliefs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if beliefs.len() >= MOST_BELIEVED {
            beliefs.clear();
        }
        let belief = Belief {
            actor: actor.clone(),
            since: now,
            doubted,
        };
        beliefs.insert(token.to_owned(), belief);
    }
}

pub async fn known(parts: &Parts, api: &Api) -> Result<Option<Actor>, Problem> {
    if let Some(known) = parts.extensions.get::<Known>() {
        return Ok(known.0.clone());
    }
    match bearer(parts) {
        Some(token) => actor_of(api, token).await,
        None => Ok(None),
    }
}

async fn asked_by(parts: &Parts, api: &Api) -> Result<Actor, Problem> {
    let actor = known(parts, api).await?;
    actor.ok_or_else(|| Problem::unauthorized("unauthorized"))
}

impl FromRequestParts<Api> for Person {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match asked_by(parts, api).await? {
            Actor::Person(person) => Ok(person),
            Actor::Device(device) if device.revoked => Err(Problem::unauthorized("device_revoked")),
            Actor::Device(_) => Err(Problem::forbidden()),
        }
    }
}

impl FromRequestParts<Api> for DeviceActor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match asked_by(parts, api).await? {
            Actor::Device(device) => Ok(device),
            Actor::Person(_) => Err(Problem::forbidden()),
        }
    }
}

/// A device that has not been revoked.
#[derive(Debug)]
pub struct Enrolled(pub DeviceActor);

impl FromRequestParts<Api> for Enrolled {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let device = DeviceActor::from_request_parts(parts, api).await?;
        if device.revoked {
            Err(Problem::unauthorized("device_revoked"))
        } else {
            Ok(Self(device))
        }
    }
}

/// A person who may do what the type names.
#[derive(Debug)]
pub struct May<A>(pub Person, pub PhantomData<A>);

pub trait ActOf {
    const ACT: Act;
}

macro_rules! acts {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Debug)]
        pub struct $name;
        impl ActOf for $name {
            const ACT: Act = Act::$name;
        }
    )+};
}
acts!(
    TakeOrders,
    TakePayment,
    SeeMoney,
    Cook,
    SetAvailability,
    ReadReports,
    ReadEvents,
    EnrolDevices,
    ManageRestaurant,
);

impl<A: ActOf> FromRequestParts<Api> for May<A> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let person = Person::from_request_parts(parts, api).await?;
        if person.may(A::ACT) {
            Ok(Self(person, PhantomData))
        } else {
            Err(Problem::forbidden())
        }
    }
}
