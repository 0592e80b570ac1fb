//! Side rows: passwords, device tokens and enrolment codes, all hashed. They never enter the log.

use super::db::{Tx, on};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;

fn parsed<T: std::str::FromStr>(text: &str) -> sqlx::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

#[derive(Debug, Clone)]
pub struct Credential {
    pub restaurant: RestaurantId,
    pub person: PersonId,
    pub password: String,
}

pub async fn of_name(tx: &mut Tx, username: &str) -> sqlx::Result<Option<Credential>> {
    let text = "SELECT restaurant, person, password FROM credentials WHERE username = $1";
    let row: Option<(String, String, String)> =
        on!(tx, c => sqlx::query_as(text).bind(username).fetch_optional(c).await?);
    row.map(|(restaurant, person, password)| {
        Ok(Credential {
            restaurant: parsed(&restaurant)?,
            person: parsed(&person)?,
            password,
        })
    })
    .transpose()
}

pub async fn add(tx: &mut Tx, username: &str, credential: &Credential) -> sqlx::Result<()> {
    let text =
        "INSERT INTO credentials (username, restaurant, person, password) VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(text).bind(username).bind(credential.restaurant.to_string())
        .bind(credential.person.to_string()).bind(&credential.password).execute(c).await?.rows_affected());
    Ok(())
}

/// A device has one token: a new one ends the old.
pub async fn set_device_token(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
    hash: &str,
) -> sqlx::Result<()> {
    let (restaurant, device) = (restaurant.to_string(), device.to_string());
    let gone = "DELETE FROM device_tokens WHERE restaurant = $1 AND device = $2";
    on!(tx, c => sqlx::query(gone).bind(&restaurant).bind(&device).execute(c).await?.rows_affected());
    let text = "INSERT INTO device_tokens (hash, restaurant, device) VALUES ($1, $2, $3)";
    on!(tx, c => sqlx::query(text).bind(hash).bind(restaurant).bind(device).execute(c).await?.rows_affected());
    Ok(())
}

pub async fn device_of_token(
    tx: &mut Tx,
    hash: &str,
) -> sqlx::Result<Option<(RestaurantId, DeviceId)>> {
    let text = "SELECT restaurant, device FROM device_tokens WHERE hash = $1";
    let row: Option<(String, String)> =
        on!(tx, c => sqlx::query_as(text).bind(hash).fetch_optional(c).await?);
    row.map(|(restaurant, device)| Ok((parsed(&restaurant)?, parsed(&device)?)))
        .transpose()
}

pub async fn add_code(
    tx: &mut Tx,
    hash: &str,
    restaurant: RestaurantId,
    kind: &str,
    expires_at: Moment,
) -> sqlx::Result<()> {
    let text =
        "INSERT INTO enrolment_codes (hash, restaurant, kind, expires_at) VALUES ($1, $2, $3, $4)";
    on!(tx, c => sqlx::query(text).bind(hash).bind(restaurant.to_string()).bind(kind).bind(expires_at.0)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// A code that is still good.
pub async fn code(
    tx: &mut Tx,
    hash: &str,
    now: Moment,
) -> sqlx::Result<Option<(RestaurantId, String)>> {
    let text = "SELECT restaurant, kind FROM enrolment_codes WHERE hash = $1 AND expires_at > $2";
    let row: Option<(String, String)> =
        on!(tx, c => sqlx::query_as(text).bind(hash).bind(now.0).fetch_optional(c).await?);
    row.map(|(restaurant, kind)| Ok((parsed(&restaurant)?, kind)))
        .transpose()
}

/// Uses a code up: it is good once.
pub async fn take_code(tx: &mut Tx, hash: &str) -> sqlx::Result<()> {
    let text = "DELETE FROM enrolment_codes WHERE hash = $1";
    on!(tx, c => sqlx::query(text).bind(hash).execute(c).await?.rows_affected());
    Ok(())
}

/// Codes that nobody used in time.
pub async fn forget_codes(tx: &mut Tx, now: Moment) -> sqlx::Result<()> {
    let text = "DELETE FROM enrolment_codes WHERE expires_at <= $1";
    on!(tx, c => sqlx::query(text).bind(now.0).execute(c).await?.rows_affected());
    Ok(())
}
