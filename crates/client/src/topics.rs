//! Which screens a change reaches.

use domain::Key;
use domain::ids::OrderId;
use protocol::bridge::Topic;
use std::collections::BTreeSet;

pub(crate) type Topics = BTreeSet<Topic>;

/// What shows a row.
pub(crate) fn of_key(key: &Key) -> Vec<Topic> {
    match key {
        Key::Settings => vec![Topic::Session, Topic::Menu, Topic::Floor],
        Key::Person(_) | Key::Device(_) => vec![Topic::Session],
        Key::Room(_) | Key::Table(_) => vec![Topic::Floor],
        Key::Category(_) => vec![Topic::Menu],
        Key::Dish(_) => vec![Topic::Menu, Topic::Board],
        Key::Order(id) => of_order(*id),
        Key::Card(_) => vec![Topic::Attention],
        Key::OrderCounter(_) => Vec::new(),
    }
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
