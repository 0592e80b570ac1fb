//! What cases are made from: the corpus of old commands, entries and rows, and the small restaurant that it founds.

use crate::mutate;
use anyhow::Context;
use domain::command::Road;
use domain::ids::{CommandId, DeviceId, PersonId, RestaurantId};
use domain::rules::{Ctx, Origin, Place};
use domain::time::Moment;
use domain::{Command, Envelope, Key, State, apply, decide};
use serde_json::Value;
use sim::world::Rng;
use std::collections::BTreeMap;
use uuid::Uuid;

pub const COMMANDS: &str = include_str!("../../domain/src/tests/corpus/commands.jsonl");
pub const ENTRIES: &str = include_str!("../../domain/src/tests/corpus/entries.jsonl");
pub const ROWS: &str = include_str!("../../domain/src/tests/corpus/rows.txt");

/// When the corpus's evening begins.
pub const EVENING: Moment = Moment(1_795_287_600_000);
pub const RESTAURANT: RestaurantId = RestaurantId(id(1));
/// The corpus's devices, and one of an office beside them.
pub const TABLET: DeviceId = DeviceId(id(0xd1));
pub const DISPLAY: DeviceId = DeviceId(id(0xd2));
pub const OFFICE: DeviceId = DeviceId(id(0xd9));

pub const fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

/// One command of each kind that there is, from which others are made.
#[derive(Debug, Clone)]
pub struct Book {
    kinds: Vec<(String, Vec<Value>)>,
    ids: Pools,
}

/// The ids of things, by what their field is called.
#[derive(Debug, Clone, Default)]
pub struct Pools(BTreeMap<String, Vec<String>>);

/// The one name that a thing has, whatever the field that holds its id is called.
fn class(names: &[String; 2]) -> &str {
    let [name, around] = names;
    let name = if name == "id" { around } else { name };
    match name.as_str() {
        "by" | "approvedBy" | "to" | "owner" | "openedBy" | "author" | "people" => "person",
        "beside" | "orders" => "order",
        "partOf" | "lines" | "part" => "line",
        "openBill" | "bills" | "billed" => "bill",
        "loose" | "payments" => "payment",
        "modifiers" | "options" => "option",
        "modifierGroups" => "group",
        "forkOf" | "forks" | "devices" => "device",
        "tickets" => "ticket",
        "dishes" => "dish",
        "bump" => "command",
        other => other,
    }
}

impl Pools {
    /// Notes every id that stands in it.
    pub fn learn(&mut self, value: &Value, names: [&str; 2]) {
        match value {
            Value::String(text) if mutate::is_id(text) => {
                let names = names.map(str::to_owned);
                let known = self.0.entry(class(&names).to_owned()).or_default();
                if !known.contains(text) {
                    known.push(text.clone());
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item, names)),
            Value::Object(fields) => {
                let learn = |(name, item): (&String, &Value)| self.learn(item, [name, names[0]]);
                fields.iter().for_each(learn);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    pub fn of_state(&self, state: &State) -> Self {
        let mut all = self.clone();
        // In one order, or a seed would not be the same case again.
        let mut keys: Vec<&Key> = state.keys().collect();
        keys.sort_unstable();
        for key in keys {
            let row = state.row(key).map(|row| row.body.body());
            let body = row.and_then(|body| serde_json::from_str::<Value>(&body).ok());
            if let Some(body) = body {
                all.learn(&body, ["", key.kind()]);
                let name = key.to_string();
                let own = name.split_once(':').map_or("", |(_, id)| id);
                all.learn(&Value::String(own.to_owned()), [key.kind(), ""]);
            }
        }
        all
    }

    /// An id for a field: mostly of what it names, sometimes of something else or of nothing.
    pub fn draw(&self, rng: &mut Rng, names: &[String; 2]) -> String {
        let own = self.0.get(class(names));
        let all: Vec<&Vec<String>> = self.0.values().collect();
        let from = match rng.below(20) {
            0 => None,
            1 | 2 => rng.pick(&all).copied(),
            _ => own,
        };
        let found = from.and_then(|from| rng.pick(from).cloned());
        found.unwrap_or_else(|| id(0xbad_0000 + rng.below(4) as u128).to_string())
    }

    /// The ids of one check and what hangs on it.
    fn of_a_check(rng: &mut Rng, state: &State) -> Option<Self> {
        let mut orders: Vec<&Key> = state
            .keys()
            .filter(|key| matches!(key, Key::Order(_)))
            .collect();
        orders.sort_unstable();
        let key = rng.pick(&orders)?;
        let body = serde_json::from_str(&state.row(key)?.body.body()).ok()?;
        let mut pools = Self::default();
        pools.learn(&body, ["", "order"]);
        Some(pools)
    }

    /// What a field of a command about this check would hold: what it makes is new, what it names is there.
    fn fitting(&self, rng: &mut Rng, kind: &str, names: &[String; 2]) -> Option<String> {
        let class = class(names);
        let makes = matches!(
            (kind, class),
            ("orders.open", "order" | "line" | "ticket")
                | ("orders.add", "line" | "ticket")
                | ("orders.send" | "orders.force", "ticket")
                | ("menu.add_dish", "dish")
                | ("menu.add_group", "group")
                | ("billing.open", "bill")
                | ("billing.pay", "payment")
        );
        if makes && !rng.per_mille(50) {
            return Some(id(0x8_0000 + rng.below(1 << 18) as u128).to_string());
        }
        let own = self
            .0
            .get(class)
            .filter(|_| matches!(class, "order" | "line" | "ticket" | "bill"));
        own.and_then(|own| rng.pick(own).cloned())
    }

    pub fn one(&self, rng: &mut Rng, name: &str) -> String {
        self.draw(rng, &[name.to_owned(), String::new()])
    }
}

impl Book {
    pub fn open() -> anyhow::Result<Self> {
        let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut ids = Pools::default();
        for line in COMMANDS.lines() {
            let envelope: Value = serde_json::from_str(line)?;
            ids.learn(&envelope["args"], ["", ""]);
            let kind = envelope["kind"].as_str().context("a kind")?.to_owned();
            kinds.entry(kind).or_default().push(envelope);
        }
        let kinds = kinds.into_iter().collect();
        Ok(Self { kinds, ids })
    }

    pub fn ids(&self) -> &Pools {
        &self.ids
    }

    /// Some command: one of the corpus with other values of the same kinds, such that it still reads. Where a state is
    /// given it is mostly about one check of it.
    pub fn command(
        &self,
        rng: &mut Rng,
        ids: &Pools,
        state: Option<&State>,
        may: impl Fn(Road) -> bool,
    ) -> Command {
        let check = state.and_then(|state| Pools::of_a_check(rng, state));
        loop {
            let Some((kind, all)) = rng.pick(&self.kinds) else {
                continue;
            };
            let Some(example) = rng.pick(all) else {
                continue;
            };
            let mut args = example["args"].clone();
            if let Some(check) = check.as_ref().filter(|_| rng.per_mille(850)) {
                mutate::each_id(&mut args, ["", ""], &mut |text, names| {
                    *text = check
                        .fitting(rng, kind, names)
                        .unwrap_or_else(|| text.clone());
                });
            }
            let times = [0, 0, 0, 1, 1, 2, 4]
                .get(rng.below(7))
                .copied()
                .unwrap_or(0);
            for _ in 0..times {
                mutate::alike(rng, &mut args, &|rng, names| ids.draw(rng, names));
            }
            let version = example["version"]
                .as_u64()
                .and_then(|version| version.try_into().ok());
            let read =
                version.and_then(|version| Command::read(kind, version, &args.to_string()).ok());
            // Most are of the service: the rest would leave little of the house.
            let wanted = |command: &Command| command.road() == Road::Queue || rng.per_mille(350);
            if let Some(command) = read.filter(|command| may(command.road())).filter(wanted) {
                return command;
            }
        }
    }

    /// How many kinds there are, of those that may.
    pub fn kinds(&self) -> Vec<String> {
        self.kinds.iter().map(|(kind, _)| kind.clone()).collect()
    }
}

/// What founds the corpus's restaurant: its people, devices, tables and dishes.
pub fn founding() -> anyhow::Result<Vec<Command>> {
    const KINDS: [&str; 8] = [
        "settings.found",
        "auth.add_person",
        "devices.enrol",
        "floor.add_room",
        "floor.add_table",
        "menu.add_category",
        "menu.add_group",
        "menu.add_dish",
    ];
    let mut all = Vec::new();
    for line in COMMANDS.lines() {
        let envelope: Envelope = serde_json::from_str(line)?;
        if KINDS.contains(&envelope.kind.as_str()) {
            all.push(envelope.command()?);
        }
    }
    all.push(
        domain::devices::Enrol {
            id: OFFICE,
            name: domain::text::Name::new("Office")?,
            kind: domain::devices::DeviceKind::Office,
            fork_of: None,
        }
        .into(),
    );
    Ok(all)
}

/// The state that it begins with.
pub fn house() -> anyhow::Result<State> {
    let mut state = State::default();
    for (n, command) in (0..).zip(founding()?) {
        let ctx = Ctx {
            command: CommandId(id(0x1_0000 + n)),
            by: Some(PersonId(id(0xa4))),
            approved_by: None,
            device: None,
            at: EVENING,
            origin: Origin::Live,
            place: Place::Hub,
            epoch: 1,
        };
        if let Ok(events) = decide(&state, &command, &ctx) {
            events.iter().for_each(|event| apply(&mut state, event));
        }
    }
    state.settle();
    Ok(state)
}
