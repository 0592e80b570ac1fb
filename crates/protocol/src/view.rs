//! What screens are given to show. They hold no truth of their own.

use domain::auth::Role;
use domain::billing::{Method, Tax};
use domain::devices::DeviceKind;
use domain::floor::Spot;
use domain::ids::{
    BillId, CategoryId, CommandId, DeviceId, DishId, GroupId, LineId, OptionId, OrderId, PaymentId,
    PersonId, RestaurantId, RoomId, TableId, TicketId,
};
use domain::money::Money;
use domain::notifications::Card;
use domain::orders::Stage;
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
    /// The guests have asked for the bill.
    Bill,
    /// Something of theirs is ready to be carried.
    Ready,
    /// A card about one of its checks waits for somebody.
    Attention,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckBrief {
    pub order: OrderId,
    pub number: Option<u32>,
    pub name: Option<String>,
    pub guests: u16,
    pub owner: Option<String>,
    pub owner_id: Option<PersonId>,
    pub opened_at: Moment,
    pub touched_at: Moment,
    pub lines: usize,
    /// Lines that nobody has sent yet.
    pub unsent: usize,
    /// Lines that are ready to be carried.
    pub ready: usize,
    /// The guests have asked for the bill.
    pub bill: bool,
    /// Cards about it that nobody has seen to.
    pub cards: usize,
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
    pub owner: Option<String>,
    pub owner_id: Option<PersonId>,
    /// Its open bill, and what is due on it.
    pub bill: Option<BillBrief>,
    /// It is paid or cancelled; what is added opens it again.
    pub closed: bool,
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
pub struct BillBrief {
    pub id: BillId,
    pub due: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub id: LineId,
    pub dish: DishId,
    pub name: String,
    pub modifiers: Vec<String>,
    pub quantity: u16,
    pub total: Money,
    pub note: Option<String>,
    pub seat: Option<u16>,
    pub course: u16,
    pub by: Option<String>,
    pub place: Place,
    /// What voiding it takes here; none where it cannot be.
    pub void: Option<VoidNeeds>,
    /// Since when something that was done to it (a void, a change, a serving) waits on this device for the hub.
    #[serde(default)]
    pub waiting: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidNeeds {
    Nothing,
    Reason,
    /// A reason, and a manager's PIN.
    Approval,
}

/// Where a line really is (promise 4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Place {
    /// Not sent; only this device has it.
    DraftHere {
        since: Moment,
    },
    /// Not sent; the hub has it.
    DraftAtHub,
    /// Sent here, and NOT in the kitchen yet: amber, with a timer.
    SendingHere {
        since: Moment,
    },
    /// Sent, and the hub has it; no kitchen screen has shown it yet.
    SentAtHub {
        at: Moment,
        by: Option<String>,
    },
    /// A kitchen screen shows it.
    SeenByKitchen {
        at: Moment,
        by: Option<String>,
    },
    Preparing {
        since: Moment,
    },
    Ready {
        since: Moment,
    },
    Served {
        at: Moment,
        by: Option<String>,
    },
    /// Its dish is gone: nobody cooks it until somebody has asked the guest.
    Held {
        since: Moment,
    },
    Voided {
        at: Moment,
        by: Option<String>,
        reason: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    pub categories: Vec<Category>,
    pub dishes: Vec<Dish>,
    pub groups: Vec<ModifierGroup>,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    pub id: CategoryId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dish {
    pub id: DishId,
    pub category: CategoryId,
    pub name: String,
    pub price: Money,
    pub description: Option<String>,
    pub kitchen_name: Option<String>,
    pub allergens: Vec<String>,
    /// It can be had: not taken off, and some are left.
    pub available: bool,
    /// How many are left, where somebody counts them.
    pub remaining: Option<u16>,
    pub groups: Vec<GroupId>,
    pub stations: Vec<String>,
}

/// What can be chosen with a dish. One with a `min` opens by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModifierGroup {
    pub id: GroupId,
    pub name: String,
    pub min: u16,
    pub max: u16,
    pub options: Vec<Choice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub id: OptionId,
    pub name: String,
    pub price: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    pub stations: Vec<String>,
    /// Oldest first.
    pub tickets: Vec<Ticket>,
    /// How many of each dish the kitchen owes, most first.
    pub all_day: Vec<AllDay>,
    /// The last that were bumped, newest first: they can be called back.
    pub bumped: Vec<BumpedTicket>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BumpedTicket {
    pub ticket: Ticket,
    /// A recall names the bump that it takes back.
    pub bump: CommandId,
    pub at: Moment,
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
    /// A kitchen screen has shown it.
    pub seen: bool,
    /// It was bumped, and called back.
    pub recalled: bool,
    /// How far its least advanced line is here.
    pub stage: Stage,
    pub lines: Vec<TicketLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketLine {
    pub id: LineId,
    /// In the kitchen's own words.
    pub name: String,
    pub dish: DishId,
    pub quantity: u16,
    pub modifiers: Vec<String>,
    pub note: Option<String>,
    pub seat: Option<u16>,
    pub allergens: Vec<String>,
    /// How far this station is with it.
    pub stage: Stage,
    /// When it was voided, and whether this station has said that it saw so.
    pub voided: Option<VoidedLine>,
    /// The waiter has carried it.
    pub served: bool,
    /// Other stations that cook on the same line.
    pub also_at: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoidedLine {
    pub at: Moment,
    pub acknowledged: bool,
}

/// The bill of a check as the guest will read it: the open one, else the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    pub order: OrderId,
    pub table_name: Option<String>,
    /// None: nobody has asked for it yet.
    pub id: Option<BillId>,
    pub status: BillStatus,
    /// The hub's, as it is printed; what is printed without one says that it is provisional.
    pub number: Option<String>,
    pub lines: Vec<BillLine>,
    pub subtotal: Money,
    pub taxes: Vec<Tax>,
    pub total: Money,
    pub paid: Money,
    pub tips: Money,
    pub due: Money,
    pub payments: Vec<Payment>,
    /// Lines that are not sent yet: they are on the bill, and the check stays open for them.
    pub unsent: usize,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillStatus {
    /// As it would be if it were asked for now.
    None,
    Open,
    Paid,
    Void,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillLine {
    pub line: LineId,
    pub name: String,
    pub modifiers: Vec<String>,
    pub quantity: u16,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    pub id: PaymentId,
    pub method: Method,
    pub amount: Money,
    pub tip: Money,
    pub tendered: Option<Money>,
    pub change: Money,
    pub by: Option<String>,
    pub at: Moment,
    /// The hub has it.
    pub at_hub: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// Newest first; what somebody has seen to is not among them.
    pub cards: Vec<TrayCard>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrayCard {
    pub card: Card,
    /// A `notifications.clear` names it.
    pub revision: u64,
    /// Who did what it is about, where a person did.
    pub author: Option<String>,
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
    /// The hub does not know this device, such as one that was put back to a time before it was enrolled.
    Unknown,
    UpdateNeeded {
        kind: String,
    },
    HubBehind,
    /// The hub was put back to an older state and gathers what its devices hold.
    HubRecovering,
    Other {
        why: String,
    },
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
    /// Too many wrong PINs for somebody: none is tried before then.
    pub locked: Vec<Locked>,
    /// The person signed in by password while the hub was there: what only works online may be tried.
    pub online: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Locked {
    pub person: PersonId,
    pub until: Moment,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    pub id: DeviceId,
    pub name: String,
    pub kind: DeviceKind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restaurant {
    pub id: RestaurantId,
    pub name: String,
    pub language: String,
    pub zone: String,
    /// When its business day begins, in minutes after midnight.
    pub day_start: u16,
    pub currency: Currency,
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub username: String,
    pub name: String,
    pub role: Role,
    /// They can sign in here by PIN, offline too.
    pub has_pin: bool,
}
