//! A restaurant's head: where its log ends. Its row is the lock that orders all writes.

use super::db::{Tx, on};
use domain::ids::RestaurantId;
use domain::sync::{Chain, Epoch, Position};
use domain::time::Moment;
use sqlx::AssertSqlSafe;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub position: Position,
    pub hub_at: Moment,
    /// The last position of the event feed.
    pub feed: i64,
}

type Columns = (i64, String, i64, String, i64, i64);

fn head(columns: Columns) -> sqlx::Result<Head> {
    let (n, tag, seq, chain, hub_at, feed) = columns;
    let chain: Chain = chain
        .parse()
        .map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    let epoch = Epoch {
        n: n.unsigned_abs(),
        tag,
    };
    Ok(Head {
        position: Position {
            epoch,
            seq: seq.unsigned_abs(),
            chain,
        },
        hub_at: Moment(hub_at),
        feed,
    })
}

const COLUMNS: &str =
    "SELECT epoch, epoch_tag, seq, chain, hub_at, position FROM heads WHERE restaurant = $1";

pub async fn read(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Option<Head>> {
    let id = restaurant.to_string();
    let row: Option<Columns> =
        on!(tx, c => sqlx::query_as(COLUMNS).bind(id).fetch_optional(c).await?);
    row.map(head).transpose()
}

/// Reads the head and holds it until the transaction ends.
pub async fn lock(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Option<Head>> {
    let id = restaurant.to_string();
    let text = format!("{COLUMNS}{}", tx.row_lock());
    let row: Option<Columns> =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(text)).bind(id).fetch_optional(c).await?);
    row.map(head).transpose()
}

pub async fn create(
    tx: &mut Tx,
    restaurant: RestaurantId,
    epoch: &Epoch,
    at: Moment,
) -> sqlx::Result<()> {
    let chain = Chain::start(restaurant).to_string();
    let text = "INSERT INTO heads (restaurant, epoch, epoch_tag, seq, chain, hub_at, position)
                VALUES ($1, $2, $3, 0, $4, $5, 0)";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(epoch.n.cast_signed()).bind(&epoch.tag)
        .bind(chain).bind(at.0).execute(c).await?.rows_affected());
    Ok(())
}

pub async fn write(tx: &mut Tx, restaurant: RestaurantId, head: &Head) -> sqlx::Result<()> {
    let text = "UPDATE heads SET epoch = $2, epoch_tag = $3, seq = $4, chain = $5, hub_at = $6, position = $7
                WHERE restaurant = $1";
    let Head {
        position: Position { epoch, seq, chain },
        hub_at,
        feed,
    } = head;
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(epoch.n.cast_signed()).bind(&epoch.tag)
        .bind(seq.cast_signed()).bind(chain.to_string()).bind(hub_at.0).bind(feed).execute(c).await?.rows_affected());
    Ok(())
}

/// Every restaurant of this hub.
pub async fn restaurants(tx: &mut Tx) -> sqlx::Result<Vec<RestaurantId>> {
    let text = "SELECT restaurant FROM heads ORDER BY restaurant";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).fetch_all(c).await?);
    rows.iter()
        .map(|(id,)| id.parse().map_err(|e| sqlx::Error::Decode(Box::new(e))))
        .collect()
}
