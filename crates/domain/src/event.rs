//! Every event there is: what `decide` makes and only `apply` folds. What one version means never changes.

use crate::ids::OrderId;
use crate::state::Key;
use crate::{auth, devices, floor, menu, notifications, orders, settings, sync};

envelopes! {
    pub enum Event {
        Founded(settings::Founded) = "settings.founded" 1,
        PersonAdded(auth::PersonAdded) = "person.added" 1,
        DeviceEnrolled(devices::Enrolled) = "device.enrolled" 1,
        DeviceRevoked(devices::Revoked) = "device.revoked" 1,
        RoomAdded(floor::RoomAdded) = "room.added" 1,
        TableAdded(floor::TableAdded) = "table.added" 1,
        CategoryAdded(menu::CategoryAdded) = "category.added" 1,
        DishAdded(menu::DishAdded) = "dish.added" 1,
        OrderOpened(orders::open::Opened) = "order.opened" 1,
        OrderSeated(orders::open::Seated) = "order.seated" 1,
        LinesAdded(orders::add::Added) = "lines.added" 1,
        LinesFired(orders::send::Fired) = "lines.fired" 1,
        OrderNamed(orders::name::Named) = "order.named" 1,
        CardRaised(notifications::CardRaised) = "card.raised" 1,
        EpochStarted(sync::EpochStarted) = "epoch.started" 1,
    }
}

impl Event {
    /// The rows that `apply` reads or writes for this event.
    pub fn keys(&self) -> Vec<Key> {
        match self {
            Self::Founded(_) => vec![Key::Settings],
            Self::PersonAdded(event) => vec![Key::Person(event.person.id)],
            Self::DeviceEnrolled(event) => {
                let parent = event.device.fork_of.map(Key::Device);
                [Key::Device(event.device.id)]
                    .into_iter()
                    .chain(parent)
                    .collect()
            }
            Self::DeviceRevoked(event) => event.devices.iter().copied().map(Key::Device).collect(),
            Self::RoomAdded(event) => vec![Key::Room(event.room.id)],
            Self::TableAdded(event) => vec![Key::Table(event.table.id)],
            Self::CategoryAdded(event) => vec![Key::Category(event.category.id)],
            Self::DishAdded(event) => vec![Key::Dish(event.dish.id)],
            Self::OrderOpened(event) => {
                let table = event.table.map(Key::Table);
                [Key::Order(event.order), Key::OrderCounter(event.day)]
                    .into_iter()
                    .chain(table)
                    .collect()
            }
            Self::OrderSeated(event) => vec![Key::Order(event.order), Key::Table(event.table)],
            Self::LinesAdded(event) => vec![Key::Order(event.order)],
            Self::LinesFired(event) => vec![Key::Order(event.order)],
            Self::OrderNamed(event) => vec![Key::Order(event.order)],
            Self::CardRaised(event) => vec![Key::Card(event.card.id)],
            Self::EpochStarted(_) => Vec::new(),
        }
    }

    /// The check that this event changes.
    pub fn order(&self) -> Option<OrderId> {
        match self {
            Self::OrderOpened(event) => Some(event.order),
            Self::OrderSeated(event) => Some(event.order),
            Self::LinesAdded(event) => Some(event.order),
            Self::LinesFired(event) => Some(event.order),
            Self::OrderNamed(event) => Some(event.order),
            Self::Founded(_)
            | Self::PersonAdded(_)
            | Self::DeviceEnrolled(_)
            | Self::DeviceRevoked(_) => None,
            Self::RoomAdded(_)
            | Self::TableAdded(_)
            | Self::CategoryAdded(_)
            | Self::DishAdded(_) => None,
            Self::CardRaised(_) | Self::EpochStarted(_) => None,
        }
    }
}
