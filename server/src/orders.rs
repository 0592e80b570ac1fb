//! Orders over REST: opening, adding, sending, and reading them.

pub mod trail;

use crate::api::body::{Asked, Id, Ids, Shape, bad_query};
use crate::api::fields::{Bad, nullable};
use crate::api::list::{self, Page};
use crate::api::shapes::{self, OrderShape, order_of};
use crate::api::write::{WriteKey, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::TakeOrders;
use crate::auth::{May, Person};
use crate::problem::Problem;
use crate::store::aggregates::{self, Wanted};
use crate::store::{Tx, lines};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::auth::Act;
use domain::billing::bill::Bill;
use domain::ids::{LineId, OptionId, OrderId, TableId};
use domain::orders::add::{Add, NewLine};
use domain::orders::cancel::Cancel;
use domain::orders::change::{Change, FromTo, Set};
use domain::orders::open::Open;
use domain::orders::send::{Fire, Named, Send};
use domain::orders::serve::Serve;
use domain::orders::void::{Part, Void};
use domain::orders::{Line, MOST_LINES_AT_ONCE, Order};
use domain::text::{Course, Guests, Note, Quantity, Seat};
use domain::time::Moment;
use domain::{Code, Command, Key};
use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrder {
    id: Option<String>,
    table_id: String,
    guests: i64,
    items: Vec<NewItem>,
    send: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewItem {
    id: Option<String>,
    dish_id: String,
    quantity: i64,
    #[serde(default)]
    modifiers: Option<Vec<String>>,
    note: Option<String>,
    seat: Option<i64>,
    course: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewItems {
    items: Vec<NewItem>,
    send: Option<bool>,
}

fn new_lines(items: Vec<NewItem>, bad: &mut Bad, mut draw: impl FnMut() -> Uuid) -> Vec<NewLine> {
    if items.len() > MOST_LINES_AT_ONCE {
        bad.say("items", "too_many", "at most 200 items");
    }
    let line = |(at, item): (usize, NewItem)| line(at, item, bad, &mut draw);
    items
        .into_iter()
        .enumerate()
        .take(MOST_LINES_AT_ONCE)
        .filter_map(line)
        .collect()
}

fn line(
    at: usize,
    item: NewItem,
    bad: &mut Bad,
    mut draw: impl FnMut() -> Uuid,
) -> Option<NewLine> {
    let field = |name: &str| format!("items[{at}].{name}");
    let id = match item.id {
        Some(id) => bad.id(field("id"), &id),
        None => Some(LineId(draw())),
    };
    let dish = bad.id(field("dishId"), &item.dish_id);
    let quantity = bad.value(field("quantity"), Quantity::new(item.quantity));
    let note = item
        .note
        .map(|note| bad.value(field("note"), Note::new(note)));
    let seat = item
        .seat
        .map(|seat| bad.value(field("seat"), Seat::new(seat)));
    let course = item
        .course
        .map(|course| bad.value(field("course"), Course::new(course)));
    let modifiers = item.modifiers.unwrap_or_default();
    let modifiers = modifiers.iter().take(MOST_CHOSEN).enumerate();
    let modifiers: Vec<OptionId> = modifiers
        .filter_map(|(n, id)| bad.id(format!("items[{at}].modifiers[{n}]"), id))
        .collect();
    let (note, seat, course) = (note.flatten(), seat.flatten(), course.flatten());
    Some(NewLine {
        id: id?,
        dish: dish?,
        quantity: quantity?,
        modifiers,
        note,
        seat,
        course,
        frozen: None,
    })
}

/// More than any dish asks for: what lies beyond is refused by the menu.
const MOST_CHOSEN: usize = 500;

fn fire(send: Option<bool>) -> Option<Fire> {
    send.unwrap_or(false).then(|| Fire {
        tickets: Vec::new(),
    })
}

/// The ids that a request brings for its items. With a key the request may be an old one, whose answer is kept.
fn brought(items: &[NewItem], key: &WriteKey) -> Vec<LineId> {
    if key.is_there() {
        return Vec::new();
    }
    let ids = items.iter().filter_map(|item| item.id.as_ref());
    ids.filter_map(|id| id.parse().ok()).collect()
}

/// An id that names a line of another check is taken.
async fn free(api: &Api, by: &Person, order: OrderId, lines: &[LineId]) -> Result<(), Problem> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let taken = lines::are_elsewhere(&mut tx, by.restaurant, order, lines).await;
    if taken.map_err(|e| Problem::database(&e))? {
        return Err(Problem::rule(Code::AlreadyExists));
    }
    Ok(())
}

pub async fn open(
    State(api): State<Api>,
    May(by, _): May<TakeOrders>,
    key: WriteKey,
    body: Shape<NewOrder>,
) -> Result<Response, Problem> {
    let NewOrder {
        id,
        table_id,
        guests,
        items,
        send,
    } = body.value;
    let mut bad = Bad::default();
    let order = match id {
        Some(id) => bad.id("id", &id),
        None => Some(OrderId(api.hub.world.id())),
    };
    let table: Option<TableId> = bad.id("tableId", &table_id);
    let guests = bad.value("guests", Guests::new(guests));
    if send == Some(true) && items.is_empty() {
        bad.say("items", "empty", "sending needs an item");
    }
    let brought = brought(&items, &key);
    let lines = new_lines(items, &mut bad, || api.hub.world.id());
    let (Some(order), Some(table), Some(guests), true) = (order, table, guests, bad.0.is_empty())
    else {
        return Err(Problem::invalid(bad.0));
    };
    free(&api, &by, order, &brought).await?;
    let command = Open {
        order,
        table,
        guests,
        beside: Vec::new(),
        lines,
        fire: fire(send),
    };
    let location = Some(format!("/api/v1/orders/{order}"));
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::order(state, order), location.clone())
    })
    .await
}

pub async fn add(
    State(api): State<Api>,
    May(by, _): May<TakeOrders>,
    id: Id<OrderId>,
    key: WriteKey,
    body: Shape<NewItems>,
) -> Result<Response, Problem> {
    let NewItems { items, send } = body.value;
    let mut bad = Bad::default();
    if items.is_empty() {
        bad.say("items", "empty", "there is nothing to add");
    }
    let brought = brought(&items, &key);
    let lines = new_lines(items, &mut bad, || api.hub.world.id());
    bad.none()?;
    let order = id.of("order")?;
    free(&api, &by, order, &brought).await?;
    let command = Add {
        order,
        lines,
        fire: fire(send),
    };
    let location = Some(format!("/api/v1/orders/{order}"));
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::order(state, order), location.clone())
    })
    .await
}

/// Fires what is unsent as it stands now; a line that somebody else sends in between is not fired again.
pub async fn send(
    State(api): State<Api>,
    May(by, _): May<TakeOrders>,
    id: Id<OrderId>,
    key: WriteKey,
) -> Result<Response, Problem> {
    let id = id.of("order")?;
    let order = stored(&api, &by, id).await?;
    let lines = order
        .unsent()
        .map(|line| Named {
            line: line.id,
            quantity: line.quantity,
        })
        .collect();
    let command = Send {
        order: id,
        lines,
        tickets: Vec::new(),
    };
    write(&api, &by, &key, "", command.into(), move |state| {
        rendered(shapes::order(state, id), None)
    })
    .await
}

async fn stored(api: &Api, by: &Person, id: OrderId) -> Result<Order, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let order = read::one(&mut tx, by.restaurant, Key::Order(id)).await;
    let order = order.map_err(|e| Problem::database(&e))?;
    order.ok_or_else(|| Problem::not_found("order"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemChange {
    quantity: Option<i64>,
    #[serde(default, deserialize_with = "nullable")]
    note: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    seat: Option<Option<i64>>,
    course: Option<i64>,
    status: Option<String>,
    reason: Option<String>,
}

/// What of an item is changed; it was served; or it is voided.
enum ItemAct {
    Change(Change),
    Serve,
    Void(Option<Note>),
}

impl ItemChange {
    fn read(self, order: OrderId, line: LineId) -> Result<ItemAct, Problem> {
        let mut bad = Bad::default();
        let quantity = self.quantity.map(Quantity::new);
        let quantity = quantity.and_then(|it| bad.value("quantity", it));
        let note = self.note.map(|note| Set {
            to: note.and_then(|note| bad.value("note", Note::new(note))),
        });
        let seat = self.seat.map(|seat| Set {
            to: seat.and_then(|seat| bad.value("seat", Seat::new(seat))),
        });
        let course = self.course.map(Course::new);
        let course = course.and_then(|it| bad.value("course", it));
        let reason = self.reason.map(Note::new);
        let reason = reason.and_then(|it| bad.value("reason", it));
        let changes = quantity.is_some() || note.is_some() || seat.is_some() || course.is_some();
        if changes && self.status.is_some() {
            bad.say("status", "not_alone", "goes with no other change");
        }
        let act = match self.status.as_deref() {
            None => Some(ItemAct::Change(Change {
                order,
                line,
                quantity: quantity.map(|to| FromTo { from: to, to }),
                note,
                seat,
                course,
            })),
            Some("served") => Some(ItemAct::Serve),
            Some("voided") => Some(ItemAct::Void(reason)),
            Some(_) => {
                bad.say("status", "unknown", "served or voided");
                None
            }
        };
        bad.with(act)
    }
}

/// One item: while it is a draft it changes; later it is served, or voided for a reason.
pub async fn change(
    State(api): State<Api>,
    May(by, _): May<TakeOrders>,
    ids: Ids<OrderId, LineId>,
    key: WriteKey,
    body: Shape<ItemChange>,
) -> Result<Response, Problem> {
    let nowhere = (OrderId(uuid::Uuid::nil()), LineId(uuid::Uuid::nil()));
    let (id, line) = ids.0.unwrap_or(nowhere);
    let act = body.value.read(id, line)?;
    ids.of("order")?;
    let order = stored(&api, &by, id).await?;
    if order.line(line).is_none() {
        return Err(Problem::not_found("item"));
    }
    let command: Command = match act {
        ItemAct::Change(change) => change.into(),
        ItemAct::Serve => Serve {
            order: id,
            lines: vec![line],
        }
        .into(),
        ItemAct::Void(reason) => Void {
            order: id,
            lines: vec![Part {
                line,
                quantity: None,
            }],
            reason,
        }
        .into(),
    };
    write(&api, &by, &key, &body.hash, command, move |state| {
        rendered(shapes::order(state, id), None)
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    status: String,
    reason: Option<String>,
}

/// The whole order was served, or is cancelled.
pub async fn set_status(
    State(api): State<Api>,
    May(by, _): May<TakeOrders>,
    id: Id<OrderId>,
    key: WriteKey,
    body: Shape<NewStatus>,
) -> Result<Response, Problem> {
    let NewStatus { status, reason } = body.value;
    let mut bad = Bad::default();
    let reason = reason.and_then(|it| bad.value("reason", Note::new(it)));
    if !["served", "cancelled"].contains(&status.as_str()) {
        bad.say("status", "unknown", "served or cancelled");
    }
    bad.none()?;
    let id = id.of("order")?;
    let order = stored(&api, &by, id).await?;
    let command: Command = if status == "served" {
        let waits = |line: &&Line| line.counts() && line.was_fired() && line.served.is_none();
        let lines = order.lines.iter().filter(waits).map(|line| line.id);
        Serve {
            order: id,
            lines: lines.collect(),
        }
        .into()
    } else {
        Cancel { order: id, reason }.into()
    };
    write(&api, &by, &key, &body.hash, command, move |state| {
        rendered(shapes::order(state, id), None)
    })
    .await
}

pub async fn one(
    State(api): State<Api>,
    by: Person,
    id: Id<OrderId>,
) -> Result<Json<OrderShape>, Problem> {
    let id = id.of("order")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let found = read::row(&mut tx, by.restaurant, Key::Order(id))
        .await
        .map_err(|e| Problem::database(&e))?;
    let found: (Order, u64) = found.ok_or_else(|| Problem::not_found("order"))?;
    let bills = bills(&mut tx, &by, std::slice::from_ref(&found)).await?;
    let bills: Vec<&Bill> = bills.iter().collect();
    let order = order_of(&found.0, found.1, &bills, &settings);
    Ok(Json(seen_by(&by, order)))
}

/// The bills of these orders: what an order comes to is said with them.
async fn bills(tx: &mut Tx, by: &Person, orders: &[(Order, u64)]) -> Result<Vec<Bill>, Problem> {
    let ids = orders.iter().flat_map(|(order, _)| &order.bills);
    let keys: Vec<Key> = ids.copied().map(Key::Bill).collect();
    read::many(tx, by.restaurant, keys)
        .await
        .map_err(|e| Problem::database(&e))
}

fn seen_by(by: &Person, order: OrderShape) -> OrderShape {
    if by.may(Act::SeeMoney) {
        order
    } else {
        order.without_money()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    status: Option<String>,
    table_id: Option<String>,
    since: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

/// Every status that the contract gives an order, whether this build's commands reach it or not.
const STATUSES: [&str; 7] = [
    "open",
    "sent",
    "preparing",
    "ready",
    "served",
    "completed",
    "cancelled",
];

pub async fn list(
    State(api): State<Api>,
    by: Person,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<OrderShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = list::after(query.after.as_deref())?;
    let known = |status: &String| STATUSES.contains(&status.as_str());
    if query.status.as_ref().is_some_and(|status| !known(status)) {
        return Err(bad_query("status", "no order has such a status"));
    }
    let table = query.table_id.map(|id| {
        id.parse::<TableId>()
            .map_err(|_| bad_query("tableId", "is not an id"))
    });
    let since = query
        .since
        .map(|at| Moment::from_rfc3339(&at).ok_or_else(|| bad_query("since", "is not a time")));
    let wanted = Wanted {
        kind: "order",
        after,
        limit: Some(limit + 1),
        status: query.status,
        table: table.transpose()?.map(|id| id.to_string()),
        since: since.transpose()?,
        ..Wanted::default()
    };
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let rows = aggregates::list(&mut tx, by.restaurant, &wanted)
        .await
        .map_err(|e| Problem::database(&e))?;
    let page = list::page(rows, limit, |found| {
        let revision = found.row.revision;
        let order: Order = read::Body::of(found.row.body)?;
        Some((order, revision))
    });
    let bills = bills(&mut tx, &by, &page.items).await?;
    let shape = |(order, revision): &(Order, u64)| {
        let own = bills.iter().filter(|bill| bill.order == order.id);
        let shape = order_of(order, *revision, &own.collect::<Vec<_>>(), &settings);
        seen_by(&by, shape)
    };
    Ok(Json(Page {
        items: page.items.iter().map(shape).collect(),
        next: page.next,
    }))
}
