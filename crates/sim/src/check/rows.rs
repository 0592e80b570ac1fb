//! Rows: the hub's and every device's are what the log says, and a device's log is the hub's.

use super::{Log, open};
use domain::{Key, State};
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
    let on_devices: BTreeMap<_, _> = wanted
        .into_iter()
        .filter(|(key, _)| !is_counter(key))
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
