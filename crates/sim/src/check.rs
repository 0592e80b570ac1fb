//! The checker: what must hold when all faults have healed, read from the databases themselves.

use crate::device::{DeviceSide, Shown};
use crate::disk;
use crate::hub::HubSide;
use domain::billing::bill::{BillLine, says};
use domain::billing::pay::Pay;
use domain::billing::{Payment, totals, totals_of};
use domain::ids::CommandId;
use domain::orders::Order;
use domain::orders::send::Named;
use domain::sync::{Chain, EntryHead, Outcome, Position};
use domain::{Command, Event, Key, State};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};

/// A promise that was broken, in plain words.
pub type Violation = String;

/// Whether all devices stand at the same place.
pub fn positions_agree(devices: &[DeviceSide]) -> bool {
    let mut positions = devices.iter().map(DeviceSide::position);
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
struct Hub {
    db: Connection,
    entries: Vec<(EntryHead, Vec<Event>)>,
    chain: Chain,
}

pub fn all(
    hub: &mut HubSide,
    devices: &mut [DeviceSide],
    shown: &[Shown],
    rewound: bool,
) -> Vec<Violation> {
    let mut found = Vec::new();
    drained(devices, &mut found);
    let positions: Vec<_> = devices
        .iter()
        .map(|device| (device.disk.clone(), device.position()))
        .collect();
    let told = std::mem::take(&mut hub.told);
    hub.crash();
    devices.iter_mut().for_each(DeviceSide::close);
    let read = read(&hub.disk, hub.restaurant, &mut found);
    let Ok(read) =
        read.inspect_err(|error| found.push(format!("the hub's database does not read: {error}")))
    else {
        return found;
    };
    told_only_what_stands(&read, &told, &mut found);
    for (name, position) in positions {
        let at = position.map(|position| (position.seq, position.chain));
        if at != Some((read.entries.len() as u64, read.chain)) {
            found.push(format!(
                "{name} stands at {at:?}, the hub at {} {}",
                read.entries.len(),
                read.chain
            ));
        }
    }
    let state = folded(&read);
    nothing_lost(&read, &state, shown, rewound, &mut found);
    fired_once(&read, &mut found);
    money(&read, &state, &mut found);
    if let Err(error) = reports(&read, &mut found) {
        found.push(format!("the reports do not read: {error}"));
    }
    rows_agree(&read, &state, devices, &mut found);
    numbers(&state, &mut found);
    feed(&read, &mut found);
    found
}

/// Whatever others were told of in this epoch is in the log, and nothing else in its place.
fn told_only_what_stands(hub: &Hub, told: &[Position], found: &mut Vec<Violation>) {
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

fn drained(devices: &[DeviceSide], found: &mut Vec<Violation>) {
    for device in devices.iter().filter(|device| device.has_unsent()) {
        found.push(format!("{} has not drained", device.disk));
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
) -> rusqlite::Result<Hub> {
    let db = open(disk, "hub")?;
    let rows: Vec<(i64, String, String)> = db
        .prepare("SELECT seq, bytes, chain FROM log ORDER BY seq")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut chain = Chain::start(restaurant);
    let mut entries = Vec::new();
    for (expected, (seq, bytes, stored)) in (1i64..).zip(rows) {
        chain = chain.then(&bytes);
        let head = EntryHead::read(&bytes).map_err(|e| e.to_string());
        match head.and_then(|head| Ok((head.clone(), head.events().map_err(|e| e.to_string())?))) {
            Ok(entry)
                if seq == expected
                    && entry.0.seq.cast_signed() == seq
                    && stored == chain.to_string() =>
            {
                entries.push(entry);
            }
            Ok(_) => found.push(format!("the log breaks at {expected}")),
            Err(error) => found.push(format!("entry {seq} does not read: {error}")),
        }
    }
    if head(&db).is_none_or(|head| head.1 != entries.len() as u64) {
        found.push("the head is not where the log ends".into());
    }
    Ok(Hub { db, entries, chain })
}

/// What the log says the state is.
fn folded(hub: &Hub) -> State {
    let mut state = State::default();
    for event in hub.entries.iter().flat_map(|(_, events)| events) {
        domain::apply(&mut state, event);
    }
    state
}

/// Every command that a device showed as done is in the log, and every line of it on its check.
fn nothing_lost(
    hub: &Hub,
    state: &State,
    shown: &[Shown],
    rewound: bool,
    found: &mut Vec<Violation>,
) {
    let outcomes: BTreeMap<CommandId, Outcome> = hub
        .entries
        .iter()
        .map(|(head, _)| (head.cmd_id, head.outcome))
        .collect();
    for one in shown {
        match outcomes.get(&one.id) {
            None => found.push(format!(
                "lost: {} {} of {}",
                one.command.kind(),
                one.id,
                one.device
            )),
            // A hub that has forgotten what a command builds on can only keep it.
            Some(Outcome::Quarantined) if rewound => {}
            // An intent may come too late; what has happened never does.
            Some(Outcome::Rejected) if is_intent(&one.command) => {}
            Some(Outcome::Quarantined | Outcome::Rejected) => {
                found.push(format!(
                    "not taken: {} {} of {}",
                    one.command.kind(),
                    one.id,
                    one.device
                ));
            }
            Some(Outcome::Applied) => lines_stand(state, one, found),
        }
    }
}

fn is_intent(command: &Command) -> bool {
    match command {
        Command::Change(_) | Command::Void(_) | Command::Cancel(_) => true,
        Command::HandOver(_) | Command::Clear(_) => true,
        Command::Open(_) | Command::Add(_) | Command::Send(_) | Command::Force(_) => false,
        Command::Name(_) | Command::Serve(_) | Command::OpenBill(_) | Command::Pay(_) => false,
        Command::See(_) | Command::Advance(_) | Command::Undo(_) => false,
        Command::Bump(_) | Command::Recall(_) | Command::Acknowledge(_) => false,
        Command::SetAvailability(_) => false,
        Command::AddPerson(_) | Command::ChangePerson(_) => true,
        Command::EnrolDevice(_) | Command::RevokeDevice(_) | Command::RenameDevice(_) => true,
        Command::AddRoom(_) | Command::AddTable(_) | Command::ChangeTable(_) => true,
        Command::AddCategory(_) | Command::ChangeCategory(_) => true,
        Command::AddDish(_) | Command::ChangeDish(_) => true,
        Command::AddGroup(_) | Command::ChangeGroup(_) | Command::ChangeSettings(_) => true,
        Command::Found(_) | Command::StartEpoch(_) | Command::RecordGap(_) => true,
    }
}

/// What a command that went in has left behind.
fn lines_stand(state: &State, one: &Shown, found: &mut Vec<Violation>) {
    let Some(id) = one.command.order() else {
        return;
    };
    let Some(order) = state.order(id) else {
        found.push(format!("check {id} of {} has vanished", one.id));
        return;
    };
    for new in one.command.new_lines() {
        if order.line(new.id).is_none() {
            found.push(format!("line {} of {} has vanished", new.id, one.id));
        }
    }
    match &one.command {
        Command::Send(cmd) => fired(order, one, &cmd.lines, found),
        Command::Force(cmd) => fired(order, one, &cmd.lines, found),
        Command::Pay(cmd) => taken(state, order, one, cmd, found),
        _ => {}
    }
}

/// What was sent is in the kitchen, or is held for somebody to see to.
fn fired(order: &Order, one: &Shown, named: &[Named], found: &mut Vec<Violation>) {
    for named in named {
        let line = order.line(named.line);
        if line.is_none_or(|line| line.is_draft() && line.held.is_none()) {
            let line = named.line;
            found.push(format!("sent by {} and never fired: line {line}", one.id));
        }
    }
}

/// Money that was shown as taken is on the check, once and in full.
fn taken(state: &State, order: &Order, one: &Shown, cmd: &Pay, found: &mut Vec<Violation>) {
    let bills = order.bills.iter().filter_map(|bill| state.bill(*bill));
    let all = bills.flat_map(|bill| &bill.payments).chain(&order.loose);
    let mut these = all.filter(|payment| payment.id == cmd.payment);
    let whole = |payment: &Payment| payment.amount == cmd.amount && payment.tip == cmd.tip;
    if !these.next().is_some_and(whole) || these.next().is_some() {
        found.push(format!("{} took money that is not there once", one.id));
    }
}

/// On each check lines, tax and tips are what was taken and what is due; no paid bill says anything else than its
/// lines; receipts are numbered without a gap.
fn money(hub: &Hub, state: &State, found: &mut Vec<Violation>) {
    let mut captured = BTreeSet::new();
    let mut receipts: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    for (head, events) in &hub.entries {
        for event in events {
            if let Event::PaymentTaken(event) = event
                && !captured.insert(event.payment.id)
            {
                let id = event.payment.id;
                found.push(format!("payment {id} is taken again in entry {}", head.seq));
            }
            if let Event::BillPaid(event) = event {
                let series = receipts.entry(event.paid.series).or_default();
                series.extend(event.paid.number);
            }
        }
    }
    for (series, numbers) in receipts {
        let count = u32::try_from(numbers.len()).unwrap_or(0);
        if !numbers.iter().copied().eq(1..=count) {
            found.push(format!("the receipts of series {series} are {numbers:?}"));
        }
    }
    for order in state.keys().filter_map(|key| match key {
        Key::Order(id) => state.order(*id),
        _ => None,
    }) {
        if let Err(why) = adds_up(state, order) {
            found.push(format!("check {}: {why}", order.id));
        }
    }
}

/// The reports count each paid bill once, to the cent, on one day: by their lines and by what they were paid with alike.
fn reports(hub: &Hub, found: &mut Vec<Violation>) -> rusqlite::Result<()> {
    let events = hub.entries.iter().flat_map(|(_, events)| events);
    let paid: BTreeMap<String, i64> = events
        .filter_map(|event| match event {
            Event::BillPaid(event) => Some((event.bill.to_string(), event.paid.total.minor())),
            _ => None,
        })
        .collect();
    let mut both = Vec::new();
    for table in ["sales", "sales_tenders"] {
        let text = format!(
            "SELECT bill, MIN(day), MAX(day), SUM(net), SUM(tax), SUM(tips) FROM {table} GROUP BY bill"
        );
        let mut query = hub.db.prepare(&text)?;
        let rows = query.query_map([], |row| {
            let days: (String, String) = (row.get(1)?, row.get(2)?);
            let sums: (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((row.get::<_, String>(0)?, (days, sums)))
        })?;
        let bills: BTreeMap<_, _> = rows.collect::<rusqlite::Result<_>>()?;
        let counted = bills
            .iter()
            .map(|(bill, (_, (net, tax, _)))| (bill.clone(), net + tax));
        if !counted.eq(paid.clone()) {
            found.push(format!("{table} counts {bills:?}, the log {paid:?}"));
        }
        for (bill, ((first, last), _)) in &bills {
            if first != last {
                found.push(format!("{table} counts bill {bill} on two days"));
            }
        }
        both.push(bills);
    }
    if both.first() != both.last() {
        found.push("the reports by line and by tender differ".into());
    }
    Ok(())
}

fn adds_up(state: &State, order: &Order) -> Result<(), String> {
    let too_much = |_| "an amount that cannot be".to_owned();
    let lines = totals(order).map_err(too_much)?.total.minor();
    let unbilled = totals_of(order.unbilled(), order.prices_include_tax);
    let unbilled = unbilled.map_err(too_much)?.total.minor();
    let (mut billed, mut paid, mut given) = (0, 0, 0);
    for bill in order.bills.iter().filter_map(|bill| state.bill(*bill)) {
        let said = says(bill, Some(order)).map_err(too_much)?;
        paid += said.taken.minor();
        if let Some(paid) = &bill.paid {
            billed += paid.total.minor();
            given += said.taken.minor() - paid.total.minor();
            let amounts: i64 = paid.lines.iter().map(|line| line.amount.minor()).sum();
            let own = |line: &BillLine| {
                let line = order.line(line.line);
                line.is_some_and(|line| line.counts() && line.billed == Some(bill.id))
            };
            if amounts != paid.subtotal.minor() || !paid.lines.iter().all(own) {
                return Err(format!("bill {} is not its lines", bill.id));
            }
            if said.taken.minor() < paid.total.minor() {
                return Err(format!("bill {} is paid with too little", bill.id));
            }
        }
    }
    if lines != billed + unbilled {
        return Err(format!("{lines} of lines, {billed} billed, {unbilled} not"));
    }
    let due = unbilled + given - (paid - billed);
    let open = order.open_bill.and_then(|bill| state.bill(bill));
    let says = open.map(|bill| says(bill, Some(order))).transpose();
    let says = says.map_err(too_much)?;
    match says {
        Some(says) if says.due.minor() != due => Err(format!("{due} is due, not {says:?}")),
        Some(_) | None => Ok(()),
    }
}

/// Each line is fired once, stands on one check, and is on a ticket once it is fired.
fn fired_once(hub: &Hub, found: &mut Vec<Violation>) {
    let (mut fired, mut added) = (BTreeSet::new(), BTreeSet::new());
    for (head, events) in &hub.entries {
        for event in events {
            if let Event::LinesFired(event) = event {
                for line in event.lines.iter().filter(|line| !fired.insert(**line)) {
                    found.push(format!("line {line} is fired again in entry {}", head.seq));
                }
            }
            if let Event::LinesAdded(event) = event {
                for line in event.lines.iter().filter(|line| !added.insert(line.id)) {
                    found.push(format!(
                        "line {} stands twice, again in entry {}",
                        line.id, head.seq
                    ));
                }
            }
        }
    }
}

fn body_of(state: &State, key: &Key) -> Option<(u64, String)> {
    state.row(key).map(|row| (row.revision, row.body.body()))
}

/// The hub's rows and every device's base are what the log says.
fn rows_agree(hub: &Hub, state: &State, devices: &[DeviceSide], found: &mut Vec<Violation>) {
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
        let read = open(&device.disk, "device")
            .and_then(|db| rows(&db, "SELECT key, revision, body FROM base"));
        match read {
            Ok(mut rows) => {
                rows.retain(|key, _| !is_counter(key));
                if rows != on_devices {
                    found.push(format!(
                        "{} does not agree: {}",
                        device.disk,
                        difference(&rows, &on_devices)
                    ));
                }
            }
            Err(error) => found.push(format!("{} does not read: {error}", device.disk)),
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

/// Orders of a day are numbered from 1 without a gap.
fn numbers(state: &State, found: &mut Vec<Violation>) {
    let mut days: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for key in state.keys() {
        if let Key::Order(id) = key
            && let Some(order) = state.order(*id)
        {
            days.entry(order.day).or_default().extend(order.number);
        }
    }
    for (day, mut numbers) in days {
        numbers.sort_unstable();
        if !numbers
            .iter()
            .copied()
            .eq(1..=u32::try_from(numbers.len()).unwrap_or(0))
        {
            found.push(format!(
                "the numbers of {day} have gaps or repeat: {numbers:?}"
            ));
        }
    }
}

/// The feed has every record of every entry: gapless by position, and by number in each topic.
fn feed(hub: &Hub, found: &mut Vec<Violation>) {
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
