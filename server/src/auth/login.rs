//! Signing in with a password or, on an enrolled device, with a PIN.

use super::actor::Enrolled;
use super::gate::address;
use super::session;
use crate::api::body::Shape;
use crate::api::{Api, read};
use crate::limits::{Address, Wait};
use crate::problem::Problem;
use crate::store::credentials::{self, Credential};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::Key;
use domain::auth::Person;
use domain::text::Username;
use serde::Deserialize;
use serde_json::Value;
use std::convert::Infallible;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    username: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinLogin {
    username: String,
    pin: String,
}

const LONGEST_NAME: usize = 65;

/// Where a sign-in comes from.
#[derive(Debug)]
pub struct From(Address);

impl FromRequestParts<Api> for From {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Infallible> {
        Ok(Self(address(parts)))
    }
}

pub async fn login(
    State(api): State<Api>,
    From(from): From,
    body: Shape<Login>,
) -> Result<Json<Value>, Problem> {
    let Login { username, password } = body.value;
    let now = api.hub.world.now();
    // A name is at most so long: what is longer is nobody's, and not remembered whole.
    let username: String = username.chars().take(LONGEST_NAME).collect();
    api.limits
        .sign_in(from, &username, now)
        .map_err(Problem::slow_down)?;
    let credential = of_name(&api, &username).await?;
    let hash = credential.as_ref().map(|found| found.password.clone());
    let good = checked(&api, password, hash).await?;
    let found = match credential.filter(|_| good) {
        Some(credential) => somebody(&api, credential).await?,
        None => None,
    };
    let Some((person, credential)) = found else {
        api.limits.failed(&username, now);
        return Err(wrong());
    };
    session::begin(&api, &person, credential.restaurant, None).await
}

pub async fn pin(
    State(api): State<Api>,
    Enrolled(by): Enrolled,
    body: Shape<PinLogin>,
) -> Result<Json<Value>, Problem> {
    let PinLogin { username, pin } = body.value;
    let username: String = username.chars().take(LONGEST_NAME).collect();
    let (now, of) = (api.hub.world.now(), by.restaurant);
    api.limits.pin(of, &username, now).map_err(locked)?;
    let credential = of_name(&api, &username).await?;
    let credential = credential.filter(|found| found.restaurant == of);
    let verifier = credential.as_ref().and_then(|found| found.pin.clone());
    let good = checked(&api, pin, verifier).await?;
    let found = match credential.filter(|_| good) {
        Some(credential) => somebody(&api, credential).await?,
        None => None,
    };
    let Some((person, _)) = found else {
        api.limits.wrong_pin(of, &username, now);
        return Err(wrong());
    };
    api.limits.right_pin(of, &username);
    session::begin(&api, &person, of, Some((by.id, by.kind))).await
}

/// What cannot be a name is nobody's.
async fn of_name(api: &Api, username: &str) -> Result<Option<Credential>, Problem> {
    let Ok(name) = Username::new(username) else {
        return Ok(None);
    };
    let read = async {
        let mut tx = api.hub.db.read().await?;
        credentials::of_name(&mut tx, name.as_str()).await
    };
    read.await.map_err(|e| Problem::database(&e))
}

/// Nobody's secret is checked all the same, so that the answer takes as long.
pub(super) async fn checked(
    api: &Api,
    secret: String,
    hash: Option<String>,
) -> Result<bool, Problem> {
    api.passwords.check(secret, hash).await.map_err(|error| {
        tracing::error!(%error, "a password could not be checked");
        Problem::busy(crate::handle::Busy::Trouble)
    })
}

async fn somebody(
    api: &Api,
    credential: Credential,
) -> Result<Option<(Person, Credential)>, Problem> {
    let read = async {
        let mut tx = api.hub.db.read().await?;
        let key = Key::Person(credential.person);
        read::one::<Person>(&mut tx, credential.restaurant, key).await
    };
    let person = read.await.map_err(|e| Problem::database(&e))?;
    let person = person.filter(|person| person.active);
    Ok(person.map(|person| (person, credential)))
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "The name or the password is wrong.",
    )
}

fn locked(wait: Wait) -> Problem {
    Problem::slow_down(wait).called("locked", "Too many wrong PINs: wait, then try again.")
}

pub async fn jwks(State(api): State<Api>) -> Json<Value> {
    Json(api.hub.keys.tokens.jwks())
}
