//! State is a set of aggregates, each one row: what `decide` reads and only `apply` changes.

use crate::auth::{Admins, Person};
use crate::billing::bill::Bill;
use crate::devices::Device;
use crate::floor::{Room, Table};
use crate::ids::{
    BillId, CardId, CategoryId, DeviceId, DishId, GroupId, OrderId, PersonId, RoomId, TableId,
};
use crate::menu::{Category, Dish, Group, Place};
use crate::notifications::Card;
use crate::orders::Order;
use crate::settings::Settings;
use crate::time::Day;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

/// The name of an aggregate, as text wherever it is stored: `order:0198…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Settings,
    Person(PersonId),
    Device(DeviceId),
    Room(RoomId),
    Table(TableId),
    Category(CategoryId),
    Dish(DishId),
    Order(OrderId),
    Card(CardId),
    /// How many orders a business day has had: numbers are the hub's, without gaps.
    OrderCounter(Day),
    Admins,
    Group(GroupId),
    Bill(BillId),
    /// How many receipts the series of an epoch has had.
    ReceiptCounter(u64),
}

impl Key {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Person(_) => "person",
            Self::Device(_) => "device",
            Self::Room(_) => "room",
            Self::Table(_) => "table",
            Self::Category(_) => "category",
            Self::Dish(_) => "dish",
            Self::Order(_) => "order",
            Self::Card(_) => "card",
            Self::OrderCounter(_) => "order_counter",
            Self::Admins => "admins",
            Self::Group(_) => "modifier_group",
            Self::Bill(_) => "bill",
            Self::ReceiptCounter(_) => "receipt_counter",
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.kind();
        match self {
            Self::Settings | Self::Admins => to.write_str(kind),
            Self::Person(id) => write!(to, "{kind}:{id}"),
            Self::Device(id) => write!(to, "{kind}:{id}"),
            Self::Room(id) => write!(to, "{kind}:{id}"),
            Self::Table(id) => write!(to, "{kind}:{id}"),
            Self::Category(id) => write!(to, "{kind}:{id}"),
            Self::Dish(id) => write!(to, "{kind}:{id}"),
            Self::Order(id) => write!(to, "{kind}:{id}"),
            Self::Card(id) => write!(to, "{kind}:{id}"),
            Self::OrderCounter(day) => write!(to, "{kind}:{day}"),
            Self::Group(id) => write!(to, "{kind}:{id}"),
            Self::Bill(id) => write!(to, "{kind}:{id}"),
            Self::ReceiptCounter(series) => write!(to, "{kind}:{series}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no aggregate is called {0}")]
pub struct BadKey(String);

impl FromStr for Key {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, BadKey> {
        fn part<T: FromStr>(id: &str, text: &str) -> Result<T, BadKey> {
            id.parse().map_err(|_| BadKey(text.to_owned()))
        }
        let (kind, id) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "settings" if id.is_empty() => Ok(Self::Settings),
            "person" => part(id, text).map(Self::Person),
            "device" => part(id, text).map(Self::Device),
            "room" => part(id, text).map(Self::Room),
            "table" => part(id, text).map(Self::Table),
            "category" => part(id, text).map(Self::Category),
            "dish" => part(id, text).map(Self::Dish),
            "order" => part(id, text).map(Self::Order),
            "card" => part(id, text).map(Self::Card),
            "order_counter" => part(id, text).map(Self::OrderCounter),
            "admins" if id.is_empty() => Ok(Self::Admins),
            "modifier_group" => part(id, text).map(Self::Group),
            "bill" => part(id, text).map(Self::Bill),
            "receipt_counter" => part(id, text).map(Self::ReceiptCounter),
            _ => Err(BadKey(text.to_owned())),
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How far a counter has counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counter {
    pub last: u32,
}

envelopes! {
    /// The body of a row.
    pub enum Aggregate {
        Settings(Settings) = "settings" 1,
        Person(Person) = "person" 1,
        Device(Device) = "device" 1,
        Room(Room) = "room" 1,
        Table(Table) = "table" 1,
        Category(Category) = "category" 1,
        Dish(Dish) = "dish" 1,
        Order(Order) = "order" 1,
        Card(Card) = "card" 1,
        Counter(Counter) = "counter" 1,
        Admins(Admins) = "admins" 1,
        Group(Group) = "modifier_group" 1,
        Bill(Bill) = "bill" 1,
    }
}

/// An aggregate and how often it has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub revision: u64,
    pub body: Aggregate,
}

/// The rows that a command needs. What is not loaded reads as absent: `scope` sees to it that it is loaded.
#[derive(Debug, Clone, Default)]
pub struct State {
    rows: HashMap<Key, Option<Row>>,
    /// What each row was before the present step, so that a step can be taken back whole.
    before: Vec<(Key, Option<Row>)>,
    changed: BTreeSet<Key>,
}

macro_rules! readers {
    ($($name:ident($($id:ident: $of:ty)?) = $key:expr => $variant:ident($body:ty);)+) => {$(
        pub fn $name(&self $(, $id: $of)?) -> Option<&$body> {
            if let Aggregate::$variant(body) = &self.row(&$key)?.body { Some(body) } else { None }
        }
    )+};
}

impl State {
    readers! {
        settings() = Key::Settings => Settings(Settings);
        person(id: PersonId) = Key::Person(id) => Person(Person);
        device(id: DeviceId) = Key::Device(id) => Device(Device);
        room(id: RoomId) = Key::Room(id) => Room(Room);
        table(id: TableId) = Key::Table(id) => Table(Table);
        category(id: CategoryId) = Key::Category(id) => Category(Category);
        dish(id: DishId) = Key::Dish(id) => Dish(Dish);
        order(id: OrderId) = Key::Order(id) => Order(Order);
        card(id: CardId) = Key::Card(id) => Card(Card);
        counter(day: Day) = Key::OrderCounter(day) => Counter(Counter);
        admins() = Key::Admins => Admins(Admins);
        group(id: GroupId) = Key::Group(id) => Group(Group);
        bill(id: BillId) = Key::Bill(id) => Bill(Bill);
        receipt_counter(series: u64) = Key::ReceiptCounter(series) => Counter(Counter);
    }

    /// How many orders the day has had.
    pub fn orders_on(&self, day: Day) -> u32 {
        self.counter(day).map_or(0, |counter| counter.last)
    }

    /// How many receipts the series has had.
    pub fn receipts(&self, series: u64) -> u32 {
        self.receipt_counter(series)
            .map_or(0, |counter| counter.last)
    }

    pub fn row(&self, key: &Key) -> Option<&Row> {
        self.rows.get(key)?.as_ref()
    }

    /// Whether the row has been asked for, be it there or not.
    pub fn is_loaded(&self, key: &Key) -> bool {
        self.rows.contains_key(key)
    }

    pub fn load(&mut self, key: Key, row: Option<Row>) {
        self.rows.insert(key, row);
    }

    pub fn forget(&mut self, key: &Key) {
        self.rows.remove(key);
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.rows.keys()
    }

    /// Writes a row; only `apply` calls it.
    pub(crate) fn put(&mut self, key: Key, body: Aggregate) {
        let old = self.rows.remove(&key).flatten();
        let revision = old.as_ref().map_or(0, |row| row.revision) + 1;
        self.before.push((key, old));
        self.rows.insert(key, Some(Row { revision, body }));
        self.changed.insert(key);
    }

    pub(crate) fn change_order(&mut self, id: OrderId, change: impl FnOnce(&mut Order)) {
        if let Some(mut order) = self.order(id).cloned() {
            change(&mut order);
            self.put(Key::Order(id), order.into());
        }
    }

    pub(crate) fn change_table(&mut self, id: TableId, change: impl FnOnce(&mut Table)) {
        if let Some(mut table) = self.table(id).cloned() {
            change(&mut table);
            self.put(Key::Table(id), table.into());
        }
    }

    pub(crate) fn change_device(&mut self, id: DeviceId, change: impl FnOnce(&mut Device)) {
        if let Some(mut device) = self.device(id).cloned() {
            change(&mut device);
            self.put(Key::Device(id), device.into());
        }
    }

    pub(crate) fn change_bill(&mut self, id: BillId, change: impl FnOnce(&mut Bill)) {
        if let Some(mut bill) = self.bill(id).cloned() {
            change(&mut bill);
            self.put(Key::Bill(id), bill.into());
        }
    }

    pub(crate) fn change_dish(&mut self, id: DishId, change: impl FnOnce(&mut Dish)) {
        if let Some(mut dish) = self.dish(id).cloned() {
            change(&mut dish);
            self.put(Key::Dish(id), dish.into());
        }
    }

    pub(crate) fn change_dishes_of(&mut self, place: Place, change: impl FnOnce(&mut Vec<DishId>)) {
        match place {
            Place::Category(id) => {
                if let Some(mut category) = self.category(id).cloned() {
                    change(&mut category.dishes);
                    self.put(place.key(), category.into());
                }
            }
            Place::Group(id) => {
                if let Some(mut group) = self.group(id).cloned() {
                    change(&mut group.dishes);
                    self.put(place.key(), group.into());
                }
            }
        }
    }

    /// A place to come back to.
    pub fn savepoint(&self) -> usize {
        self.before.len()
    }

    /// Takes back all that was applied since the savepoint.
    pub fn rollback_to(&mut self, savepoint: usize) {
        while self.before.len() > savepoint {
            if let Some((key, old)) = self.before.pop() {
                self.rows.insert(key, old);
            }
        }
        self.changed = self.before.iter().map(|(key, _)| *key).collect();
    }

    /// Ends the step: what changed since the last one, and no way back.
    pub fn settle(&mut self) -> BTreeSet<Key> {
        self.before.clear();
        std::mem::take(&mut self.changed)
    }

    /// What has changed since the last `settle`.
    pub fn changed(&self) -> &BTreeSet<Key> {
        &self.changed
    }
}
