//! The attention tray: what became of this person's own doing, and for managers of anybody's. A card is in one
//! person's tray, so that it is seen to once.

use super::{all, body, one};
use crate::core::Core;
use crate::error::Stored;
use crate::store::rows::{self, Layer};
use domain::auth::{Act, Person, may};
use domain::ids::{OrderId, PersonId};
use domain::{Aggregate, Key};
use protocol::view::{Attention, TrayCard};
use rusqlite::Connection;
use std::collections::HashMap;

/// A tray of more than this is not read by anybody.
const NEWEST: &str = "kind = ?1 AND open = 1 ORDER BY at DESC, key DESC LIMIT 500";

impl Core {
    pub(super) fn attention(&self) -> Stored<Attention> {
        let Some(person) = self.person_row()? else {
            return Ok(Attention { cards: Vec::new() });
        };
        let kind = self.identity()?.map(|identity| identity.kind);
        let all = may(person.role, kind, Act::AnswerCards);
        let mut cards = Vec::new();
        for (_, row) in rows::list(&self.db, Layer::Both, NEWEST, "card")? {
            let revision = row.revision;
            let Some(card) = body!(row, Card) else {
                continue;
            };
            if all || card.author == Some(person.id) {
                cards.push(TrayCard {
                    author: self.name_of(card.author)?,
                    card,
                    revision,
                });
            }
        }
        Ok(Attention { cards })
    }

    fn name_of(&self, person: Option<PersonId>) -> Stored<Option<String>> {
        let Some(id) = person else {
            return Ok(None);
        };
        Ok(one!(&self.db, Key::Person(id), Person).map(|person| person.full_name.into()))
    }

    pub(super) fn person_row(&self) -> Stored<Option<Person>> {
        let Some(id) = self.person()? else {
            return Ok(None);
        };
        Ok(one!(&self.db, Key::Person(id), Person))
    }
}

/// How many cards that nobody has seen to are about each check.
pub(super) fn by_order(db: &Connection) -> Stored<HashMap<OrderId, usize>> {
    let mut counted: HashMap<OrderId, usize> = HashMap::new();
    for (_, row) in all(db, "card")? {
        if let Aggregate::Card(card) = row.body
            && card.cleared.is_none()
        {
            for order in card.about.orders() {
                *counted.entry(order).or_default() += 1;
            }
        }
    }
    Ok(counted)
}
