//! Sessions of people and their refresh tokens, which are stored hashed.

use super::db::{Tx, on};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub restaurant: RestaurantId,
    pub person: PersonId,
    /// The device that a PIN session is bound to.
    pub device: Option<DeviceId>,
    pub expires_at: Moment,
}

fn parsed<T: std::str::FromStr>(text: &str) -> sqlx::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

pub async fn begin(tx: &mut Tx, session: &Session, refresh: &str) -> sqlx::Result<()> {
    let text = "INSERT INTO sessions (id, restaurant, person, device, expires_at) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(text).bind(session.id.to_string()).bind(session.restaurant.to_string())
        .bind(session.person.to_string()).bind(session.device.map(|id| id.to_string()))
        .bind(session.expires_at.0).execute(c).await?.rows_affected());
    add_refresh(tx, session.id, refresh).await
}

async fn add_refresh(tx: &mut Tx, session: Uuid, hash: &str) -> sqlx::Result<()> {
    let text = "INSERT INTO refresh_tokens (hash, session, used_at) VALUES ($1, $2, NULL)";
    on!(tx, c => sqlx::query(text).bind(hash).bind(session.to_string()).execute(c).await?.rows_affected());
    Ok(())
}

/// A session that has neither ended nor run out.
pub async fn read(tx: &mut Tx, id: Uuid, now: Moment) -> sqlx::Result<Option<Session>> {
    type Columns = (String, String, Option<String>, i64);
    let text = "SELECT restaurant, person, device, expires_at FROM sessions WHERE id = $1 AND expires_at > $2";
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(text).bind(id.to_string()).bind(now.0).fetch_optional(c).await?);
    row.map(|(restaurant, person, device, expires_at)| {
        Ok(Session {
            id,
            restaurant: parsed(&restaurant)?,
            person: parsed(&person)?,
            device: device.as_deref().map(parsed).transpose()?,
            expires_at: Moment(expires_at),
        })
    })
    .transpose()
}

/// The session of a refresh token, and whether the token was used before.
pub async fn of_refresh(tx: &mut Tx, hash: &str) -> sqlx::Result<Option<(Uuid, bool)>> {
    let text = "SELECT session, used_at FROM refresh_tokens WHERE hash = $1";
    let row: Option<(String, Option<i64>)> =
        on!(tx, c => sqlx::query_as(text).bind(hash).fetch_optional(c).await?);
    row.map(|(session, used)| Ok((parsed(&session)?, used.is_some())))
        .transpose()
}

/// Uses one token up and puts the next in its place; false where somebody else has used it just now.
pub async fn rotate(
    tx: &mut Tx,
    session: &Session,
    used: &str,
    next: &str,
    now: Moment,
) -> sqlx::Result<bool> {
    let text = "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL";
    let taken =
        on!(tx, c => sqlx::query(text).bind(used).bind(now.0).execute(c).await?.rows_affected());
    if taken == 0 {
        return Ok(false);
    }
    add_refresh(tx, session.id, next).await?;
    let text = "UPDATE sessions SET expires_at = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(text).bind(session.id.to_string()).bind(session.expires_at.0).execute(c).await?
        .rows_affected());
    Ok(true)
}

/// What was used so long ago that nobody can still hold it in good faith.
pub async fn forget_used(tx: &mut Tx, session: Uuid, before: Moment) -> sqlx::Result<()> {
    let text = "DELETE FROM refresh_tokens WHERE session = $1 AND used_at < $2";
    on!(tx, c => sqlx::query(text).bind(session.to_string()).bind(before.0).execute(c).await?.rows_affected());
    Ok(())
}

pub async fn end(tx: &mut Tx, id: Uuid) -> sqlx::Result<()> {
    let tokens = "DELETE FROM refresh_tokens WHERE session = $1";
    on!(tx, c => sqlx::query(tokens).bind(id.to_string()).execute(c).await?.rows_affected());
    let text = "DELETE FROM sessions WHERE id = $1";
    on!(tx, c => sqlx::query(text).bind(id.to_string()).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends all sessions of a person, but the one in which this was asked for.
pub async fn end_all_of(
    tx: &mut Tx,
    restaurant: RestaurantId,
    person: PersonId,
    but: Option<Uuid>,
) -> sqlx::Result<()> {
    let text = "SELECT id FROM sessions WHERE restaurant = $1 AND person = $2";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(person.to_string()).fetch_all(c).await?);
    for (id,) in rows {
        let id = parsed(&id)?;
        if Some(id) != but {
            end(tx, id).await?;
        }
    }
    Ok(())
}

/// Sessions that ran out, so many at a time: who signs in pays for a few.
pub async fn forget_old(tx: &mut Tx, now: Moment) -> sqlx::Result<()> {
    const AT_ONCE: i64 = 20;
    let text = "SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
    let rows: Vec<(String,)> =
        on!(tx, c => sqlx::query_as(text).bind(now.0).bind(AT_ONCE).fetch_all(c).await?);
    for (id,) in rows {
        end(tx, parsed(&id)?).await?;
    }
    Ok(())
}
