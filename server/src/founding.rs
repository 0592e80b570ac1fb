//! A restaurant's beginning: its empty log, its settings, its first admin.

use crate::demo::act;
use crate::handle::Side;
use crate::hub::Hub;
use crate::store::credentials::Credential;
use crate::store::{credentials, head};
use domain::Key;
use domain::auth::{AddPerson, Role};
use domain::ids::{PersonId, RestaurantId};
use domain::settings::{Found, Settings};
use domain::text::{Currency, Label, MinuteOfDay, Name, Username};
use domain::time::Zone;
use std::sync::Arc;

/// The first admin; the password is hashed already.
#[derive(Debug, Clone)]
pub struct First {
    pub id: PersonId,
    pub username: Username,
    pub full_name: Name,
    pub password: String,
}

/// What a new restaurant starts with, until its admin says otherwise.
fn defaults(restaurant: RestaurantId, name: Name) -> anyhow::Result<Settings> {
    Ok(Settings {
        restaurant,
        name,
        currency: Currency::new("EUR")?,
        zone: Zone::new("UTC")?,
        language: Label::new("en")?,
        day_start: MinuteOfDay::new(4 * 60)?,
        prices_include_tax: true,
        demo: false,
        in_use: false,
    })
}

/// A hub at which nobody can sign in yet.
pub async fn is_empty(hub: &Hub) -> sqlx::Result<bool> {
    let mut tx = hub.db.read().await?;
    credentials::are_none(&mut tx).await
}

/// Founds the first restaurant of a hub, or goes on where that was cut off.
pub async fn first(hub: &Arc<Hub>, name: Name, admin: First) -> anyhow::Result<RestaurantId> {
    let mut tx = hub.db.read().await?;
    let begun = head::restaurants(&mut tx).await?.first().copied();
    drop(tx);
    let restaurant = match begun {
        Some(restaurant) => restaurant,
        None => begin(hub).await?,
    };
    settle(hub, restaurant, name, admin).await?;
    Ok(restaurant)
}

/// Founds one more.
pub async fn another(hub: &Arc<Hub>, name: Name, admin: First) -> anyhow::Result<RestaurantId> {
    let restaurant = begin(hub).await?;
    settle(hub, restaurant, name, admin).await?;
    Ok(restaurant)
}

async fn begin(hub: &Arc<Hub>) -> anyhow::Result<RestaurantId> {
    let restaurant = RestaurantId(hub.world.id());
    hub.found(restaurant).await?;
    Ok(restaurant)
}

async fn settle(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    name: Name,
    admin: First,
) -> anyhow::Result<()> {
    let mut tx = hub.db.read().await?;
    let there = crate::api::read::one::<Settings>(&mut tx, restaurant, Key::Settings).await?;
    drop(tx);
    if there.is_none() {
        let settings = defaults(restaurant, name)?;
        act(hub, restaurant, Found { settings }.into(), Vec::new()).await?;
    }
    let side = Side::Credential {
        username: admin.username.as_str().to_owned(),
        credential: Credential {
            restaurant,
            person: admin.id,
            password: admin.password,
            pin: None,
        },
    };
    let command = AddPerson {
        id: admin.id,
        username: admin.username,
        full_name: admin.full_name,
        role: Role::Admin,
    };
    act(hub, restaurant, command.into(), vec![side]).await
}

/// The first name for an admin that nobody on this hub has: names are one for all its restaurants.
pub async fn free_username(hub: &Hub) -> anyhow::Result<Username> {
    let mut tx = hub.db.read().await?;
    for n in 1u32.. {
        let name = Username::new(if n == 1 {
            "admin".into()
        } else {
            format!("admin{n}")
        })?;
        if credentials::of_name(&mut tx, name.as_str())
            .await?
            .is_none()
        {
            return Ok(name);
        }
    }
    anyhow::bail!("no name is left for its admin")
}
