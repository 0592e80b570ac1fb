//! The whole trail of one check, as the log tells it: who did what, when, on which device, who agreed, and why.

use crate::api::body::Id;
use crate::api::{Api, read};
use crate::auth::May;
use crate::auth::actor::SeeMoney;
use crate::handle::Busy;
use crate::problem::Problem;
use crate::store::{aggregates, log};
use axum::Json;
use axum::extract::State;
use domain::auth::Person;
use domain::billing::Payment;
use domain::devices::Device;
use domain::ids::{CommandId, DeviceId, LineId, OrderId, PersonId, TicketId};
use domain::notifications::About;
use domain::orders::{How, Order, Stage};
use domain::state::Aggregate;
use domain::sync::{EntryHead, Outcome};
use domain::time::Moment;
use domain::{Event, Key, Unknown};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// A check that is changed more often than this has the beginning of its trail shown.
const MOST_STEPS: usize = 1000;

/// What was refused so long after a check's last change is not looked for any more.
const AFTERMATH_MILLIS: i64 = 12 * 60 * 60 * 1000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trail {
    order_id: OrderId,
    items: Vec<Step>,
}

/// One command and what came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    id: CommandId,
    seq: u64,
    at: String,
    hub_at: String,
    kind: String,
    by: Option<PersonId>,
    by_name: Option<String>,
    approved_by: Option<PersonId>,
    approved_by_name: Option<String>,
    device: Option<DeviceId>,
    device_name: Option<String>,
    outcome: Outcome,
    code: Option<String>,
    reason: Option<String>,
    events: Vec<Happened>,
}

/// One event of it, in fields: those that say nothing of it are null.
#[derive(Debug, Default, Serialize)]
struct Happened {
    kind: &'static str,
    items: Vec<Part>,
    status: Option<&'static str>,
    station: Option<String>,
    name: Option<String>,
    guests: Option<u16>,
    number: Option<u32>,
    method: Option<&'static str>,
    amount: Option<i64>,
    tip: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Part {
    id: LineId,
    name: Option<String>,
    quantity: Option<u16>,
}

/// What an entry says of the command itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    by: Option<PersonId>,
    approved_by: Option<PersonId>,
    at: Moment,
    #[serde(default)]
    command: Value,
}

pub async fn trail(
    State(api): State<Api>,
    May(by, _): May<SeeMoney>,
    id: Id<OrderId>,
) -> Result<Json<Trail>, Problem> {
    let order_id = id.of("order")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let database = |e: sqlx::Error| Problem::database(&e);
    let found = aggregates::by_keys(&mut tx, by.restaurant, &[Key::Order(order_id)]).await;
    let found = found.map_err(database)?.into_iter().next();
    let (born, order) = match found.map(|found| (found.born, found.row.body)) {
        Some((born, Aggregate::Order(order))) => (born, order),
        _ => return Err(Problem::not_found("order")),
    };
    let until = order.updated_at.plus(AFTERMATH_MILLIS);
    let span = log::Span { from: born, until };
    let entries = log::naming(&mut tx, by.restaurant, order_id, span, MOST_STEPS).await;
    let mut items = Vec::new();
    for bytes in entries.map_err(database)? {
        items.extend(step(&order, &bytes).map_err(|why| unreadable(&why))?);
    }
    let people = items.iter().flat_map(|step| [step.by, step.approved_by]);
    let people = people.flatten().map(Key::Person).collect();
    let people: Vec<Person> = read::many(&mut tx, by.restaurant, people)
        .await
        .map_err(database)?;
    let devices = items.iter().filter_map(|step| step.device);
    let devices: Vec<Device> =
        read::many(&mut tx, by.restaurant, devices.map(Key::Device).collect())
            .await
            .map_err(database)?;
    let people: HashMap<PersonId, String> = people
        .into_iter()
        .map(|person| (person.id, person.full_name.to_string()))
        .collect();
    let devices: HashMap<DeviceId, String> = devices
        .into_iter()
        .map(|device| (device.id, device.name.to_string()))
        .collect();
    for step in &mut items {
        let name = |id: Option<PersonId>| id.and_then(|id| people.get(&id).cloned());
        step.by_name = name(step.by);
        step.approved_by_name = name(step.approved_by);
        step.device_name = step.device.and_then(|id| devices.get(&id).cloned());
    }
    Ok(Json(Trail { order_id, items }))
}

/// None where the entry only mentions the check beside another.
fn step(order: &Order, bytes: &str) -> Result<Option<Step>, Unknown> {
    let head = EntryHead::read(bytes)?;
    let asked: Asked = serde_json::from_str(bytes).map_err(|e| Unknown::Shape {
        kind: "entry".into(),
        why: e.to_string(),
    })?;
    let events: Vec<Happened> = head
        .events()?
        .iter()
        .filter_map(|event| happened(order, event))
        .collect();
    if events.is_empty() && head.outcome == Outcome::Applied {
        return Ok(None);
    }
    let reason = asked.command["args"]["reason"].as_str().map(str::to_owned);
    Ok(Some(Step {
        id: head.cmd_id,
        seq: head.seq,
        at: asked.at.rfc3339(),
        hub_at: head.hub_at.rfc3339(),
        kind: head.kind,
        by: asked.by,
        by_name: None,
        approved_by: asked.approved_by,
        approved_by_name: None,
        device: head.device,
        device_name: None,
        outcome: head.outcome,
        code: head.code,
        reason,
        events,
    }))
}

/// Written by a newer build that was rolled back, or on a broken disk.
fn unreadable(why: &Unknown) -> Problem {
    tracing::error!(%why, "an entry of the log does not read");
    Problem::busy(Busy::Trouble)
}

/// What an event says of this check; none where it says nothing of it.
fn happened(order: &Order, event: &Event) -> Option<Happened> {
    let about = match event {
        Event::CardRaised(raised) => raised.card.about.orders().contains(&order.id),
        other => other.order() == Some(order.id),
    };
    about.then(|| Happened {
        kind: event.kind(),
        ..fields(order, event)
    })
}

fn fields(order: &Order, event: &Event) -> Happened {
    let items =
        |lines: &[LineId]| -> Vec<Part> { lines.iter().map(|id| part(order, *id, None)).collect() };
    let none = Happened::default();
    match event {
        Event::OrderOpened(opened) => Happened {
            name: opened.table_name.as_ref().map(ToString::to_string),
            guests: Some(opened.guests.get()),
            number: opened.number,
            ..none
        },
        Event::OrderSeated(seated) => Happened {
            name: seated.table_name.as_ref().map(ToString::to_string),
            guests: Some(seated.guests.get()),
            ..none
        },
        Event::OrderNamed(named) => Happened {
            name: named.name.as_ref().map(ToString::to_string),
            ..none
        },
        Event::OrderHandedOver(handed) => Happened {
            name: handed.owner.name.as_ref().map(ToString::to_string),
            ..none
        },
        Event::OrderClosed(closed) => Happened {
            status: Some(match closed.how {
                How::Completed => "completed",
                How::Cancelled => "cancelled",
            }),
            ..none
        },
        Event::LinesAdded(added) => {
            let lines = added.lines.iter();
            let items = lines.map(|line| part(order, line.id, Some(line.quantity.get())));
            Happened {
                items: items.collect(),
                ..none
            }
        }
        Event::LineChanged(changed) => Happened {
            items: vec![part(order, changed.line, Some(changed.quantity.get()))],
            ..none
        },
        Event::LinesVoided(voided) => {
            let parts = voided.lines.iter();
            let items = parts.map(|it| match it.part {
                Some((id, quantity)) => part(order, id, Some(quantity.get())),
                None => part(order, it.line, None),
            });
            Happened {
                items: items.collect(),
                ..none
            }
        }
        Event::LinesFired(fired) => Happened {
            items: items(&fired.lines),
            ..none
        },
        Event::LinesHeld(held) => Happened {
            items: items(&held.lines),
            ..none
        },
        Event::LinesServed(served) => Happened {
            items: items(&served.lines),
            ..none
        },
        Event::LinesStaged(staged) => Happened {
            items: staged
                .lines
                .iter()
                .map(|(id, _)| part(order, *id, None))
                .collect(),
            station: staged.lines.first().map(|(_, station)| station.to_string()),
            status: Some(match staged.stage {
                Stage::New => "new",
                Stage::Preparing => "preparing",
                Stage::Ready => "ready",
            }),
            ..none
        },
        Event::TicketsSeen(seen) => at_stations(order, &seen.tickets),
        Event::TicketBumped(bumped) => at_stations(order, &[bumped.ticket]),
        Event::TicketRecalled(recalled) => at_stations(order, &[recalled.ticket]),
        Event::VoidsAcknowledged(seen) => Happened {
            items: items(&seen.lines),
            station: Some(seen.station.to_string()),
            ..none
        },
        Event::PaymentTaken(taken) => {
            let Payment {
                method,
                amount,
                tip,
                ..
            } = &taken.payment;
            Happened {
                method: Some(method.as_str()),
                amount: Some(amount.minor()),
                tip: Some(tip.minor()),
                ..none
            }
        }
        Event::BillPaid(paid) => Happened {
            number: paid.paid.number,
            amount: Some(paid.paid.total.minor()),
            ..none
        },
        Event::CardRaised(raised) => Happened {
            name: what(&raised.card.about),
            ..none
        },
        Event::BillOpened(_) | Event::OrderReopened(_) => none,
        // None of these is about one check.
        Event::Founded(_) | Event::SettingsChanged(_) | Event::EpochStarted(_) => none,
        Event::PersonAdded(_) | Event::PersonChanged(_) | Event::AdminsChanged(_) => none,
        Event::DeviceEnrolled(_) | Event::DeviceRevoked(_) | Event::DeviceRenamed(_) => none,
        Event::RoomAdded(_) | Event::TableAdded(_) | Event::TableChanged(_) => none,
        Event::TableMarked(_) | Event::CardCleared(_) => none,
        Event::CategoryAdded(_) | Event::CategoryChanged(_) | Event::GroupChanged(_) => none,
        Event::DishAdded(_) | Event::DishChanged(_) | Event::DishPlaced(_) => none,
        Event::DishCounted(_) => none,
    }
}

/// A line by what it is called; so many of it, or as many as there are.
fn part(order: &Order, id: LineId, quantity: Option<u16>) -> Part {
    let line = order.line(id);
    Part {
        id,
        name: line.map(|line| line.frozen.name.to_string()),
        quantity: quantity.or(line.map(|line| line.quantity.get())),
    }
}

/// What stands on these tickets, and where they hang.
fn at_stations(order: &Order, tickets: &[TicketId]) -> Happened {
    let tickets: Vec<_> = tickets.iter().filter_map(|id| order.ticket(*id)).collect();
    let lines = tickets.iter().flat_map(|ticket| &ticket.lines);
    Happened {
        items: lines.map(|id| part(order, *id, None)).collect(),
        station: tickets.first().map(|ticket| ticket.station.to_string()),
        ..Happened::default()
    }
}

/// A card by the word that its screens know it by.
fn what(about: &About) -> Option<String> {
    let about = serde_json::to_value(about).ok()?;
    about["what"].as_str().map(str::to_owned)
}
