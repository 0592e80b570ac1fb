//! A hub that was put back to an older state asks what its devices hold.

use super::Disk;
use super::peer::{BEN, Peer, order, refused};
use super::tablet::{Tablet, add, open, open_with, send};
use crate::sync::{After, CallError, Step, Unreachable};
use domain::sync::Outcome;
use protocol::sync::{Beside, RecoverRequest};
use protocol::view::{Link, Trouble};

/// The hub answers a push or a pull with 503, as it does while it gathers.
fn meets_a_gathering_hub(tablet: &mut Tablet) -> After {
    tablet.core.wake();
    let no = refused(503, "recovering");
    let now = tablet.now;
    match tablet.core.next_step().unwrap() {
        Step::Pull(_) => tablet.core.on_pull(Err(no), now).unwrap(),
        Step::Push(push) => tablet.core.on_push(&push, Err(no), now).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn next_part(tablet: &mut Tablet) -> RecoverRequest {
    match tablet.core.next_step().unwrap() {
        Step::Report(report) => report,
        other => panic!("no report: {other:?}"),
    }
}

pub(super) fn a_hub_that_gathers_hears_all_that_is_held_and_then_nothing_twice(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    let backup = peer.seq();
    // Given an evening: what it did itself, what Ben did, what was answered and never pulled, what is on its way
    tablet.does(add(order(1), &[2]));
    peer.other(BEN, open(order(2)));
    tablet.sync(&mut peer);
    tablet.does(send(order(1), &[1, 2], 1));
    let push = tablet.push();
    let answer = peer.push(&push);
    tablet.core.on_push(&push, answer, tablet.now).unwrap();
    tablet.does(add(order(1), &[3]));
    let position = tablet.core.position().unwrap().unwrap();

    peer.gathers = Some(backup);
    assert_eq!(meets_a_gathering_hub(&mut tablet), After::Go);
    assert!(matches!(tablet.pill().link, Link::Offline { .. }));
    assert_eq!(tablet.pill().trouble, Some(Trouble::HubRecovering));
    while tablet.step(&mut peer) == After::Go {}

    let (first, rest) = peer.reported.split_first().unwrap();
    assert!(!first.done && first.entries.is_empty() && first.commands.is_empty());
    assert!(
        peer.reported
            .iter()
            .all(|part| part.position.position == position)
    );
    let entries: Vec<_> = rest.iter().flat_map(|part| &part.entries).collect();
    let told: Vec<_> = entries.iter().map(|held| (held.epoch, held.seq)).collect();
    let held: Vec<_> = (backup + 1..=position.seq).map(|seq| (1, seq)).collect();
    assert_eq!(told, held);
    for held in entries {
        let at = usize::try_from(held.seq).unwrap() - 1;
        assert_eq!(held.bytes, peer.entries[at], "its bytes are unchanged");
    }
    let commands: Vec<_> = rest.iter().flat_map(|part| &part.commands).collect();
    assert_eq!(commands.len(), 1, "the log says the others already");
    assert_eq!(commands[0].device, tablet.device());
    let beside: Beside = serde_json::from_str(commands[0].command.get()).unwrap();
    let was = beside.was.unwrap();
    assert_eq!((was.seq, was.outcome), (peer.seq(), Outcome::Applied));
    assert!(rest.last().unwrap().done);

    // When it asks again the hub still gathers: nothing is told twice
    assert_eq!(meets_a_gathering_hub(&mut tablet), After::Wait);
    assert!(!matches!(tablet.core.next_step().unwrap(), Step::Report(_)));
    // And once the hub serves, all is as it was
    peer.gathers = None;
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().trouble, None);
    assert_eq!(tablet.pill().link, Link::Online);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn what_a_link_cut_short_is_told_again(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    for number in 1..=3 {
        tablet.does(open(order(number)));
    }
    tablet.sync(&mut peer);
    peer.gathers = Some(0);
    assert_eq!(meets_a_gathering_hub(&mut tablet), After::Go);
    assert_eq!(tablet.step(&mut peer), After::Go, "what is wanted");
    let part = next_part(&mut tablet);
    assert!(!part.entries.is_empty());
    let gone = Err(CallError::Unreachable(Unreachable("a test".into())));
    assert_eq!(
        tablet.core.on_report(&part, gone, tablet.now).unwrap(),
        After::Wait
    );
    let before = peer.reported.len();

    while tablet.step(&mut peer) == After::Go {}

    let again: Vec<_> = peer.reported[before..].iter().collect();
    let entries = again.iter().flat_map(|part| &part.entries);
    assert_eq!(
        entries.map(|held| held.seq).collect::<Vec<_>>(),
        part.entries.iter().map(|held| held.seq).collect::<Vec<_>>()
    );
    assert!(again.last().unwrap().done);
}

pub(super) fn after_a_reset_the_hub_hears_what_others_did_too(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.sync(&mut peer);
    let backup = peer.clone();
    peer.other(BEN, open(order(2)));
    tablet.sync(&mut peer);
    let mut restored = peer.restored_to(&backup);
    restored.gathers = Some(backup.seq());
    tablet.core.wake();
    assert_eq!(
        tablet.step(&mut restored),
        After::Go,
        "the pull that says so"
    );

    assert_eq!(tablet.step(&mut restored), After::Go, "what is wanted");
    let part = next_part(&mut tablet);

    assert_eq!(part.position.position.epoch.n, 1, "where it stood");
    assert_eq!(part.entries.len(), 1);
    assert_eq!(part.entries[0].bytes, *peer.entries.last().unwrap());
}

pub(super) fn a_revoked_device_tells_what_the_hub_has_forgotten(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.sync(&mut peer);
    let backup = peer.clone();
    tablet.does(open(order(1)));
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[1]));
    let mut restored = peer.restored_to(&backup);
    restored.gathers = Some(backup.seq());
    tablet.core.wake();
    let push = tablet.push();
    let no = Err(refused(401, "device_revoked"));
    assert_eq!(
        tablet.core.on_push(&push, no, tablet.now).unwrap(),
        After::Go
    );

    while tablet.step(&mut restored) == After::Go {}

    let entries = restored.reported.iter().flat_map(|part| &part.entries);
    let held: Vec<_> = entries.map(|held| held.bytes.as_str()).collect();
    assert_eq!(held, [peer.entries.last().unwrap()]);
    // A hub that hears nobody who is revoked takes the queue all the same
    let mut tablet = tablet.reopened();
    let report = next_part(&mut tablet);
    let no = Err(refused(401, "device_revoked"));
    let after = tablet.core.on_report(&report, no, tablet.now).unwrap();
    assert_eq!(after, After::Go);
    assert_eq!(tablet.push().commands.len(), 1);
}
