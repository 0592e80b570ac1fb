//! Session model → where a person stands before their work: enrolment, the tiles, or in.

use super::demo::Demo;
use crate::bridge::Reading;
use crate::strings::Locale;
use domain::auth::Role;
use domain::devices::DeviceKind;
use domain::ids::PersonId;
use domain::time::Moment;
use protocol::view::{Person, Session};

#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    Loading,
    /// The core does not answer.
    Trouble(String),
    Enrol,
    SignIn,
    In(Box<Person>),
}

pub fn stage(reading: &Reading<Session>) -> Stage {
    match (&reading.model, &reading.trouble) {
        (Some(Session { device: None, .. }), _) => Stage::Enrol,
        (
            Some(Session {
                person: Some(person),
                ..
            }),
            _,
        ) => Stage::In(Box::new(person.clone())),
        (Some(_), _) => Stage::SignIn,
        (None, Some(why)) => Stage::Trouble(why.clone()),
        (None, None) => Stage::Loading,
    }
}

/// One person to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    pub username: String,
    pub name: String,
    pub initials: String,
    pub role: String,
    /// Known where it is a demo: one tap is enough.
    pub password: Option<String>,
    /// They can sign in by PIN.
    pub pin: Option<PersonId>,
    /// Too many wrong PINs: none is tried before then.
    pub locked: Option<Moment>,
}

/// Who may sign in here: a kitchen's people have nothing to do on a waiter's device.
pub fn tiles(session: &Session, demo: Option<&Demo>, locale: &Locale) -> Vec<Tile> {
    let known = session
        .people
        .iter()
        .map(|person| (&person.username, &person.name, person.role, Some(person)));
    let of_demo = demo.iter().flat_map(|demo| &demo.people);
    let unknown = of_demo
        .clone()
        .filter(|person| session.people.is_empty() || !is_known(session, &person.username));
    let unknown = unknown.map(|person| (&person.username, &person.full_name, person.role, None));
    let password = |username: &str| {
        let mut people = of_demo.clone();
        people
            .find(|person| person.username == username)
            .map(|person| person.password.clone())
    };
    let until = |person: &Person| {
        let mut locked = session.locked.iter();
        let locked = locked.find(|locked| locked.person == person.id);
        locked.map(|locked| locked.until)
    };
    let tile = |(username, name, role, known): (&String, &String, Role, Option<&Person>)| Tile {
        username: username.clone(),
        name: name.clone(),
        initials: initials(name),
        role: role_word(role, locale),
        password: password(username),
        pin: known.filter(|known| known.has_pin).map(|known| known.id),
        locked: known.and_then(until),
    };
    let all = known
        .chain(unknown)
        .filter(|(_, _, role, _)| *role != Role::Kitchen);
    let mut all: Vec<Tile> = all.map(tile).collect();
    // Whoever is heard of later stands where they always will: no tile moves from under a finger.
    all.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then_with(|| a.username.cmp(&b.username))
    });
    all
}

fn is_known(session: &Session, username: &str) -> bool {
    session
        .people
        .iter()
        .any(|person| person.username == username)
}

fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().next();
    let words: Vec<char> = name.split_whitespace().filter_map(first).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [one, .., last] => format!("{one}{last}"),
    }
}

pub fn role_word(role: Role, locale: &Locale) -> String {
    match role {
        Role::Admin => say!(locale, "role-admin"),
        Role::Manager => say!(locale, "role-manager"),
        Role::Staff => say!(locale, "role-staff"),
        Role::Kitchen => say!(locale, "role-kitchen"),
    }
}

/// What a demo's device is called, since nobody is asked.
pub fn demo_name(kind: DeviceKind, locale: &Locale) -> String {
    match kind {
        DeviceKind::Waiter => say!(locale, "demo-device-app"),
        DeviceKind::Kitchen => say!(locale, "demo-device-kitchen"),
        DeviceKind::Office => say!(locale, "demo-device-office"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{english, session};

    #[test]
    fn tiles_leave_the_kitchen_out_and_know_a_demos_passwords() {
        let demo = r#"{"people":[{"username":"ana","password":"demo","fullName":"Ana Lopez","role":"staff"}]}"#;
        let demo: Demo = serde_json::from_str(demo).unwrap();
        let tiles = tiles(&session(), Some(&demo), &english());
        let names: Vec<&str> = tiles.iter().map(|tile| tile.name.as_str()).collect();
        assert_eq!(
            names,
            ["Ana Lopez", "Ben Adler", "Mia Conti", "Noor Haddad"]
        );
        assert_eq!(tiles[0].password.as_deref(), Some("demo"));
        assert_eq!(
            (tiles[1].password.as_ref(), tiles[1].initials.as_str()),
            (None, "BA")
        );
    }

    #[test]
    fn no_tile_moves_when_the_hub_is_heard_of() {
        let demo = r#"{"people":[{"username":"mia","password":"demo","fullName":"Mia Conti","role":"manager"},
            {"username":"ana","password":"demo","fullName":"Ana Lopez","role":"staff"}]}"#;
        let demo: Demo = serde_json::from_str(demo).unwrap();
        let mut session = session();
        session
            .people
            .retain(|person| ["ana", "mia"].contains(&person.username.as_str()));
        let names = |session: &Session| -> Vec<String> {
            let tiles = tiles(session, Some(&demo), &english());
            tiles.into_iter().map(|tile| tile.name).collect()
        };
        let known = names(&session);
        assert_eq!(known, ["Ana Lopez", "Mia Conti"]);
        session.people.clear();
        assert_eq!(names(&session), known);
    }

    #[test]
    fn a_demo_names_its_people_before_the_first_sync() {
        let demo = r#"{"people":[{"username":"ana","password":"demo","fullName":"Ana Lopez","role":"staff"}]}"#;
        let demo: Demo = serde_json::from_str(demo).unwrap();
        let mut session = session();
        session.people.clear();
        assert_eq!(tiles(&session, Some(&demo), &english()).len(), 1);
        assert!(tiles(&session, None, &english()).is_empty());
    }
}
