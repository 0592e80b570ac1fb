//! Which device this is, of which restaurant, and who holds it.

use super::{bodies, currency, settings};
use crate::core::Core;
use crate::error::Stored;
use crate::store::pins;
use domain::auth;
use domain::ids::PersonId;
use domain::settings::Settings;
use protocol::view::{Device, Person, Restaurant, Session};

impl Core {
    pub(super) fn session_view(&self) -> Stored<Session> {
        let with_pin = pins::people(&self.db)?;
        let mut people: Vec<Person> = bodies!(&self.db, "person", Person)
            .filter(|person| person.active)
            .map(|person| person_of(person, &with_pin))
            .collect();
        people.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        Ok(Session {
            device: self.identity()?.map(|identity| Device {
                id: identity.device,
                name: identity.name,
                kind: identity.kind,
            }),
            restaurant: settings(&self.db)?.map(restaurant_of),
            person: self
                .person_row()?
                .map(|person| person_of(person, &with_pin)),
            people,
            locked: pins::locked(&self.db)?,
            online: self.live.by_password,
        })
    }
}

fn person_of(person: auth::Person, with_pin: &[PersonId]) -> Person {
    Person {
        id: person.id,
        username: person.username.into(),
        name: person.full_name.into(),
        role: person.role,
        has_pin: with_pin.contains(&person.id),
    }
}

fn restaurant_of(settings: Settings) -> Restaurant {
    Restaurant {
        id: settings.restaurant,
        currency: currency(Some(&settings)),
        name: settings.name.into(),
        language: settings.language.into(),
        zone: settings.zone.name().to_owned(),
        day_start: settings.day_start.get(),
        demo: settings.demo,
    }
}
