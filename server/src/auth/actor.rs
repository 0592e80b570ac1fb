//! Extractors that say who asks, before anything else is looked at: 401, then 403, then the rest.

use super::token::{Claims, hash};
use crate::api::Api;
use crate::problem::Problem;
use crate::store::{aggregates, credentials};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::Key;
use domain::auth::{Act, Role, may};
use domain::devices::{Device, DeviceKind};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::state::Aggregate;
use std::marker::PhantomData;

/// A person with an access token.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    pub role: Role,
    pub restaurant: RestaurantId,
    /// The kind of the device that the session is bound to.
    pub device: Option<DeviceKind>,
}

impl Person {
    pub fn may(&self, act: Act) -> bool {
        may(self.role, self.device, act)
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
    let found = if token.contains('.') {
        person_of(api, token).await
    } else {
        device_of(api, token).await
    };
    found.map_err(|e| Problem::database(&e))
}

async fn person_of(api: &Api, token: &str) -> sqlx::Result<Option<Actor>> {
    let hub = &api.hub;
    let Some(claims) = Claims::read(token, &hub.keys.tokens, hub.world.now()) else {
        return Ok(None);
    };
    let device = claims.device_id.map(Key::Device);
    let keys: Vec<Key> = [Key::Person(claims.sub)]
        .into_iter()
        .chain(device)
        .collect();
    let mut tx = hub.db.read().await?;
    let mut person = None;
    let mut kind = None;
    for found in aggregates::by_keys(&mut tx, claims.restaurant_id, &keys).await? {
        match found.row.body {
            Aggregate::Person(there) => person = Some(there),
            Aggregate::Device(there) if there.revoked_at.is_some() => return Ok(None),
            Aggregate::Device(there) => kind = Some(there.kind),
            Aggregate::Settings(_)
            | Aggregate::Room(_)
            | Aggregate::Table(_)
            | Aggregate::Category(_) => {}
            Aggregate::Dish(_)
            | Aggregate::Order(_)
            | Aggregate::Card(_)
            | Aggregate::Counter(_) => {}
        }
    }
    Ok(person.filter(|person| person.active).map(|person| {
        let (id, role) = (person.id, person.role);
        Actor::Person(Person {
            id,
            role,
            restaurant: claims.restaurant_id,
            device: kind,
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
    Ok(device.map(|device| {
        let revoked = device.revoked_at.is_some();
        Actor::Device(DeviceActor {
            id,
            kind: device.kind,
            restaurant,
            revoked,
        })
    }))
}

async fn asked_by(parts: &Parts, api: &Api) -> Result<Actor, Problem> {
    let token = bearer(parts).ok_or_else(|| Problem::unauthorized("unauthorized"))?;
    actor_of(api, token)
        .await?
        .ok_or_else(|| Problem::unauthorized("unauthorized"))
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

/// A person who may do what the type names.
#[derive(Debug)]
pub struct May<A>(pub Person, pub PhantomData<A>);

pub trait ActOf {
    const ACT: Act;
}

macro_rules! acts {
    ($($name:ident),+) => {$(
        #[derive(Debug)]
        pub struct $name;
        impl ActOf for $name {
            const ACT: Act = Act::$name;
        }
    )+};
}
acts!(TakeOrders, ReadEvents, ManageDevices, ManageRestaurant);

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
