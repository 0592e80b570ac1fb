//! A restaurant's head: where its log ends. Its row is the lock that orders all writes.

use super::db::{Tx, on};
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::recover::Phase;
use domain::sync::{Chain, Epoch, Position};
use domain::time::Moment;
use sqlx::AssertSqlSafe;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub position: Position,
    pub hub_at: Moment,
    /// The last position of the event feed.
    pub feed: i64,
    pub phase: Phase,
    /// The highest epoch that a device has shown this hub beyond its own.
    pub shown: u64,
}

impl Head {
    /// A device has shown an epoch beyond this log, and nobody has restored it since.
    pub fn is_behind(&self) -> bool {
        self.phase == Phase::Open && self.shown > self.position.epoch.n
    }
}

type Columns = (i64, String, i64, String, i64, i64, String, i64);

fn head(columns: Columns) -> sqlx::Result<Head> {
    let (n, tag, seq, chain, hub_at, feed, phase, shown) = columns;
    let phase = Phase::parse(&phase)
        .ok_or_else(|| sqlx::Error::Decode(format!("no phase is called {phase}").into()))?;
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
        phase,
        shown: shown.unsigned_abs(),
    })
}

const COLUMNS: &str =
    "SELECT epoch, epoch_tag, seq, chain, hub_at, position, phase, shown FROM heads
    WHERE restaurant = $1";

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
    let text = "UPDATE heads SET epoch = $2, epoch_tag = $3, seq = $4, chain = $5, hub_at = $6, position = $7,
                phase = $8, shown = $9 WHERE restaurant = $1";
    let Head {
        position: Position { epoch, seq, chain },
        hub_at,
        feed,
        phase,
        shown,
    } = head;
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(epoch.n.cast_signed()).bind(&epoch.tag)
        .bind(seq.cast_signed()).bind(chain.to_string()).bind(hub_at.0).bind(feed).bind(phase.as_str())
        .bind(shown.cast_signed()).execute(c).await?.rows_affected());
    Ok(())
}

/// This log is older than what devices have seen of it: from here on the hub asks them what they hold, and decides
/// nothing before it has heard. Sessions of persons end. To be called before the hub serves.
pub async fn begin_recovery(tx: &mut Tx, restaurant: RestaurantId, why: &str) -> sqlx::Result<()> {
    let id = restaurant.to_string();
    let texts = [
        "DELETE FROM reported WHERE restaurant = $1",
        "DELETE FROM reports WHERE restaurant = $1",
        "DELETE FROM refresh_tokens WHERE session IN (SELECT id FROM sessions WHERE restaurant = $1)",
        "DELETE FROM sessions WHERE restaurant = $1",
    ];
    for text in texts {
        on!(tx, c => sqlx::query(text).bind(&id).execute(c).await?.rows_affected());
    }
    let text = "UPDATE heads SET phase = $2, why = $3, ended_by = NULL, named = NULL WHERE restaurant = $1";
    on!(tx, c => sqlx::query(text).bind(&id).bind(Phase::Collecting.as_str()).bind(why).execute(c).await?
        .rows_affected());
    Ok(())
}

/// Why this hub is recovering, and who has ended the wait.
pub async fn why(
    tx: &mut Tx,
    restaurant: RestaurantId,
) -> sqlx::Result<(String, Option<PersonId>)> {
    let text = "SELECT why, ended_by FROM heads WHERE restaurant = $1";
    let (why, by): (String, Option<String>) =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_one(c).await?);
    Ok((why, by.and_then(|id| id.parse().ok())))
}

/// The next phase, reached outside the writer's own work.
pub async fn set_phase(
    tx: &mut Tx,
    restaurant: RestaurantId,
    phase: Phase,
    ended_by: Option<PersonId>,
) -> sqlx::Result<()> {
    let text =
        "UPDATE heads SET phase = $2, ended_by = COALESCE($3, ended_by) WHERE restaurant = $1";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(phase.as_str())
        .bind(ended_by.map(|id| id.to_string())).execute(c).await?.rows_affected());
    Ok(())
}

/// Whose log is taken for the hub's own, signed or not.
pub async fn named(tx: &mut Tx, restaurant: RestaurantId) -> sqlx::Result<Option<DeviceId>> {
    let text = "SELECT named FROM heads WHERE restaurant = $1";
    let (named,): (Option<String>,) =
        on!(tx, c => sqlx::query_as(text).bind(restaurant.to_string()).fetch_one(c).await?);
    Ok(named.and_then(|id| id.parse().ok()))
}

pub async fn name(
    tx: &mut Tx,
    restaurant: RestaurantId,
    named: Option<DeviceId>,
) -> sqlx::Result<()> {
    let text = "UPDATE heads SET named = $2 WHERE restaurant = $1";
    on!(tx, c => sqlx::query(text).bind(restaurant.to_string()).bind(named.map(|id| id.to_string()))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a device has shown an epoch beyond a log that nobody has restored since.
pub async fn any_behind(tx: &mut Tx) -> sqlx::Result<bool> {
    let text = "SELECT COUNT(*) FROM heads WHERE phase = 'open' AND shown > epoch";
    let (count,): (i64,) = on!(tx, c => sqlx::query_as(text).fetch_one(c).await?);
    Ok(count > 0)
}

/// Every restaurant of this hub.
pub async fn restaurants(tx: &mut Tx) -> sqlx::Result<Vec<RestaurantId>> {
    let text = "SELECT restaurant FROM heads ORDER BY restaurant";
    let rows: Vec<(String,)> = on!(tx, c => sqlx::query_as(text).fetch_all(c).await?);
    rows.iter()
        .map(|(id,)| id.parse().map_err(|e| sqlx::Error::Decode(Box::new(e))))
        .collect()
}
