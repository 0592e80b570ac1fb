//! Who holds a tablet: PINs that are looked at on it, with the hub there or gone.

use super::Disk;
use super::peer::{ANA, BEN, MANAGER, Peer, order};
use super::tablet::{Tablet, open_with};
use crate::sync::Step;
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use domain::ids::PersonId;
use protocol::bridge::Answer;
use protocol::sync::{Pin, Side};

pub const PIN: &str = "2468";

/// Everybody but Ben has one PIN.
pub fn side(revision: u64) -> Side {
    let salt = b"salt of a story";
    let hash = Argon2::default().hash_password_with_salt(PIN.as_bytes(), salt);
    let verifier = hash.unwrap().to_string();
    let pin = |person| Pin {
        person,
        verifier: verifier.clone(),
    };
    Side {
        revision,
        pins: vec![pin(ANA), pin(MANAGER)],
        proof: None,
    }
}

/// What trying a PIN says: nothing where it is good.
fn tries(tablet: &mut Tablet, person: PersonId, pin: &str) -> Option<String> {
    match tablet.core.check_pin(person, pin, tablet.now).unwrap() {
        Ok(known) => {
            assert_eq!(known.id, person);
            None
        }
        Err(Answer::Refused { code }) => Some(code),
        Err(other) => panic!("{other:?}"),
    }
}

fn with_pins<'d>(disk: &'d dyn Disk, peer: &mut Peer) -> Tablet<'d> {
    peer.side = Some(side(1));
    Tablet::at(disk, peer)
}

pub(super) fn a_pin_is_looked_at_with_the_hub_gone(disk: &dyn Disk) {
    let mut tablet = with_pins(disk, &mut Peer::new());
    assert_eq!(tries(&mut tablet, MANAGER, PIN), None);
    assert_eq!(
        tries(&mut tablet, MANAGER, "1111").as_deref(),
        Some("wrong_pin")
    );
    assert_eq!(tries(&mut tablet, BEN, PIN).as_deref(), Some("no_pin"));
    let people = tablet.session().people;
    let with = people.iter().filter(|person| person.has_pin);
    assert_eq!(with.count(), 2);
    // The PIN itself stands nowhere
    let kept: String = tablet.sql("SELECT group_concat(verifier) FROM pins");
    assert!(kept.contains("$argon2id$") && !kept.contains(PIN));
}

pub(super) fn wrong_pins_lock_for_longer_each_time_and_over_a_restart(disk: &dyn Disk) {
    let mut tablet = with_pins(disk, &mut Peer::new());
    for _ in 0..3 {
        assert_eq!(
            tries(&mut tablet, ANA, "1111").as_deref(),
            Some("wrong_pin")
        );
    }
    // The right one does not help now, after a restart neither; somebody else is not locked out
    let mut tablet = tablet.reopened();
    assert_eq!(tries(&mut tablet, ANA, PIN).as_deref(), Some("locked"));
    assert_eq!(tries(&mut tablet, MANAGER, PIN), None);
    let locked = tablet.session().locked;
    assert_eq!(
        (locked[0].person, locked[0].until),
        (ANA, tablet.now.plus(5_000))
    );
    // Once more wrong costs twice as much
    tablet.now = tablet.now.plus(5_000);
    assert_eq!(
        tries(&mut tablet, ANA, "1111").as_deref(),
        Some("wrong_pin")
    );
    tablet.now = tablet.now.plus(9_999);
    assert_eq!(tries(&mut tablet, ANA, PIN).as_deref(), Some("locked"));
    tablet.now = tablet.now.plus(1);
    assert_eq!(tries(&mut tablet, ANA, PIN), None);
    assert!(tablet.session().locked.is_empty());
}

pub(super) fn side_rows_come_with_a_pull_and_are_asked_for_by_their_revision(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    assert_eq!(tries(&mut tablet, ANA, PIN).as_deref(), Some("no_pin"));
    // Given a PIN that was set a moment ago: no entry of the log holds it
    peer.side = Some(side(7));
    tablet.sync(&mut peer);
    assert_eq!(tries(&mut tablet, ANA, PIN), None);
    tablet.core.wake();
    let Step::Pull(pull) = tablet.core.next_step().unwrap() else {
        panic!("not a pull")
    };
    assert_eq!(pull.side, 7);
    // One that was taken away is good no more
    peer.side = Some(Side {
        revision: 8,
        pins: Vec::new(),
        proof: None,
    });
    tablet.sync(&mut peer);
    assert_eq!(tries(&mut tablet, ANA, PIN).as_deref(), Some("no_pin"));
}

pub(super) fn switching_the_person_moves_nothing_that_waits(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_pins(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.core.hold(None).unwrap();
    assert!(tablet.session().person.is_none());
    assert_eq!(tries(&mut tablet, MANAGER, PIN), None);
    tablet.core.hold(Some(MANAGER)).unwrap();
    assert_eq!(tablet.pill().waiting, 1);
    tablet.sync(&mut peer);
    assert_eq!(peer.state.order(order(1)).unwrap().opened_by, Some(ANA));
}
