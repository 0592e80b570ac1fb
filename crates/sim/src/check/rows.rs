//! Rows: the hub's and every device's are what the log says, and a device's log is the hub's.

use super::{Log, open};
use crate::nights::{DROPPED_AFTER, REMEMBERED};
use domain::time::Moment;
use domain::{Aggregate, Key, State};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

fn body_of(state: &State, key: &Key) -> Option<(u64, String)> {
    state.row(key).map(|row| (row.revision, row.body.body()))
}

/// The hub's rows and every device's base are what the log says.
pub(super) fn rows_agree(hub: &Log, state: &State, devices: &[String], found: &mut Vec<String>) {
    let wanted: BTreeMap<String, (u64, String)> = state
        .keys()
        .filter_map(|key| Some((key.to_string(), body_of(state, key)?)))
        .collect();
    match rows(&hub.db, "SELECT key, revision, body FROM aggregates") {
        Ok(rows) if rows == wanted => {}
        Ok(rows) => found.push(format!(
            "the hub's rows are not its log's: {}",
            difference(&rows, &wanted)
        )),
        Err(error) => found.push(format!("the hub's rows do not read: {error}")),
    }
    let dropped = dropped(state, hub.last_hub_at());
    let on_devices: BTreeMap<_, _> = wanted
        .into_iter()
        .filter(|(key, _)| !is_counter(key) && !dropped.contains(key))
        .collect();
    for device in devices {
        let read =
            open(device, "device").and_then(|db| rows(&db, "SELECT key, revision, body FROM base"));
        match read {
            Ok(mut rows) => {
                rows.retain(|key, _| !is_counter(key));
                if rows != on_devices {
                    found.push(format!(
                        "{} does not agree: {}",
                        device,
                        difference(&rows, &on_devices)
                    ));
                }
            }
            Err(error) => found.push(format!("{} does not read: {error}", device)),
        }
    }
}

/// Whether devices hold this no more at that time: a check 48 hours after it was over, a card after it was seen to.
pub(super) fn is_over(body: &Aggregate, now: Moment) -> bool {
    let over = match body {
        Aggregate::Order(order) => order.closed.as_ref().map(|closed| closed.at),
        Aggregate::Card(card) => card.cleared.as_ref().map(|cleared| cleared.at),
        _ => None,
    };
    over.is_some_and(|over| now.since(over) >= DROPPED_AFTER)
}

/// What devices have dropped by then: what is over, and the bills of a check with it.
fn dropped(state: &State, now: Moment) -> BTreeSet<String> {
    let rows = state.keys().filter_map(|key| Some((key, state.row(key)?)));
    let over = rows.filter(|(_, row)| is_over(&row.body, now));
    let with_bills = over.flat_map(|(key, row)| {
        let bills = match &row.body {
            Aggregate::Order(order) => order.bills.as_slice(),
            _ => &[],
        };
        bills.iter().map(|bill| Key::Bill(*bill)).chain([*key])
    });
    with_bills.map(|key| key.to_string()).collect()
}

/// Numbers are the hub's to give: a snapshot has no counters.
fn is_counter(key: &str) -> bool {
    key.starts_with("order_counter") || key.starts_with("receipt_counter")
}

fn rows(db: &Connection, text: &str) -> rusqlite::Result<BTreeMap<String, (u64, String)>> {
    let row = |row: &rusqlite::Row<'_>| {
        Ok((
            row.get(0)?,
            (row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?),
        ))
    };
    db.prepare(text)?.query_map([], row)?.collect()
}

fn difference(a: &BTreeMap<String, (u64, String)>, b: &BTreeMap<String, (u64, String)>) -> String {
    let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let first = keys.into_iter().find(|key| a.get(*key) != b.get(*key));
    first
        .map(|key| format!("{key}: {:?} against {:?}", a.get(key), b.get(key)))
        .unwrap_or_default()
}

/// Whatever entries a device holds of this epoch are the hub's, byte for byte; where all were asked what they hold, so is
/// whatever they hold of an older one. And where nothing waits, nothing lies over what the hub has decided.
pub(super) fn replicas(hub: &Log, devices: &[String], whole: bool, found: &mut Vec<String>) {
    let epoch = "SELECT epoch FROM heads";
    let Ok(epoch) = hub.db.query_row(epoch, [], |row| row.get::<_, i64>(0)) else {
        found.push("the hub's epoch does not read".into());
        return;
    };
    let epoch = if whole { 0 } else { epoch };
    for device in devices {
        if let Err(error) = replica(hub, epoch, device, found) {
            found.push(format!("{device} does not read: {error}"));
        }
    }
}

fn replica(hub: &Log, epoch: i64, device: &str, found: &mut Vec<String>) -> rusqlite::Result<()> {
    let db = open(device, "device")?;
    let mut held = db.prepare("SELECT seq, bytes FROM entries WHERE epoch >= ?1 ORDER BY seq")?;
    let held = held.query_map([epoch], |row| {
        Ok((
            row.get::<_, i64>(0)?.unsigned_abs(),
            row.get::<_, String>(1)?,
        ))
    })?;
    for entry in held {
        let (seq, bytes) = entry?;
        let at = usize::try_from(seq).unwrap_or(0).checked_sub(1);
        let here = at.and_then(|at| hub.bytes.get(at));
        if here.is_none_or(|(stored, _)| *stored != bytes) {
            found.push(format!("{device} holds another entry {seq} than the hub"));
            break;
        }
    }
    found.extend(remembered(&db)?.map(|why| format!("{device} {why}")));
    let count = |table: &str| {
        let text = format!("SELECT count(*) FROM {table}");
        db.query_row(&text, [], |row| row.get::<_, i64>(0))
    };
    let (pending, overlay) = (count("pending")?, count("overlay")?);
    if pending == 0 && overlay > 0 {
        found.push(format!("{device} shows {overlay} rows that nobody decided"));
    }
    Ok(())
}

/// A device holds the log without a hole since it followed this epoch, and nothing of which it has heard 72 hours ago.
fn remembered(db: &Connection) -> rusqlite::Result<Option<String>> {
    let one = |text: &str| db.query_row(text, [], |row| row.get::<_, Option<i64>>(0));
    let newest = one("SELECT max(hub_at) FROM entries")?.unwrap_or(0);
    for table in ["entries", "sent"] {
        let oldest = one(&format!("SELECT min(hub_at) FROM {table}"))?;
        if oldest.is_some_and(|oldest| newest - oldest > REMEMBERED) {
            return Ok(Some(format!("holds {table} that are older than 72 hours")));
        }
    }
    let holes = "SELECT max(seq) - min(seq) + 1 - count(*) FROM entries
                 WHERE epoch = (SELECT max(epoch) FROM entries)";
    Ok(match one(holes)? {
        Some(0) | None => None,
        Some(holes) => Some(format!("has {holes} holes in its log")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(entries: &[(i64, i64)], sent: &[i64]) -> Option<String> {
        let db = Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE entries (epoch, seq, hub_at); CREATE TABLE sent (hub_at)";
        db.execute_batch(tables).unwrap();
        for (seq, at) in entries {
            let text = "INSERT INTO entries VALUES (1, ?1, ?2)";
            db.execute(text, (seq, at)).unwrap();
        }
        for at in sent {
            db.execute("INSERT INTO sent VALUES (?1)", [at]).unwrap();
        }
        remembered(&db).unwrap()
    }

    #[test]
    fn a_device_that_keeps_too_much_or_has_a_hole_is_seen() {
        let day = DROPPED_AFTER / 2;
        assert_eq!(holding(&[(4, 0), (5, day), (6, 3 * day)], &[0, day]), None);
        assert_eq!(holding(&[], &[]), None);
        let old = holding(&[(4, 0), (5, 3 * day + 1)], &[]).unwrap();
        assert!(old.contains("entries"), "{old}");
        let old = holding(&[(5, 3 * day + 1)], &[0]).unwrap();
        assert!(old.contains("sent"), "{old}");
        let hole = holding(&[(4, 0), (6, day)], &[]).unwrap();
        assert!(hole.contains("1 holes"), "{hole}");
    }
}
