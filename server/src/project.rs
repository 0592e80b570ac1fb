//! From an entry to what outsiders are told: records of the event feed and live events.

use crate::api::shapes;
use crate::handle::Before;
use crate::live::{LiveEvent, Said};
use crate::store::outbox::Record;
use domain::ids::{DeviceId, LineId, OrderId, PersonId, TableId, derived};
use domain::orders::How;
use domain::sync::{Entry, Epoch};
use domain::{Event, State};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Projected {
    pub records: Vec<Draft>,
    pub live: Vec<LiveEvent>,
    pub revoked: Vec<DeviceId>,
    pub people: Vec<PersonId>,
}

/// A record before it has its place in its topic.
#[derive(Debug)]
pub struct Draft {
    pub topic: &'static str,
    kind: &'static str,
    id: Uuid,
    epoch: u64,
    source: String,
    subject: String,
    time: String,
    /// None: it follows from the record's place.
    data: Option<Box<RawValue>>,
}

/// A record as it is sent.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: Uuid,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    subject: &'a str,
    time: &'a str,
    datacontenttype: &'static str,
    epoch: u64,
    seq: i64,
    position: i64,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Drawn(&'a RawValue),
    /// Where a topic goes on from.
    Restart {
        epoch: u64,
        from: i64,
    },
    Revision {
        revision: i64,
    },
}

/// Every topic there is; each is told of a new epoch.
pub const TOPICS: [&str; 10] = [
    "order.created",
    "order.updated",
    "order.completed",
    "bill.completed",
    "payment.processed",
    "table.updated",
    "menu.updated",
    "user.created",
    "user.updated",
    "notification.send.email",
];

pub const EPOCH_STARTED: &str = "epoch.started";

/// The menu's revision is how often it has changed, and so the place of its event in the topic.
pub const MENU_UPDATED: &str = "menu.updated";

impl Draft {
    pub fn is_restart(&self) -> bool {
        self.kind == EPOCH_STARTED
    }

    pub fn into_record(self, seq: i64, position: i64) -> serde_json::Result<Record> {
        let epoch = self.epoch;
        let data = match &self.data {
            Some(data) => Data::Drawn(data),
            None if self.is_restart() => Data::Restart { epoch, from: seq },
            None => Data::Revision { revision: seq },
        };
        let event = CloudEvent {
            specversion: "1.0",
            id: self.id,
            source: &self.source,
            kind: self.kind,
            subject: &self.subject,
            time: &self.time,
            datacontenttype: "application/json",
            epoch,
            seq,
            position,
            data,
        };
        Ok(Record {
            event: serde_json::to_string(&event)?,
            position,
            topic: self.topic.to_owned(),
            seq,
            id: self.id.to_string(),
            epoch: epoch.cast_signed(),
            kind: self.kind.to_owned(),
        })
    }
}

/// What a topic is told in the place of its last record that is no longer kept, so that nobody waits for what was before.
pub fn goes_on_after(last: Record) -> serde_json::Result<Record> {
    #[derive(Deserialize)]
    struct Was {
        id: Uuid,
        source: String,
        time: String,
    }
    let was: Was = serde_json::from_str(&last.event)?;
    let (seq, epoch) = (last.seq, last.epoch.cast_unsigned());
    let id = Uuid::new_v5(&was.id, EPOCH_STARTED.as_bytes());
    let event = CloudEvent {
        specversion: "1.0",
        id,
        source: &was.source,
        kind: EPOCH_STARTED,
        subject: &epoch.to_string(),
        time: &was.time,
        datacontenttype: "application/json",
        epoch,
        seq,
        position: last.position,
        data: Data::Restart { epoch, from: seq },
    };
    Ok(Record {
        event: serde_json::to_string(&event)?,
        id: id.to_string(),
        kind: EPOCH_STARTED.to_owned(),
        ..last
    })
}

/// What happened to one check in one entry.
#[derive(Default)]
struct Change {
    opened: bool,
    fired: bool,
    completed: bool,
    lines: Vec<LineId>,
}

pub fn project(
    entry: &Entry,
    epoch: &Epoch,
    before: &Before,
    state: &State,
) -> serde_json::Result<Projected> {
    let mut out = Projected::default();
    let mut drafts = Drafts {
        entry,
        epoch,
        state,
        made: Vec::new(),
    };
    let (orders, tables) = changes(&entry.events);
    for (id, change) in orders {
        let Some(order) = shapes::order(state, id) else {
            continue;
        };
        let topic = match (change.opened, change.completed) {
            (true, _) => "order.created",
            (false, true) => "order.completed",
            (false, false) => "order.updated",
        };
        drafts.add(topic, id.to_string(), &order)?;
        let (seq, order) = (entry.seq, Arc::new(order));
        let (name, said) = match (before.sent.contains(&id), change.fired) {
            (true, _) => {
                let changed = change.lines;
                let said = Said::Changed {
                    seq,
                    order,
                    changed,
                };
                ("order:update", said)
            }
            (false, true) => ("order:new", Said::New { seq, order }),
            (false, false) => continue,
        };
        out.live.push(LiveEvent { name, said });
    }
    for id in tables {
        if only_marked(&entry.events, id) && shows_the_same(before, state, id) {
            continue;
        }
        let Some(table) = shapes::table(state, id) else {
            continue;
        };
        drafts.add("table.updated", id.to_string(), &table)?;
        let (seq, table) = (entry.seq, Arc::new(table));
        out.live.push(LiveEvent {
            name: "table:update",
            said: Said::Table { seq, table },
        });
    }
    others(entry, &mut drafts, &mut out)?;
    out.records = drafts.made;
    Ok(out)
}

/// Whether nothing happened to the table but that one of its checks came further.
fn only_marked(events: &[Event], id: TableId) -> bool {
    let own = |event: &&Event| table_of(event) == Some(id);
    let mut own = events.iter().filter(own);
    own.all(|event| matches!(event, Event::TableMarked(_)))
}

fn shows_the_same(before: &Before, state: &State, id: TableId) -> bool {
    let now = state.table(id).map(domain::floor::Table::status);
    now.is_some() && before.tables.get(&id).copied() == now
}

/// What is neither a check nor a table.
fn others(entry: &Entry, drafts: &mut Drafts<'_>, out: &mut Projected) -> serde_json::Result<()> {
    for event in &entry.events {
        match event {
            Event::PersonAdded(added) => {
                drafts.add(
                    "user.created",
                    added.person.id.to_string(),
                    &shapes::user(&added.person),
                )?;
            }
            Event::PersonChanged(changed) => {
                let id = changed.person.id;
                drafts.add(
                    "user.updated",
                    id.to_string(),
                    &shapes::user(&changed.person),
                )?;
                out.people.push(id);
            }
            Event::PaymentTaken(taken) => drafts.add(
                "payment.processed",
                taken.payment.id.to_string(),
                &shapes::taken(taken),
            )?,
            Event::BillPaid(paid) => {
                let Some(bill) = shapes::bill(drafts.state, paid.bill) else {
                    continue;
                };
                drafts.add("bill.completed", paid.bill.to_string(), &bill)?;
                let (seq, bill) = (entry.seq, Arc::new(bill));
                out.live.push(LiveEvent {
                    name: "bill:paid",
                    said: Said::Bill { seq, bill },
                });
            }
            Event::CategoryAdded(_) | Event::CategoryChanged(_) => drafts.menu_updated(),
            Event::DishAdded(_) | Event::DishChanged(_) => drafts.menu_updated(),
            Event::DishCounted(_) | Event::GroupChanged(_) => drafts.menu_updated(),
            Event::DeviceRevoked(revoked) => out.revoked.extend(&revoked.devices),
            Event::EpochStarted(started) => drafts.epoch_started(started.epoch),
            Event::Founded(_) | Event::SettingsChanged(_) | Event::AdminsChanged(_) => {}
            Event::DeviceEnrolled(_) | Event::DeviceRenamed(_) => {}
            Event::RoomAdded(_) | Event::TableAdded(_) | Event::TableChanged(_) => {}
            // Which dishes a category has follows from the dishes, which are told of.
            Event::TableMarked(_) | Event::DishPlaced(_) => {}
            Event::OrderOpened(_) | Event::OrderSeated(_) | Event::OrderNamed(_) => {}
            Event::LinesAdded(_) | Event::LinesFired(_) | Event::LinesHeld(_) => {}
            Event::LineChanged(_) | Event::LinesVoided(_) | Event::LinesServed(_) => {}
            Event::OrderClosed(_) | Event::OrderReopened(_) | Event::OrderHandedOver(_) => {}
            Event::TicketsSeen(_) | Event::LinesStaged(_) | Event::TicketBumped(_) => {}
            Event::TicketRecalled(_) | Event::VoidsAcknowledged(_) | Event::BillOpened(_) => {}
            Event::CardRaised(_) | Event::CardCleared(_) => {}
        }
    }
    Ok(())
}

/// The tables whose state this event changes.
pub fn table_of(event: &Event) -> Option<TableId> {
    match event {
        Event::OrderOpened(opened) => opened.table,
        Event::OrderSeated(seated) => Some(seated.table),
        Event::OrderClosed(closed) => closed.table,
        Event::OrderReopened(reopened) => reopened.table,
        Event::TableAdded(added) => Some(added.table.id),
        Event::TableChanged(changed) => Some(changed.id),
        Event::TableMarked(marked) => Some(marked.table),
        Event::Founded(_) | Event::SettingsChanged(_) | Event::AdminsChanged(_) => None,
        Event::PersonAdded(_) | Event::PersonChanged(_) => None,
        Event::DeviceEnrolled(_) | Event::DeviceRevoked(_) | Event::DeviceRenamed(_) => None,
        Event::RoomAdded(_) | Event::CategoryAdded(_) | Event::CategoryChanged(_) => None,
        Event::DishAdded(_) | Event::DishChanged(_) | Event::DishPlaced(_) => None,
        Event::DishCounted(_) | Event::GroupChanged(_) => None,
        Event::LinesAdded(_) | Event::LinesFired(_) | Event::LinesHeld(_) => None,
        Event::LineChanged(_) | Event::LinesVoided(_) | Event::LinesServed(_) => None,
        Event::OrderNamed(_) | Event::OrderHandedOver(_) | Event::TicketsSeen(_) => None,
        Event::LinesStaged(_) | Event::TicketBumped(_) | Event::TicketRecalled(_) => None,
        Event::VoidsAcknowledged(_) | Event::BillOpened(_) | Event::PaymentTaken(_) => None,
        Event::BillPaid(_) | Event::CardRaised(_) | Event::CardCleared(_) => None,
        Event::EpochStarted(_) => None,
    }
}

impl Change {
    fn take_in(&mut self, event: &Event) {
        match event {
            Event::OrderOpened(_) => self.opened = true,
            Event::LinesFired(fired) => {
                self.fired = true;
                self.lines.extend(&fired.lines);
            }
            Event::LinesAdded(added) => self.lines.extend(added.lines.iter().map(|line| line.id)),
            Event::LinesHeld(held) => self.lines.extend(&held.lines),
            Event::LineChanged(changed) => self.lines.push(changed.line),
            Event::LinesVoided(voided) => {
                for part in &voided.lines {
                    self.lines.push(part.line);
                    self.lines.extend(part.part.map(|(made, _)| made));
                }
            }
            Event::LinesServed(served) => self.lines.extend(&served.lines),
            Event::LinesStaged(staged) => self.lines.extend(staged.lines.iter().map(|(id, _)| *id)),
            Event::OrderClosed(closed) => self.completed = closed.how == How::Completed,
            Event::OrderReopened(_) => self.completed = false,
            Event::OrderSeated(_) | Event::OrderNamed(_) | Event::OrderHandedOver(_) => {}
            Event::TicketsSeen(_) | Event::TicketBumped(_) | Event::TicketRecalled(_) => {}
            Event::VoidsAcknowledged(_) | Event::BillOpened(_) => {}
            Event::PaymentTaken(_) | Event::BillPaid(_) => {}
            Event::Founded(_) | Event::SettingsChanged(_) | Event::AdminsChanged(_) => {}
            Event::PersonAdded(_) | Event::PersonChanged(_) => {}
            Event::DeviceEnrolled(_) | Event::DeviceRevoked(_) | Event::DeviceRenamed(_) => {}
            Event::RoomAdded(_) | Event::TableAdded(_) | Event::TableChanged(_) => {}
            Event::TableMarked(_) | Event::CategoryAdded(_) | Event::CategoryChanged(_) => {}
            Event::DishAdded(_) | Event::DishChanged(_) | Event::DishPlaced(_) => {}
            Event::DishCounted(_) | Event::GroupChanged(_) => {}
            Event::CardRaised(_) | Event::CardCleared(_) | Event::EpochStarted(_) => {}
        }
    }
}

/// One change for each check, and each table once, in a stable order.
fn changes(events: &[Event]) -> (BTreeMap<OrderId, Change>, Vec<TableId>) {
    let mut orders = BTreeMap::<OrderId, Change>::new();
    // That a kitchen's screen has shown a ticket is nothing that outsiders see.
    let told = |event: &&Event| !matches!(event, Event::TicketsSeen(_));
    for event in events.iter().filter(told) {
        if let Some(id) = event.order() {
            orders.entry(id).or_default().take_in(event);
        }
    }
    for change in orders.values_mut() {
        change.lines.sort_unstable();
        change.lines.dedup();
    }
    let mut tables: Vec<TableId> = events.iter().filter_map(table_of).collect();
    tables.sort_unstable();
    tables.dedup();
    (orders, tables)
}

struct Drafts<'a> {
    entry: &'a Entry,
    epoch: &'a Epoch,
    state: &'a State,
    made: Vec<Draft>,
}

impl Drafts<'_> {
    fn add(
        &mut self,
        topic: &'static str,
        subject: String,
        data: &impl Serialize,
    ) -> serde_json::Result<()> {
        let data = to_raw_value(data)?;
        self.push(topic, topic, subject, Some(data));
        Ok(())
    }

    /// Once for each command, however much of the menu it touches.
    fn menu_updated(&mut self) {
        if !self.made.iter().any(|draft| draft.topic == MENU_UPDATED) {
            self.push(MENU_UPDATED, MENU_UPDATED, "menu".into(), None);
        }
    }

    /// After a restore each topic tells its consumers where it goes on from.
    fn epoch_started(&mut self, epoch: u64) {
        for topic in TOPICS {
            self.push(topic, EPOCH_STARTED, epoch.to_string(), None);
        }
    }

    fn push(
        &mut self,
        topic: &'static str,
        kind: &'static str,
        subject: String,
        data: Option<Box<RawValue>>,
    ) {
        let ordinal = self
            .made
            .iter()
            .filter(|draft| draft.topic == topic)
            .count();
        let id = derived(self.entry.cmd_id, topic, ordinal);
        let restaurant = self
            .state
            .settings()
            .map(|settings| settings.restaurant.to_string())
            .unwrap_or_default();
        self.made.push(Draft {
            topic,
            kind,
            id,
            epoch: self.epoch.n,
            source: format!("/restaurants/{restaurant}"),
            subject,
            time: self.entry.hub_at.rfc3339(),
            data,
        });
    }
}
