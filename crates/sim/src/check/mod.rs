//! The checker: what must hold when all faults have healed, read from the databases themselves.

mod feed;
mod money;
mod orders;
mod rows;
mod shown;

use crate::coverage::Looked;
use crate::device::DeviceSide;
use crate::disk;
use crate::nights::REMEMBERED;
use crate::run::Run;
use domain::ids::CommandId;
use domain::sync::{Chain, EntryHead, Position};
use domain::time::Moment;
use domain::{Aggregate, Event, Key, State};
use rusqlite::{Connection, OpenFlags};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A promise that was broken, in plain words.
pub type Violation = String;

/// Whether all devices stand at the same place, but for those that are told nothing any more.
pub fn positions_agree(devices: &[DeviceSide]) -> bool {
    let trusted = devices.iter().filter(|device| !device.is_revoked());
    let mut positions = trusted.map(DeviceSide::position);
    let first = positions.next().flatten();
    first.is_some() && positions.all(|position| position == first)
}

fn open(disk: &str, file: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let db = Connection::open_with_flags_and_vfs(disk::path(disk, file), flags, disk::VFS)?;
    db.execute_batch("PRAGMA locking_mode=exclusive; PRAGMA journal_mode=wal;")?;
    Ok(db)
}

/// The hub's log and what stands beside it.
struct Log {
    db: Connection,
    entries: Vec<(EntryHead, Vec<Event>)>,
    /// Its bytes, and what its author had seen.
    bytes: Vec<(String, Option<u64>)>,
    chain: Chain,
}

impl Log {
    fn last_hub_at(&self) -> Moment {
        let last = self.entries.last();
        last.map(|(head, _)| head.hub_at).unwrap_or_default()
    }
}

/// What of a command only the checker reads.
#[derive(Deserialize)]
struct Asked {
    command: Option<Seen>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    seen_seq: Option<u64>,
}

/// Asks everything, and notes what the run has reached.
pub(crate) fn all(run: &mut Run) -> Vec<Violation> {
    let mut found = Vec::new();
    let told = std::mem::take(&mut run.hub.told);
    let ends: Vec<End> = run.devices.iter_mut().map(End::of).collect();
    run.hub.crash();
    run.devices.iter_mut().for_each(DeviceSide::close);
    let log = match read(&run.hub.disk, run.hub.restaurant, &mut found) {
        Ok(log) => log,
        Err(error) => {
            found.push(format!("the hub's database does not read: {error}"));
            return found;
        }
    };
    let state = folded(&log);
    let trusted = |end: &&End| !end.is_outcast(&state);
    told_only_what_stands(&log, &told, &mut found);
    for end in ends.iter().filter(trusted) {
        end.has_come_home(&log, &mut found);
    }
    let outcasts: BTreeSet<&str> = ends
        .iter()
        .filter(|end| end.is_outcast(&state))
        .map(|end| end.disk.as_str())
        .collect();
    orders::nothing_lost(
        &log,
        &state,
        &run.shown,
        (run.rewound, run.is_whole),
        &run.long_gone,
        (&outcasts, &run.once_revoked),
        &mut found,
    );
    orders::fired_once(&log, &mut found);
    orders::trays(&log, &mut found);
    orders::numbers(&state, &mut found);
    for end in ends.iter().filter(trusted) {
        shown::trays(&state, &end.disk, &end.trays, &mut found);
    }
    shown::index(&log, &state, &mut found);
    money::money(&log, &state, &mut found);
    if let Err(error) = money::reports(&log, &state, &mut found) {
        found.push(format!("the reports do not read: {error}"));
    }
    let disks: Vec<String> = ends
        .iter()
        .filter(trusted)
        .map(|end| end.disk.clone())
        .collect();
    rows::rows_agree(&log, &state, &disks, &mut found);
    rows::replicas(&log, &disks, run.is_whole, &mut found);
    feed::feed(&log, &mut found);
    // Of a rewind that no device could notice nobody is told.
    let noticed = log
        .entries
        .iter()
        .any(|(head, _)| head.kind == "sync.start_epoch");
    if !run.rewound || noticed {
        feed::consumer(&log, &run.kafka, &mut found);
    }
    reached(run, &log, &state);
    found
}

/// How a device stands at the end.
struct End {
    disk: String,
    position: Option<Position>,
    unsent: bool,
    is_told_so: bool,
    id: Option<domain::ids::DeviceId>,
    trays: Vec<shown::Tray>,
}

impl End {
    fn of(device: &mut DeviceSide) -> Self {
        Self {
            disk: device.disk.clone(),
            position: device.position(),
            unsent: device.has_unsent(),
            is_told_so: device.is_revoked(),
            id: device.identity().map(|identity| identity.device),
            trays: shown::trays_on(device),
        }
    }

    /// Nobody trusts it any more, or it believes so.
    fn is_outcast(&self, state: &State) -> bool {
        let device = self.id.and_then(|id| state.device(id));
        self.is_told_so || device.is_some_and(|device| device.revoked_at.is_some())
    }

    fn has_come_home(&self, log: &Log, found: &mut Vec<Violation>) {
        let name = &self.disk;
        if self.unsent {
            found.push(format!("{name} has not drained"));
        }
        let at = self.position.as_ref().map(|at| (at.seq, at.chain));
        if at != Some((log.entries.len() as u64, log.chain)) {
            let (count, chain) = (log.entries.len(), log.chain);
            found.push(format!(
                "{name} stands at {at:?}, the hub at {count} {chain}"
            ));
        }
    }
}

fn reached(run: &mut Run, log: &Log, state: &State) {
    let coverage = &mut run.report.coverage;
    let mut looked = Looked::default();
    for ((head, events), (_, seen)) in log.entries.iter().zip(&log.bytes) {
        coverage.entry(&mut looked, head, *seen, events);
    }
    let orders = state.keys().filter_map(|key| match &state.row(key)?.body {
        Aggregate::Order(order) => Some(order),
        _ => None,
    });
    let kept = orders.flat_map(|order| &order.lines).filter(|line| {
        let dish = state.row(&Key::Dish(line.dish)).map(|row| &row.body);
        matches!(dish, Some(Aggregate::Dish(dish)) if dish.price != line.frozen.price)
    });
    coverage.times("menu price: open lines keep theirs", kept.count());
    let now = log.last_hub_at();
    let over = |key: &Key| {
        let row = state.row(key)?;
        rows::is_over(&row.body, now).then_some(&row.body)
    };
    for body in state.keys().filter_map(over) {
        coverage.times(
            match body {
                Aggregate::Card(_) => "a card is seen to for 48 hours, and dropped",
                _ => "a check is over for 48 hours, and dropped",
            },
            1,
        );
    }
    let long_ago = now.plus(-REMEMBERED);
    let own =
        |(head, _): &&(EntryHead, Vec<Event>)| head.device.is_some() && head.hub_at < long_ago;
    let forgotten = log.entries.iter().filter(own).count();
    coverage.times(
        "a command is forgotten by its device after 72 hours",
        forgotten,
    );
}

/// Whatever others were told of in this epoch is in the log, and nothing else in its place.
fn told_only_what_stands(hub: &Log, told: &[Position], found: &mut Vec<Violation>) {
    let Some((tag, _)) = head(&hub.db) else {
        return;
    };
    for position in told.iter().filter(|position| position.epoch.tag == tag) {
        let text = "SELECT chain FROM log WHERE seq = ?1";
        let stored = hub.db.query_row(text, [position.seq.cast_signed()], |row| {
            row.get::<_, String>(0)
        });
        if stored.ok() != Some(position.chain.to_string()) {
            found.push(format!(
                "told of entry {}, which was never stored",
                position.seq
            ));
        }
    }
}

fn head(db: &Connection) -> Option<(String, u64)> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    db.query_row("SELECT epoch_tag, seq FROM heads", [], row)
        .ok()
}

/// Reads the log and checks that it is gapless and that its chain holds.
fn read(
    disk: &str,
    restaurant: domain::ids::RestaurantId,
    found: &mut Vec<Violation>,
) -> rusqlite::Result<Log> {
    let db = open(disk, "hub")?;
    let rows: Vec<(i64, String, String)> = db
        .prepare("SELECT seq, bytes, chain FROM log ORDER BY seq")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut chain = Chain::start(restaurant);
    let (mut entries, mut raw) = (Vec::new(), Vec::new());
    for (expected, (seq, bytes, stored)) in (1i64..).zip(rows) {
        chain = chain.then(&bytes);
        let head = EntryHead::read(&bytes).map_err(|e| e.to_string());
        match head.and_then(|head| Ok((head.clone(), head.events().map_err(|e| e.to_string())?))) {
            Ok(entry)
                if seq == expected
                    && entry.0.seq.cast_signed() == seq
                    && stored == chain.to_string() =>
            {
                let asked = serde_json::from_str::<Asked>(&bytes).ok();
                let seen = asked.and_then(|asked| asked.command?.seen_seq);
                entries.push(entry);
                raw.push((bytes, seen));
            }
            Ok(_) => found.push(format!("the log breaks at {expected}")),
            Err(error) => found.push(format!("entry {seq} does not read: {error}")),
        }
    }
    if head(&db).is_none_or(|head| head.1 != entries.len() as u64) {
        found.push("the head is not where the log ends".into());
    }
    Ok(Log {
        db,
        entries,
        bytes: raw,
        chain,
    })
}

/// The commands that a hub has forgotten which is put back to this copy, and that it had decided so long before its last
/// that no device need remember them. Read from a copy of each disk: whoever opens a database tidies it.
pub(crate) fn long_gone(
    hub: &str,
    backup: &str,
    scratch: &str,
) -> rusqlite::Result<BTreeSet<CommandId>> {
    let read = |disk: &str| {
        disk::copy(disk, scratch);
        let db = open(scratch, "hub")?;
        let mut query = db.prepare("SELECT bytes FROM log ORDER BY seq")?;
        let bytes = query.query_map([], |row| row.get::<_, String>(0))?;
        let bytes: Vec<String> = bytes.collect::<rusqlite::Result<_>>()?;
        let heads = bytes.iter().filter_map(|bytes| EntryHead::read(bytes).ok());
        Ok::<Vec<EntryHead>, rusqlite::Error>(heads.collect())
    };
    let (before, kept) = (read(hub)?, read(backup)?.len());
    let last = before.last().map(|head| head.hub_at).unwrap_or_default();
    let gone = before.into_iter().skip(kept);
    let gone = gone.filter(|head| head.hub_at < last.plus(-REMEMBERED));
    Ok(gone.map(|head| head.cmd_id).collect())
}

/// What the log says the state is.
fn folded(hub: &Log) -> State {
    let mut state = State::default();
    for event in hub.entries.iter().flat_map(|(_, events)| events) {
        domain::apply(&mut state, event);
    }
    state
}
