//! The attention tray: what needs this person, and for managers whatever needs anybody.

use super::{body, one};
use crate::core::Core;
use crate::error::Stored;
use crate::store::rows::{self, Layer};
use domain::Key;
use domain::auth::{Person, Role};
use domain::notifications::Card;
use protocol::view::Attention;

/// A tray of more than this is not read by anybody.
const NEWEST: &str = "kind = ?1 AND open = 1 ORDER BY at DESC, key DESC LIMIT 500";

impl Core {
    pub(super) fn attention(&self) -> Stored<Attention> {
        let Some(person) = self.person_row()? else {
            return Ok(Attention { cards: Vec::new() });
        };
        let found = rows::list(&self.db, Layer::Both, NEWEST, "card")?;
        let cards = found.into_iter().filter_map(|(_, row)| body!(row, Card));
        Ok(Attention {
            cards: cards.filter(|card| is_for(card, &person)).collect(),
        })
    }

    pub(super) fn person_row(&self) -> Stored<Option<Person>> {
        let Some(id) = self.person()? else {
            return Ok(None);
        };
        Ok(one!(&self.db, Key::Person(id), Person))
    }
}

fn is_for(card: &Card, person: &Person) -> bool {
    match person.role {
        Role::Admin | Role::Manager => true,
        Role::Staff | Role::Kitchen => card.author == Some(person.id),
    }
}
