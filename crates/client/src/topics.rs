//! Which screens a change reaches.

use domain::ids::OrderId;
use domain::{Aggregate, Key, Row};
use protocol::bridge::Topic;
use std::collections::BTreeSet;

pub(crate) type Topics = BTreeSet<Topic>;

/// What shows a row.
pub(crate) fn of_key(key: &Key) -> Vec<Topic> {
    match key {
        Key::Settings => vec![Topic::Session, Topic::Menu, Topic::Floor],
        Key::Person(_) | Key::Device(_) => vec![Topic::Session],
        Key::Room(_) | Key::Table(_) => vec![Topic::Floor],
        Key::Category(_) | Key::Group(_) => vec![Topic::Menu],
        Key::Dish(_) => vec![Topic::Menu, Topic::Board],
        Key::Order(id) => of_order(*id),
        Key::Card(_) => vec![Topic::Attention, Topic::Floor],
        // Whatever changes a bill changes its order.
        Key::Bill(_) => Vec::new(),
        Key::Admins | Key::OrderCounter(_) | Key::ReceiptCounter(_) => Vec::new(),
    }
}

/// A card shows on its checks too, whose own rows need not have changed.
pub(crate) fn of_row(key: &Key, row: &Row) -> Vec<Topic> {
    let orders = match &row.body {
        Aggregate::Card(card) => card.about.orders(),
        _ => Vec::new(),
    };
    let orders = orders.into_iter().map(|id| Topic::Order { id });
    of_key(key).into_iter().chain(orders).collect()
}

pub(crate) fn of_order(id: OrderId) -> Vec<Topic> {
    vec![Topic::Order { id }, Topic::Floor, Topic::Board]
}

/// Everything but the single checks, each of which is reread where it is shown.
pub(crate) fn everything() -> Vec<Topic> {
    vec![
        Topic::Floor,
        Topic::Board,
        Topic::Menu,
        Topic::Attention,
        Topic::Sync,
        Topic::Session,
    ]
}
