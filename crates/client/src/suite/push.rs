//! Pushing: lost answers, gaps, bounds, and a hub that says no.

use super::Disk;
use super::peer::{BEN, Peer, gap, order, refused};
use super::tablet::{Tablet, add, dead, open, open_with, send};
use crate::sync::{After, Step};
use protocol::sync::{Beside, MOST_COMMANDS, MOST_PUSH_BYTES};
use protocol::view::{Link, Trouble};

fn mids(tablet: &mut Tablet) -> Vec<u64> {
    let push = tablet.push();
    let read =
        |raw: &serde_json::value::RawValue| serde_json::from_str::<Beside>(raw.get()).unwrap().mid;
    push.commands.iter().map(|raw| read(raw)).collect()
}

pub(super) fn an_answer_that_was_lost_does_not_fire_twice(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.does(send(order(1), &[1], 1));
    // Given a push that the hub took and whose answer never came
    let push = tablet.push();
    peer.push(&push).unwrap();
    let after = tablet.core.on_push(&push, Err(dead()), tablet.now).unwrap();
    assert_eq!(after, After::Wait);
    assert!(matches!(tablet.pill().link, Link::Offline { .. }));
    // When, after a pull that fails too, it is pushed again, byte for byte
    assert!(matches!(tablet.core.next_step().unwrap(), Step::Pull(_)));
    tablet.core.on_pull(Err(dead()), tablet.now).unwrap();
    let again = tablet.push();
    let bytes = |push: &protocol::sync::PushRequest| {
        let commands = push.commands.iter();
        commands.map(|raw| raw.get().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(bytes(&push), bytes(&again));
    tablet.sync(&mut peer);
    // Then the kitchen has one ticket, and the queue is empty
    assert_eq!(peer.state.order(order(1)).unwrap().tickets.len(), 1);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
}

pub(super) fn what_the_hub_answered_and_then_forgot_is_pushed_again(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    // Given a hub that took it, and whose disk was put back before this tablet had pulled
    let mut put_back = peer.clone();
    let push = tablet.push();
    let answer = peer.push(&push);
    tablet.core.on_push(&push, answer, tablet.now).unwrap();
    assert_eq!(tablet.pill().waiting, 0);
    // When the log ends without it, it waits again and is sent again
    tablet.sync(&mut put_back);
    assert_eq!(put_back.state.order(order(1)).unwrap().lines.len(), 1);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
    assert_eq!(tablet.pill().log.len(), 1);
}

pub(super) fn a_gap_is_filled_from_what_is_still_held(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[2]));
    tablet.does(add(order(1), &[3]));
    // Given a hub that has forgotten the first command, which this device counts as sent
    let push = tablet.push();
    let after = tablet.core.on_push(&push, Err(gap(1)), tablet.now).unwrap();
    // Then it goes on from there, with what the hub had said of it
    assert_eq!(after, After::Go);
    let again = tablet.push();
    assert_eq!((again.oldest, again.commands.len()), (1, 3));
    assert!(again.commands[0].get().contains(r#""was":{"epoch""#));
    assert!(!again.commands[1].get().contains(r#""was""#));
}

pub(super) fn a_gap_that_nobody_can_fill_waits_and_shows(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let push = tablet.push();
    // The hub expects what it should have: this very command
    let after = tablet.core.on_push(&push, Err(gap(1)), tablet.now).unwrap();
    assert_eq!(after, After::Wait);
    assert_eq!(
        tablet.pill().trouble,
        Some(Trouble::Other { why: "gap".into() })
    );
}

pub(super) fn a_gap_beyond_the_queue_is_a_fork(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let push = tablet.push();
    tablet.core.on_push(&push, Err(gap(7)), tablet.now).unwrap();
    assert!(matches!(tablet.core.next_step().unwrap(), Step::NameChild));
}

pub(super) fn a_push_is_bounded_in_number(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    for number in 0..10 {
        tablet.does(open(order(number)));
    }
    for number in 0..290 {
        tablet.does(add(order(number % 10), &[number]));
    }
    let first = mids(&mut tablet);
    assert_eq!((first.len(), first[0], first[255]), (MOST_COMMANDS, 1, 256));
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_push_is_bounded_in_bytes(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    // Given large commands, few enough for one push by their number
    let orders = 20_u128;
    for round in 0..orders {
        tablet.does(open(order(10 + round)));
        let lines: Vec<u128> = (0..200).map(|line| 10_000 * (round + 1) + line).collect();
        tablet.does(add(order(10 + round), &lines));
    }
    // Then as many go as fit
    let push = tablet.push();
    let size = serde_json::to_string(&push).unwrap().len();
    assert!(
        size <= MOST_PUSH_BYTES && size > MOST_PUSH_BYTES / 2,
        "{size}"
    );
    assert!((push.commands.len() as u64) < tablet.pill().waiting);
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().waiting, 0);
    let held = peer.state.order(order(10 + orders - 1)).unwrap();
    assert_eq!(held.lines.len(), 200);
}

pub(super) fn a_hub_that_is_ill_is_left_alone_and_the_tablet_goes_on(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let push = tablet.push();
    let ill = Err(refused(503, "ill"));
    assert_eq!(
        tablet.core.on_push(&push, ill, tablet.now).unwrap(),
        After::Wait
    );
    assert!(matches!(tablet.pill().link, Link::Offline { .. }));
    tablet.does(add(order(1), &[1]));
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().link, Link::Online);
    assert_eq!(peer.state.order(order(1)).unwrap().lines.len(), 1);
}

pub(super) fn a_push_that_is_refused_again_and_again_does_not_keep_the_log_out(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    for number in 2..5 {
        let push = tablet.push();
        let refused = Err(refused(422, "invalid"));
        tablet.core.on_push(&push, refused, tablet.now).unwrap();
        peer.other(BEN, open_with(order(number), &[number]));
        assert_eq!(tablet.step(&mut peer), After::Go, "a pull");
        assert_eq!(tablet.check(order(number)).lines.len(), 1);
    }
    // Written down once for each time that something else has come between
    assert_eq!(tablet.pill().waiting, 1);
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_revoked_device_brings_its_queue_in_and_nothing_else(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    tablet.core.wake();
    // Given a pull that says so
    let revoked = || refused(401, "device_revoked");
    tablet.core.on_pull(Err(revoked()), tablet.now).unwrap();
    assert_eq!(tablet.pill().trouble, Some(Trouble::Revoked));
    // Then it pushes, and pulls no more, after a restart too
    let mut tablet = tablet.reopened();
    assert_eq!(
        tablet.step(&mut peer),
        After::Go,
        "has it forgotten anything?"
    );
    let push = tablet.push();
    let answer = peer.push(&push);
    tablet.core.on_push(&push, answer, tablet.now).unwrap();
    tablet.core.wake();
    assert!(matches!(tablet.core.next_step().unwrap(), Step::Rest));
    // And nobody may begin something on it that would only be put aside
    let answer = tablet.submit(add(order(1), &[1]));
    assert!(
        matches!(answer, protocol::bridge::Answer::Refused { code } if code == "device_revoked")
    );
}

pub(super) fn a_newer_core_issues_nothing_that_its_hub_cannot_read(disk: &dyn Disk) {
    let mut peer = Peer::new();
    peer.knows.retain(|kind| !kind.starts_with("orders.add"));
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let answer = tablet.submit(add(order(1), &[1]));
    assert!(
        matches!(answer, protocol::bridge::Answer::Trouble { .. }),
        "{answer:?}"
    );
    // Until the hub has learnt it
    peer.knows.push("orders.add@1".into());
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[1]));
}
