//! What a device keeps, by the hub's time and never by its own: 72 hours of the log, so that a lost evening can be put
//! back, and 48 hours of what is over.

use crate::error::Stored;
use crate::store::rows::{self, Layer};
use crate::store::{entries, meta, pending, sent};
use crate::topics::{self, Topics};
use domain::ids::{CardId, OrderId};
use domain::sync::DROPPED_AFTER_MILLIS;
use domain::time::Moment;
use domain::{Aggregate, Command, Key};
use rusqlite::Connection;
use std::collections::HashSet;

const KEPT_MILLIS: i64 = 72 * 60 * 60 * 1000;

/// Entry *n* drops what lies 72 hours before its `hubAt`; nothing that has not been applied, nothing that is pending.
pub(crate) fn prune(db: &Connection, epoch: u64, applied: u64) -> Stored<()> {
    let Some(newest) = meta::get(db, &meta::HUB_AT)? else {
        return Ok(());
    };
    let before = newest.plus(-KEPT_MILLIS);
    entries::prune(db, before, epoch, applied)?;
    sent::prune(db, before)
}

/// Drops from base what was over 48 hours before the newest entry, so that all devices drop the same. To be called only
/// where base stands at that entry. What a pending command names stays until it is decided.
pub(crate) fn drop_what_is_over(db: &Connection, topics: &mut Topics) -> Stored<()> {
    let Some(newest) = meta::get(db, &meta::HUB_AT)? else {
        return Ok(());
    };
    let limit = newest.plus(-DROPPED_AFTER_MILLIS);
    let over = "kind = 'order' AND closed <= ?1";
    let cleared = "kind = 'card' AND closed <= ?1";
    let (orders, cards) = (list(db, over, limit)?, list(db, cleared, limit)?);
    if orders.is_empty() && cards.is_empty() {
        return drop_counters(db, limit);
    }
    let named = Named::by_what_waits(db)?;
    for (key, body) in orders.into_iter().chain(cards) {
        for key in named.dropped(key, &body) {
            rows::remove(db, Layer::Base, &key)?;
            topics.extend(topics::of_key(&key));
        }
    }
    drop_counters(db, limit)
}

fn list(db: &Connection, having: &str, limit: Moment) -> Stored<Vec<(Key, Aggregate)>> {
    let found = rows::list(db, Layer::Base, having, &limit.0.to_string())?;
    Ok(found
        .into_iter()
        .map(|(key, row)| (key, row.body))
        .collect())
}

/// What pending commands are about.
struct Named {
    orders: HashSet<OrderId>,
    cards: HashSet<CardId>,
}

impl Named {
    fn by_what_waits(db: &Connection) -> Stored<Named> {
        let (mut orders, mut cards) = (HashSet::new(), HashSet::new());
        for pending in pending::all(db)? {
            orders.extend(pending.order);
            let command = pending
                .envelope()
                .and_then(|envelope| envelope.command().ok());
            if let Some(Command::Clear(clear)) = command {
                cards.insert(clear.card);
            }
        }
        Ok(Named { orders, cards })
    }

    /// The row and what goes with it, unless something that waits is about it.
    fn dropped(&self, key: Key, body: &Aggregate) -> Vec<Key> {
        match body {
            Aggregate::Order(order) if !self.orders.contains(&order.id) => {
                let bills = order.bills.iter().copied().map(Key::Bill);
                bills.chain([key]).collect()
            }
            Aggregate::Card(card) if !self.cards.contains(&card.id) => vec![key],
            _ => Vec::new(),
        }
    }
}

/// No number of an older day is given any more, and here none is given at all.
fn drop_counters(db: &Connection, limit: Moment) -> Stored<()> {
    let settings = rows::get(db, Layer::Base, &Key::Settings)?;
    let Some(Aggregate::Settings(settings)) = settings.map(|row| row.body) else {
        return Ok(());
    };
    let first_kept = Key::OrderCounter(settings.day_of(limit));
    let older = "kind = 'order_counter' AND key < ?1";
    for (key, _) in rows::list(db, Layer::Base, older, &first_kept.to_string())? {
        rows::remove(db, Layer::Base, &key)?;
    }
    Ok(())
}
