//! Every rule, with commands of every kind and any arguments, on whatever states earlier commands have led to.

use crate::book::{Book, DISPLAY, EVENING, Pools, house};
use crate::invariants::{Seen, holds};
use crate::mutate;
use crate::{Case, Reached, Target};
use domain::command::Road;
use domain::ids::CommandId;
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::state::{Key, Row};
use domain::time::Moment;
use domain::{Code, Command, Event, Refusal, State, apply, decide, judge, missing, prepare, scope};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sim::world::Rng;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

const MOST_STEPS: usize = 60;

#[derive(Debug)]
pub struct Rules {
    book: Book,
    house: State,
}

/// One command as somebody gives it, as a case keeps it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    cmd_id: CommandId,
    by: Option<domain::ids::PersonId>,
    #[serde(default)]
    approved_by: Option<domain::ids::PersonId>,
    device: Option<domain::ids::DeviceId>,
    at: Moment,
    queued: bool,
    on_device: bool,
    epoch: u64,
    kind: String,
    version: u16,
    args: Box<RawValue>,
}

impl Step {
    fn command(&self) -> Result<Command, String> {
        let command = Command::read(&self.kind, self.version, self.args.get());
        command.map_err(|why| why.to_string())
    }

    fn ctx(&self) -> Ctx {
        Ctx {
            command: self.cmd_id,
            by: self.by,
            approved_by: self.approved_by,
            device: self.device,
            at: self.at,
            origin: if self.queued {
                Origin::Queued
            } else {
                Origin::Live
            },
            place: if self.on_device {
                Place::Device
            } else {
                Place::Hub
            },
            epoch: self.epoch,
        }
    }
}

impl Rules {
    pub fn new() -> anyhow::Result<Self> {
        let (book, house) = (Book::open()?, house()?);
        Ok(Self { book, house })
    }

    fn step(
        &self,
        rng: &mut Rng,
        ids: &Pools,
        state: &State,
        n: usize,
        on_device: bool,
    ) -> Option<Step> {
        let mut command = self.book.command(rng, ids, Some(state), |_| true);
        // A device takes what it keeps from the menu; whoever pushes something made up may say anything.
        if rng.per_mille(800) {
            prepare(state, &mut command);
        }
        let person = |rng: &mut Rng| ids.one(rng, "person").parse().ok();
        let at = match rng.below(60) {
            0 => Moment(mutate::number(rng)),
            _ => EVENING.plus(i64::try_from(n).ok()? * 60_000),
        };
        let queued = match command.road() {
            Road::Queue => rng.per_mille(600),
            Road::Online | Road::Hub => rng.per_mille(50),
        };
        // A kitchen's own screen, with nobody signed in, does much of what the kitchen does.
        let at_the_pass = command.kind().starts_with("kitchen.") && rng.per_mille(500);
        Some(Step {
            cmd_id: CommandId(crate::book::id(0x2_0000 + n as u128)),
            by: if !at_the_pass && rng.per_mille(930) {
                person(rng)
            } else {
                None
            },
            approved_by: if rng.per_mille(200) {
                person(rng)
            } else {
                None
            },
            device: if at_the_pass {
                Some(DISPLAY)
            } else if rng.per_mille(700) {
                ids.one(rng, "device").parse().ok()
            } else {
                None
            },
            at,
            queued,
            on_device,
            epoch: 1 + u64::from(rng.per_mille(30)),
            kind: command.kind().to_owned(),
            version: command.version(),
            args: RawValue::from_string(command.body()).ok()?,
        })
    }
}

impl Target for Rules {
    fn draw(&mut self, rng: &mut Rng) -> Case {
        let (mut state, mut parts) = (self.house.clone(), Vec::new());
        let on_device = rng.per_mille(200);
        let mut ids = self.book.ids().of_state(&state);
        for n in 0..1 + rng.below(MOST_STEPS) {
            if n % 8 == 0 {
                ids = self.book.ids().of_state(&state);
            }
            let Some(step) = self.step(rng, &ids, &state, n, on_device) else {
                continue;
            };
            let Ok(part) = serde_json::to_vec(&step) else {
                continue;
            };
            parts.push(part);
            if let Ok(command) = step.command() {
                // Whether it panics is seen when it is fed.
                let play = AssertUnwindSafe(|| {
                    let verdict = judge(&state, &command, &step.ctx());
                    verdict
                        .events()
                        .iter()
                        .for_each(|event| apply(&mut state, event));
                });
                if catch_unwind(play).is_err() {
                    break;
                }
            }
        }
        Case { parts }
    }

    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String> {
        let (mut state, mut replayed) = (self.house.clone(), self.house.clone());
        let mut seen = Seen::default();
        for part in &case.parts {
            let Ok(step) = serde_json::from_slice::<Step>(part) else {
                continue;
            };
            let Ok(command) = step.command() else {
                reached.note("does not read");
                continue;
            };
            let ctx = step.ctx();
            let verdict = judged(&state, &command, &ctx)?;
            match &verdict {
                Verdict::Applied { events } if events.is_empty() => reached.note("nothing to do"),
                Verdict::Applied { .. } => reached.note(format!("applied {}", command.kind())),
                Verdict::Rejected { .. } => reached.note("rejected"),
                Verdict::Quarantined { .. } => reached.note("quarantined"),
            }
            for event in verdict.events() {
                let written = Event::read(event.kind(), event.version(), &event.body());
                let written = written.map_err(|why| {
                    format!("{} is written and does not read: {why}", event.kind())
                })?;
                if written != *event {
                    return Err(format!(
                        "{} reads as another than was written",
                        event.kind()
                    ));
                }
                apply(&mut state, event);
                apply(&mut replayed, &written);
            }
            holds(&state, verdict.events(), &mut seen)
                .map_err(|why| format!("after {}: {why}", command.kind()))?;
        }
        match rows(&state) == rows(&replayed) {
            true => Ok(()),
            false => Err("the log does not replay to the state".into()),
        }
    }

    fn must_reach(&self) -> Vec<String> {
        let applied = self
            .book
            .kinds()
            .into_iter()
            .map(|kind| format!("applied {kind}"));
        // It is founded once.
        let founded = |what: &String| what == "applied settings.found";
        let judged = ["rejected", "quarantined", "nothing to do"].map(str::to_owned);
        applied
            .filter(|what| !founded(what))
            .chain(judged)
            .collect()
    }
}

fn rows(state: &State) -> BTreeMap<Key, Row> {
    let rows = state
        .keys()
        .filter_map(|key| Some((*key, state.row(key)?.clone())));
    rows.collect()
}

/// Decides, and looks whether the rule has kept to what every rule promises.
fn judged(state: &State, command: &Command, ctx: &Ctx) -> Result<Verdict, String> {
    let kind = command.kind();
    let decided = decide(state, command, ctx);
    if decide(state, command, ctx) != decided {
        return Err(format!("{kind} decides otherwise the second time"));
    }
    reads_only_its_scope(state, command, ctx, &decided)?;
    if let Err(Refusal::Rule(code)) = decided
        && ctx.origin == Origin::Queued
        && is_fact(command, code)
    {
        return Err(format!(
            "{kind} has happened and is refused: {}",
            code.as_str()
        ));
    }
    let nobody = ctx
        .by
        .and_then(|id| state.person(id))
        .is_none_or(|person| !person.active);
    let device = ctx.device.and_then(|id| state.device(id));
    let kitchen = device.is_some_and(|device| device.kind == domain::devices::DeviceKind::Kitchen);
    let service = command.road() == Road::Queue && !(kitchen && ctx.by.is_none());
    let done = decided.as_ref().is_ok_and(|events| !events.is_empty());
    // One's own cards are one's own, whoever one is by now.
    let service = service && !matches!(command, Command::Clear(_));
    if nobody && service && ctx.origin == Origin::Live && done {
        return Err(format!("{kind} is done for nobody"));
    }
    let verdict = judge(state, command, ctx);
    let one_card = matches!(verdict.events(), [Event::CardRaised(_)]);
    match &verdict {
        Verdict::Applied { events } if decided.as_ref() != Ok(events) => {
            Err(format!("{kind} is judged otherwise than decided"))
        }
        Verdict::Rejected { .. } | Verdict::Quarantined { .. } if !one_card => {
            Err(format!("{kind} is refused and does more than say so"))
        }
        Verdict::Applied { .. } | Verdict::Rejected { .. } | Verdict::Quarantined { .. } => {
            Ok(verdict)
        }
    }
}

fn reads_only_its_scope(
    state: &State,
    command: &Command,
    ctx: &Ctx,
    decided: &Result<Vec<Event>, Refusal>,
) -> Result<(), String> {
    let kind = command.kind();
    let mut narrow = State::default();
    loop {
        let keys = missing(command, ctx, &narrow);
        if keys.is_empty() {
            break;
        }
        keys.into_iter()
            .for_each(|key| narrow.load(key, state.row(&key).cloned()));
    }
    if decide(&narrow, command, ctx) != *decided {
        return Err(format!("{kind} reads what is not in its scope"));
    }
    let scoped = scope(command, ctx, &narrow);
    let mut written = decided.iter().flatten().flat_map(Event::keys);
    match written.find(|key| state.row(key).is_some() && !scoped.contains(key)) {
        Some(key) => Err(format!("{kind} writes {key}, which is not in its scope")),
        None => Ok(()),
    }
}

/// What has happened at the table is never refused for what the restaurant's state is.
fn is_fact(command: &Command, code: Code) -> bool {
    match command {
        // The same id for two checks is no state but somebody's mistake.
        Command::Open(_) => code != Code::AlreadyExists,
        Command::Add(_)
        | Command::Send(_)
        | Command::Force(_)
        | Command::Serve(_)
        | Command::Name(_) => true,
        Command::See(_) | Command::Advance(_) | Command::Bump(_) | Command::Acknowledge(_) => true,
        Command::OpenBill(_) | Command::Pay(_) | Command::SetAvailability(_) => true,
        Command::Change(_) | Command::Void(_) | Command::Cancel(_) | Command::HandOver(_) => false,
        Command::Undo(_) | Command::Recall(_) | Command::Clear(_) => false,
        Command::Found(_)
        | Command::ChangeSettings(_)
        | Command::StartEpoch(_)
        | Command::RecordGap(_) => false,
        Command::AddPerson(_) | Command::ChangePerson(_) => false,
        Command::EnrolDevice(_) | Command::RevokeDevice(_) | Command::RenameDevice(_) => false,
        Command::AddRoom(_) | Command::AddTable(_) | Command::ChangeTable(_) => false,
        Command::AddCategory(_) | Command::ChangeCategory(_) | Command::AddDish(_) => false,
        Command::ChangeDish(_) | Command::AddGroup(_) | Command::ChangeGroup(_) => false,
    }
}
