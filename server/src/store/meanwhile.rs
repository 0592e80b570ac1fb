//! Devices that were enrolled while the hub gathered what it has forgotten: its log stands still until then.

use super::db::{Tx, on};
use domain::devices::{DeviceKind, Enrol};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::text::Name;
use domain::time::Moment;

/// An enrolment that is no entry yet.
#[derive(Debug, Clone)]
pub struct Meanwhile {
    /// `fork_of` is the device that it was before, whether the hub comes to know that one again or not.
    pub enrol: Enrol,
    pub by: Option<PersonId>,
    pub at: Moment,
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

pub async fn add(tx: &mut Tx, restaurant: RestaurantId, one: &Meanwhile) -> sqlx::Result<()> {
    let text =
        "INSERT INTO enrolled_meanwhile (restaurant, device, name, kind, was, enrolled_by, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let Meanwhile { enrol, by, at } = one;
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(enrol.id.to_string())
        .bind(enrol.name.to_string()).bind(enrol.kind.as_str()).bind(enrol.fork_of.map(|id| id.to_string()))
        .bind(by.map(|id| id.to_string())).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

pub async fn all(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Vec<Meanwhile>> {
    type Columns = (String, String, String, Option<String>, Option<String>, i64);
    let text = "SELECT device, name, kind, was, enrolled_by, at FROM enrolled_meanwhile
                WHERE restaurant = $1 ORDER BY at, device";
    let rows: Vec<Columns> =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_all(c).await?);
    let read = |(device, name, kind, was, by, at): Columns| {
        let kind = DeviceKind::parse(&kind)
            .ok_or_else(|| sqlx::Error::Decode(format!("no device is a {kind}").into()))?;
        let enrol = Enrol {
            id: device.parse().map_err(broken)?,
            name: Name::new(name).map_err(broken)?,
            kind,
            fork_of: was.map(|id| id.parse()).transpose().map_err(broken)?,
        };
        Ok(Meanwhile {
            enrol,
            by: by.map(|id| id.parse()).transpose().map_err(broken)?,
            at: Moment(at),
        })
    };
    rows.into_iter().map(read).collect()
}

/// What this device is, if it was enrolled so.
pub async fn kind_of(
    tx: &mut Tx,
    restaurant: RestaurantId,
    device: DeviceId,
) -> sqlx::Result<Option<DeviceKind>> {
    let text = "SELECT kind FROM enrolled_meanwhile WHERE restaurant = $1 AND device = $2";
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string())
        .bind(device.to_string()).fetch_optional(c).await?);
    Ok(row.and_then(|(kind,)| DeviceKind::parse(&kind)))
}

/// They have entered the log.
pub async fn clear(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<()> {
    let text = "DELETE FROM enrolled_meanwhile WHERE restaurant = $1";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).execute(c).await?.rows_affected());
    Ok(())
}
