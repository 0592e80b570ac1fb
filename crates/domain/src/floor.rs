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
    /// Its open checks, oldest first.
    pub orders: Vec<OrderId>,
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
    state
        .room(cmd.room)
        .ok_or_else(|| Refusal::bad("room", "unknown"))?;
    let table = Table {
        id: cmd.id,
        name: cmd.name.clone(),
        room: cmd.room,
        seats: cmd.seats,
        position: cmd.position,
        spot: cmd.spot,
        orders: Vec::new(),
    };
    Ok(vec![TableAdded { table }.into()])
}

pub fn apply_room_added(state: &mut State, event: &RoomAdded) {
    state.put(Key::Room(event.room.id), event.room.clone().into());
}

pub fn apply_table_added(state: &mut State, event: &TableAdded) {
    state.put(Key::Table(event.table.id), event.table.clone().into());
}
