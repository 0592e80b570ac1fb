//! Bills over REST, and the money that is taken for them.

pub mod receipt;

use crate::api::body::{Asked, Id, Shape, bad_query};
use crate::api::fields::Bad;
use crate::api::list::{self, Page};
use crate::api::shapes::{self, BillShape, bill_of};
use crate::api::write::{WriteKey, rendered, write};
use crate::api::{Api, read};
use crate::auth::May;
use crate::auth::actor::{SeeMoney, TakePayment};
use crate::problem::Problem;
use crate::store::Tx;
use crate::store::aggregates::{self, Wanted};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::Key;
use domain::billing::Method;
use domain::billing::bill::{Bill, OpenBill};
use domain::billing::pay::Pay;
use domain::ids::{BillId, OrderId, PaymentId, RestaurantId};
use domain::orders::Order;
use domain::time::Day;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBill {
    id: Option<String>,
    order_id: String,
}

pub async fn open(
    State(api): State<Api>,
    May(by, _): May<TakePayment>,
    key: WriteKey,
    body: Shape<NewBill>,
) -> Result<Response, Problem> {
    let mut bad = Bad::default();
    let bill = bad.id_or("id", body.value.id.as_ref(), || BillId(api.hub.world.id()));
    let order: Option<OrderId> = bad.id("orderId", &body.value.order_id);
    let (bill, order) = bad.with(bill.zip(order))?;
    let location = Some(format!("/api/v1/billing/bills/{bill}"));
    let command = OpenBill { bill, order };
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        rendered(shapes::bill(state, bill), location.clone())
    })
    .await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    id: Option<String>,
    method: String,
    amount: i64,
    tip: Option<i64>,
    tendered: Option<i64>,
}

pub async fn pay(
    State(api): State<Api>,
    May(by, _): May<TakePayment>,
    id: Id<BillId>,
    key: WriteKey,
    body: Shape<NewPayment>,
) -> Result<Response, Problem> {
    let new = body.value;
    let mut bad = Bad::default();
    let payment = bad.id_or("id", new.id.as_ref(), || PaymentId(api.hub.world.id()));
    let method = Method::parse(&new.method);
    match method {
        None => bad.say("method", "unknown", "cash, card or voucher"),
        Some(Method::Card | Method::Voucher) => {
            bad.say("method", "not_available", "only cash is taken here yet");
        }
        Some(Method::Cash) => {}
    }
    let mut money = |field: &str, minor: i64| {
        if minor < 0 {
            bad.say(field, "out_of_range", "must not be less than nothing");
            return None;
        }
        bad.money(field, minor)
    };
    let amount = money("amount", new.amount);
    let tip = money("tip", new.tip.unwrap_or(0));
    let tendered = new.tendered.map(|given| money("tendered", given));
    if let (Some(amount), Some(tip), Some(Some(given))) = (amount, tip, tendered)
        && given.minor() < amount.minor().saturating_add(tip.minor())
    {
        bad.say("tendered", "too_little", "is less than amount and tip");
    }
    let parts = payment.zip(method).zip(amount).zip(tip);
    let (((payment, method), amount), tip) = bad.with(parts)?;
    let bill = id.of("bill")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let order = stored(&mut tx, by.restaurant, bill).await?.order;
    drop(tx);
    let command = Pay {
        payment,
        order,
        bill,
        method,
        amount,
        tip,
        tendered: tendered.flatten(),
    };
    let location = Some(format!("/api/v1/billing/bills/{bill}"));
    write(&api, &by, &key, &body.hash, command.into(), move |state| {
        let taken = state.bill(bill).into_iter().flat_map(|bill| &bill.payments);
        let taken = taken.into_iter().find(|known| known.id == payment);
        rendered(taken.map(shapes::payment), location.clone())
    })
    .await
}

pub(super) async fn stored(
    tx: &mut Tx,
    restaurant: RestaurantId,
    id: BillId,
) -> Result<Bill, Problem> {
    let bill = read::one(tx, restaurant, Key::Bill(id)).await;
    let bill = bill.map_err(|e| Problem::database(&e))?;
    bill.ok_or_else(|| Problem::not_found("bill"))
}

pub async fn one(
    State(api): State<Api>,
    May(by, _): May<SeeMoney>,
    id: Id<BillId>,
) -> Result<Json<BillShape>, Problem> {
    let id = id.of("bill")?;
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let bill = stored(&mut tx, by.restaurant, id).await?;
    let order = read::one(&mut tx, by.restaurant, Key::Order(bill.order)).await;
    let order: Option<Order> = order.map_err(|e| Problem::database(&e))?;
    let shape = bill_of(&bill, order.as_ref(), &settings);
    shape.map(Json).ok_or_else(|| Problem::not_found("bill"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

const STATUSES: [&str; 4] = ["open", "paid", "refunded", "void"];

/// Business days as a query names them. All days are four digits, two and two, so that they compare as text.
pub fn day(field: &str, text: &str) -> Result<Day, Problem> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day = text.parse().ok().filter(|_| plain);
    day.ok_or_else(|| bad_query(field, "is not a day (YYYY-MM-DD)"))
}

pub async fn list(
    State(api): State<Api>,
    May(by, _): May<SeeMoney>,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<BillShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let after = list::after(query.after.as_deref())?;
    let known = |status: &String| STATUSES.contains(&status.as_str());
    if query.status.as_ref().is_some_and(|status| !known(status)) {
        return Err(bad_query("status", "no bill has such a status"));
    }
    let from = query.from.map(|text| day("from", &text)).transpose()?;
    let to = query.to.map(|text| day("to", &text)).transpose()?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(bad_query("to", "lies before from"));
    }
    let bound = |day: Option<Day>, none: &str| day.map_or(none.to_owned(), |day| day.to_string());
    let days =
        (from.is_some() || to.is_some()).then(|| (bound(from, "0000"), bound(to, "9999-12-31")));
    let wanted = Wanted {
        kind: "bill",
        after,
        limit: Some(limit + 1),
        status: query.status,
        days,
        ..Wanted::default()
    };
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    let rows = aggregates::list(&mut tx, by.restaurant, &wanted)
        .await
        .map_err(|e| Problem::database(&e))?;
    let page: Page<Bill> = list::page(rows, limit, |found| read::Body::of(found.row.body));
    let open = page.items.iter().filter(|bill| bill.is_open());
    let keys: Vec<Key> = open.map(|bill| Key::Order(bill.order)).collect();
    let orders = read::many(&mut tx, by.restaurant, keys).await;
    let orders: Vec<Order> = orders.map_err(|e| Problem::database(&e))?;
    let shape = |bill: &Bill| {
        let order = orders.iter().find(|order| order.id == bill.order);
        bill_of(bill, order, &settings)
    };
    Ok(Json(Page {
        items: page.items.iter().filter_map(shape).collect(),
        next: page.next,
    }))
}
