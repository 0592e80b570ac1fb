//! What people are shown: each card in its trays and in no other, each line and ticket where it is looked for.

use super::Log;
use crate::device::DeviceSide;
use domain::auth::Role;
use domain::devices::DeviceKind;
use domain::ids::{CardId, PersonId};
use domain::{Aggregate, State};
use protocol::bridge::{Model, View};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// What lies in one person's tray.
pub(super) type Tray = (PersonId, Vec<CardId>);

/// Everybody takes the device in hand once and looks at their tray.
pub(super) fn trays_on(device: &mut DeviceSide) -> Vec<Tray> {
    let waiters = device.identity().map(|identity| identity.kind) == Some(DeviceKind::Waiter);
    let people = match device.view(&View::Session) {
        Some(Model::Session(session)) if waiters => session.people,
        Some(_) | None => Vec::new(),
    };
    let mut trays = Vec::new();
    for person in people {
        let held = device.core().map(|core| core.hold(Some(person.id)));
        if held.is_some_and(|held| held.is_ok())
            && let Some(Model::Attention(tray)) = device.view(&View::Attention)
        {
            let cards = tray.cards.iter().map(|card| card.card.id);
            trays.push((person.id, cards.collect()));
        }
    }
    trays
}

/// A card that nobody has seen to lies once in its author's tray and in every manager's.
pub(super) fn trays(state: &State, disk: &str, trays: &[Tray], found: &mut Vec<String>) {
    let open = |person: Option<PersonId>| {
        let cards = state.keys().filter_map(|key| match &state.row(key)?.body {
            Aggregate::Card(card) if card.cleared.is_none() => Some(card),
            _ => None,
        });
        let mine = cards.filter(|card| person.is_none() || card.author == person);
        mine.map(|card| card.id).collect::<BTreeSet<_>>()
    };
    for (person, cards) in trays {
        let Some(role) = state.person(*person).map(|person| person.role) else {
            continue;
        };
        let wanted = match role {
            Role::Admin | Role::Manager => open(None),
            Role::Staff | Role::Kitchen => open(Some(*person)),
        };
        let once: BTreeSet<CardId> = cards.iter().copied().collect();
        if once.len() != cards.len() || once != wanted {
            let (here, there) = (cards.len(), wanted.len());
            found.push(format!(
                "{disk} shows {here} cards to a {} who has {there}",
                role.as_str()
            ));
        }
    }
}

/// The hub finds each line and each ticket on its check, and each ticket as it stands.
pub(super) fn index(hub: &Log, state: &State, found: &mut Vec<String>) {
    let orders = || {
        state.keys().filter_map(|key| match &state.row(key)?.body {
            Aggregate::Order(order) => Some(order),
            _ => None,
        })
    };
    let lines = orders().flat_map(|order| {
        let on = |line: &domain::orders::Line| format!("{} on {}", line.id, order.id);
        order.lines.iter().map(on)
    });
    let tickets = orders().flat_map(|order| {
        let on = |ticket: &domain::orders::Ticket| {
            let status = ticket.status(order).as_str();
            format!("{} on {} {} {status}", ticket.id, order.id, ticket.station)
        };
        order.tickets.iter().map(on)
    });
    let indexed_lines = "SELECT line || ' on ' || order_id FROM order_lines";
    let indexed_tickets =
        "SELECT id || ' on ' || order_id || ' ' || station || ' ' || status FROM tickets";
    same(&hub.db, "lines", indexed_lines, lines.collect(), found);
    same(
        &hub.db,
        "tickets",
        indexed_tickets,
        tickets.collect(),
        found,
    );
}

fn same(
    db: &Connection,
    what: &str,
    text: &str,
    wanted: BTreeSet<String>,
    found: &mut Vec<String>,
) {
    let read = db.prepare(text).and_then(|mut query| {
        let rows = query.query_map([], |row| row.get::<_, String>(0))?;
        rows.collect::<rusqlite::Result<BTreeSet<String>>>()
    });
    match read {
        Ok(rows) if rows == wanted => {}
        Ok(rows) => {
            let other = rows.symmetric_difference(&wanted).next();
            found.push(format!("the hub looks for {what} elsewhere: {other:?}"));
        }
        Err(error) => found.push(format!("the hub's {what} do not read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::auth::Person;
    use domain::ids::OrderId;
    use domain::notifications::{About, Card};
    use domain::text::{Name, Username};
    use domain::time::Moment;
    use domain::{Key, Row};
    use uuid::Uuid;

    #[test]
    fn a_card_that_lies_in_no_tray_or_in_a_strangers_is_seen() {
        let id = |n: u128| PersonId(Uuid::from_u128(n));
        let mut state = State::default();
        for (person, role) in [(1, Role::Staff), (2, Role::Staff), (3, Role::Manager)] {
            let person = Person {
                id: id(person),
                username: Username::new("p").unwrap(),
                full_name: Name::new("P").unwrap(),
                role,
                active: true,
                created_at: Moment(0),
                updated_at: Moment(0),
            };
            let (key, body) = (Key::Person(person.id), Aggregate::Person(person));
            state.load(key, Some(Row { revision: 1, body }));
        }
        let order = OrderId(Uuid::from_u128(9));
        let card = Card {
            id: CardId(Uuid::from_u128(5)),
            about: About::FoundCheck { order },
            author: Some(id(1)),
            at: Moment(0),
            cleared: None,
        };
        let there = card.id;
        let (key, body) = (Key::Card(there), Aggregate::Card(card));
        state.load(key, Some(Row { revision: 1, body }));
        let shown = |person: u128, cards: &[CardId]| {
            let mut found = Vec::new();
            trays(&state, "T", &[(id(person), cards.to_vec())], &mut found);
            found.len()
        };
        assert_eq!(shown(1, &[there]) + shown(2, &[]) + shown(3, &[there]), 0);
        assert_eq!(shown(1, &[]), 1, "its author does not see it");
        assert_eq!(shown(2, &[there]), 1, "somebody else does");
        assert_eq!(shown(3, &[there, there]), 1, "twice");
    }

    #[test]
    fn a_line_that_is_looked_for_on_another_check_is_seen() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES ('a on b'), ('c on d');")
            .unwrap();
        let asked = |wanted: &[&str]| {
            let mut found = Vec::new();
            let wanted = wanted.iter().map(ToString::to_string).collect();
            same(&db, "lines", "SELECT x FROM t", wanted, &mut found);
            found.join("\n")
        };
        assert_eq!(asked(&["a on b", "c on d"]), "");
        assert!(asked(&["a on b", "c on e"]).contains("c on d"));
        assert!(asked(&["a on b", "c on d", "e on f"]).contains("e on f"));
    }
}
