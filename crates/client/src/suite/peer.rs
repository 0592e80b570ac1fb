//! The other end of the wire, as a script: just enough of a hub to answer what a story needs it to answer. The real
//! hub is met in the integration tests and in the simulator.

use crate::sync::CallError;
use domain::auth::{AddPerson, Role};
use domain::devices::{DeviceKind, Enrol};
use domain::floor::{AddRoom, AddTable, Room};
use domain::ids::{
    CategoryId, CommandId, DeviceId, DishId, OrderId, PersonId, RestaurantId, RoomId, TableId,
};
use domain::menu::{AddCategory, AddDish, Category, Dish};
use domain::money::Money;
use domain::recover::Phase;
use domain::rules::{Ctx, Origin, Place, Verdict};
use domain::settings::{Found, Settings};
use domain::sync::{Chain, Entry, Epoch, KNOWN, Outcome, Position};
use domain::text::{Currency, Label, MinuteOfDay, Name, Seats, Username};
use domain::time::{Moment, Zone};
use domain::{Command, Envelope, State};
use protocol::sync::{
    Beside, Decided, EnrolAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest, RecoverAnswer,
    RecoverRequest, Reset, Side, Signed, Snapshot, SnapshotRow,
};
use serde_json::value::RawValue;
use std::collections::HashMap;
use uuid::Uuid;

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub const RESTAURANT: RestaurantId = RestaurantId(Uuid::from_u128(1));
pub const ANA: PersonId = PersonId(Uuid::from_u128(0xA));
pub const BEN: PersonId = PersonId(Uuid::from_u128(0xB));
pub const MANAGER: PersonId = PersonId(Uuid::from_u128(0xC));
pub const T4: TableId = TableId(Uuid::from_u128(0x44));
pub const SOUP: DishId = DishId(Uuid::from_u128(0xD1));
pub const FISH: DishId = DishId(Uuid::from_u128(0xD2));
pub const MINE: DeviceId = DeviceId(Uuid::from_u128(0xE1));
pub const THEIRS: DeviceId = DeviceId(Uuid::from_u128(0xE2));
pub const KITCHEN: DeviceId = DeviceId(Uuid::from_u128(0xE3));
const ROOM: RoomId = RoomId(Uuid::from_u128(0x40));
const FOOD: CategoryId = CategoryId(Uuid::from_u128(0xD0));

/// The first moment of every story.
pub const EVENING: Moment = Moment(1_795_000_000_000);

#[derive(Clone)]
pub struct Peer {
    pub epoch: Epoch,
    pub now: Moment,
    /// The time of its last entry.
    last_at: Moment,
    pub state: State,
    pub entries: Vec<String>,
    pub chains: Vec<Chain>,
    pub knows: Vec<String>,
    /// Pages of a pull.
    pub page: usize,
    outcomes: HashMap<CommandId, (u64, Outcome, Option<String>)>,
    pub queues: HashMap<DeviceId, Vec<(u64, CommandId)>>,
    /// Who can sign in by PIN.
    pub side: Option<Side>,
    /// It was put back to this entry and asks what devices hold past it.
    pub gathers: Option<u64>,
    pub reported: Vec<RecoverRequest>,
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

impl Peer {
    /// A small restaurant: two waiters, a manager, a table, two dishes, two devices.
    #[expect(
        clippy::new_without_default,
        reason = "a story says what it begins with"
    )]
    pub fn new() -> Self {
        let mut peer = Self {
            epoch: Epoch {
                n: 1,
                tag: "a".into(),
            },
            now: EVENING,
            last_at: EVENING,
            state: State::default(),
            entries: Vec::new(),
            chains: vec![Chain::start(RESTAURANT)],
            knows: Command::KNOWN
                .iter()
                .map(|(kind, version)| format!("{kind}@{version}"))
                .collect(),
            page: 500,
            outcomes: HashMap::new(),
            queues: HashMap::new(),
            side: None,
            gathers: None,
            reported: Vec::new(),
        };
        for command in founding() {
            peer.acts(command);
        }
        peer
    }

    pub fn seq(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn position(&self) -> Signed {
        self.position_at(self.seq())
    }

    pub fn position_at(&self, seq: u64) -> Signed {
        let position = Position {
            epoch: self.epoch.clone(),
            seq,
            chain: self.chains[usize::try_from(seq).unwrap()],
        };
        Signed {
            sig: format!("signed {seq}"),
            position,
        }
    }

    /// The hub's own act, or somebody's by REST.
    pub fn acts(&mut self, command: impl Into<Command>) -> u64 {
        let cmd_id = CommandId(id(0xACED_0000 + u128::from(self.seq())));
        self.decide(&command.into(), cmd_id, None, None, None, self.now)
    }

    /// Somebody does something on another device.
    pub fn other(&mut self, by: PersonId, command: impl Into<Command>) -> u64 {
        let mid = self.last_mid(THEIRS) + 1;
        let cmd_id = CommandId(id(0x0DDE_0000 + u128::from(mid)));
        self.queued(&command.into(), cmd_id, Some(by), THEIRS, mid)
    }

    /// The kitchen's screen does something, with nobody signed in.
    pub fn cooks(&mut self, command: impl Into<Command>) -> u64 {
        let mid = self.last_mid(KITCHEN) + 1;
        let cmd_id = CommandId(id(0x0C00_0000 + u128::from(mid)));
        self.queued(&command.into(), cmd_id, None, KITCHEN, mid)
    }

    /// Hangs a screen in the kitchen.
    pub fn with_kitchen(mut self) -> Self {
        self.acts(Enrol {
            id: KITCHEN,
            name: name("Wall"),
            kind: DeviceKind::Kitchen,
            fork_of: None,
        });
        self
    }

    /// An entry under any device's name.
    pub fn queued(
        &mut self,
        command: &Command,
        cmd_id: CommandId,
        by: Option<PersonId>,
        device: DeviceId,
        mid: u64,
    ) -> u64 {
        self.queues.entry(device).or_default().push((mid, cmd_id));
        self.decide(command, cmd_id, by, Some((device, mid)), None, self.now)
    }

    fn decide(
        &mut self,
        command: &Command,
        cmd_id: CommandId,
        by: Option<PersonId>,
        device: Option<(DeviceId, u64)>,
        raw: Option<Box<RawValue>>,
        at: Moment,
    ) -> u64 {
        self.decide_for(command, cmd_id, (by, None), device, raw, at)
    }

    fn decide_for(
        &mut self,
        command: &Command,
        cmd_id: CommandId,
        (by, approved_by): (Option<PersonId>, Option<PersonId>),
        device: Option<(DeviceId, u64)>,
        raw: Option<Box<RawValue>>,
        at: Moment,
    ) -> u64 {
        let mut command = command.clone();
        domain::prepare(&self.state, &mut command);
        let ctx = Ctx {
            command: cmd_id,
            by,
            approved_by,
            device: device.map(|(id, _)| id),
            at,
            origin: if device.is_some() {
                Origin::Queued
            } else {
                Origin::Live
            },
            place: Place::Hub,
            epoch: self.epoch.n,
        };
        let verdict = domain::judge(&self.state, &command, &ctx);
        let (outcome, code) = match &verdict {
            Verdict::Applied { .. } => (Outcome::Applied, None),
            Verdict::Rejected { code, .. } => (Outcome::Rejected, Some(code.as_str().to_owned())),
            Verdict::Quarantined { why, .. } => (Outcome::Quarantined, Some(why.clone())),
        };
        let events = verdict.events().to_vec();
        let dropped = domain::sync::dropped(&self.state, &events, self.last_at);
        for event in &events {
            domain::apply(&mut self.state, event);
        }
        let rows = domain::sync::carried(&self.state, &dropped);
        self.last_at = self.now;
        let entry = Entry {
            v: 1,
            seq: self.seq() + 1,
            device: device.map(|(id, _)| id),
            mid: device.map(|(_, mid)| mid),
            cmd_id,
            by,
            approved_by,
            at,
            hub_at: self.now,
            day: None,
            kind: command.kind().into(),
            command: raw,
            idem: None,
            of: None,
            outcome,
            code: code.clone(),
            events,
            rows,
        };
        self.append(serde_json::to_string(&entry).unwrap());
        self.outcomes.insert(cmd_id, (self.seq(), outcome, code));
        self.seq()
    }

    /// Puts bytes into the log as they are.
    pub fn append(&mut self, bytes: String) {
        let last = *self.chains.last().unwrap();
        self.chains.push(last.then(&bytes));
        self.entries.push(bytes);
    }

    /// Forgets everything after `seq`, as a hub does that was restored from a backup, and begins a new epoch.
    pub fn restored_to(&self, before: &Peer) -> Peer {
        let mut restored = before.clone();
        restored.now = self.now;
        restored.epoch = Epoch {
            n: self.epoch.n + 1,
            tag: "restored".into(),
        };
        restored.acts(domain::sync::StartEpoch {
            epoch: restored.epoch.n,
            from: before.seq(),
            why: "restore".into(),
        });
        restored
    }

    pub fn last_mid(&self, device: DeviceId) -> u64 {
        let queue = self.queues.get(&device);
        queue
            .and_then(|queue| queue.last())
            .map_or(0, |(mid, _)| *mid)
    }

    /// What a device reports, in parts; nothing is wanted of one unless the story says so.
    pub fn report(&mut self, report: &RecoverRequest) -> Result<RecoverAnswer, CallError> {
        let (phase, wants) = match self.gathers {
            Some(_) if report.done => (Phase::Collecting, None),
            Some(after) => (Phase::Collecting, Some(after)),
            None => (Phase::Open, None),
        };
        self.reported.push(report.clone());
        Ok(RecoverAnswer { phase, wants })
    }

    pub fn push(&mut self, push: &PushRequest) -> Result<PushAnswer, CallError> {
        if push.epoch != self.epoch {
            return Err(refused(409, "epoch"));
        }
        let mut outcomes = Vec::new();
        for raw in &push.commands {
            let Beside { mid, .. } = serde_json::from_str(raw.get()).unwrap();
            let envelope: Envelope = serde_json::from_str(raw.get()).unwrap();
            outcomes.push(self.take(push.device, mid, &envelope, raw)?);
        }
        Ok(PushAnswer {
            epoch: self.epoch.clone(),
            outcomes,
            position: self.position(),
            knows: self.knows.clone(),
        })
    }

    fn take(
        &mut self,
        device: DeviceId,
        mid: u64,
        envelope: &Envelope,
        raw: &RawValue,
    ) -> Result<Decided, CallError> {
        let last = self.last_mid(device);
        let id = envelope.cmd_id;
        if mid > last + 1 {
            return Err(gap(last + 1));
        }
        if self.outcomes.contains_key(&id) {
            if mid == last + 1 {
                self.known(device, mid, id);
            }
        } else if mid <= last {
            return Err(refused(409, "fork"));
        } else {
            let command = envelope.command().unwrap();
            let who = (envelope.by, envelope.approved_by);
            let raw = Some(raw.to_owned());
            self.queues.entry(device).or_default().push((mid, id));
            self.decide_for(&command, id, who, Some((device, mid)), raw, envelope.at);
        }
        let (seq, outcome, code) = self.outcomes[&id].clone();
        Ok(Decided {
            mid,
            cmd_id: id,
            outcome,
            code,
            seq,
        })
    }

    fn known(&mut self, device: DeviceId, mid: u64, cmd_id: CommandId) {
        let (of, outcome, _) = self.outcomes[&cmd_id].clone();
        self.queues.entry(device).or_default().push((mid, cmd_id));
        let entry = serde_json::json!({
            "v": 1, "seq": self.seq() + 1, "device": device, "mid": mid, "cmdId": cmd_id, "by": null,
            "at": self.now, "hubAt": self.now, "day": null, "kind": KNOWN, "command": null, "of": of,
            "outcome": outcome, "events": [],
        });
        self.append(entry.to_string());
    }

    pub fn pull(&self, pull: &PullRequest) -> PullAnswer {
        let at = &pull.position.position;
        if at.epoch != self.epoch {
            return PullAnswer::Reset {
                reset: Reset::Epoch,
            };
        }
        let from = usize::try_from(at.seq).unwrap();
        if self.chains.get(from) != Some(&at.chain) {
            return PullAnswer::Reset {
                reset: Reset::Chain,
            };
        }
        let to = (from + self.page).min(self.entries.len());
        PullAnswer::Entries {
            entries: self.entries[from..to].to_vec(),
            more: to < self.entries.len(),
            position: self.position(),
            knows: self.knows.clone(),
            side: self.side.clone().filter(|side| side.revision != pull.side),
        }
    }

    pub fn snapshot(&self, device: DeviceId, oldest: u64) -> String {
        let rows = self.state.keys().filter_map(|key| {
            let row = self.state.row(key)?.clone();
            Some(SnapshotRow { key: *key, row })
        });
        let queue = self.queues.get(&device).cloned().unwrap_or_default();
        let outcomes = queue.into_iter().filter(|(mid, _)| *mid >= oldest);
        let outcomes = outcomes.map(|(mid, cmd_id)| {
            let (seq, outcome, code) = self.outcomes[&cmd_id].clone();
            Decided {
                mid,
                cmd_id,
                outcome,
                code,
                seq,
            }
        });
        serde_json::to_string(&Snapshot {
            restaurant: RESTAURANT,
            position: self.position(),
            rows: rows.collect(),
            outcomes: outcomes.collect(),
            last_mid: self.last_mid(device),
            side: self.side.clone(),
        })
        .unwrap()
    }
}

pub fn enrolment(device: DeviceId) -> EnrolAnswer {
    EnrolAnswer {
        device_id: device,
        device_token: format!("token of {device}"),
        restaurant_id: RESTAURANT,
        position_key: "key".into(),
    }
}

pub fn refused(status: u16, code: &str) -> CallError {
    CallError::Refused {
        status,
        code: code.into(),
        expected: None,
        retry_after: None,
    }
}

pub fn gap(expected: u64) -> CallError {
    CallError::Refused {
        status: 409,
        code: "gap".into(),
        expected: Some(expected),
        retry_after: None,
    }
}

fn founding() -> Vec<Command> {
    let mut commands: Vec<Command> = vec![
        Found {
            settings: Settings {
                restaurant: RESTAURANT,
                name: name("Trattoria"),
                currency: Currency::new("EUR").unwrap(),
                zone: Zone::new("Europe/Berlin").unwrap(),
                language: Label::new("en").unwrap(),
                day_start: MinuteOfDay::new(240).unwrap(),
                prices_include_tax: true,
                demo: true,
                in_use: false,
            },
        }
        .into(),
    ];
    commands.extend([
        person(ANA, "Ana", Role::Staff),
        person(BEN, "Ben", Role::Staff),
        person(MANAGER, "Mara", Role::Manager),
        device(MINE),
        device(THEIRS),
    ]);
    let room = Room {
        id: ROOM,
        name: name("Garden"),
        position: 1,
    };
    commands.push(AddRoom { room }.into());
    commands.push(table(T4, "T4"));
    let category = Category {
        id: FOOD,
        name: name("Food"),
        position: 1,
        dishes: Vec::new(),
        removed: false,
    };
    commands.push(AddCategory { category }.into());
    commands.extend([dish(SOUP, "Soup", 650, 1), dish(FISH, "Sea bass", 2400, 2)]);
    commands
}

pub fn table(id: TableId, called: &str) -> Command {
    AddTable {
        id,
        name: name(called),
        room: ROOM,
        new_room: None,
        seats: Seats::new(4).unwrap(),
        position: 1,
        spot: None,
    }
    .into()
}

fn person(id: PersonId, called: &str, role: Role) -> Command {
    AddPerson {
        id,
        username: Username::new(called.to_lowercase()).unwrap(),
        full_name: name(called),
        role,
    }
    .into()
}

fn device(id: DeviceId) -> Command {
    Enrol {
        id,
        name: name("Tablet"),
        kind: DeviceKind::Waiter,
        fork_of: None,
    }
    .into()
}

fn dish(id: DishId, called: &str, price: i64, position: u16) -> Command {
    let dish = Dish {
        id,
        category: FOOD,
        name: name(called),
        kitchen_name: None,
        description: None,
        price: Money::new(price).unwrap(),
        tax_rate: "10".parse().unwrap(),
        allergens: Vec::new(),
        available: true,
        stations: vec![Label::new("kitchen").unwrap()],
        position,
        remaining: None,
        modifier_groups: Vec::new(),
        removed: false,
    };
    AddDish { dish }.into()
}

/// The numbers of a story's things: an order and what is in it.
pub fn order(number: u128) -> OrderId {
    OrderId(id(0x0_0DE0_0000 + number))
}
