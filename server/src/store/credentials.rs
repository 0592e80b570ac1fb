//! Side rows: passwords, PINs, device tokens and enrolment codes, all hashed. They never enter the log.

use super::db::{Tx, on};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;
use protocol::sync;

fn parsed<T: std::str::FromStr>(text: &str) -> sqlx::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// What somebody signs in with, hashed by argon2id.
#[derive(Clone)]
pub struct Credential {
    pub restaurant: RestaurantId,
    pub person: PersonId,
    pub password: String,
    pub pin: Option<String>,
}

/// Without the hashes: they must reach no log.
impl std::fmt::Debug for Credential {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Credential({})", self.person)
    }
}

pub async fn of_name(tx: &mut Tx, username: &str) -> sqlx::Result<Option<Credential>> {
    type Columns = (String, String, String, Option<String>);
    let text = "SELECT restaurant, person, password, pin FROM credentials WHERE username = $1";
    let row: Option<Columns> =
        on!(tx, c => sqlx::query_as(text).bind(username).fetch_optional(c).await?);
    row.map(|(restaurant, person, password, pin)| {
        Ok(Credential {
            restaurant: parsed(&restaurant)?,
            person: parsed(&person)?,
            password,
            pin,
        })
    })
    .transpose()
}

/// Whether nobody can sign in at this hub yet.
pub async fn are_none(tx: &mut Tx) -> sqlx::Result<bool> {
    let text = "SELECT username FROM credentials LIMIT 1";
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(text).fetch_optional(c).await?);
    Ok(row.is_none())
}

pub async fn add(tx: &mut Tx, username: &str, credential: &Credential) -> sqlx::Result<()> {
    let text = "INSERT INTO credentials (username, restaurant, person, password, pin) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(text).bind(username).bind(credential.restaurant.to_string())
        .bind(credential.person.to_string()).bind(&credential.password).bind(&credential.pin)
        .execute(c).await?.rows_affected());
    if credential.pin.is_some() {
        next_side(tx, credential.restaurant).await?;
    }
    Ok(())
}

pub async fn set_password(
    tx: &mut Tx,
    restaurant: RestaurantId,
    person: PersonId,
    hash: &str,
) -> sqlx::Result<()> {
    let text = "UPDATE credentials SET password = $3 WHERE restaurant = $1 AND person = $2";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(person.to_string()).bind(hash)
        .execute(c).await?.rows_affected());
    Ok(())
}

pub async fn set_pin(
    tx: &mut Tx,
    restaurant: RestaurantId,
    person: PersonId,
    verifier: &str,
) -> sqlx::Result<()> {
    let text = "UPDATE credentials SET pin = $3 WHERE restaurant = $1 AND person = $2";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(person.to_string()).bind(verifier)
        .execute(c).await?.rows_affected());
    next_side(tx, restaurant).await
}

/// Somebody who was added and comes back with the log: the name is theirs, and an admin gives them a password.
pub async fn come_back(
    tx: &mut Tx,
    username: &str,
    restaurant: RestaurantId,
    person: PersonId,
) -> sqlx::Result<()> {
    let text = "INSERT INTO credentials (username, restaurant, person, password, pin)
                VALUES ($1, $2, $3, '', NULL) ON CONFLICT (username) DO NOTHING";
    on!(tx, c => sqlx::query(text).bind(username).bind(restaurant.to_string()).bind(person.to_string())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The log says that this PIN was changed, and nobody knows yet what to.
pub async fn forget_pin(
    tx: &mut Tx,
    restaurant: RestaurantId,
    person: PersonId,
) -> sqlx::Result<()> {
    let text = "UPDATE credentials SET pin = NULL WHERE restaurant = $1 AND person = $2";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(person.to_string())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The PINs as the hub had given them out, unless it knows newer ones: `since` is whether their revision counts on from
/// the one that it has.
pub async fn bring_back(
    tx: &mut Tx,
    restaurant: RestaurantId,
    side: &sync::Side,
    since: bool,
) -> sqlx::Result<()> {
    let own = revision(tx, restaurant).await?.unwrap_or(0);
    if since && side.revision <= own {
        return Ok(());
    }
    let text = "UPDATE credentials SET pin = $3 WHERE restaurant = $1 AND person = $2";
    for pin in &side.pins {
        on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(pin.person.to_string())
            .bind(&pin.verifier).execute(c).await?.rows_affected());
    }
    let text = "INSERT INTO side_revisions (restaurant, revision) VALUES ($1, $2)
                ON CONFLICT (restaurant) DO UPDATE SET revision = excluded.revision";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(side.revision.max(own).cast_signed())
        .execute(c).await?.rows_affected());
    Ok(())
}

async fn revision(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Option<u64>> {
    let text = "SELECT revision FROM side_revisions WHERE restaurant = $1";
    let row: Option<(i64,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .fetch_optional(c).await?);
    Ok(row.map(|(revision,)| revision.unsigned_abs()))
}

async fn next_side(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<()> {
    let text = "INSERT INTO side_revisions (restaurant, revision) VALUES ($1, 1)
                ON CONFLICT (restaurant) DO UPDATE SET revision = side_revisions.revision + 1";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).execute(c).await?.rows_affected());
    Ok(())
}

/// Who can sign in by PIN, where that is newer than what a device has.
pub async fn side(
    tx: &mut Tx,
    restaurant: RestaurantId,
    has: u64,
) -> sqlx::Result<Option<sync::Side>> {
    let now = revision(tx, restaurant).await?;
    // Another one than the newest, for after a restore the hub's may be the lower.
    let Some(revision) = now.filter(|now| *now != has) else {
        return Ok(None);
    };
    let text = "SELECT person, pin FROM credentials WHERE restaurant = $1 AND pin IS NOT NULL ORDER BY person";
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .fetch_all(c).await?);
    let pins = rows.into_iter().map(|(person, verifier)| {
        let person = parsed(&person)?;
        Ok(sync::Pin { person, verifier })
    });
    Ok(Some(sync::Side {
        revision,
        pins: pins.collect::<sqlx::Result<_>>()?,
        proof: None,
    }))
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
