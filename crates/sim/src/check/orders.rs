//! Orders: no command that was shown as done is lost, no line vanishes or is fired twice, each refusal is told once.

use super::Log;
use crate::device::Shown;
use domain::billing::Payment;
use domain::billing::pay::Pay;
use domain::ids::{CommandId, LineId};
use domain::notifications::About;
use domain::orders::Order;
use domain::orders::send::Named;
use domain::sync::{KNOWN, Outcome};
use domain::{Command, Event, Key, State};
use std::collections::{BTreeMap, BTreeSet};

/// Every command that a device showed as done is in the log, and every line of it on its check.
pub(super) fn nothing_lost(
    hub: &Log,
    state: &State,
    shown: &[Shown],
    (rewound, whole): (bool, bool),
    long_gone: &BTreeSet<CommandId>,
    (outcasts, once_revoked): (&BTreeSet<&str>, &BTreeSet<String>),
    found: &mut Vec<String>,
) {
    let outcomes: BTreeMap<CommandId, (Outcome, Option<&str>)> = hub
        .entries
        .iter()
        .map(|(head, _)| (head.cmd_id, (head.outcome, head.code.as_deref())))
        .collect();
    let is_gone = |id: &CommandId| long_gone.contains(id) && !outcomes.contains_key(id);
    let gone = shown.iter().filter(|one| is_gone(&one.id));
    let gone: BTreeSet<LineId> = gone
        .flat_map(|one| one.command.new_lines())
        .map(|line| line.id)
        .collect();
    let made: BTreeSet<LineId> = shown
        .iter()
        .flat_map(|one| one.command.new_lines())
        .map(|line| line.id)
        .collect();
    for one in shown {
        let of = one.device.as_deref();
        let outcast = of.is_some_and(|disk| outcasts.contains(disk));
        let (outcome, why) = outcomes.get(&one.id).copied().unzip();
        let why = why.flatten().unwrap_or_default();
        match outcome {
            None if is_gone(&one.id) => {}
            // Nobody but the hub had it, and the hub has forgotten.
            None if of.is_none() && rewound => {}
            None if of.is_some_and(|disk| outcast && still_holds(disk, one.id)) => {}
            None => found.push(format!("lost: {} {} of {of:?}", one.command.kind(), one.id)),
            // Nobody trusts this device any more: what it brings waits for a manager.
            Some(Outcome::Quarantined) if outcast => {}
            // And what did so goes on waiting, though the hub has forgotten why.
            Some(Outcome::Quarantined) if of.is_some_and(|disk| once_revoked.contains(disk)) => {}
            // A hub that has forgotten what a command builds on, and did not hear it from all, can only keep it.
            Some(Outcome::Quarantined) if rewound && !whole => {}
            // An intent may come too late; what has happened never does.
            Some(Outcome::Rejected) if is_intent(&one.command) => {}
            Some(Outcome::Quarantined | Outcome::Rejected) => {
                let kind = one.command.kind();
                found.push(format!("not taken, {why}: {kind} {} of {of:?}", one.id));
            }
            Some(Outcome::Applied) => lines_stand(state, one, (&made, &gone), found),
        }
    }
}

/// It stands in the device's own queue.
fn still_holds(disk: &str, id: CommandId) -> bool {
    let text = "SELECT count(*) FROM pending WHERE cmd_id = ?1";
    let count = super::open(disk, "device")
        .and_then(|db| db.query_row(text, [id.to_string()], |row| row.get::<_, i64>(0)));
    count.is_ok_and(|count| count == 1)
}

/// Each refusal, and each command that was kept aside, is told by one card, and by no more than one.
pub(super) fn trays(hub: &Log, found: &mut Vec<String>) {
    let mut told: BTreeMap<CommandId, usize> = BTreeMap::new();
    for event in hub.entries.iter().flat_map(|(_, events)| events) {
        if let Event::CardRaised(raised) = event
            && let About::Rejected { command, .. } | About::Quarantined { command, .. } =
                &raised.card.about
        {
            *told.entry(*command).or_default() += 1;
        }
    }
    for (head, _) in &hub.entries {
        let of_a_device = head.device.is_some() && head.kind != KNOWN;
        let cards = told.get(&head.cmd_id).copied().unwrap_or(0);
        if of_a_device && head.outcome != Outcome::Applied && cards != 1 {
            let (seq, outcome) = (head.seq, head.outcome);
            found.push(format!(
                "entry {seq} is {outcome:?} and told by {cards} cards"
            ));
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
fn lines_stand(
    state: &State,
    one: &Shown,
    lines: (&BTreeSet<LineId>, &BTreeSet<LineId>),
    found: &mut Vec<String>,
) {
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
        Command::Send(cmd) => fired(order, one, &cmd.lines, lines, found),
        Command::Force(cmd) => fired(order, one, &cmd.lines, lines, found),
        Command::Pay(cmd) => taken(state, order, one, cmd, found),
        _ => {}
    }
}

/// What was sent is in the kitchen, or is held for somebody to see to.
fn fired(
    order: &Order,
    one: &Shown,
    named: &[Named],
    (made, gone): (&BTreeSet<LineId>, &BTreeSet<LineId>),
    found: &mut Vec<String>,
) {
    for named in named.iter().filter(|named| !gone.contains(&named.line)) {
        let line = order.line(named.line);
        // A line of a change's making is not on its check where that change was decided otherwise.
        if line.is_none() && !made.contains(&named.line) {
            continue;
        }
        if line.is_none_or(|line| line.is_draft() && line.held.is_none()) {
            let line = named.line;
            found.push(format!("sent by {} and never fired: line {line}", one.id));
        }
    }
}

/// Money that was shown as taken is on the check, once and in full.
fn taken(state: &State, order: &Order, one: &Shown, cmd: &Pay, found: &mut Vec<String>) {
    let bills = order.bills.iter().filter_map(|bill| state.bill(*bill));
    let all = bills.flat_map(|bill| &bill.payments).chain(&order.loose);
    let mut these = all.filter(|payment| payment.id == cmd.payment);
    let whole = |payment: &Payment| payment.amount == cmd.amount && payment.tip == cmd.tip;
    if !these.next().is_some_and(whole) || these.next().is_some() {
        found.push(format!("{} took money that is not there once", one.id));
    }
}

/// Each line is fired once, stands on one check, and is on a ticket once it is fired.
pub(super) fn fired_once(hub: &Log, found: &mut Vec<String>) {
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

/// Orders of a day are numbered from 1 without a gap.
pub(super) fn numbers(state: &State, found: &mut Vec<String>) {
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
