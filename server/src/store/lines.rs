//! Which check a line or a ticket is on, and which tickets stand on the boards.

use super::db::{Tx, on};
use super::{MOST_BINDS, pieces};
use domain::ids::{LineId, OrderId, RestaurantId, TicketId};
use sqlx::QueryBuilder;

/// A ticket with what it is found by.
#[derive(Debug, Clone)]
pub struct TicketRow {
    pub id: TicketId,
    pub order: OrderId,
    pub station: String,
    pub status: &'static str,
    /// The entry that fired it, and its place on the check.
    pub born: u64,
    pub place: i64,
}

pub async fn write_lines(
    tx: &mut Tx,
    restaurant: RestaurantId,
    lines: &[(LineId, OrderId)],
) -> sqlx::Result<()> {
    for part in pieces(lines, 3) {
        on!(tx, c => {
            let mut query = QueryBuilder::new("INSERT INTO order_lines (restaurant, line, order_id) ");
            query.push_values(part, |mut row, (line, order)| {
                row.push_bind(restaurant.to_string()).push_bind(line.to_string()).push_bind(order.to_string());
            });
            query.push(" ON CONFLICT (restaurant, line) DO NOTHING");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

pub async fn write_tickets(
    tx: &mut Tx,
    restaurant: RestaurantId,
    tickets: &[&TicketRow],
) -> sqlx::Result<()> {
    for part in pieces(tickets, 7) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO tickets (restaurant, id, order_id, station, status, born, place) ");
            query.push_values(part, |mut row, ticket| {
                row.push_bind(restaurant.to_string()).push_bind(ticket.id.to_string())
                    .push_bind(ticket.order.to_string()).push_bind(&ticket.station).push_bind(ticket.status)
                    .push_bind(ticket.born.cast_signed()).push_bind(ticket.place);
            });
            query.push(" ON CONFLICT (restaurant, id) DO UPDATE SET status = excluded.status");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

async fn order_of(
    tx: &mut Tx,
    restaurant: RestaurantId,
    text: &'static str,
    id: String,
) -> sqlx::Result<Option<OrderId>> {
    let row: Option<(String,)> = on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).bind(id)
        .fetch_optional(c).await?);
    Ok(row.and_then(|(order,)| order.parse().ok()))
}

pub async fn order_of_line(
    tx: &mut Tx,
    restaurant: RestaurantId,
    line: LineId,
) -> sqlx::Result<Option<OrderId>> {
    let text = "SELECT order_id FROM order_lines WHERE restaurant = $1 AND line = $2";
    order_of(tx, restaurant, text, line.to_string()).await
}

pub async fn order_of_ticket(
    tx: &mut Tx,
    restaurant: RestaurantId,
    ticket: TicketId,
) -> sqlx::Result<Option<OrderId>> {
    let text = "SELECT order_id FROM tickets WHERE restaurant = $1 AND id = $2";
    order_of(tx, restaurant, text, ticket.to_string()).await
}

/// Whether one of these lines is on another check.
pub async fn are_elsewhere(
    tx: &mut Tx,
    restaurant: RestaurantId,
    order: OrderId,
    lines: &[LineId],
) -> sqlx::Result<bool> {
    for part in lines.chunks(MOST_BINDS - 2) {
        let row: Option<(String,)> = on!(tx, c => {
            let mut query = QueryBuilder::new("SELECT line FROM order_lines WHERE restaurant = ");
            query.push_bind(restaurant.to_string()).push(" AND order_id <> ").push_bind(order.to_string())
                .push(" AND line IN (");
            let mut list = query.separated(", ");
            for line in part { list.push_bind(line.to_string()); }
            query.push(") LIMIT 1");
            query.build_query_as().fetch_optional(c).await?
        });
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a ticket stands among all.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    pub id: String,
    pub order_id: String,
    pub born: i64,
    pub place: i64,
}

/// Tickets in the order in which they were fired; without a status, those that are not bumped.
pub async fn tickets(
    tx: &mut Tx,
    restaurant: RestaurantId,
    station: Option<&str>,
    status: Option<&str>,
    after: Option<(i64, i64)>,
    limit: usize,
) -> sqlx::Result<Vec<Standing>> {
    on!(tx, c => {
        let mut query = QueryBuilder::new("SELECT id, order_id, born, place FROM tickets WHERE restaurant = ");
        query.push_bind(restaurant.to_string());
        match status {
            Some(status) => { query.push(" AND status = ").push_bind(status.to_owned()); }
            None => { query.push(" AND status <> 'bumped'"); }
        }
        if let Some(station) = station {
            query.push(" AND station = ").push_bind(station.to_owned());
        }
        if let Some((born, place)) = after {
            query.push(" AND (born > ").push_bind(born).push(" OR (born = ").push_bind(born)
                .push(" AND place > ").push_bind(place).push("))");
        }
        query.push(" ORDER BY born, place LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(c).await
    })
}
