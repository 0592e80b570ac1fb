//! Sessions: an access token for a quarter of an hour, and a refresh token that is good once, for the next.

use super::Person;
use super::token::{Claims, LIFE_SECONDS, hash};
use crate::api::body::Shape;
use crate::api::{Api, read, shapes};
use crate::live::Doubt;
use crate::problem::Problem;
use crate::store::Tx;
use crate::store::sessions::{self, Session};
use crate::world;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Key;
use domain::auth::Person as Somebody;
use domain::devices::{Device, DeviceKind};
use domain::ids::{DeviceId, RestaurantId};
use serde::Deserialize;
use serde_json::{Value, json};

/// A refresh token is good for a week.
const REFRESH_LIFE: i64 = 7 * 24 * 60 * 60 * 1000;

/// Opens a session for somebody who has shown who they are; by PIN it is bound to the device.
pub async fn begin(
    api: &Api,
    person: &Somebody,
    restaurant: RestaurantId,
    device: Option<(DeviceId, DeviceKind)>,
) -> Result<Json<Value>, Problem> {
    let (now, refresh) = (api.hub.world.now(), world::token(api.hub.world.as_ref()));
    let session = Session {
        id: api.hub.world.id(),
        restaurant,
        person: person.id,
        device: device.map(|(id, _)| id),
        expires_at: now.plus(REFRESH_LIFE),
    };
    let stored = async {
        let mut tx = api.hub.db.begin().await?;
        sessions::forget_old(&mut tx, now).await?;
        sessions::begin(&mut tx, &session, &hash(&refresh)).await?;
        tx.commit().await
    };
    stored.await.map_err(|e| Problem::database(&e))?;
    answer(api, person, &session, device, &refresh)
}

fn answer(
    api: &Api,
    person: &Somebody,
    session: &Session,
    device: Option<(DeviceId, DeviceKind)>,
    refresh: &str,
) -> Result<Json<Value>, Problem> {
    let now = api.hub.world.now();
    let claims = Claims::new(person, session.restaurant, session.id, device, now);
    let token = claims.sign(&api.hub.keys.tokens).map_err(|error| {
        tracing::error!(%error, "an access token could not be signed");
        Problem::busy(crate::handle::Busy::Trouble)
    })?;
    Ok(Json(json!({
        "accessToken": token,
        "refreshToken": refresh,
        "expiresIn": LIFE_SECONDS,
        "user": shapes::user(person),
    })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    refresh_token: String,
}

pub async fn refresh(State(api): State<Api>, body: Shape<Refresh>) -> Result<Json<Value>, Problem> {
    let (old, new) = (
        hash(&body.value.refresh_token),
        world::token(api.hub.world.as_ref()),
    );
    let turned = turn(&api, &old, &hash(&new)).await;
    match turned.map_err(|e| Problem::database(&e))? {
        Turned::On(on) => answer(&api, &on.person, &on.session, on.device, &new),
        Turned::Nobody => Err(Problem::unauthorized("bad_refresh_token")),
        Turned::Reused(session) => {
            tracing::warn!(%session, "a refresh token was used twice: its session is ended");
            api.hub.doubt(Doubt::Session(session));
            Err(Problem::unauthorized("bad_refresh_token"))
        }
    }
}

enum Turned {
    On(Box<On>),
    Nobody,
    Reused(uuid::Uuid),
}

struct On {
    person: Somebody,
    session: Session,
    device: Option<(DeviceId, DeviceKind)>,
}

async fn turn(api: &Api, old: &str, new: &str) -> sqlx::Result<Turned> {
    let now = api.hub.world.now();
    let mut tx = api.hub.db.begin().await?;
    let Some((id, used)) = sessions::of_refresh(&mut tx, old).await? else {
        return Ok(Turned::Nobody);
    };
    let Some(mut session) = sessions::read(&mut tx, id, now).await? else {
        return Ok(Turned::Nobody);
    };
    session.expires_at = now.plus(REFRESH_LIFE);
    if used || !sessions::rotate(&mut tx, &session, old, new, now).await? {
        sessions::end(&mut tx, id).await?;
        tx.commit().await?;
        return Ok(Turned::Reused(id));
    }
    sessions::forget_used(&mut tx, id, now.plus(-REFRESH_LIFE)).await?;
    let Some((person, device)) = whose(&mut tx, &session).await? else {
        return Ok(Turned::Nobody);
    };
    tx.commit().await?;
    Ok(Turned::On(Box::new(On {
        person,
        session,
        device,
    })))
}

/// The person of a session and its device, where both are still welcome.
async fn whose(
    tx: &mut Tx,
    session: &Session,
) -> sqlx::Result<Option<(Somebody, Option<(DeviceId, DeviceKind)>)>> {
    let of = session.restaurant;
    let person: Option<Somebody> = read::one(tx, of, Key::Person(session.person)).await?;
    let Some(person) = person.filter(|person| person.active) else {
        return Ok(None);
    };
    let Some(id) = session.device else {
        return Ok(Some((person, None)));
    };
    let device: Option<Device> = read::one(tx, of, Key::Device(id)).await?;
    let device = device.filter(|device| device.revoked_at.is_none());
    Ok(device.map(|device| (person, Some((id, device.kind)))))
}

pub async fn logout(State(api): State<Api>, by: Person) -> Result<StatusCode, Problem> {
    let ended = async {
        let mut tx = api.hub.db.begin().await?;
        sessions::end(&mut tx, by.session).await?;
        tx.commit().await
    };
    ended.await.map_err(|e| Problem::database(&e))?;
    api.hub.doubt(Doubt::Session(by.session));
    Ok(StatusCode::NO_CONTENT)
}
