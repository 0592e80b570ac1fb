//! What devices report to a hub that was put back: one of them says whatever it likes, another one the truth. Only what
//! leads to a signed position is adopted, nothing of it is lost, and the hub opens.

use crate::book::{Book, OFFICE, RESTAURANT, TABLET, id};
use crate::desk::{Desk, fresh, started};
use crate::mutate;
use crate::push::{open_a_check, replaced};
use crate::{Case, Reached, Target};
use client::Core;
use client::sync::Step;
use comanda::auth::password::Passwords;
use comanda::store::{head, log};
use comanda::world::World;
use domain::Key;
use domain::command::Road;
use domain::ids::{CommandId, PersonId};
use domain::recover::Phase;
use domain::sync::{EntryHead, Position};
use protocol::bridge::Submission;
use protocol::sync::{Mark, RecoverRequest};
use serde_json::{Value, json};
use sim::disk;
use sim::world::Rng;
use std::collections::BTreeSet;

/// The honest device has its turn here.
const HONEST: &[u8] = b"honest";

pub struct Reports {
    book: Book,
    passwords: Passwords,
    /// The hub's disk as it was backed up, and the honest device's as it is now.
    backup: String,
    office: String,
    /// The hub's log to its end, and where the honest device stands in it.
    log: Vec<String>,
    end: Position,
    at: i64,
    /// What the other device would report.
    parts: Vec<RecoverRequest>,
}

/// Somebody works on a device until it has stored so many commands.
fn work(
    book: &Book,
    rng: &mut Rng,
    core: &mut Core,
    desk: &Desk,
    commands: usize,
) -> Result<(), String> {
    let mut stored = 0;
    for _ in 0..commands * 40 {
        let person = book.ids().one(rng, "person").parse().map(PersonId).ok();
        core.hold(person).map_err(|why| why.to_string())?;
        let command = book.command(rng, book.ids(), None, |road| road == Road::Queue);
        let cmd_id = CommandId(id(0x4_0000 + rng.below(1 << 18) as u128));
        let ask = Submission::new(cmd_id, &command).map_err(|why| why.to_string())?;
        let answer = core.submit(&ask, desk.world.now());
        stored += usize::from(matches!(answer, protocol::bridge::Answer::Stored { .. }));
        if stored == commands {
            return Ok(());
        }
    }
    Err("nobody finds anything to do".into())
}

impl Reports {
    pub fn new() -> anyhow::Result<Self> {
        Self::evening().map_err(anyhow::Error::msg)
    }

    fn evening() -> Result<Self, String> {
        let broken = |why: anyhow::Error| format!("{why:#}");
        let passwords = Passwords::new().map_err(broken)?;
        let (book, desk) = (
            Book::open().map_err(broken)?,
            Desk::founded(&passwords).map_err(broken)?,
        );
        let (backup, office, tablet) = (fresh("backup"), fresh("office"), fresh("tablet"));
        let mut rng = Rng::new(3);
        let mut honest = desk.device(OFFICE, &office)?;
        let mut other = desk.device(TABLET, &tablet)?;
        for commands in [6, 9] {
            for core in [&mut honest, &mut other] {
                desk.sync(core)?;
                work(&book, &mut rng, core, &desk, commands)?;
                desk.sync(core)?;
            }
            if commands == 6 {
                disk::copy(&desk.disk, &backup);
            }
        }
        desk.sync(&mut honest)?;
        let log = log_of(&desk)?;
        let end = desk.head().map_err(broken)?.position;
        drop(honest);
        let copy = fresh("copy");
        disk::copy(&backup, &copy);
        let desk = recovering(copy, &passwords)?;
        let mut parts = Vec::new();
        other.wake();
        while let Ok(step) = other.next_step() {
            // The hub says that it gathers, and then what it wants.
            match &step {
                Step::Report(request) => parts.push(request.clone()),
                Step::Push(_) | Step::Pull(_) | Step::Snapshot { .. } if parts.is_empty() => {}
                _ => break,
            }
            desk.serve(&mut other, step)?;
            other.wake();
        }
        if parts.is_empty() {
            return Err("a device has nothing to report".into());
        }
        disk::discard(&tablet);
        let at = desk.world.now().0;
        Ok(Self {
            book,
            passwords,
            backup,
            office,
            log,
            end,
            at,
            parts,
        })
    }

    /// The truth, with what is long or signed left to be put in.
    fn honest_part(&self, rng: &mut Rng) -> Option<Value> {
        let mut body = serde_json::to_value(rng.pick(&self.parts)?).ok()?;
        body["position"] = json!("@position");
        if rng.per_mille(700) {
            body["marks"] = json!("@marks");
        }
        for held in list(&mut body, "entries")? {
            let seq = held["seq"].as_u64()?;
            held["bytes"] = json!(format!("@entry:{seq}"));
        }
        Some(body)
    }

    fn entry(&self, seq: u64) -> Option<&String> {
        self.log.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    /// One entry as the hub wrote it, and changed.
    fn touched(&self, rng: &mut Rng, held: &mut Value) {
        let Some(bytes) = held["seq"].as_u64().and_then(|seq| self.entry(seq)) else {
            return;
        };
        let mut bytes = bytes.clone().into_bytes();
        if let Ok(mut value) = serde_json::from_slice::<Value>(&bytes)
            && rng.per_mille(700)
        {
            let ids = self.book.ids();
            mutate::alike(rng, &mut value, &|rng, names| ids.draw(rng, names));
            bytes = value.to_string().into_bytes();
        } else {
            mutate::bytes(rng, &mut bytes);
        }
        held["bytes"] = json!(String::from_utf8_lossy(&bytes));
    }

    /// Something that this device says it had been told of: a command of its own or of another, applied or refused.
    fn acknowledged(&self, rng: &mut Rng) -> Option<Value> {
        let ids = self.book.ids();
        let command = self.book.command(rng, ids, None, |_| true);
        let args: Value = serde_json::from_str(&command.body()).ok()?;
        let outcome = *rng.pick(&["applied", "applied", "rejected", "quarantined"])?;
        let seq = self.end.seq + rng.below(40) as u64;
        let mut said = json!({
            "mid": 1 + rng.below(30), "cmdId": id(0x6_0000 + rng.below(1 << 12) as u128), "kind": command.kind(),
            "version": command.version(), "by": ids.one(rng, "person"), "args": args, "seenSeq": rng.below(60),
            "at": self.at, "was": {"epoch": self.end.epoch, "seq": seq, "outcome": outcome, "code": "not_allowed"},
        });
        if rng.per_mille(300) {
            mutate::alike(rng, &mut said, &|rng, names| ids.draw(rng, names));
        }
        let device = if rng.per_mille(800) { TABLET } else { OFFICE };
        Some(json!({"device": device, "command": said}))
    }

    /// An entry that no hub has written, after the end of the log.
    fn made_up(&self, rng: &mut Rng) -> Option<Value> {
        let mut entry: Value = serde_json::from_str(rng.pick(&self.log)?).ok()?;
        let seq = self.end.seq + 1 + rng.below(4) as u64;
        entry["seq"] = json!(seq);
        entry["cmdId"] = json!(id(0x6_8000 + rng.below(1 << 12) as u128));
        let ids = self.book.ids();
        for _ in 0..rng.below(3) {
            mutate::alike(rng, &mut entry, &|rng, names| ids.draw(rng, names));
        }
        Some(json!({"epoch": self.end.epoch.n, "seq": seq, "bytes": entry.to_string()}))
    }

    fn filled(&self, desk: &Desk, part: &[u8]) -> Result<Vec<u8>, String> {
        let text = |value: &Value| value.to_string();
        let position =
            serde_json::to_value(desk.signed(&self.end)).map_err(|why| why.to_string())?;
        let mut chain = domain::sync::Chain::start(RESTAURANT);
        let mut marks = Vec::new();
        for (seq, bytes) in (1..).zip(&self.log) {
            chain = chain.then(bytes);
            marks.push(Mark { seq, chain });
        }
        let marks: Vec<Mark> = marks.into_iter().rev().step_by(5).take(60).collect();
        let marks = serde_json::to_value(marks).map_err(|why| why.to_string())?;
        let mut part = replaced(part, "\"@position\"", &text(&position));
        part = replaced(&part, "\"@marks\"", &text(&marks));
        for (seq, bytes) in (1..).zip(&self.log) {
            part = replaced(&part, &format!("\"@entry:{seq}\""), &text(&json!(bytes)));
        }
        Ok(part)
    }
}

fn list<'a>(body: &'a mut Value, name: &str) -> Option<&'a mut Vec<Value>> {
    body.get_mut(name)?.as_array_mut()
}

fn log_of(desk: &Desk) -> Result<Vec<String>, String> {
    let read = desk.run(async {
        let mut tx = desk.hub.db.read().await?;
        log::after(&mut tx, RESTAURANT, 0, 1 << 30).await
    });
    read.map_err(|why| why.to_string())
}

fn recovering(disk: String, passwords: &Passwords) -> Result<Desk, String> {
    let desk = Desk::open(disk, passwords).map_err(|why| format!("{why:#}"))?;
    let begun = desk.run(async {
        let mut tx = desk.hub.db.begin().await?;
        head::begin_recovery(&mut tx, RESTAURANT, "restored").await?;
        tx.commit().await
    });
    begun.map_err(|why| why.to_string())?;
    Ok(desk)
}

/// The honest device says all that it holds.
fn reports(honest: &mut Core, desk: &Desk) -> Result<(), String> {
    honest.wake();
    for _ in 0..20 {
        let step = honest.next_step().map_err(|why| why.to_string())?;
        let done = matches!(&step, Step::Report(part) if part.done);
        let rests = matches!(step, Step::Rest);
        desk.serve(honest, step)?;
        if done || rests {
            return Ok(());
        }
        honest.wake();
    }
    Err("the honest device never ends its report".into())
}

impl Target for Reports {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let mut parts = Vec::new();
        let turn = rng.below(6);
        for n in 0..1 + rng.below(6) {
            if n == turn {
                parts.push(HONEST.to_vec());
            }
            let Some(mut body) = self.honest_part(rng) else {
                continue;
            };
            for _ in 0..rng.below(6) {
                let (said, made_up) = (self.acknowledged(rng), self.made_up(rng));
                if let Some(commands) = list(&mut body, "commands") {
                    commands.extend(said);
                }
                if let Some(entries) = list(&mut body, "entries").filter(|_| rng.per_mille(300)) {
                    entries.extend(made_up);
                }
            }
            if rng.per_mille(700) {
                body["done"] = json!(true);
            }
            for _ in 0..rng.below(4) {
                let entries = list(&mut body, "entries");
                match (rng.below(8), entries) {
                    (0..3, Some(entries)) if !entries.is_empty() => {
                        let at = rng.below(entries.len());
                        self.touched(rng, &mut entries[at]);
                    }
                    (3, Some(entries)) if !entries.is_empty() => {
                        entries.remove(rng.below(entries.len()));
                    }
                    (4, Some(entries)) => entries.reverse(),
                    (5, _) => mutate::strange(rng, &mut body),
                    (6, Some(_)) => body["done"] = json!(rng.per_mille(500)),
                    _ => {
                        let ids = self.book.ids();
                        mutate::alike(rng, &mut body, &|rng, names| ids.draw(rng, names));
                    }
                }
            }
            let mut text = body.to_string().into_bytes();
            if rng.per_mille(150) {
                mutate::bytes(rng, &mut text);
            }
            parts.push(text);
        }
        Case { parts }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let broken = |why: anyhow::Error| format!("{why:#}");
        let disk = fresh("restored");
        disk::copy(&self.backup, &disk);
        let office = format!("{disk}office");
        disk::copy(&self.office, &office);
        let desk = recovering(disk, &self.passwords)?;
        let mut honest = started(&office)?;
        let people = admins(&desk)?;
        let mut has_reported = false;
        for part in &case.parts {
            if part == HONEST {
                reports(&mut honest, &desk)?;
                has_reported = true;
                continue;
            }
            let body = self.filled(&desk, part)?;
            let answer = desk.ask("POST", "/api/v1/sync/recover", TABLET, body)?;
            reached.note(answer.status.to_string());
            match answer.status {
                200 => {}
                400 | 401 | 403 | 413 | 422 if !answer.code().is_empty() => {}
                503 if answer.code() == "recovering" => {}
                status => return Err(format!("the hub answers {status} {}", answer.text)),
            }
            desk.is_well()?;
        }
        if !has_reported {
            reports(&mut honest, &desk)?;
        }
        let shut = desk.head().map_err(broken)?.phase;
        if shut == Phase::Collecting {
            let ended = desk.run(async {
                let mut tx = desk.hub.db.begin().await?;
                head::set_phase(
                    &mut tx,
                    RESTAURANT,
                    Phase::Adopting,
                    Some(PersonId(id(0xa4))),
                )
                .await?;
                tx.commit().await
            });
            ended.map_err(|why: sqlx::Error| why.to_string())?;
        }
        desk.run(desk.hub.recover(RESTAURANT))
            .map_err(|why| format!("the recovery does not go on: {why}"))?;
        let head = desk.head().map_err(broken)?;
        if head.phase != Phase::Open {
            return Err(format!("the hub does not open: {:?}", head.phase));
        }
        desk.is_well()?;
        desk.agrees()?;
        self.nothing_is_lost(&log_of(&desk)?, reached)?;
        if admins(&desk)? != people {
            return Err("a report has changed who manages the restaurant".into());
        }
        open_a_check(&mut honest, &desk)
    }

    fn must_reach(&self) -> Vec<String> {
        ["200", "400", "adopted", "decided anew"]
            .map(str::to_owned)
            .to_vec()
    }
}

fn admins(desk: &Desk) -> Result<Value, String> {
    let read = desk.run(async {
        let mut tx = desk.hub.db.read().await?;
        comanda::store::aggregates::by_keys(&mut tx, RESTAURANT, &[Key::Admins]).await
    });
    let rows = read.map_err(|why| why.to_string())?;
    let bodies = rows.iter().map(|found| json!(found.row.body.body()));
    Ok(bodies.collect())
}

impl Reports {
    /// The honest device's log is the beginning of this one, byte for byte, and what comes after it is not of it.
    fn nothing_is_lost(&self, log: &[String], reached: &mut Reached) -> Result<(), String> {
        let ends = usize::try_from(self.end.seq).unwrap_or(usize::MAX);
        if log.get(..ends) != Some(&self.log[..]) {
            return Err("what leads to a signed position was not adopted as it was".into());
        }
        reached.note("adopted");
        let ids = |entries: &[String]| -> Vec<CommandId> {
            let heads = entries
                .iter()
                .filter_map(|bytes| EntryHead::read(bytes).ok());
            heads
                .filter(|head| head.of.is_none())
                .map(|head| head.cmd_id)
                .collect()
        };
        let all = ids(log);
        let known: BTreeSet<CommandId> = all.iter().copied().collect();
        if known.len() != all.len() {
            return Err("a command is decided twice".into());
        }
        if log.len() > ends + 1 {
            reached.note("decided anew");
        }
        Ok(())
    }
}
