//! Copied databases: two tablets under one name, and nobody's work lost.

use super::Disk;
use super::peer::{BEN, MINE, Peer, enrolment, id, order, refused};
use super::tablet::{Tablet, add, dead, identity, open, open_with};
use crate::sync::Step;
use domain::ids::{CommandId, DeviceId};
use protocol::sync::Beside;

pub(super) fn the_copy_becomes_a_child_and_keeps_its_queue(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[2]));
    // Given a copy of this tablet's database, and both go on from there
    let mut copy = tablet.copied();
    tablet.does(add(order(1), &[3]));
    copy.does(add(order(1), &[4]));
    tablet.sync(&mut peer);
    // When the copy pushes
    copy.sync(&mut peer);
    // Then it is a device of its own, and every line is there once
    assert_eq!(tablet.device(), MINE);
    assert_ne!(copy.device(), MINE);
    tablet.sync(&mut peer);
    let mut lines: Vec<u128> = peer
        .state
        .order(order(1))
        .unwrap()
        .lines
        .iter()
        .map(|line| line.id.0.as_u128() - 0x11_0000)
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [1, 2, 3, 4]);
    assert_eq!(copy.pill().waiting + tablet.pill().waiting, 0);
    assert_eq!(copy.check(order(1)).lines.len(), 4);
    assert_eq!(peer.queues[&copy.device()].len(), 2, "one known, one new");
}

pub(super) fn the_childs_id_is_on_the_disk_before_the_hub_hears_of_it(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    tablet.does(add(order(1), &[1]));
    let before: String = tablet.sql("SELECT group_concat(cmd_id) FROM pending ORDER BY mid");
    let push = tablet.push();
    tablet
        .core
        .on_push(&push, Err(refused(409, "fork")), tablet.now)
        .unwrap();
    assert!(matches!(tablet.core.next_step().unwrap(), Step::NameChild));
    let child = DeviceId(id(0xEE));
    tablet.core.fork(child, tablet.now).unwrap();
    // Given an enrolment whose answer is lost, and a restart
    tablet.core.on_child(Err(dead()), tablet.now).unwrap();
    let mut tablet = tablet.reopened();
    let Step::EnrolChild(ask) = tablet.core.next_step().unwrap() else {
        panic!()
    };
    assert_eq!((ask.id, ask.fork_of), (child, MINE));
    // Another id does not replace it
    tablet.core.fork(DeviceId(id(0xEF)), tablet.now).unwrap();
    tablet
        .core
        .on_child(Ok(enrolment(child)), tablet.now)
        .unwrap();
    assert_eq!(tablet.device(), child);
    // The queue is renumbered and keeps its ids
    let after: String = tablet.sql("SELECT group_concat(cmd_id) FROM pending ORDER BY mid");
    assert_eq!(before, after);
    let push = tablet.push();
    let first: Beside = serde_json::from_str(push.commands[0].get()).unwrap();
    assert_eq!((push.device, first.mid, push.oldest), (child, 1, 1));
}

pub(super) fn an_entry_under_this_devices_name_that_it_never_gave_is_a_fork(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let seq = tablet.pill().seq;
    peer.queued(
        &open(order(9)).into(),
        CommandId(id(77)),
        Some(BEN),
        MINE,
        1,
    );
    tablet.core.wake();
    tablet.step(&mut peer);
    assert!(matches!(tablet.core.next_step().unwrap(), Step::NameChild));
    assert_eq!(
        tablet.pill().seq,
        seq,
        "nothing of the page is taken before"
    );
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().seq, peer.seq());
}

pub(super) fn a_foreign_command_at_ones_own_place_is_a_fork(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    peer.queued(
        &open(order(9)).into(),
        CommandId(id(77)),
        Some(BEN),
        MINE,
        1,
    );
    tablet.sync(&mut peer);
    assert_ne!(tablet.device(), MINE);
    assert!(peer.state.order(order(1)).is_some());
    assert_eq!(tablet.floor().tables[0].checks.len(), 2);
}

pub(super) fn a_tablet_that_was_set_back_forks_instead_of_losing_its_evening(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let mut set_back = tablet.copied();
    tablet.does(open(order(1)));
    tablet.sync(&mut peer);
    // Given the tablet's disk of an hour ago, on which something new is tapped
    set_back.does(open(order(2)));
    set_back.sync(&mut peer);
    assert!(peer.state.order(order(1)).is_some() && peer.state.order(order(2)).is_some());
    assert_eq!(set_back.floor().tables[0].checks.len(), 2);
}

pub(super) fn what_was_sent_as_the_parent_comes_back_from_the_child(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let backup = peer.clone();
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    // Given a tablet that has become a child, and a hub that has forgotten what the parent had sent
    let mut restored = peer.restored_to(&backup);
    tablet
        .core
        .bind(&identity(enrolment(DeviceId(id(0xEE)))))
        .unwrap();
    tablet.sync(&mut restored);
    assert_eq!(restored.state.order(order(1)).unwrap().lines.len(), 1);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_command_that_the_hub_keeps_aside_under_an_id_of_its_own_is_no_fork(
    disk: &dyn Disk,
) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let push = tablet.push();
    let kept = serde_json::json!({
        "v": 1, "seq": peer.seq() + 1, "device": MINE, "mid": 1, "cmdId": id(78), "by": null, "at": 0,
        "hubAt": peer.now, "day": null, "kind": "orders.open", "outcome": "quarantined",
        "command": serde_json::from_str::<serde_json::Value>(push.commands[0].get()).unwrap(), "events": [],
    });
    peer.append(kept.to_string());
    tablet.core.wake();
    tablet.core.on_push(&push, Err(dead()), tablet.now).unwrap();
    // What the planner would do after the push: pull
    let position = serde_json::from_str(
        &tablet.sql::<String>("SELECT value FROM meta WHERE name = 'position'"),
    );
    let answer = peer.pull(&protocol::sync::PullRequest {
        device: MINE,
        position: position.unwrap(),
        limit: 500,
        knows: Vec::new(),
        side: 0,
    });
    tablet.core.on_pull(Ok(answer), tablet.now).unwrap();
    assert_eq!(tablet.device(), MINE);
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 1);
}
