//! Rooms and tables, and which open checks stand on a table.

use crate::event::Event;
use crate::ids::{OrderId, RoomId, TableId};
use crate::refusal::{Code, Refusal};
use crate::state::{Key, State};
use crate::text::{Name, Seats};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Room {
    pub id: RoomId,
    pub name: Name,
    pub position: u16,
}

/// Where a table stands on its room's plan, in units of a thousandth of the room.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spot {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
    pub round: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    pub id: TableId,
    pub name: Name,
    pub room: RoomId,
    pub seats: Seats,
    pub position: u16,
    pub spot: Option<Spot>,
    /// Its open checks, oldest first: the newest of them, where there are very many.
    pub orders: Vec<OrderId>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
    /// What those of them show that are more than seated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<TableMark>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub removed: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableMark {
    pub order: OrderId,
    pub is: MarkIs,
}

/// What a check shows on the floor, from the least urgent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkIs {
    Seated,
    Ordered,
    Bill,
    Ready,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A table lists no more checks than a screen can show; it counts the rest.
pub const MOST_LISTED: usize = 40;

impl Table {
    pub(crate) fn take(&mut self, order: OrderId) {
        if self.orders.contains(&order) {
            return;
        }
        self.orders.push(order);
        if self.orders.len() > MOST_LISTED {
            let oldest = self.orders.remove(0);
            self.marks.retain(|mark| mark.order != oldest);
            self.more = self.more.saturating_add(1);
        }
    }

    pub(crate) fn let_go(&mut self, order: OrderId) {
        match self.orders.iter().position(|known| *known == order) {
            Some(at) => {
                self.orders.remove(at);
            }
            None => self.more = self.more.saturating_sub(1),
        }
        self.marks.retain(|mark| mark.order != order);
    }

    pub fn is_free(&self) -> bool {
        self.orders.is_empty() && self.more == 0
    }

    pub fn mark(&self, order: OrderId) -> MarkIs {
        let mark = self.marks.iter().find(|mark| mark.order == order);
        mark.map_or(MarkIs::Seated, |mark| mark.is)
    }

    /// What the table shows: the most urgent of its checks; none where it is free.
    pub fn shows(&self) -> Option<MarkIs> {
        let listed = self.orders.iter().map(|order| self.mark(*order)).max();
        listed.or((self.more > 0).then_some(MarkIs::Seated))
    }

    /// The outside contract's word for it.
    pub fn status(&self) -> &'static str {
        match self.shows() {
            None => "free",
            Some(MarkIs::Seated | MarkIs::Ordered) => "occupied",
            Some(MarkIs::Bill) => "bill",
            Some(MarkIs::Ready) => "ready",
        }
    }
}

/// A check on the table shows something else by now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableMarked {
    pub table: TableId,
    pub order: OrderId,
    pub is: MarkIs,
}

pub fn apply_marked(state: &mut State, event: &TableMarked) {
    state.change_table(event.table, |table| {
        table.marks.retain(|mark| mark.order != event.order);
        let (order, is) = (event.order, event.is);
        if is != MarkIs::Seated && table.orders.contains(&order) {
            table.marks.push(TableMark { order, is });
        }
    });
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddRoom {
    pub room: Room,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomAdded {
    pub room: Room,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddTable {
    pub id: TableId,
    pub name: Name,
    pub room: RoomId,
    pub seats: Seats,
    pub position: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
    /// The room, where it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_room: Option<Room>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeTable {
    pub id: TableId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_room: Option<Room>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Seats>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub remove: bool,
}

/// The table as it now stands in the room; its checks are its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableChanged {
    pub id: TableId,
    pub name: Name,
    pub room: RoomId,
    pub seats: Seats,
    pub position: u16,
    pub spot: Option<Spot>,
    pub removed: bool,
}

pub fn change_table(state: &State, cmd: &ChangeTable) -> Result<Vec<Event>, Refusal> {
    let old = state
        .table(cmd.id)
        .filter(|table| !table.removed)
        .ok_or(Refusal::Unknown("table"))?;
    if cmd.remove && !old.is_free() {
        return Err(Refusal::Rule(Code::InUse));
    }
    let room = cmd.room.unwrap_or(old.room);
    let made = made_room(state, room, cmd.new_room.as_ref())?;
    let changed = TableChanged {
        id: cmd.id,
        name: cmd.name.clone().unwrap_or_else(|| old.name.clone()),
        room,
        seats: cmd.seats.unwrap_or(old.seats),
        position: cmd.position.unwrap_or(old.position),
        spot: cmd.spot.or(old.spot),
        removed: cmd.remove,
    };
    Ok(made.into_iter().chain([changed.into()]).collect())
}

/// The room is there, or is made with the table.
fn made_room(state: &State, room: RoomId, new: Option<&Room>) -> Result<Option<Event>, Refusal> {
    match (state.room(room), new) {
        (Some(_), _) => Ok(None),
        (None, Some(new)) if new.id == room => Ok(Some(RoomAdded { room: new.clone() }.into())),
        (None, _) => Err(Refusal::bad("room", "unknown")),
    }
}

pub fn apply_table_changed(state: &mut State, event: &TableChanged) {
    state.change_table(event.id, |table| {
        table.name = event.name.clone();
        table.room = event.room;
        table.seats = event.seats;
        table.position = event.position;
        table.spot = event.spot;
        table.removed = event.removed;
    });
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableAdded {
    pub table: Table,
}

pub fn add_room(state: &State, cmd: &AddRoom) -> Result<Vec<Event>, Refusal> {
    if state.room(cmd.room.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    Ok(vec![
        RoomAdded {
            room: cmd.room.clone(),
        }
        .into(),
    ])
}

pub fn add_table(state: &State, cmd: &AddTable) -> Result<Vec<Event>, Refusal> {
    if state.table(cmd.id).is_some() {
        return Err(Refusal::Rule(Code::AlreadyExists));
    }
    let made = made_room(state, cmd.room, cmd.new_room.as_ref())?;
    let table = Table {
        id: cmd.id,
        name: cmd.name.clone(),
        room: cmd.room,
        seats: cmd.seats,
        position: cmd.position,
        spot: cmd.spot,
        orders: Vec::new(),
        more: 0,
        marks: Vec::new(),
        removed: false,
    };
    Ok(made
        .into_iter()
        .chain([TableAdded { table }.into()])
        .collect())
}

pub fn apply_room_added(state: &mut State, event: &RoomAdded) {
    state.put(Key::Room(event.room.id), event.room.clone().into());
}

pub fn apply_table_added(state: &mut State, event: &TableAdded) {
    state.put(Key::Table(event.table.id), event.table.clone().into());
}
