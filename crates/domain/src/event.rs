//! Every event there is: what `decide` makes and only `apply` folds. What one version means never changes.

use crate::ids::OrderId;
use crate::state::Key;
use crate::{auth, billing, devices, floor, kitchen, menu, notifications, orders, settings, sync};

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
        SettingsChanged(settings::SettingsChanged) = "settings.changed" 1,
        AdminsChanged(auth::Admins) = "admins.changed" 1,
        PersonChanged(auth::PersonChanged) = "person.changed" 1,
        DeviceRenamed(devices::Renamed) = "device.renamed" 1,
        TableChanged(floor::TableChanged) = "table.changed" 1,
        TableMarked(floor::TableMarked) = "table.marked" 1,
        CategoryChanged(menu::CategoryChanged) = "category.changed" 1,
        DishChanged(menu::DishChanged) = "dish.changed" 1,
        DishPlaced(menu::DishPlaced) = "dish.placed" 1,
        DishCounted(menu::DishCounted) = "dish.counted" 1,
        GroupChanged(menu::GroupChanged) = "modifier_group.changed" 1,
        LinesHeld(orders::send::Held) = "lines.held" 1,
        LineChanged(orders::change::Changed) = "line.changed" 1,
        LinesVoided(orders::void::LinesVoided) = "lines.voided" 1,
        LinesServed(orders::serve::Served) = "lines.served" 1,
        OrderClosed(orders::cancel::OrderClosed) = "order.closed" 1,
        OrderReopened(orders::cancel::OrderReopened) = "order.reopened" 1,
        OrderHandedOver(orders::hand_over::HandedOver) = "order.handed_over" 1,
        TicketsSeen(kitchen::Seen) = "tickets.seen" 1,
        LinesStaged(kitchen::Staged) = "lines.staged" 1,
        TicketBumped(kitchen::TicketBumped) = "ticket.bumped" 1,
        TicketRecalled(kitchen::TicketRecalled) = "ticket.recalled" 1,
        VoidsAcknowledged(kitchen::Acknowledged) = "voids.acknowledged" 1,
        BillOpened(billing::bill::BillOpened) = "bill.opened" 1,
        PaymentTaken(billing::pay::PaymentTaken) = "payment.taken" 1,
        BillPaid(billing::bill::BillPaid) = "bill.paid" 1,
        CardCleared(notifications::CardCleared) = "card.cleared" 1,
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
            Self::CardCleared(event) => vec![Key::Card(event.card)],
            Self::EpochStarted(_) => Vec::new(),
            Self::SettingsChanged(_) => vec![Key::Settings],
            Self::AdminsChanged(_) => vec![Key::Admins],
            Self::PersonChanged(event) => vec![Key::Person(event.person.id)],
            Self::DeviceRenamed(event) => vec![Key::Device(event.id)],
            Self::TableChanged(event) => vec![Key::Table(event.id)],
            Self::TableMarked(event) => vec![Key::Table(event.table)],
            Self::CategoryChanged(event) => vec![Key::Category(event.category.id)],
            Self::DishChanged(event) => vec![Key::Dish(event.dish.id)],
            Self::DishPlaced(event) => {
                let places = event.into.iter().chain(&event.out_of);
                places.map(|place| place.key()).collect()
            }
            Self::DishCounted(event) => vec![Key::Dish(event.dish)],
            Self::GroupChanged(event) => vec![Key::Group(event.group.id)],
            Self::LinesHeld(event) => vec![Key::Order(event.order)],
            Self::LineChanged(event) => vec![Key::Order(event.order)],
            Self::LinesVoided(event) => vec![Key::Order(event.order)],
            Self::LinesServed(event) => vec![Key::Order(event.order)],
            Self::OrderClosed(event) => {
                orders::cancel::keys(event.order, event.table, event.void_bill)
            }
            Self::OrderReopened(event) => orders::cancel::keys(event.order, event.table, None),
            Self::OrderHandedOver(event) => vec![Key::Order(event.order)],
            Self::TicketsSeen(event) => vec![Key::Order(event.order)],
            Self::LinesStaged(event) => vec![Key::Order(event.order)],
            Self::TicketBumped(event) => vec![Key::Order(event.order)],
            Self::TicketRecalled(event) => vec![Key::Order(event.order)],
            Self::VoidsAcknowledged(event) => vec![Key::Order(event.order)],
            Self::BillOpened(event) => vec![Key::Bill(event.bill), Key::Order(event.order)],
            Self::PaymentTaken(event) => {
                let bill = event.bill.map(Key::Bill);
                [Key::Order(event.order)].into_iter().chain(bill).collect()
            }
            Self::BillPaid(event) => {
                let receipts = Key::ReceiptCounter(event.paid.series);
                vec![Key::Bill(event.bill), Key::Order(event.order), receipts]
            }
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
            Self::LinesHeld(event) => Some(event.order),
            Self::LineChanged(event) => Some(event.order),
            Self::LinesVoided(event) => Some(event.order),
            Self::LinesServed(event) => Some(event.order),
            Self::OrderClosed(event) => Some(event.order),
            Self::OrderReopened(event) => Some(event.order),
            Self::OrderHandedOver(event) => Some(event.order),
            Self::TicketsSeen(event) => Some(event.order),
            Self::LinesStaged(event) => Some(event.order),
            Self::TicketBumped(event) => Some(event.order),
            Self::TicketRecalled(event) => Some(event.order),
            Self::VoidsAcknowledged(event) => Some(event.order),
            Self::BillOpened(event) => Some(event.order),
            Self::PaymentTaken(event) => Some(event.order),
            Self::BillPaid(event) => Some(event.order),
            Self::Founded(_) | Self::SettingsChanged(_) => None,
            Self::PersonAdded(_) | Self::PersonChanged(_) | Self::AdminsChanged(_) => None,
            Self::DeviceEnrolled(_) | Self::DeviceRevoked(_) | Self::DeviceRenamed(_) => None,
            Self::RoomAdded(_) | Self::TableAdded(_) => None,
            Self::TableChanged(_) | Self::TableMarked(_) => None,
            Self::CategoryAdded(_) | Self::CategoryChanged(_) => None,
            Self::DishAdded(_) | Self::DishChanged(_) => None,
            Self::DishPlaced(_) | Self::DishCounted(_) | Self::GroupChanged(_) => None,
            Self::CardRaised(_) | Self::CardCleared(_) | Self::EpochStarted(_) => None,
        }
    }
}
