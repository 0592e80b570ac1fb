//! The demo restaurant: made by the same commands as a real one, and marked as a demo for ever.

use crate::auth::password::Passwords;
use crate::handle::{Live, Rendered, Side};
use crate::hub::Hub;
use crate::store::credentials::Credential;
use crate::world::World;
use anyhow::{Context, bail};
use axum::http::{HeaderMap, header};
use axum::response::Html;
use domain::Command;
use domain::auth::{AddPerson, Role};
use domain::floor::{AddRoom, AddTable, Room, Spot};
use domain::ids::{
    CategoryId, CommandId, DishId, GroupId, OptionId, PersonId, RestaurantId, RoomId, TableId,
};
use domain::menu::{AddCategory, AddDish, AddGroup, Category, Choice, Dish, Group};
use domain::money::{Money, Rate};
use domain::settings::{Found, Settings};
use domain::text::{Currency, Description, Label, MinuteOfDay, Name, Seats, Username};
use domain::time::{Zone, business_day};
use jiff::tz::TimeZone;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;

mod content;
mod past;
mod week;

use content::{CATEGORIES, CHOICES, PEOPLE, Plate, ROOMS};
use past::Past;
use week::{House, Known};

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
        (None, _) => Ok(Demo {
            restaurant: make(hub, passwords).await?.restaurant,
        }),
        (Some(_), None) => bail!("{HALF_MADE}"),
        (Some(_), Some(settings)) if settings.demo => bail!("{HALF_MADE}"),
        (Some(_), _) => {
            bail!("--demo serves a demo database only, and this one holds something else")
        }
    }
}

/// A demo, and whether it was made just now.
#[derive(Debug)]
pub struct Filled {
    pub demo: Demo,
    pub is_new: bool,
}

/// The same, with so many evenings behind it where it is new.
pub async fn fill_lived_in(
    hub: &Arc<Hub>,
    passwords: &Passwords,
    days: i64,
) -> anyhow::Result<Filled> {
    let mut tx = hub.db.read().await?;
    let empty = crate::store::head::restaurants(&mut tx).await?.is_empty();
    let lived = crate::store::keys::read(&mut tx, LIVED_IN).await?;
    drop(tx);
    if !empty {
        let demo = fill(hub, passwords).await?;
        if lived.is_none() {
            bail!("{HALF_MADE}");
        }
        let is_new = false;
        return Ok(Filled { demo, is_new });
    }
    let zone = TimeZone::get(ZONE)?;
    let today = business_day(hub.world.now(), &Zone::new(ZONE)?, DAY_START);
    // The house was made ready on the day before its first evening.
    let clock = Arc::new(Past::at(week::evening(today, days + 1, &zone)?));
    let past = Hub::open(hub.db.clone(), Arc::clone(&clock) as Arc<dyn World>, None).await?;
    let house = make(&past, passwords).await?;
    week::live(&past, &clock, &house, (today, days), &zone).await?;
    past.stop();
    let mut tx = hub.db.begin().await?;
    crate::store::keys::write_first(&mut tx, LIVED_IN, "1").await?;
    tx.commit().await?;
    let restaurant = house.restaurant;
    Ok(Filled {
        demo: Demo { restaurant },
        is_new: true,
    })
}

const LIVED_IN: &str = "demo_lived_in";
const ZONE: &str = "Europe/Berlin";
const DAY_START: u16 = 240;

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

async fn make(hub: &Arc<Hub>, passwords: &Passwords) -> anyhow::Result<House> {
    let restaurant = RestaurantId(hub.world.id());
    hub.found(restaurant).await?;
    let settings = Settings {
        restaurant,
        name: Name::new("Osteria Comanda")?,
        currency: Currency::new("EUR")?,
        zone: Zone::new(ZONE)?,
        language: Label::new("en")?,
        day_start: MinuteOfDay::new(i64::from(DAY_START))?,
        prices_include_tax: true,
        demo: true,
        in_use: false,
    };
    act(hub, restaurant, Found { settings }.into(), Vec::new()).await?;
    let people = people(hub, restaurant, passwords).await?;
    let tables = floor(hub, restaurant).await?;
    let menu = menu(hub, restaurant).await?;
    let with = |role: Role| {
        let own = people.iter().filter(move |(known, _)| *known == role);
        own.map(|(_, id)| *id)
    };
    let one = |role: Role| with(role).next().context("nobody has that role");
    Ok(House {
        restaurant,
        waiters: with(Role::Staff).collect(),
        manager: one(Role::Manager)?,
        cook: one(Role::Kitchen)?,
        tables,
        menu,
    })
}

async fn people(
    hub: &Arc<Hub>,
    restaurant: RestaurantId,
    passwords: &Passwords,
) -> anyhow::Result<Vec<(Role, PersonId)>> {
    let mut people = Vec::new();
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
        people.push((person.role, id));
    }
    Ok(people)
}

/// Tables, each with its seats.
async fn floor(hub: &Arc<Hub>, restaurant: RestaurantId) -> anyhow::Result<Vec<(TableId, i64)>> {
    let mut tables = Vec::new();
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
            let id = TableId(hub.world.id());
            let command = AddTable {
                id,
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
            tables.push((id, table.seats));
        }
    }
    Ok(tables)
}

async fn choices(hub: &Arc<Hub>, restaurant: RestaurantId) -> anyhow::Result<Vec<Group>> {
    let mut groups = Vec::new();
    for choices in CHOICES {
        let option = |(name, price): &(&str, i64)| {
            anyhow::Ok(Choice {
                id: OptionId(hub.world.id()),
                name: Name::new(*name)?,
                price: Money::new(*price)?,
            })
        };
        let group = Group {
            id: GroupId(hub.world.id()),
            name: Name::new(choices.name)?,
            min: choices.min,
            max: choices.max,
            options: choices
                .options
                .iter()
                .map(option)
                .collect::<Result<_, _>>()?,
            dishes: Vec::new(),
            removed: false,
        };
        groups.push(group.clone());
        act(hub, restaurant, AddGroup { group }.into(), Vec::new()).await?;
    }
    Ok(groups)
}

/// The dishes by category.
async fn menu(hub: &Arc<Hub>, restaurant: RestaurantId) -> anyhow::Result<Vec<Vec<Known>>> {
    let groups = choices(hub, restaurant).await?;
    let mut menu = Vec::new();
    for (position, plan) in (1u16..).zip(CATEGORIES) {
        let category = CategoryId(hub.world.id());
        let add = AddCategory {
            category: Category {
                id: category,
                name: Name::new(plan.name)?,
                position,
                dishes: Vec::new(),
                removed: false,
            },
        };
        act(hub, restaurant, add.into(), Vec::new()).await?;
        let mut known = Vec::new();
        for (position, plate) in (1u16..).zip(plan.dishes) {
            let own = |group: &&Group| plate.choices.contains(&group.name.as_str());
            let own: Vec<&Group> = groups.iter().filter(own).collect();
            let dish = Dish {
                id: DishId(hub.world.id()),
                category,
                tax_rate: plan.tax.parse()?,
                stations: labels(plate.station.as_slice(), plan.stations)?,
                position,
                modifier_groups: own.iter().map(|group| group.id).collect(),
                ..plain(plate, category)?
            };
            let forced = own.iter().find(|group| group.min > 0);
            let forced = forced.and_then(|group| group.options.get(1));
            known.push(Known {
                id: dish.id,
                price: plate.price,
                stations: dish.stations.iter().map(ToString::to_string).collect(),
                forced: forced.map(|option| (option.id, option.price.minor())),
            });
            act(hub, restaurant, AddDish { dish }.into(), Vec::new()).await?;
        }
        menu.push(known);
    }
    Ok(menu)
}

fn labels(own: &[&str], else_these: &[&str]) -> anyhow::Result<Vec<Label>> {
    let words = if own.is_empty() { else_these } else { own };
    let labels = words.iter().map(|word| Label::new(*word));
    Ok(labels.collect::<Result<_, _>>()?)
}

/// A dish so far as it says itself what it is.
fn plain(plate: &Plate, category: CategoryId) -> anyhow::Result<Dish> {
    Ok(Dish {
        id: DishId(Uuid::nil()),
        category,
        name: Name::new(plate.name)?,
        kitchen_name: plate.kitchen.map(Name::new).transpose()?,
        description: plate.description.map(Description::new).transpose()?,
        price: Money::new(plate.price)?,
        tax_rate: Rate::default(),
        allergens: labels(plate.allergens, &[])?,
        available: true,
        stations: Vec::new(),
        position: 0,
        remaining: None,
        modifier_groups: Vec::new(),
        removed: false,
    })
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
