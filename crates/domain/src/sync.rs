//! The log: its entries, the chain that shows when one was tampered with, and positions in it.

use crate::Unknown;
use crate::event::Event;
use crate::ids::{CommandId, DeviceId, PersonId, RestaurantId};
use crate::notifications::{About, Cards};
use crate::rules::Ctx;
use crate::state::{Aggregate, Key, Row, State};
use crate::time::{Day, Moment};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// Which life of the hub's log this is: a counter, and a random tag that tells two of the same number apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Epoch {
    pub n: u64,
    pub tag: String,
}

/// The hash over all entries so far.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chain(pub [u8; 32]);

impl Chain {
    pub fn start(restaurant: RestaurantId) -> Chain {
        Chain(Sha256::digest(restaurant.0.to_string()).into())
    }

    /// The chain after one more entry, over the bytes as they are stored.
    pub fn then(&self, entry: &str) -> Chain {
        Chain(
            Sha256::new()
                .chain_update(self.0)
                .chain_update(entry.as_bytes())
                .finalize()
                .into(),
        )
    }
}

impl std::fmt::Display for Chain {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{self}")
    }
}

impl std::str::FromStr for Chain {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Chain(bytes))
    }
}

impl Serialize for Chain {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chain {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A place in a restaurant's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub epoch: Epoch,
    pub seq: u64,
    pub chain: Chain,
}

impl Position {
    /// What the hub signs.
    pub fn message(&self, restaurant: RestaurantId) -> String {
        let Position { epoch, seq, chain } = self;
        format!(
            "comanda position\n{restaurant}\n{}\n{}\n{seq}\n{chain}",
            epoch.n, epoch.tag
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Applied,
    Rejected,
    /// Kept whole until a manager decides: the only outcome that may still change.
    Quarantined,
}

/// One decided command: the unit of the log. Stored as compact JSON whose bytes never change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub v: u16,
    pub seq: u64,
    pub device: Option<DeviceId>,
    pub mid: Option<u64>,
    pub cmd_id: CommandId,
    pub by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<PersonId>,
    pub at: Moment,
    pub hub_at: Moment,
    pub day: Option<Day>,
    pub kind: String,
    /// What was asked, as it came; null where the entry only repeats what an earlier one decided.
    pub command: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idem: Option<String>,
    /// The entry that had decided this command before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u64>,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub events: Vec<Event>,
    /// What this entry changes and devices have dropped, as it stands after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<EntryRow>,
}

impl Entry {
    /// All of an entry, where this build knows all of it.
    pub fn read(bytes: &str) -> Result<Entry, Unknown> {
        serde_json::from_str(bytes).map_err(|e| Unknown::Shape {
            kind: "entry".into(),
            why: e.to_string(),
        })
    }
}

/// A row that an entry carries along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    pub key: Key,
    pub row: Row,
}

/// An order is dropped by devices so long after it was closed, with its bills; a card after it was cleared.
pub const DROPPED_AFTER_MILLIS: i64 = 48 * 60 * 60 * 1000;

/// Whether the entry whose `hubAt` this is drops the row, where it is an order or a card. A bill goes with its order.
pub fn is_dropped(row: &Row, hub_at: Moment) -> bool {
    let over = match &row.body {
        Aggregate::Order(order) => order.closed.as_ref().map(|closed| closed.at),
        Aggregate::Card(card) => card.cleared.as_ref().map(|cleared| cleared.at),
        _ => None,
    };
    over.is_some_and(|over| over <= hub_at.plus(-DROPPED_AFTER_MILLIS))
}

/// The checks and cards that these events change and that devices have dropped by then: their entry carries them.
pub fn dropped(state: &State, events: &[Event], hub_at: Moment) -> Vec<Key> {
    let keys = events.iter().flat_map(Event::keys);
    let mut keys: Vec<Key> = keys
        .filter(|key| state.row(key).is_some_and(|row| is_dropped(row, hub_at)))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What an entry carries of these, as they stand after it: a check comes with its bills.
pub fn carried(state: &State, dropped: &[Key]) -> Vec<EntryRow> {
    let with_bills = dropped.iter().flat_map(|key| {
        let order = match key {
            Key::Order(id) => state.order(*id),
            _ => None,
        };
        let bills = order.into_iter().flat_map(|order| &order.bills);
        [*key].into_iter().chain(bills.copied().map(Key::Bill))
    });
    let row = |key: Key| {
        let row = state.row(&key)?.clone();
        Some(EntryRow { key, row })
    };
    with_bills.filter_map(row).collect()
}

/// The kind of an entry that only says "this had been decided before".
pub const KNOWN: &str = "known";

/// What any build can read of an entry, whatever its events are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryHead {
    pub v: u16,
    pub seq: u64,
    pub device: Option<DeviceId>,
    pub mid: Option<u64>,
    pub cmd_id: CommandId,
    pub hub_at: Moment,
    pub kind: String,
    pub of: Option<u64>,
    pub outcome: Outcome,
    pub code: Option<String>,
    events: Vec<RawEvent>,
    #[serde(default)]
    rows: Vec<Box<RawValue>>,
}

#[derive(Debug, Clone, Deserialize)]
struct RawEvent {
    kind: String,
    version: u16,
    data: Box<RawValue>,
}

impl EntryHead {
    pub fn read(bytes: &str) -> Result<EntryHead, Unknown> {
        serde_json::from_str(bytes).map_err(|e| Unknown::Shape {
            kind: "entry".into(),
            why: e.to_string(),
        })
    }

    /// The rows that it carries along.
    pub fn rows(&self) -> Result<Vec<EntryRow>, Unknown> {
        let rows = self.rows.iter();
        let rows: serde_json::Result<_> = rows.map(|raw| serde_json::from_str(raw.get())).collect();
        rows.map_err(|why| Unknown::Shape {
            kind: "entry".into(),
            why: why.to_string(),
        })
    }

    /// The entry's events, or the first that this build does not know.
    pub fn events(&self) -> Result<Vec<Event>, Unknown> {
        if self.v != 1 {
            return Err(Unknown::Kind {
                kind: "entry".into(),
                version: self.v,
            });
        }
        self.events
            .iter()
            .map(|raw| Event::read(&raw.kind, raw.version, raw.data.get()))
            .collect()
    }
}

/// The hub begins a new epoch: what it had forgotten comes back from its devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartEpoch {
    pub epoch: u64,
    pub from: u64,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochStarted {
    pub epoch: u64,
    pub from: u64,
    pub why: String,
}

pub fn start_epoch(cmd: &StartEpoch) -> Vec<Event> {
    vec![
        EpochStarted {
            epoch: cmd.epoch,
            from: cmd.from,
            why: cmd.why.clone(),
        }
        .into(),
    ]
}

/// After a new epoch a device may jump once over places in its queue that nobody holds any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordGap {
    pub device: DeviceId,
    pub from: u64,
    pub to: u64,
}

pub fn record_gap(cmd: &RecordGap, ctx: &Ctx) -> Vec<Event> {
    let mut cards = Cards::of(ctx);
    cards.raise(About::MissingRange {
        device: cmd.device,
        from: cmd.from,
        to: cmd.to,
    });
    cards.into_events().collect()
}
