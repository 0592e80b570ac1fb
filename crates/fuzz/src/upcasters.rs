//! What was written once, damaged: commands, entries with their events and rows, keys. It reads to a value that is written
//! as it was read, or to a named error; and whatever reads can be applied.

use crate::book::{COMMANDS, ENTRIES, ROWS};
use crate::mutate;
use crate::{Case, Reached, Target};
use domain::state::{Aggregate, Key, Row};
use domain::sync::{Entry, EntryHead};
use domain::{Command, Envelope, Event, State, Unknown, apply};
use serde_json::Value;
use sim::world::Rng;

/// A line of the corpus, and which file it is of: the first byte of a part.
const KINDS: [(u8, &str); 3] = [(b'c', COMMANDS), (b'e', ENTRIES), (b'r', ROWS)];

#[derive(Debug)]
pub struct Old {
    lines: Vec<(u8, &'static str)>,
    /// What the corpus's log has led to.
    state: State,
}

impl Old {
    pub fn new() -> anyhow::Result<Self> {
        let of = |(kind, text): (u8, &'static str)| text.lines().map(move |line| (kind, line));
        let lines = KINDS.into_iter().flat_map(of).collect();
        let mut state = State::default();
        for line in ENTRIES.lines() {
            for event in EntryHead::read(line)?.events()? {
                apply(&mut state, &event);
            }
        }
        state.settle();
        Ok(Self { lines, state })
    }

    fn command(&self, text: &str, reached: &mut Reached) -> Result<(), String> {
        let Ok(envelope) = serde_json::from_str::<Envelope>(text) else {
            reached.note("no envelope");
            return Ok(());
        };
        match envelope.command() {
            Ok(command) => {
                reached.note("command reads");
                let again = Command::read(command.kind(), command.version(), &command.body());
                same(again.as_ref() == Ok(&command), "a command", command.kind())
            }
            Err(Unknown::Kind { kind, version }) => {
                reached.note("command unknown");
                same(
                    (&kind, version) == (&envelope.kind, envelope.version),
                    "an unknown command",
                    &kind,
                )
            }
            Err(Unknown::Shape { .. }) => {
                reached.note("command misshapen");
                Ok(())
            }
        }
    }

    fn entry(&self, text: &str, reached: &mut Reached) -> Result<(), String> {
        let Ok(head) = EntryHead::read(text) else {
            reached.note("no entry");
            return same(Entry::read(text).is_err(), "an entry without a head", text);
        };
        let (events, rows) = (head.events(), head.rows());
        // All of it reads only where each part does.
        let whole = Entry::read(text);
        if whole.is_ok() && head.v == 1 {
            same(events.is_ok() && rows.is_ok(), "an entry", &head.kind)?;
        }
        let events = match events {
            Ok(events) => events,
            Err(Unknown::Kind { .. }) => {
                reached.note("event unknown");
                return Ok(());
            }
            Err(Unknown::Shape { .. }) => {
                reached.note("event misshapen");
                return Ok(());
            }
        };
        reached.note("entry reads");
        let mut state = self.state.clone();
        for event in &events {
            let again = Event::read(event.kind(), event.version(), &event.body());
            same(again.as_ref() == Ok(event), "an event", event.kind())?;
            // An event touches what it says it touches, and nothing else.
            let keys = event.keys();
            state.settle();
            apply(&mut state, event);
            let touched = state.settle();
            same(
                touched.iter().all(|key| keys.contains(key)),
                "an event that touches more",
                event.kind(),
            )?;
        }
        if let Ok(rows) = rows {
            for row in rows {
                state.load(row.key, Some(row.row));
            }
        }
        let shown = state.keys().filter_map(|key| state.row(key));
        let over = shown.filter(|row| domain::sync::is_dropped(row, head.hub_at));
        same(over.count() <= state.len(), "a row", &head.kind)
    }

    fn row(&self, text: &str, reached: &mut Reached) -> Result<(), String> {
        let Some((key, row)) = text.split_once('\t') else {
            return Ok(());
        };
        if let Ok(read) = key.parse::<Key>() {
            reached.note("key reads");
            same(read.to_string().parse() == Ok(read), "a key", key)?;
        }
        let Ok(row) = serde_json::from_str::<Row>(row) else {
            reached.note("row does not read");
            return Ok(());
        };
        reached.note("row reads");
        let body = &row.body;
        let again = Aggregate::read(body.kind(), body.version(), &body.body());
        same(again.as_ref() == Ok(body), "a row", body.kind())?;
        if let Aggregate::Order(order) = body {
            // What is shown of a check, whatever it says.
            let _shown = (
                order.status(),
                order.owner(),
                domain::billing::totals(order).ok(),
            );
            let _tickets: Vec<_> = order
                .tickets
                .iter()
                .map(|ticket| ticket.status(order))
                .collect();
        }
        Ok(())
    }
}

fn same(holds: bool, what: &str, which: &str) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    let which: String = which.chars().take(80).collect();
    Err(format!("{what} reads as something else: {which}"))
}

impl Target for Old {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let drawn = (0..20).filter_map(|_| {
            let (kind, line) = *rng.pick(&self.lines)?;
            let (head, body) = line
                .split_once('\t')
                .map_or(("", line), |(key, row)| (key, row));
            let mut value: Value = serde_json::from_str(body).ok()?;
            let spare: Vec<&str> = ["open", "bill", "1", "-1", "\u{0}", "2026-02-30"].to_vec();
            for _ in 0..rng.below(4) {
                if rng.per_mille(700) {
                    mutate::alike(rng, &mut value, &|rng, _| {
                        crate::book::id(rng.below(0x6000) as u128).to_string()
                    });
                } else {
                    mutate::strange(rng, &mut value);
                }
            }
            let mut text = vec![kind];
            let mut key = head.as_bytes().to_vec();
            if !head.is_empty() {
                if rng.per_mille(100) {
                    key.extend(rng.pick(&spare)?.bytes());
                }
                key.push(b'\t');
            }
            text.extend(key);
            text.extend(value.to_string().bytes());
            for _ in 0..rng.below(8) / 6 {
                mutate::bytes(rng, &mut text);
            }
            Some(text)
        });
        Case {
            parts: drawn.collect(),
        }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        for part in &case.parts {
            let Ok(text) = std::str::from_utf8(part) else {
                reached.note("no text");
                continue;
            };
            let mut chars = text.chars();
            match chars.next() {
                Some('c') => self.command(chars.as_str(), reached)?,
                Some('e') => self.entry(chars.as_str(), reached)?,
                Some('r') => self.row(chars.as_str(), reached)?,
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    fn must_reach(&self) -> Vec<String> {
        [
            "command reads",
            "command unknown",
            "command misshapen",
            "entry reads",
            "event unknown",
            "event misshapen",
            "row reads",
            "row does not read",
            "key reads",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}
