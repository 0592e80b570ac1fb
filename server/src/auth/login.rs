//! Signing in with a password, and the public half of the key that access tokens are signed with.

use super::token::{Claims, LIFE_SECONDS};
use crate::api::body::Shape;
use crate::api::{Api, read, shapes};
use crate::problem::Problem;
use crate::store::credentials;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Key;
use domain::text::Username;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    username: String,
    password: String,
}

pub async fn login(State(api): State<Api>, body: Shape<Login>) -> Result<Json<Value>, Problem> {
    let Login { username, password } = body.value;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    // What cannot be a name is nobody's; the password is checked all the same, so that it takes as long.
    let credential = match Username::new(username) {
        Ok(name) => credentials::of_name(&mut tx, name.as_str())
            .await
            .map_err(|e| Problem::database(&e))?,
        Err(_) => None,
    };
    let hash = credential
        .as_ref()
        .map(|credential| credential.password.clone());
    drop(tx);
    let good = api.passwords.check(password, hash).await.map_err(|error| {
        tracing::error!(%error, "a password could not be checked");
        Problem::busy(crate::handle::Busy::Trouble)
    })?;
    let credential = credential.filter(|_| good).ok_or_else(wrong)?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let key = Key::Person(credential.person);
    let person: Option<domain::auth::Person> = read::one(&mut tx, credential.restaurant, key)
        .await
        .map_err(|e| Problem::database(&e))?;
    let person = person.filter(|person| person.active).ok_or_else(wrong)?;
    let claims = Claims::new(
        &person,
        credential.restaurant,
        api.hub.world.id(),
        api.hub.world.now(),
    );
    let token = claims.sign(&api.hub.keys.tokens).map_err(|error| {
        tracing::error!(%error, "an access token could not be signed");
        Problem::busy(crate::handle::Busy::Trouble)
    })?;
    Ok(Json(json!({
        "accessToken": token,
        "refreshToken": null,
        "expiresIn": LIFE_SECONDS,
        "user": shapes::user(&person),
    })))
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "The name or the password is wrong.",
    )
}

pub async fn jwks(State(api): State<Api>) -> Json<Value> {
    Json(api.hub.keys.tokens.jwks())
}
