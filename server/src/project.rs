//! From an entry to what outsiders are told: records of the event feed and live events.

use crate::api::shapes;
use crate::handle::Before;
use crate::live::LiveEvent;
use crate::store::outbox::Record;
use domain::ids::{DeviceId, LineId, OrderId, TableId, derived};
use domain::sync::{Entry, Epoch};
use domain::{Event, State};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct Projected {
    pub records: Vec<Draft>,
    pub live: Vec<LiveEvent>,
    pub revoked: Vec<DeviceId>,
}

/// A record before it has its place in its topic.
#[derive(Debug)]
pub struct Draft {
    pub topic: &'static str,
    kind: &'static str,
    id: Uuid,
    epoch: i64,
    event: Value,
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

    pub fn into_record(mut self, seq: i64, position: i64) -> Record {
        if let Some(event) = self.event.as_object_mut() {
            event.insert("seq".into(), seq.into());
            event.insert("position".into(), position.into());
            if self.kind == EPOCH_STARTED {
                event.insert("data".into(), json!({"epoch": self.epoch, "from": seq}));
            }
            if self.kind == MENU_UPDATED {
                event.insert("data".into(), json!({"revision": seq}));
            }
        }
        Record {
            position,
            topic: self.topic.to_owned(),
            seq,
            id: self.id.to_string(),
            epoch: self.epoch,
            kind: self.kind.to_owned(),
            event: self.event.to_string(),
        }
    }
}

/// What happened to one check in one entry.
#[derive(Default)]
struct Change {
    opened: bool,
    fired: bool,
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
        drafts.add(
            if change.opened {
                "order.created"
            } else {
                "order.updated"
            },
            id.to_string(),
            &order,
        )?;
        let name = match (before.sent.contains(&id), change.fired) {
            (true, _) => "order:update",
            (false, true) => "order:new",
            (false, false) => continue,
        };
        let said = |order: Value| match name {
            "order:new" => json!({"seq": entry.seq, "order": order}),
            _ => json!({"seq": entry.seq, "order": order, "changed": change.lines}),
        };
        let kitchen = Some(said(serde_json::to_value(order.without_money())?));
        out.live.push(LiveEvent {
            name,
            full: said(serde_json::to_value(&order)?),
            kitchen,
        });
    }
    for id in tables {
        let Some(table) = shapes::table(state, id) else {
            continue;
        };
        drafts.add("table.updated", id.to_string(), &table)?;
        let full = json!({"seq": entry.seq, "table": table});
        out.live.push(LiveEvent {
            name: "table:update",
            full,
            kitchen: None,
        });
    }
    others(entry, &mut drafts, &mut out)?;
    out.records = drafts.made;
    Ok(out)
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
            Event::CategoryAdded(_) | Event::DishAdded(_) => {
                drafts.push(MENU_UPDATED, MENU_UPDATED, "menu".into(), Value::Null);
            }
            Event::DeviceRevoked(revoked) => out.revoked.extend(&revoked.devices),
            Event::EpochStarted(started) => drafts.epoch_started(started.epoch),
            Event::Founded(_)
            | Event::DeviceEnrolled(_)
            | Event::RoomAdded(_)
            | Event::TableAdded(_) => {}
            Event::OrderOpened(_)
            | Event::OrderSeated(_)
            | Event::LinesAdded(_)
            | Event::LinesFired(_)
            | Event::OrderNamed(_) => {}
            Event::CardRaised(_) => {}
        }
    }
    Ok(())
}

/// One change for each check, and each table once, in a stable order.
fn changes(events: &[Event]) -> (BTreeMap<OrderId, Change>, Vec<TableId>) {
    let (mut orders, mut tables) = (BTreeMap::<OrderId, Change>::new(), Vec::new());
    for event in events {
        if let Some(id) = event.order() {
            let change = orders.entry(id).or_default();
            change.opened |= matches!(event, Event::OrderOpened(_));
            change.fired |= matches!(event, Event::LinesFired(_));
        }
        match event {
            Event::LinesAdded(added) => {
                orders
                    .entry(added.order)
                    .or_default()
                    .lines
                    .extend(added.lines.iter().map(|line| line.id));
            }
            Event::LinesFired(fired) => orders
                .entry(fired.order)
                .or_default()
                .lines
                .extend(&fired.lines),
            Event::OrderOpened(opened) => tables.extend(opened.table),
            Event::OrderSeated(seated) => tables.push(seated.table),
            Event::TableAdded(added) => tables.push(added.table.id),
            Event::Founded(_)
            | Event::PersonAdded(_)
            | Event::DeviceEnrolled(_)
            | Event::DeviceRevoked(_) => {}
            Event::RoomAdded(_) | Event::CategoryAdded(_) | Event::DishAdded(_) => {}
            Event::OrderNamed(_) | Event::CardRaised(_) | Event::EpochStarted(_) => {}
        }
    }
    for change in orders.values_mut() {
        change.lines.sort_unstable();
        change.lines.dedup();
    }
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
        data: &impl serde::Serialize,
    ) -> serde_json::Result<()> {
        let data = serde_json::to_value(data)?;
        self.push(topic, topic, subject, data);
        Ok(())
    }

    /// After a restore each topic tells its consumers where it goes on from.
    fn epoch_started(&mut self, epoch: u64) {
        for topic in TOPICS {
            self.push(topic, EPOCH_STARTED, epoch.to_string(), Value::Null);
        }
    }

    fn push(&mut self, topic: &'static str, kind: &'static str, subject: String, data: Value) {
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
        let event = json!({
            "specversion": "1.0",
            "id": id,
            "source": format!("/restaurants/{restaurant}"),
            "type": kind,
            "subject": subject,
            "time": self.entry.hub_at.rfc3339(),
            "datacontenttype": "application/json",
            "epoch": self.epoch.n,
            "data": data,
        });
        self.made.push(Draft {
            topic,
            kind,
            id,
            epoch: self.epoch.n.cast_signed(),
            event,
        });
    }
}
