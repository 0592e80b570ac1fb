//! What one transaction gathers before it is written in one go, and what is told after it has committed.

use crate::project::{Projected, project};
use crate::reports::facts::{self, Sale, Tendered};
use crate::store::head::Head;
use crate::store::lines::TicketRow;
use crate::store::log::{Known, Queued, Stored};
use crate::store::outbox::Record;
use crate::store::{Tx, aggregates, head, lines, log, outbox, queues, sales};
use domain::ids::{CommandId, DeviceId, LineId, OrderId, RestaurantId, TableId, TicketId};
use domain::sync::Entry;
use domain::time::Moment;
use domain::{Key, State};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Idem;
use crate::live::Told;
use crate::store::idempotency::Kept;

#[derive(Debug)]
pub struct Work {
    pub head: Head,
    pub entries: Vec<Stored>,
    pub known: HashMap<CommandId, Known>,
    pub queues: HashMap<DeviceId, queues::Queue>,
    pub held: HashMap<DeviceId, HashMap<String, String>>,
    pub kept: HashMap<String, Kept>,
    /// When the hub wrote the entries that queued commands have seen.
    pub seen: HashMap<u64, Moment>,
    pub topics: HashMap<String, i64>,
    pub told: Told,
    new_known: Vec<(CommandId, Known)>,
    new_queued: Vec<Queued>,
    new_held: Vec<(DeviceId, CommandId, Vec<String>)>,
    new_kept: Vec<(Idem, CommandId, Kept)>,
    records: Vec<Record>,
    touched: BTreeMap<Key, u64>,
    new_lines: Vec<(LineId, OrderId)>,
    tickets: BTreeMap<TicketId, TicketRow>,
    sales: Vec<Sale>,
    tenders: Vec<Tendered>,
    queues_changed: BTreeSet<DeviceId>,
    topics_changed: BTreeSet<&'static str>,
}

impl Work {
    pub fn new(restaurant: RestaurantId, head: Head, topics: HashMap<String, i64>) -> Self {
        Self {
            told: Told::nothing(restaurant, &head.position),
            head,
            topics,
            entries: Vec::new(),
            known: HashMap::new(),
            queues: HashMap::new(),
            held: HashMap::new(),
            kept: HashMap::new(),
            seen: HashMap::new(),
            new_known: Vec::new(),
            new_queued: Vec::new(),
            new_held: Vec::new(),
            new_kept: Vec::new(),
            records: Vec::new(),
            touched: BTreeMap::new(),
            new_lines: Vec::new(),
            tickets: BTreeMap::new(),
            sales: Vec::new(),
            tenders: Vec::new(),
            queues_changed: BTreeSet::new(),
            topics_changed: BTreeSet::new(),
        }
    }

    /// Appends an entry whose events the state has taken in already.
    pub fn append(
        &mut self,
        entry: &Entry,
        payload: String,
        before: &Before,
        state: &State,
    ) -> serde_json::Result<()> {
        let bytes = serde_json::to_string(entry)?;
        self.append_as(entry, bytes, payload, before, state)
    }

    /// The same with the bytes that the entry has already.
    pub fn append_as(
        &mut self,
        entry: &Entry,
        bytes: String,
        payload: String,
        before: &Before,
        state: &State,
    ) -> serde_json::Result<()> {
        let chain = self.head.position.chain.then(&bytes);
        self.head.position.seq = entry.seq;
        self.head.position.chain = chain;
        self.head.hub_at = entry.hub_at;
        self.entries.push(Stored {
            seq: entry.seq,
            hub_at: entry.hub_at,
            bytes,
            chain,
        });
        for key in entry.events.iter().flat_map(domain::Event::keys) {
            self.touched.entry(key).or_insert(entry.seq);
        }
        if entry.of.is_none() {
            let (outcome, code) = (entry.outcome, entry.code.clone());
            self.remember(
                entry.cmd_id,
                Known {
                    seq: entry.seq,
                    outcome,
                    code,
                    payload,
                },
            );
        }
        if let (Some(device), Some(mid)) = (entry.device, entry.mid) {
            self.new_queued.push(Queued {
                device,
                mid,
                cmd_id: entry.cmd_id,
            });
        }
        for event in &entry.events {
            self.index(event, entry.seq, state);
        }
        let (sales, tenders) = facts::of(&entry.events, state);
        self.sales.extend(sales);
        self.tenders.extend(tenders);
        let projected = project(entry, &self.head.position.epoch, before, state)?;
        self.take_in(projected)
    }

    /// Where lines and tickets are found without their check.
    fn index(&mut self, event: &domain::Event, seq: u64, state: &State) {
        use domain::Event;
        match event {
            Event::LinesAdded(added) => {
                let lines = added.lines.iter().map(|line| (line.id, added.order));
                self.new_lines.extend(lines);
                return;
            }
            Event::LinesVoided(voided) => {
                let made = voided.lines.iter().filter_map(|part| part.part);
                self.new_lines
                    .extend(made.map(|(id, _)| (id, voided.order)));
            }
            Event::LinesFired(_) | Event::LinesServed(_) | Event::LinesStaged(_) => {}
            Event::TicketBumped(_) | Event::TicketRecalled(_) | Event::VoidsAcknowledged(_) => {}
            // The rest changes neither where a line is nor what a ticket shows.
            Event::OrderOpened(_) | Event::OrderSeated(_) | Event::OrderNamed(_) => return,
            Event::OrderClosed(_) | Event::OrderReopened(_) | Event::OrderHandedOver(_) => return,
            Event::LinesHeld(_) | Event::LineChanged(_) | Event::TicketsSeen(_) => return,
            Event::BillOpened(_) | Event::PaymentTaken(_) | Event::BillPaid(_) => return,
            Event::Founded(_) | Event::SettingsChanged(_) | Event::AdminsChanged(_) => return,
            Event::PersonAdded(_) | Event::PersonChanged(_) | Event::DeviceEnrolled(_) => return,
            Event::DeviceRevoked(_) | Event::DeviceRenamed(_) | Event::RoomAdded(_) => return,
            Event::TableAdded(_) | Event::TableChanged(_) | Event::TableMarked(_) => return,
            Event::CategoryAdded(_) | Event::CategoryChanged(_) | Event::DishAdded(_) => return,
            Event::DishChanged(_) | Event::DishPlaced(_) | Event::DishCounted(_) => return,
            Event::GroupChanged(_) | Event::CardRaised(_) | Event::CardCleared(_) => return,
            Event::EpochStarted(_) => return,
        }
        if let Some(order) = event.order().and_then(|id| state.order(id)) {
            for (place, ticket) in (0..).zip(&order.tickets) {
                let status = ticket.status(order).as_str();
                let row = self.tickets.entry(ticket.id).or_insert_with(|| TicketRow {
                    id: ticket.id,
                    order: order.id,
                    station: ticket.station.to_string(),
                    status,
                    born: seq,
                    place,
                });
                row.status = status;
            }
        }
    }

    fn remember(&mut self, id: CommandId, known: Known) {
        self.known.insert(id, known.clone());
        self.new_known.push((id, known));
    }

    /// Gives each record its place in its topic and in the feed.
    fn take_in(&mut self, projected: Projected) -> serde_json::Result<()> {
        for draft in projected.records {
            // A new epoch says where a topic goes on from, and takes no place in it.
            let step = i64::from(!draft.is_restart());
            let seq = self.topics.get(draft.topic).copied().unwrap_or(0) + step;
            self.topics.insert(draft.topic.to_owned(), seq);
            self.topics_changed.insert(draft.topic);
            self.head.feed = next_place(self.head.feed);
            self.records.push(draft.into_record(seq, self.head.feed)?);
        }
        self.told.events.extend(projected.live);
        self.told.revoked.extend(projected.revoked);
        self.told.people.extend(projected.people);
        Ok(())
    }

    pub fn set_queue(&mut self, device: DeviceId, queue: queues::Queue) {
        self.queues.insert(device, queue);
        self.queues_changed.insert(device);
    }

    pub fn hold(&mut self, device: DeviceId, cmd: CommandId, ids: Vec<String>) {
        let held = self.held.entry(device).or_default();
        held.extend(ids.iter().map(|id| (id.clone(), cmd.to_string())));
        self.new_held.push((device, cmd, ids));
    }

    pub fn keep(&mut self, idem: &Idem, cmd: CommandId, kept: Kept) {
        self.kept.insert(idem.key.clone(), kept.clone());
        self.new_kept.push((idem.clone(), cmd, kept));
    }

    /// The events that follow from these entries, in the same transaction.
    pub(super) async fn write_outbox(
        &self,
        tx: &mut Tx,
        restaurant: RestaurantId,
    ) -> sqlx::Result<()> {
        outbox::write(tx, restaurant, &self.records, self.head.hub_at).await?;
        let topics: Vec<_> = self
            .topics_changed
            .iter()
            .filter_map(|topic| Some((*topic, *self.topics.get(*topic)?)))
            .collect();
        outbox::write_heads(tx, restaurant, &topics).await
    }

    pub(super) fn told_now(&self) -> Told {
        let mut told = self.told.clone();
        told.position = self.head.position.clone();
        told
    }

    /// Writes all of it. Nothing is told to anybody before the commit that follows.
    pub async fn write(
        &self,
        tx: &mut Tx,
        restaurant: RestaurantId,
        state: &State,
    ) -> sqlx::Result<()> {
        log::append(tx, restaurant, &self.entries).await?;
        log::remember(tx, restaurant, &self.new_known).await?;
        log::place(tx, restaurant, &self.new_queued).await?;
        let rows: Vec<_> = self
            .touched
            .iter()
            .filter_map(|(key, seq)| Some((*key, state.row(key)?, *seq)))
            .collect();
        aggregates::write(tx, restaurant, &rows, state.settings()).await?;
        lines::write_lines(tx, restaurant, &self.new_lines).await?;
        let tickets: Vec<&TicketRow> = self.tickets.values().collect();
        lines::write_tickets(tx, restaurant, &tickets).await?;
        sales::write(tx, restaurant, &self.sales, &self.tenders).await?;
        if !outbox_is_left_out() {
            self.write_outbox(tx, restaurant).await?;
        }
        for device in &self.queues_changed {
            if let Some(queue) = self.queues.get(device) {
                queues::write(tx, restaurant, *device, *queue).await?;
            }
        }
        for (device, cmd, ids) in &self.new_held {
            queues::hold_ids(tx, restaurant, *device, *cmd, ids).await?;
        }
        for (idem, cmd, kept) in &self.new_kept {
            crate::store::idempotency::keep(
                tx,
                restaurant,
                &idem.key,
                *cmd,
                kept,
                self.head.hub_at,
            )
            .await?;
        }
        head::write(tx, restaurant, &self.head).await
    }
}

#[cfg(feature = "planted")]
fn outbox_is_left_out() -> bool {
    crate::planted::is(crate::planted::Bug::OutboxOutside)
}

#[cfg(not(feature = "planted"))]
fn outbox_is_left_out() -> bool {
    false
}

#[cfg(feature = "planted")]
fn next_place(last: i64) -> i64 {
    if crate::planted::is(crate::planted::Bug::PlainSequence) {
        return crate::planted::next_of_sequence(last);
    }
    last + 1
}

#[cfg(not(feature = "planted"))]
fn next_place(last: i64) -> i64 {
    last + 1
}

/// What projections must know of the state before an entry.
#[derive(Debug, Default)]
pub struct Before {
    /// Checks of which something had been sent to the kitchen.
    pub sent: BTreeSet<domain::ids::OrderId>,
    /// What tables showed to outsiders.
    pub tables: BTreeMap<TableId, &'static str>,
}

impl Before {
    pub fn of(events: &[domain::Event], state: &State) -> Self {
        let orders = events.iter().filter_map(domain::Event::order);
        let sent = orders.filter(|id| {
            state
                .order(*id)
                .is_some_and(|order| order.lines.iter().any(|line| !line.is_draft()))
        });
        let tables = events.iter().filter_map(crate::project::table_of);
        let tables = tables.filter_map(|id| Some((id, state.table(id)?.status())));
        Self {
            sent: sent.collect(),
            tables: tables.collect(),
        }
    }
}
