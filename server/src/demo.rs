//! The demo restaurant: made by the same commands as a real one, and marked as a demo for ever.

use crate::auth::password::Passwords;
use crate::handle::{Live, Rendered, Side};
use crate::hub::Hub;
use crate::store::credentials::Credential;
use anyhow::{Context, bail};
use axum::http::{HeaderMap, header};
use axum::response::Html;
use domain::Command;
use domain::auth::{AddPerson, Role};
use domain::floor::{AddRoom, AddTable, Room, Spot};
use domain::ids::{CategoryId, CommandId, DishId, PersonId, RestaurantId, RoomId, TableId};
use domain::menu::{AddCategory, AddDish, Category, Dish};
use domain::money::Money;
use domain::settings::{Found, Settings};
use domain::text::{Currency, Label, MinuteOfDay, Name, Seats, Username};
use domain::time::Zone;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

mod content;
use content::{CATEGORIES, PEOPLE, ROOMS};

#[derive(Debug)]
pub struct Demo {
    pub restaurant: RestaurantId,
}

impl Demo {
    /// The page with the people who may sign in at one tap.
    pub fn offered(&self, page: &[u8]) -> Html<String> {
        let people: Vec<_> = PEOPLE
            .iter()
            .map(|person| {
                json!({
                    "username": person.username,
                    "password": format!("demo-{}", person.username),
                    "fullName": person.name,
                    "role": person.role.as_str(),
                })
            })
            .collect();
        let data = json!({"people": people})
            .to_string()
            .replace('<', "\\u003c");
        let script =
            format!("<script type=\"application/json\" id=\"comanda-demo\">{data}</script></head>");
        Html(String::from_utf8_lossy(page).replacen("</head>", &script, 1))
    }

    /// What is printed beneath the addresses.
    pub fn sign_ins() -> impl Iterator<Item = String> {
        PEOPLE.iter().map(|person| {
            format!(
                "  {:<8} demo-{:<8} PIN {}  {}",
                person.username,
                person.username,
                person.pin,
                person.role.as_str()
            )
        })
    }
}

/// Whether a request comes from this very machine, by itself and not through anybody.
pub fn is_local(from: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let forwarded = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "via",
    ];
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.parse::<u16>().is_ok() {
            name
        } else {
            host
        }
    });
    from.is_some_and(|from| from.ip().to_canonical().is_loopback())
        && ["localhost", "127.0.0.1", "[::1]"].contains(&name)
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}

/// Makes the demo in an empty hub, or finds the one that is there.
pub async fn fill(hub: &Arc<Hub>, passwords: &Passwords) -> anyhow::Result<Demo> {
    let mut tx = hub.db.read().await?;
    let there = crate::store::head::restaurants(&mut tx).await?;
    let settings = match there.as_slice() {
        [] => None,
        [only] => crate::api::read::one::<Settings>(&mut tx, *only, domain::Key::Settings).await?,
        [_, ..] => {
            bail!("--demo serves a demo database only, and this one holds other restaurants")
        }
    };
    drop(tx);
    match (there.first(), settings) {
        (Some(restaurant), Some(settings))
            if settings.demo && is_complete(hub, *restaurant).await? =>
        {
            Ok(Demo {
                restaurant: *restaurant,
            })
        }
        (None, _) => make(hub, passwords).await,
        (Some(_), None) => bail!("{HALF_MADE}"),
        (Some(_), Some(settings)) if settings.demo => bail!("{HALF_MADE}"),
        (Some(_), _) => {
            bail!("--demo serves a demo database only, and this one holds something else")
        }
    }
}

const HALF_MADE: &str = "the demo in this database is only half made, as it was cut off: empty the database and start again";

/// The demo is made in many commands; one that was cut off on the way is not served as if it were whole.
async fn is_complete(hub: &Arc<Hub>, restaurant: RestaurantId) -> sqlx::Result<bool> {
    let mut tx = hub.db.read().await?;
    let wanted = crate::store::aggregates::Wanted {
        kind: "dish",
        ..Default::default()
    };
    let dishes = crate::store::aggregates::list(&mut tx, restaurant, &wanted).await?;
    Ok(dishes.len()
        >= CATEGORIES
            .iter()
            .map(|category| category.dishes.len())
            .sum())
}

async fn make(hub: &Arc<Hub>, passwords: &Passwords) -> anyhow::Result<Demo> {
    let restaurant = RestaurantId(hub.world.id());
    hub.found(restaurant).await?;
    let settings = Settings {
        restaurant,
        name: Name::new("Osteria Comanda")?,
        currency: Currency::new("EUR")?,
        zone: Zone::new("Europe/Berlin")?,
        language: Label::new("en")?,
        day_start: MinuteOfDay::new(240)?,
        prices_include_tax: true,
        demo: true,
        in_use: false,
    };
    act(hub, restaurant, Found { settings }.into(), Vec::new()).await?;
    people(hub, restaurant, passwords).await?;
    floor(hub, restaurant).await?;
    menu(hub, restaurant).await?;
    Ok(Demo { restaurant })
}

async fn people(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    passwords: &Passwords,
) -> anyhow::Result<()> {
    for person in PEOPLE {
        let id = PersonId(hub.world.id());
        let password = passwords.hash(format!("demo-{}", person.username)).await?;
        let username = person.username.to_owned();
        let side = Side::Credential {
            username,
            credential: Credential {
                restaurant,
                person: id,
                password,
                pin: Some(passwords.hash(person.pin.to_owned()).await?),
            },
        };
        let (username, full_name) = (Username::new(person.username)?, Name::new(person.name)?);
        let command = AddPerson {
            id,
            username,
            full_name,
            role: person.role,
        };
        act(hub, restaurant, command.into(), vec![side]).await?;
    }
    Ok(())
}

async fn floor(hub: &Arc<Hub>, restaurant: RestaurantId) -> anyhow::Result<()> {
    for (position, plan) in (1u16..).zip(ROOMS) {
        let room = RoomId(hub.world.id());
        let add = AddRoom {
            room: Room {
                id: room,
                name: Name::new(plan.name)?,
                position,
            },
        };
        act(hub, restaurant, add.into(), Vec::new()).await?;
        for (position, table) in (1u16..).zip(plan.tables) {
            let [x, y, width, height] = table.at;
            let command = AddTable {
                id: TableId(hub.world.id()),
                name: Name::new(table.name)?,
                room,
                seats: Seats::new(table.seats)?,
                position,
                spot: Some(Spot {
                    x,
                    y,
                    width,
                    height,
                    round: table.round,
                }),
                new_room: None,
            };
            act(hub, restaurant, command.into(), Vec::new()).await?;
        }
    }
    Ok(())
}

async fn menu(hub: &Arc<Hub>, restaurant: RestaurantId) -> anyhow::Result<()> {
    for (position, group) in (1u16..).zip(CATEGORIES) {
        let category = CategoryId(hub.world.id());
        let add = AddCategory {
            category: Category {
                id: category,
                name: Name::new(group.name)?,
                position,
                dishes: Vec::new(),
                removed: false,
            },
        };
        act(hub, restaurant, add.into(), Vec::new()).await?;
        for (position, dish) in (1u16..).zip(group.dishes) {
            let labels = |words: &[&str]| {
                words
                    .iter()
                    .map(|word| Label::new(*word))
                    .collect::<Result<_, _>>()
            };
            let dish = Dish {
                id: DishId(hub.world.id()),
                category,
                name: Name::new(dish.name)?,
                kitchen_name: dish.kitchen.map(Name::new).transpose()?,
                description: None,
                price: Money::new(dish.price)?,
                tax_rate: group.tax.parse()?,
                allergens: labels(dish.allergens)?,
                available: true,
                stations: labels(group.stations)?,
                position,
                remaining: None,
                modifier_groups: Vec::new(),
                removed: false,
            };
            act(hub, restaurant, AddDish { dish }.into(), Vec::new()).await?;
        }
    }
    Ok(())
}

/// One of the hub's own commands, past the outside.
pub async fn act(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    command: Command,
    side: Vec<Side>,
) -> anyhow::Result<()> {
    let kind = command.kind();
    let render = Box::new(|_: &domain::State| Rendered {
        status: 204,
        body: String::new(),
        location: None,
    });
    let cmd_id = CommandId(hub.world.id());
    let live = Live {
        by: None,
        device: None,
        command,
        cmd_id,
        idem: None,
        side,
        render,
    };
    hub.live(restaurant, live)
        .await
        .with_context(|| format!("{kind} failed"))?;
    Ok(())
}

/// Who is who in the demo.
pub(crate) struct DemoPerson {
    username: &'static str,
    name: &'static str,
    role: Role,
    pin: &'static str,
}
