//! What was once written has to read for ever: a corpus of commands and entries, as bytes, is read and replayed.
//!
//! A line that is once in `corpus/` never changes. A new version of anything adds lines of its own.

use super::house::{
    ADA, ANA, BEN, FLAMBE, House, SOUP, T1, T2, WATER, add, fire, founding, id, line, named, open,
    send,
};
use crate::command::{Command, Envelope};
use crate::event::Event;
use crate::ids::{CommandId, DeviceId, RestaurantId};
use crate::orders::add::Add;
use crate::rules::{Origin, Verdict, apply, judge};
use crate::state::{Key, Row, State};
use crate::sync::{Chain, Entry, EntryHead, RecordGap, StartEpoch};
use crate::text::{Course, Note, Seat};
use serde_json::value::RawValue;

const COMMANDS: &str = include_str!("corpus/commands.jsonl");
const ROWS: &str = include_str!("corpus/rows.txt");
const ENTRIES: &str = include_str!("corpus/entries.jsonl");

/// One of each kind, with every field that it can have somewhere among them.
fn commands() -> Vec<Command> {
    let mut rich = line(1, SOUP, 2);
    (rich.note, rich.seat, rich.course) = (
        Note::new("no salt\nhot").ok(),
        Seat::new(3).ok(),
        Course::new(2).ok(),
    );
    let mut all = founding();
    all.push(open(1, T1, vec![rich, line(2, FLAMBE, 1)]).into());
    all.push(
        Add {
            fire: fire(1),
            ..add(1, vec![line(3, WATER, 1)])
        }
        .into(),
    );
    all.push(open(2, T1, vec![line(4, SOUP, 1)]).into());
    all.push(send(1, &[1, 2, 3]).into());
    all.push(send(2, &[4]).into());
    all.push(add(3, vec![line(5, SOUP, 1)]).into());
    all.push(open(3, T2, Vec::new()).into());
    all.push(open(3, T2, Vec::new()).into());
    all.push(
        crate::devices::Revoke {
            id: super::house::TABLET,
        }
        .into(),
    );
    all.push(
        StartEpoch {
            epoch: 2,
            from: 20,
            why: "restored".into(),
        }
        .into(),
    );
    all.push(
        RecordGap {
            device: DeviceId(id(0xd2)),
            from: 2,
            to: 3,
        }
        .into(),
    );
    all.push(named(4, "Bar · Tom").into());
    all.push(named(4, "").into());
    all.push(named(4, "Birthday").into());
    all.extend(super::acts::one_of_each());
    // The card of the first line that was held.
    let held = |command: &Command| {
        let Command::Send(send) = command else {
            return false;
        };
        send.lines
            .iter()
            .any(|named| named.line == super::house::line_id(44))
    };
    let at = all.iter().position(held).expect("it is sent");
    let command = CommandId(id(0x9000 + u128::try_from(at).unwrap()));
    let card = crate::ids::CardId(crate::ids::derived(command, "card", 0));
    all.push(crate::notifications::Clear { card, revision: 1 }.into());
    all
}

fn envelope(n: u128, command: &Command) -> String {
    let envelope = Envelope {
        cmd_id: CommandId(id(0x9000 + n)),
        kind: command.kind().into(),
        version: command.version(),
        by: Some(ANA),
        approved_by: n.is_multiple_of(5).then_some(BEN),
        args: RawValue::from_string(command.body()).unwrap(),
        seen_seq: u64::try_from(n).unwrap(),
        at: super::house::EVENING,
    };
    serde_json::to_string(&envelope).unwrap()
}

/// The log that these commands make today.
fn log() -> Vec<String> {
    let mut house = House::bare();
    let mut entries = Vec::new();
    for (seq, mut command) in (1..).zip(commands()) {
        let queued = command.road() == crate::command::Road::Queue;
        let ctx = house.ctx(
            if queued { BEN } else { ADA },
            if queued { Origin::Queued } else { Origin::Live },
        );
        crate::rules::prepare(&house.state, &mut command);
        let (outcome, code, events) = match judge(&house.state, &command, &ctx) {
            Verdict::Applied { events } => (crate::sync::Outcome::Applied, None, events),
            Verdict::Rejected { code, events } => (
                crate::sync::Outcome::Rejected,
                Some(code.as_str().to_owned()),
                events,
            ),
            Verdict::Quarantined { why, events } => {
                (crate::sync::Outcome::Quarantined, Some(why), events)
            }
        };
        events
            .iter()
            .for_each(|event| apply(&mut house.state, event));
        house.commands += 1;
        let entry = Entry {
            v: 1,
            seq,
            device: ctx.device,
            mid: ctx.device.map(|_| seq),
            cmd_id: ctx.command,
            by: ctx.by,
            approved_by: None,
            at: ctx.at,
            hub_at: ctx.at,
            day: house
                .state
                .settings()
                .map(|settings| settings.day_of(ctx.at)),
            kind: command.kind().into(),
            command: Some(RawValue::from_string(envelope(u128::from(seq), &command)).unwrap()),
            idem: (!queued).then(|| "00".repeat(32)),
            of: None,
            outcome,
            code,
            events,
            rows: Vec::new(),
        };
        entries.push(serde_json::to_string(&entry).unwrap());
    }
    entries
}

/// To see what a new kind is written as: `CORPUS=print cargo test -p domain corpus -- --nocapture`.
fn printed(file: &str, lines: &[String]) {
    if std::env::var("CORPUS").is_ok_and(|word| word == "print") {
        lines.iter().for_each(|line| println!("{file}\t{line}"));
    }
}

#[test]
fn commands_of_old_read_and_are_written_as_they_were() {
    let made = (1..).zip(commands());
    let made: Vec<String> = made.map(|(n, command)| envelope(n, &command)).collect();
    printed("commands", &made);
    for line in COMMANDS.lines() {
        let envelope: Envelope = serde_json::from_str(line).unwrap();
        let command = envelope.command();
        let command = command.unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(command.body(), envelope.args.get(), "byte for byte");
        assert_eq!(serde_json::to_string(&envelope).unwrap(), line);
    }
}

#[derive(serde::Deserialize)]
struct Events<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

#[test]
fn every_kind_of_command_and_event_is_in_the_corpus() {
    for (kind, version) in Command::KNOWN {
        let there = COMMANDS
            .lines()
            .any(|line| line.contains(&format!("\"kind\":\"{kind}\",\"version\":{version}")));
        assert!(there, "{kind}@{version}");
    }
    for (kind, version) in Event::KNOWN {
        let there = ENTRIES.contains(&format!("{{\"kind\":\"{kind}\",\"version\":{version},"));
        assert!(there, "{kind}@{version}");
    }
}

#[test]
fn entries_of_old_replay_to_the_rows_of_old() {
    printed("entries", &log());

    let mut replayed = State::default();
    for (seq, line) in (1..).zip(ENTRIES.lines()) {
        let (head, raw) = (
            EntryHead::read(line).unwrap(),
            serde_json::from_str::<Events>(line),
        );
        assert_eq!(head.seq, seq);
        for (event, raw) in head.events().unwrap().iter().zip(raw.unwrap().events) {
            assert_eq!(
                serde_json::to_string(event).unwrap(),
                raw.get(),
                "byte for byte"
            );
            apply(&mut replayed, event);
        }
    }
    let mut keys: Vec<_> = replayed.keys().copied().collect();
    keys.sort();
    let row = |key: &Key| {
        let row = serde_json::to_string(&replayed.row(key)).unwrap();
        format!("{key}\t{row}")
    };
    printed("rows", &keys.iter().map(row).collect::<Vec<_>>());
    for line in ROWS.lines() {
        let (key, row) = line.split_once('\t').unwrap();
        let key: Key = key.parse().unwrap();
        let read: Row = serde_json::from_str(row).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), row, "byte for byte");
        assert_eq!(replayed.row(&key), Some(&read), "{key}");
    }
    assert_eq!(replayed.len(), ROWS.lines().count());
}

#[test]
fn the_chain_over_old_entries_is_what_it_was() {
    let start = Chain::start(RestaurantId(id(1)));
    let chain = ENTRIES.lines().fold(start, |chain, line| chain.then(line));
    insta::assert_snapshot!(chain.to_string(), @"f3ab8477697072fe150dc80395211e9ad235e5036d037773a4be5fd0cf0ea286");
}

#[test]
fn an_entry_of_a_later_build_is_kept_and_not_guessed_at() {
    let line = ENTRIES.lines().next().unwrap();
    let later = line.replace(
        "\"kind\":\"settings.founded\",\"version\":1",
        "\"kind\":\"settings.founded\",\"version\":9",
    );
    assert!(
        EntryHead::read(&later).unwrap().events().is_err(),
        "its head reads, its event does not"
    );
    let later = line.replacen("{\"v\":1", "{\"v\":2", 1);
    assert!(EntryHead::read(&later).unwrap().events().is_err());
}
