//! What screens are given to show. They hold no truth of their own.

use domain::auth::Role;
use domain::devices::DeviceKind;
use domain::floor::Spot;
use domain::ids::{
    CategoryId, DeviceId, DishId, LineId, OrderId, PersonId, RestaurantId, RoomId, TableId,
    TicketId,
};
use domain::money::Money;
use domain::notifications::Card;
use domain::orders::send::Named;
use domain::time::Moment;
use serde::{Deserialize, Serialize};

/// How amounts are written here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Currency {
    pub code: String,
    pub digits: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Floor {
    pub rooms: Vec<Room>,
    pub tables: Vec<Table>,
    /// Checks without a table: found, or their table is gone.
    pub loose: Vec<CheckBrief>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub id: TableId,
    pub name: String,
    pub room: RoomId,
    pub seats: u16,
    pub spot: Option<Spot>,
    pub state: TableState,
    pub checks: Vec<CheckBrief>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableState {
    Free,
    /// Somebody sits here; nothing is ordered.
    Seated,
    /// There are lines that the kitchen does not have.
    NotSent,
    /// All that was ordered is with the kitchen.
    Ordered,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckBrief {
    pub order: OrderId,
    pub number: Option<u32>,
    pub name: Option<String>,
    pub guests: u16,
    pub owner: Option<String>,
    pub opened_at: Moment,
    pub touched_at: Moment,
    pub lines: usize,
    /// Lines that nobody has sent yet.
    pub unsent: usize,
    /// Since when something of this check waits on this device for the hub.
    pub waiting_since: Option<Moment>,
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    pub order: OrderId,
    pub number: Option<u32>,
    pub table: Option<TableId>,
    pub table_name: Option<String>,
    pub name: Option<String>,
    pub room_name: Option<String>,
    pub guests: u16,
    pub opened_at: Moment,
    /// Everybody whose lines stand here.
    pub people: Vec<String>,
    pub lines: Vec<Line>,
    pub subtotal: Money,
    pub tax: Money,
    pub total: Money,
    pub prices_include_tax: bool,
    /// What a Send would fire, as it stands here, and how many tickets that makes.
    pub send: Vec<Named>,
    pub tickets: usize,
    /// Other open checks of this table.
    pub beside: Vec<OrderId>,
    pub cards: Vec<Card>,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub id: LineId,
    pub name: String,
    pub quantity: u16,
    pub total: Money,
    pub note: Option<String>,
    pub seat: Option<u16>,
    pub course: u16,
    pub by: Option<String>,
    pub place: Place,
}

/// Where a line really is (promise 4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Place {
    /// Not sent; only this device has it.
    DraftHere { since: Moment },
    /// Not sent; the hub has it.
    DraftAtHub,
    /// Sent here, and NOT in the kitchen yet: amber, with a timer.
    SendingHere { since: Moment },
    /// Sent, and the hub has it.
    SentAtHub { at: Moment, by: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    pub categories: Vec<Category>,
    pub dishes: Vec<Dish>,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub id: CategoryId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dish {
    pub id: DishId,
    pub category: CategoryId,
    pub name: String,
    pub price: Money,
    pub allergens: Vec<String>,
    pub available: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    pub stations: Vec<String>,
    /// Oldest first.
    pub tickets: Vec<Ticket>,
    /// How many of each dish the kitchen owes, most first.
    pub all_day: Vec<AllDay>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllDay {
    pub name: String,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    pub id: TicketId,
    pub order: OrderId,
    pub number: Option<u32>,
    pub name: Option<String>,
    pub table: Option<String>,
    pub station: String,
    pub course: u16,
    pub by: Option<String>,
    pub guests: u16,
    pub fired_at: Moment,
    pub lines: Vec<TicketLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketLine {
    pub id: LineId,
    /// In the kitchen's own words.
    pub name: String,
    pub quantity: u16,
    pub note: Option<String>,
    pub seat: Option<u16>,
    pub allergens: Vec<String>,
    /// Other stations that cook on the same line.
    pub also_at: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// Newest first.
    pub cards: Vec<Card>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sync {
    pub link: Link,
    /// Commands that the hub has not decided yet, so far as this device knows.
    pub waiting: u64,
    pub oldest: Option<Moment>,
    /// When the hub last answered.
    pub contact: Option<Moment>,
    pub trouble: Option<Trouble>,
    /// The browser may throw this device's data away when its disk is full.
    pub evictable: bool,
    pub seq: u64,
    pub build: String,
    /// The last day's troubles, newest first, to be copied for whoever helps.
    pub log: Vec<LogLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Link {
    Connecting,
    Online,
    Offline { since: Moment },
}

/// What keeps this device from being a whole one, until somebody does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Trouble {
    DiskFull,
    Revoked,
    UpdateNeeded { kind: String },
    HubBehind,
    Other { why: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    pub at: Moment,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub device: Option<Device>,
    pub restaurant: Option<Restaurant>,
    pub person: Option<Person>,
    pub people: Vec<Person>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    pub id: DeviceId,
    pub name: String,
    pub kind: DeviceKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restaurant {
    pub id: RestaurantId,
    pub name: String,
    pub language: String,
    pub zone: String,
    pub currency: Currency,
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub username: String,
    pub name: String,
    pub role: Role,
}
