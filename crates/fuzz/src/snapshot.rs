//! What a hub answers to a device: snapshots, pages of the log, answers to pushes; true, damaged, or made up by somebody
//! who speaks in its name. Whatever comes, what waits stays, what does not chain is not taken, and a good snapshot heals.

use crate::book::{Book, OFFICE, TABLET, id};
use crate::desk::{Desk, database, fresh, started};
use crate::mutate;
use crate::{Case, Reached, Target};
use client::Core;
use client::sync::{CallError, Step};
use comanda::auth::password::Passwords;
use comanda::world::World;
use domain::command::Road;
use domain::ids::{CommandId, OrderId, PersonId};
use domain::sync::Position;
use domain::time::Moment;
use protocol::bridge::{Answer, Submission, View};
use protocol::sync::{PullAnswer, PushAnswer, RecoverAnswer};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sim::disk;
use sim::world::Rng;

/// What kind of answer a part is: its first byte.
const SNAPSHOT: u8 = b's';
const PAGE: u8 = b'p';
const PUSHED: u8 = b'u';
const REPORTED: u8 = b'r';
const TAP: u8 = b't';

pub struct Snapshots {
    book: Book,
    /// A device with something that waits, and which commands that is.
    device: String,
    waiting: Vec<CommandId>,
    now: Moment,
    /// What the hub really answered, by kind.
    said: Vec<(u8, Value)>,
    /// A snapshot as good as any.
    good: Value,
}

impl Snapshots {
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
        let (device, office) = (fresh("mine"), fresh("theirs"));
        let mut rng = Rng::new(5);
        let mut mine = desk.device(TABLET, &device)?;
        let mut theirs = desk.device(OFFICE, &office)?;
        let mut said = Vec::new();
        desk.sync(&mut mine)?;
        desk.sync(&mut theirs)?;
        for _ in 0..4 {
            tapped(&book, &mut rng, &mut theirs, &desk, 5)?;
            desk.sync(&mut theirs)?;
            // What the hub would say to this device now.
            let Step::Pull(request) = ({
                mine.wake();
                mine.next_step().map_err(|why| why.to_string())?
            }) else {
                return Err("a device that has been poked does not pull".into());
            };
            let body = serde_json::to_vec(&request).map_err(|why| why.to_string())?;
            let answer = desk.ask("POST", "/api/v1/sync/pull", TABLET, body)?;
            said.push((PAGE, answer.body));
            said.push((SNAPSHOT, snapshot(&desk)?));
        }
        tapped(&book, &mut rng, &mut mine, &desk, 4)?;
        let mut waiting = Vec::new();
        if let Ok(Step::Push(push)) = mine.next_step() {
            for raw in &push.commands {
                let command: Value =
                    serde_json::from_str(raw.get()).map_err(|why| why.to_string())?;
                let id = command["cmdId"]
                    .as_str()
                    .and_then(|id| id.parse::<CommandId>().ok());
                waiting.extend(id);
            }
            // What it would hear of them, without the device hearing it.
            let scratch = desk.copied(&passwords).map_err(broken)?;
            let body = serde_json::to_vec(&push).map_err(|why| why.to_string())?;
            let answer = scratch.ask("POST", "/api/v1/sync/push", TABLET, body)?;
            said.push((PUSHED, answer.body));
            said.push((SNAPSHOT, snapshot(&scratch)?));
        }
        if waiting.len() < 4 {
            return Err("a device has nothing that waits".into());
        }
        said.push((REPORTED, json!({"phase": "collecting", "wants": 3})));
        let (good, now) = (snapshot(&desk)?, desk.world.now());
        drop((mine, theirs));
        disk::discard(&office);
        Ok(Self {
            book,
            device,
            waiting,
            now,
            said,
            good,
        })
    }
}

fn snapshot(desk: &Desk) -> Result<Value, String> {
    let answer = desk.ask("GET", "/api/v1/sync/snapshot?oldest=1", TABLET, Vec::new())?;
    if answer.status == 200 {
        Ok(answer.body)
    } else {
        Err(answer.text)
    }
}

fn tapped(
    book: &Book,
    rng: &mut Rng,
    core: &mut Core,
    desk: &Desk,
    commands: usize,
) -> Result<(), String> {
    let mut stored = 0;
    for _ in 0..commands * 60 {
        let person = book.ids().one(rng, "person").parse().map(PersonId).ok();
        core.hold(person).map_err(|why| why.to_string())?;
        stored += usize::from(tap(book, rng, core, desk.world.now())?);
        if stored == commands {
            return Ok(());
        }
    }
    Err("nobody finds anything to do".into())
}

fn tap(book: &Book, rng: &mut Rng, core: &mut Core, now: Moment) -> Result<bool, String> {
    let command = book.command(rng, book.ids(), None, |road| road == Road::Queue);
    let cmd_id = CommandId(id(0x5_0000 + rng.below(1 << 18) as u128));
    let ask = Submission::new(cmd_id, &command).map_err(|why| why.to_string())?;
    Ok(matches!(core.submit(&ask, now), Answer::Stored { .. }))
}

impl Target for Snapshots {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let mut parts = Vec::new();
        for _ in 0..1 + rng.below(8) {
            if rng.per_mille(150) {
                parts.push(vec![TAP, rng.below(256).to_le_bytes()[0]]);
                continue;
            }
            let Some((kind, said)) = rng.pick(&self.said) else {
                continue;
            };
            let mut value = said.clone();
            if *kind == PAGE && rng.per_mille(700) {
                // Somebody who speaks in the hub's name makes his page end where it says.
                self.made_up(rng, &mut value);
            }
            let times = if rng.per_mille(250) {
                0
            } else {
                1 + rng.below(3)
            };
            for _ in 0..times {
                let ids = self.book.ids();
                if rng.per_mille(800) {
                    mutate::alike(rng, &mut value, &|rng, names| ids.draw(rng, names));
                } else {
                    mutate::strange(rng, &mut value);
                }
            }
            let mut text = value.to_string().into_bytes();
            if rng.per_mille(80) {
                mutate::bytes(rng, &mut text);
            }
            text.insert(0, *kind);
            parts.push(text);
        }
        Case { parts }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let device = fresh("fed");
        disk::copy(&self.device, &device);
        let _discarded = Discard(&device);
        let mut core = started(&device)?;
        let mut named = self.waiting.clone();
        for part in &case.parts {
            let Some((kind, text)) = part.split_first() else {
                continue;
            };
            let before = position(&core);
            let text = String::from_utf8_lossy(text);
            let text = if *kind == PAGE {
                ends_where_it_says(&text, before.as_ref())
            } else {
                text.into_owned()
            };
            let said = self.heard(&mut core, *kind, &text);
            reached.note(said.unwrap_or("an error of the store"));
            if *kind == PAGE {
                chains(&text, before, position(&core), reached)?;
            }
            named.retain(|id| !text.contains(&id.to_string()));
            waits(&device, &named)?;
            looked_at(&core, reached, false)?;
            // It may stop at any time, and goes on with what it has.
            drop(core);
            core = started(&device)?;
        }
        self.heals(&mut core, reached)?;
        waits(&device, &named)
    }

    fn must_reach(&self) -> Vec<String> {
        [
            "snapshot",
            "page",
            "pushed",
            "tapped",
            "page taken",
            "does not read",
            "healed",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// Forgets a disk whatever happens.
struct Discard<'a>(&'a str);

impl Drop for Discard<'_> {
    fn drop(&mut self) {
        disk::discard(self.0);
    }
}

impl Snapshots {
    fn made_up(&self, rng: &mut Rng, page: &mut Value) {
        let ids = self.book.ids();
        if let Some(entries) = page["entries"].as_array_mut() {
            for entry in entries {
                if rng.per_mille(700) {
                    continue;
                }
                let read = entry
                    .as_str()
                    .and_then(|text| serde_json::from_str::<Value>(text).ok());
                let Some(mut read) = read else { continue };
                if rng.per_mille(800) {
                    mutate::alike(rng, &mut read, &|rng, names| ids.draw(rng, names));
                } else {
                    mutate::strange(rng, &mut read);
                }
                *entry = json!(read.to_string());
            }
        }
        page["position"] = json!("@end");
    }

    /// Hears one answer; what it was taken for, or none where the store could not.
    fn heard(&self, core: &mut Core, kind: u8, text: &str) -> Option<&'static str> {
        fn read<T: DeserializeOwned>(text: &str) -> Result<T, CallError> {
            serde_json::from_str(text).map_err(|why| CallError::Garbled(why.to_string()))
        }
        let word = |good: bool, word| Some(if good { word } else { "does not read" });
        match kind {
            SNAPSHOT => core
                .on_snapshot(Ok(text.to_owned()), self.now)
                .ok()
                .map(|_| "snapshot"),
            PAGE => {
                let answer = read::<PullAnswer>(text);
                let good = answer.is_ok();
                core.on_pull(answer, self.now).ok().and(word(good, "page"))
            }
            PUSHED => {
                let answer = read::<PushAnswer>(text);
                let good = answer.is_ok();
                core.wake();
                match core.next_step() {
                    Ok(Step::Push(push)) => core
                        .on_push(&push, answer, self.now)
                        .ok()
                        .and(word(good, "pushed")),
                    Ok(_) => Some("nothing to push"),
                    Err(_) => None,
                }
            }
            REPORTED => {
                let answer = read::<RecoverAnswer>(text);
                match core.next_step() {
                    Ok(Step::Report(report)) => core
                        .on_report(&report, answer, self.now)
                        .ok()
                        .map(|_| "reported"),
                    Ok(_) => Some("nothing to report"),
                    Err(_) => None,
                }
            }
            _ => {
                let seed = text.bytes().next().map_or(0, u64::from);
                let stored = tap(&self.book, &mut Rng::new(seed), core, self.now);
                word(stored.unwrap_or(false), "tapped")
                    .map(|word| if word == "tapped" { word } else { "not tapped" })
            }
        }
    }

    /// A snapshot of a later epoch makes the device whole, whatever it had believed.
    fn heals(&self, core: &mut Core, reached: &mut Reached) -> Result<(), String> {
        let epoch = position(core).map_or(1, |position| position.epoch.n);
        let Some(next) = epoch.checked_add(1) else {
            reached.note("no epoch is later");
            return Ok(());
        };
        let mut good = self.good.clone();
        good["position"]["position"]["epoch"] = json!({"n": next, "tag": "healed"});
        let taken = core.on_snapshot(Ok(good.to_string()), self.now);
        taken.map_err(|why| format!("a good snapshot is not taken: {why}"))?;
        let now = position(core).map(|position| position.epoch.n);
        if now != Some(next) {
            return Err(format!(
                "a good snapshot of epoch {next} leaves a device in {now:?}"
            ));
        }
        looked_at(core, reached, true)?;
        core.next_step()
            .map_err(|why| format!("a healed device does not go on: {why}"))?;
        reached.note("healed");
        Ok(())
    }
}

fn position(core: &Core) -> Option<Position> {
    core.position().ok().flatten()
}

/// A page that says `@end` ends where its entries lead from where the device stands.
fn ends_where_it_says(text: &str, from: Option<&Position>) -> String {
    let (Some(from), Ok(mut page)) = (from, serde_json::from_str::<Value>(text)) else {
        return text.to_owned();
    };
    if page["position"] != "@end" {
        return text.to_owned();
    }
    let entries: Vec<&str> = page["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let chain = entries
        .iter()
        .fold(from.chain, |chain, bytes| chain.then(bytes));
    let seq = from.seq.saturating_add(entries.len() as u64);
    let position = json!({"epoch": from.epoch, "seq": seq, "chain": chain});
    page["position"] = json!({"position": position, "sig": ""});
    page.to_string()
}

/// Where a page has moved the device it is where its entries lead.
fn chains(
    text: &str,
    before: Option<Position>,
    after: Option<Position>,
    reached: &mut Reached,
) -> Result<(), String> {
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(());
    };
    if before == after {
        return Ok(());
    }
    reached.note("page taken");
    let page: Value =
        serde_json::from_str(text).map_err(|_| "a page is taken that does not read")?;
    let entries = page["entries"]
        .as_array()
        .ok_or("a page without entries is taken")?;
    let texts = entries.iter().filter_map(Value::as_str);
    let chain = texts.fold(before.chain, |chain, bytes| chain.then(bytes));
    let due = Position {
        epoch: before.epoch.clone(),
        seq: before.seq + entries.len() as u64,
        chain,
    };
    if after == due {
        Ok(())
    } else {
        Err(format!(
            "from {before:?} a page leads to {after:?}, not {due:?}"
        ))
    }
}

/// What nobody has said a word of waits as before.
fn waits(device: &str, named: &[CommandId]) -> Result<(), String> {
    let db = database(device)?;
    for id in named {
        let text = "SELECT count(*) FROM pending WHERE cmd_id = ?1";
        let count: i64 = db
            .query_row(text, [id.to_string()], |row| row.get(0))
            .map_err(|why| why.to_string())?;
        if count != 1 {
            return Err(format!(
                "command {id} does not wait any more, and nobody has said why"
            ));
        }
    }
    Ok(())
}

/// Every view, in whatever state the device is; what cannot be shown is told as an error.
fn looked_at(core: &Core, reached: &mut Reached, all: bool) -> Result<(), String> {
    let order = OrderId(id(0x1001));
    let views = [
        View::Floor,
        View::Check { order },
        View::Bill { order },
        View::Menu,
        View::Board { station: None },
        View::Attention,
        View::Sync,
        View::Session,
    ];
    for view in views {
        match core.query(&view) {
            Ok(_) => reached.note("shown"),
            Err(why) if all => return Err(format!("{view:?} cannot be shown: {why}")),
            Err(_) => reached.note("not shown"),
        }
    }
    Ok(())
}
