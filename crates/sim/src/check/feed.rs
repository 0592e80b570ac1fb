//! The feed: every record of every entry, gapless, and at its consumers.

use super::Log;
use crate::kafka::Kafka;
use domain::Event;
use std::collections::{BTreeMap, BTreeSet};

/// The feed has every record of every entry: gapless by position, and by number in each topic.
pub(super) fn feed(hub: &Log, found: &mut Vec<String>) {
    let text = "SELECT position, topic, seq, type FROM outbox ORDER BY position";
    let row = |row: &rusqlite::Row<'_>| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, String>(3)?,
        ))
    };
    let read = hub.db.prepare(text).and_then(|mut query| {
        query
            .query_map([], row)?
            .collect::<rusqlite::Result<Vec<_>>>()
    });
    let Ok(records) = read else {
        found.push("the feed does not read".into());
        return;
    };
    let last: i64 = hub
        .db
        .query_row("SELECT position FROM heads", [], |row| row.get(0))
        .unwrap_or(-1);
    if !records.iter().map(|record| record.0).eq(1..=last) {
        found.push(format!(
            "the feed has {} records and should end at {last}",
            records.len()
        ));
    }
    let mut topics: BTreeMap<&str, i64> = BTreeMap::new();
    for (position, topic, seq, kind) in &records {
        let before = topics.entry(topic).or_default();
        let step = i64::from(kind != "epoch.started");
        if *seq != *before + step {
            found.push(format!("{topic} goes from {before} to {seq} at {position}"));
        }
        *before = *seq;
    }
    let orders: usize = hub
        .entries
        .iter()
        .map(|(_, events)| {
            // That a kitchen's screen has shown a ticket is nothing that outsiders see.
            let told = |event: &&Event| !matches!(event, Event::TicketsSeen(_));
            events
                .iter()
                .filter(told)
                .filter_map(Event::order)
                .collect::<BTreeSet<_>>()
                .len()
        })
        .sum();
    let told = records
        .iter()
        .filter(|(_, topic, _, kind)| topic.starts_with("order.") && kind == topic)
        .count();
    if orders != told {
        found.push(format!(
            "{orders} changes of checks, {told} records of them"
        ));
    }
}

/// A consumer that drops what it knows already has all of this epoch, without a gap.
pub(super) fn consumer(hub: &Log, kafka: &Kafka, found: &mut Vec<String>) {
    let has = kafka.consumed();
    let text = "SELECT id FROM outbox WHERE epoch = (SELECT epoch FROM heads)";
    let ids = hub.db.prepare(text).and_then(|mut query| {
        let ids = query.query_map([], |row| row.get::<_, String>(0))?;
        ids.collect::<rusqlite::Result<Vec<_>>>()
    });
    match ids {
        Ok(ids) => {
            let missed = ids.iter().filter(|id| !has.contains(id.as_str())).count();
            if missed > 0 {
                found.push(format!(
                    "{missed} of {} records never reached a consumer",
                    ids.len()
                ));
            }
        }
        Err(error) => found.push(format!("the feed does not read: {error}")),
    }
}
