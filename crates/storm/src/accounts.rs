//! The accounts: what devices and tills wrote into their books against the hub's log, and every device's rows against the
//! hub's.

use crate::house::open;
use crate::storm::device_file;
use crate::till::Book;
use anyhow::{Context, Result, bail};
use domain::ids::{CommandId, LineId, OrderId, PaymentId};
use domain::sync::{Entry, KNOWN, Outcome};
use domain::{Aggregate, Command, Event, State};
use protocol::bridge::Submission;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What the hub's log says.
#[derive(Default)]
struct Log {
    entries: u64,
    outcomes: HashMap<CommandId, Vec<Outcome>>,
    opened: HashMap<OrderId, u32>,
    fired: HashMap<LineId, u32>,
    taken: HashMap<PaymentId, u32>,
    lines: HashSet<LineId>,
    refused: BTreeMap<String, u32>,
}

/// What is wrong, and how often.
#[derive(Default)]
struct Wrongs(BTreeMap<&'static str, u32>);

impl Wrongs {
    fn unless(&mut self, right: bool, what: &'static str) {
        *self.0.entry(what).or_default() += u32::from(!right);
    }
}

/// `hub` is its database, or a backup of it.
pub fn settle(hub: &Path, devices: &[PathBuf], tills: &[Book]) -> Result<()> {
    let database = open(hub)?;
    let log = read(&database)?;
    let mut wrongs = Wrongs::default();
    of_tills(tills, &log, &mut wrongs);
    let (mut acknowledged, mut lines, mut payments) = (0_u64, 0_u64, 0_u64);
    for home in devices {
        let book = std::fs::read_to_string(home.join("book")).context("a device's book")?;
        for line in book.lines() {
            let said: Submission = serde_json::from_str(line).context("a line of a book")?;
            let command = Command::read(&said.kind, said.version, &said.args.to_string())?;
            acknowledged += 1;
            let outcomes = log.outcomes.get(&said.cmd_id);
            let outcomes = outcomes.map(Vec::as_slice).unwrap_or_default();
            wrongs.unless(!outcomes.is_empty(), "commands lost");
            wrongs.unless(outcomes.len() < 2, "commands decided twice");
            let went_in = outcomes == [Outcome::Applied];
            let (made, paid) = match &command {
                Command::Open(open) => (open.lines.as_slice(), None),
                Command::Add(add) => (add.lines.as_slice(), None),
                Command::Pay(pay) => (&[][..], Some(pay.payment)),
                // Whatever else it was made nothing that could be lost.
                _ => continue,
            };
            wrongs.unless(went_in, "facts refused");
            for line in made {
                lines += 1;
                wrongs.unless(log.lines.contains(&line.id), "lines lost");
            }
            if let Some(payment) = paid {
                payments += 1;
                wrongs.unless(log.taken.contains_key(&payment), "payments lost");
            }
        }
    }
    wrongs.unless(
        log.opened.values().all(|times| *times == 1),
        "checks opened twice",
    );
    wrongs.unless(
        log.fired.values().all(|times| *times == 1),
        "lines fired twice",
    );
    wrongs.unless(
        log.taken.values().all(|times| *times == 1),
        "payments taken twice",
    );
    let rows = rows(&database, "SELECT key, revision, body FROM aggregates")?;
    for home in devices {
        let theirs = rows_of_device(home)?;
        wrongs.unless(theirs == rows, "devices that do not agree");
    }
    println!(
        "{acknowledged} commands were acknowledged with {lines} lines and {payments} payments; the log has {} entries, \
         {} fires",
        log.entries,
        log.fired.len()
    );
    println!("refused by a rule: {:?}", log.refused);
    for (what, times) in &wrongs.0 {
        println!("{what}: {times}");
    }
    if wrongs.0.values().any(|times| *times > 0) {
        bail!("something was lost, or done twice");
    }
    Ok(())
}

fn of_tills(tills: &[Book], log: &Log, wrongs: &mut Wrongs) {
    let (mut writes, mut replayed) = (0, 0);
    for book in tills {
        writes += book.writes;
        replayed += book.replayed;
        for order in &book.orders {
            wrongs.unless(log.opened.contains_key(order), "tills' orders lost");
        }
        for line in &book.lines {
            wrongs.unless(log.lines.contains(line), "tills' lines lost");
        }
        for payment in &book.payments {
            wrongs.unless(log.taken.contains_key(payment), "tills' payments lost");
        }
    }
    if !tills.is_empty() {
        println!(
            "{writes} writes of tills were answered, {replayed} of them once more and the same"
        );
    }
}

fn read(database: &Connection) -> Result<Log> {
    let (mut log, mut state) = (Log::default(), State::default());
    let mut all = database.prepare("SELECT bytes FROM log ORDER BY seq")?;
    let mut all = all.query([])?;
    while let Some(row) = all.next()? {
        let entry = Entry::read(&row.get::<_, String>(0)?)?;
        log.entries += 1;
        if entry.kind == KNOWN {
            continue;
        }
        log.outcomes
            .entry(entry.cmd_id)
            .or_default()
            .push(entry.outcome);
        if entry.outcome != Outcome::Applied {
            let code = entry.code.unwrap_or_default();
            *log.refused
                .entry(format!("{} {code}", entry.kind))
                .or_default() += 1;
        }
        for event in &entry.events {
            domain::apply(&mut state, event);
            match event {
                Event::OrderOpened(opened) => {
                    *log.opened.entry(opened.order).or_default() += 1;
                }
                Event::LinesFired(fired) => {
                    for line in &fired.lines {
                        *log.fired.entry(*line).or_default() += 1;
                    }
                }
                Event::PaymentTaken(taken) => {
                    *log.taken.entry(taken.payment.id).or_default() += 1;
                }
                _ => {}
            }
        }
    }
    for key in state.keys() {
        if let Some(Aggregate::Order(order)) = state.row(key).map(|row| &row.body) {
            log.lines.extend(order.lines.iter().map(|line| line.id));
        }
    }
    Ok(log)
}

type Rows = BTreeMap<String, (i64, String)>;

fn rows_of_device(home: &Path) -> Result<Rows> {
    rows(
        &open(&device_file(home))?,
        "SELECT key, revision, body FROM base",
    )
}

/// But for counters: numbers are the hub's to give, and no snapshot has them.
fn rows(database: &Connection, text: &str) -> Result<Rows> {
    let mut all = database.prepare(text)?;
    let all = all.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    let mut rows = all.collect::<rusqlite::Result<Rows>>()?;
    rows.retain(|key, _| !key.starts_with("order_counter") && !key.starts_with("receipt_counter"));
    Ok(rows)
}
