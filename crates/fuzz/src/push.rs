//! What a device pushes, through the hub's own door: the router, the parser, the writer, the database. Whatever comes, the
//! hub answers clearly, its books agree, and an honest device goes on as before.

use crate::book::{Book, EVENING, OFFICE, Pools, TABLET, id};
use crate::desk::{Answer, Desk};
use crate::mutate;
use crate::{Case, Reached, Target};
use comanda::auth::password::Passwords;
use comanda::world::World;
use domain::command::Road;
use domain::ids::{CommandId, OrderId, TableId};
use domain::orders::open::Open;
use domain::rules::{Ctx, Origin, Place};
use domain::text::Guests;
use domain::{State, apply, judge};
use protocol::bridge::{Answer as Told, Submission};
use serde_json::{Value, json};
use sim::world::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Stands in a case where the hub's present epoch, its signed position and the next place of the queue belong.
const EPOCH: &str = "\"@epoch\"";
const POSITION: &str = "\"@position\"";
const MID: &str = "\"@mid\"";

pub struct Pushes {
    book: Book,
    passwords: Passwords,
    house: Desk,
    /// What the house begins with.
    start: State,
}

impl Pushes {
    pub fn new() -> anyhow::Result<Self> {
        let passwords = Passwords::new()?;
        let (book, house) = (Book::open()?, Desk::founded(&passwords)?);
        let start = crate::book::house()?;
        Ok(Self {
            book,
            passwords,
            house,
            start,
        })
    }

    /// A command as a device would send it, and what it probably leads to.
    fn envelope(&self, rng: &mut Rng, ids: &Pools, state: &mut State, sure: bool) -> Value {
        let road = |road: Road| road == Road::Queue || !sure;
        let command = self.book.command(rng, ids, Some(state), road);
        let args: Value = serde_json::from_str(&command.body()).unwrap_or_default();
        let at = match rng.below(10) {
            0 => mutate::number(rng),
            _ => EVENING.0 + i64::try_from(rng.below(10_000)).unwrap_or(0),
        };
        let cmd_id = CommandId(id(0x3_0000 + rng.below(1 << 18) as u128));
        let ctx = Ctx {
            command: cmd_id,
            by: None,
            approved_by: None,
            device: Some(TABLET),
            at: EVENING,
            origin: Origin::Queued,
            place: Place::Hub,
            epoch: 1,
        };
        let play = AssertUnwindSafe(|| {
            let verdict = judge(state, &command, &ctx);
            verdict
                .events()
                .iter()
                .for_each(|event| apply(state, event));
        });
        // Whether it panics is seen when it is fed.
        let _panicked = catch_unwind(play).is_err();
        let mut envelope = json!({
            "mid": "@mid", "cmdId": cmd_id, "kind": command.kind(),
            "version": command.version(), "by": ids.one(rng, "person"), "args": args, "seenSeq": rng.below(60), "at": at,
        });
        if rng.per_mille(100) {
            envelope["approvedBy"] = json!(ids.one(rng, "person"));
        }
        envelope
    }
}

impl Target for Pushes {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let mut state = self.start.clone();
        let mut push = |rng: &mut Rng| {
            let ids = self.book.ids().of_state(&state);
            let commands: Vec<Value> = (0..rng.below(9))
                .map(|_| self.envelope(rng, &ids, &mut state, true))
                .collect();
            let mut body = json!({
                "proto": 1, "device": TABLET, "epoch": "@epoch", "oldest": 1, "position": "@position", "commands": commands,
            });
            // Half of them are whole, so that the others find something that they can break.
            let times = if rng.per_mille(500) {
                0
            } else {
                1 + rng.below(3)
            };
            for _ in 0..times {
                match rng.below(10) {
                    0..4 => mutate::alike(rng, &mut body, &|rng, names| ids.draw(rng, names)),
                    4..6 => mutate::strange(rng, &mut body),
                    _ => {
                        let unsure = self.envelope(rng, &ids, &mut state, false);
                        if let Some(commands) =
                            body.get_mut("commands").and_then(Value::as_array_mut)
                        {
                            let again = rng.pick(commands).cloned();
                            let one = again.filter(|_| rng.per_mille(300)).unwrap_or(unsure);
                            commands.push(one);
                            let last = commands.last_mut();
                            last.into_iter().for_each(|last| mutate::strange(rng, last));
                        }
                    }
                }
            }
            let mut text = body.to_string().into_bytes();
            if times > 0 && rng.per_mille(250) {
                mutate::bytes(rng, &mut text);
            }
            text
        };
        Case {
            parts: (0..1 + rng.below(24)).map(|_| push(rng)).collect(),
        }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let broken = |why: anyhow::Error| format!("{why:#}");
        let desk = self.house.copied(&self.passwords).map_err(broken)?;
        let mut honest = desk.device(OFFICE, &desk.disk)?;
        let mut next = 1;
        for part in &case.parts {
            let before = desk.head().map_err(broken)?;
            let body = filled(&desk, part, &mut next).map_err(broken)?;
            let answer = desk.ask("POST", "/api/v1/sync/push", TABLET, body)?;
            let after = desk.head().map_err(broken)?;
            let gone_in = after.position.seq - before.position.seq;
            clear(&answer, gone_in, reached)?;
            next = reached_place(&desk, next)?;
            desk.is_well()?;
        }
        desk.agrees()?;
        open_a_check(&mut honest, &desk)
    }

    fn must_reach(&self) -> Vec<String> {
        [
            "applied",
            "rejected",
            "quarantined",
            "400",
            "403",
            "409",
            "200",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// With what only the hub knows put in.
fn filled(desk: &Desk, part: &[u8], next: &mut u64) -> anyhow::Result<Vec<u8>> {
    let position = desk.head()?.position;
    let epoch = serde_json::to_string(&position.epoch)?;
    let signed = serde_json::to_string(&desk.signed(&position))?;
    let mut rest = replaced(&replaced(part, EPOCH, &epoch), POSITION, &signed);
    let mut out = Vec::new();
    while let Some(at) = find(&rest, MID) {
        out.extend_from_slice(&rest[..at]);
        out.extend(next.to_string().bytes());
        *next += 1;
        rest.drain(..at + MID.len());
    }
    out.extend(rest);
    Ok(out)
}

pub fn find(text: &[u8], what: &str) -> Option<usize> {
    text.windows(what.len())
        .position(|window| window == what.as_bytes())
}

pub fn replaced(text: &[u8], what: &str, with: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(at) = find(rest, what) {
        out.extend_from_slice(&rest[..at]);
        out.extend(with.bytes());
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// A push is answered with outcomes, or refused by name; a request that does not read changes nothing.
fn clear(answer: &Answer, gone_in: u64, reached: &mut Reached) -> Result<(), String> {
    reached.note(answer.status.to_string());
    match answer.status {
        200 => {
            let outcomes = answer.body["outcomes"].as_array().ok_or("no outcomes")?;
            for decided in outcomes {
                reached.note(
                    decided["outcome"]
                        .as_str()
                        .ok_or("an outcome without a name")?,
                );
                if decided["code"] == "trouble" {
                    return Err(format!("a command makes the hub fail: {decided}"));
                }
            }
            Ok(())
        }
        // What stood before a bad command in its push is in.
        400 | 409 if !answer.code().is_empty() => Ok(()),
        401 | 403 | 413 | 415 | 422 if !answer.code().is_empty() && gone_in == 0 => Ok(()),
        status => Err(format!(
            "the hub answers {status} {}, and {gone_in} entries went in",
            answer.text
        )),
    }
}

/// Where the hub has come to in the tablet's queue: asked with a place that nobody has reached.
fn reached_place(desk: &Desk, next: u64) -> Result<u64, String> {
    let position = desk.head().map_err(|why| format!("{why:#}"))?.position;
    let (epoch, signed) = (position.epoch.clone(), desk.signed(&position));
    let far = json!({"mid": 1u64 << 60, "cmdId": id(0xfa), "kind": "x", "version": 1, "by": null, "args": {}, "seenSeq": 0, "at": 0});
    let body = json!({"proto": 1, "device": TABLET, "epoch": epoch, "oldest": 1, "position": signed, "commands": [far]});
    let answer = desk.ask(
        "POST",
        "/api/v1/sync/push",
        TABLET,
        body.to_string().into_bytes(),
    )?;
    match answer.code() {
        "gap" => Ok(answer.body["expected"].as_u64().unwrap_or(next)),
        // Somebody really had come so far: there is nothing beyond it.
        _ => Ok(next),
    }
}

/// A device that does as it should takes an order, and it is at the hub.
pub fn open_a_check(honest: &mut client::Core, desk: &Desk) -> Result<(), String> {
    desk.sync(honest)?;
    let open = Open {
        order: OrderId(id(0x77)),
        table: TableId(id(0xb1)),
        guests: Guests::new(2).map_err(|why| why.to_string())?,
        beside: Vec::new(),
        lines: Vec::new(),
        fire: None,
    };
    let ana = domain::ids::PersonId(id(0xa1));
    honest.hold(Some(ana)).map_err(|why| why.to_string())?;
    let ask = Submission::new(CommandId(id(0x78)), &open.into()).map_err(|why| why.to_string())?;
    match honest.submit(&ask, desk.world.now()) {
        // Whoever was fed may have taken the table away, or sent Ana home: that is no fault of the hub's.
        Told::Refused { .. } | Told::Bad { .. } => return Ok(()),
        Told::Stored { .. } => {}
        other => return Err(format!("an honest tap comes to {other:?}")),
    }
    desk.sync(honest)?;
    desk.agrees()
}
