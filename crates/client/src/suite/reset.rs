//! Resets: a hub that has forgotten, and what its devices bring back.

use super::Disk;
use super::peer::{BEN, MINE, Peer, order};
use super::tablet::{Tablet, add, dead, open, open_with, send};
use crate::sync::{After, Step};
use domain::sync::Epoch;
use protocol::sync::{PullAnswer, Reset};
use protocol::view::{Place, Trouble};

pub(super) fn what_a_restored_hub_has_forgotten_comes_back_once(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    let backup = peer.clone();
    // Given an evening after the backup: lines, a Send, and one more line that is still on its way
    tablet.does(add(order(1), &[2]));
    tablet.does(send(order(1), &[1, 2], 1));
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[3]));
    // When the hub is restored
    let mut restored = peer.restored_to(&backup);
    tablet.core.wake();
    let push = tablet.push();
    let refused = restored.push(&push);
    tablet.core.on_push(&push, refused, tablet.now).unwrap();
    assert_eq!(
        tablet.step(&mut restored),
        After::Go,
        "the pull that says so"
    );
    assert_eq!(
        tablet.step(&mut restored),
        After::Go,
        "whether more is wanted than what is pushed again"
    );
    assert_eq!(tablet.step(&mut restored), After::Go, "the snapshot");
    // Then nothing has vanished from the screen in the meantime
    assert_eq!(tablet.check(order(1)).lines.len(), 3);
    assert!(matches!(
        tablet.place(order(1), 2),
        Place::SendingHere { .. }
    ));
    assert_eq!(tablet.pill().waiting, 3);
    let push = tablet.push();
    assert!(
        push.commands[0]
            .get()
            .contains(r#""was":{"epoch":{"n":1,"tag":"a"}"#)
    );
    // And all of it is at the hub again, once
    tablet.sync(&mut restored);
    let check = restored.state.order(order(1)).unwrap();
    assert_eq!((check.lines.len(), check.tickets.len()), (3, 1));
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.pill().seq, restored.seq());
    // The old evening is still held
    assert!(tablet.sql::<i64>("SELECT count(*) FROM entries WHERE epoch = 1") > 0);
}

pub(super) fn a_reset_that_was_cut_short_goes_on_after_a_restart(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    let mut restored = peer.restored_to(&peer);
    tablet.core.wake();
    assert_eq!(tablet.step(&mut restored), After::Go);
    tablet.core.on_snapshot(Err(dead()), tablet.now).unwrap();
    let mut tablet = tablet.reopened();
    assert_eq!(
        tablet.step(&mut restored),
        After::Go,
        "whether more is wanted than what is pushed again"
    );
    assert!(matches!(
        tablet.core.next_step().unwrap(),
        Step::Snapshot { oldest: 1 }
    ));
    tablet.sync(&mut restored);
    assert_eq!(tablet.pill().seq, restored.seq());
    assert_eq!(tablet.place(order(1), 1), Place::DraftAtHub);
}

pub(super) fn a_broken_chain_is_healed_by_a_snapshot_too(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    tablet.does(add(order(1), &[2]));
    tablet.core.wake();
    let reset = PullAnswer::Reset {
        reset: Reset::Chain,
    };
    tablet.core.on_pull(Ok(reset), tablet.now).unwrap();
    peer.other(BEN, add(order(1), &[3]));
    tablet.sync(&mut peer);
    assert_eq!(tablet.check(order(1)).lines.len(), 3);
    assert_eq!(peer.state.order(order(1)).unwrap().lines.len(), 3);
}

pub(super) fn what_was_pushed_before_the_reset_leaves_the_queue_with_the_snapshot(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    let push = tablet.push();
    peer.push(&push).unwrap();
    tablet.core.on_push(&push, Err(dead()), tablet.now).unwrap();
    let restored = peer.restored_to(&peer);
    let answer = restored.snapshot(MINE, 1);
    tablet.core.on_snapshot(Ok(answer), tablet.now).unwrap();
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 1);
    assert_eq!(tablet.place(order(1), 1), Place::DraftAtHub);
}

pub(super) fn a_lower_epoch_is_never_followed(disk: &dyn Disk) {
    let mut peer = Peer::new();
    peer.epoch = Epoch {
        n: 3,
        tag: "c".into(),
    };
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    tablet.sync(&mut peer);
    for (n, tag) in [(2, "b"), (3, "other")] {
        let seq = tablet.pill().seq;
        let mut behind = peer.clone();
        behind.epoch = Epoch { n, tag: tag.into() };
        // Whether it answers with a page or with a snapshot
        let PullAnswer::Entries { .. } = page(&behind) else {
            panic!()
        };
        tablet.core.on_pull(Ok(page(&behind)), tablet.now).unwrap();
        let snapshot = behind.snapshot(MINE, 1);
        let after = tablet.core.on_snapshot(Ok(snapshot), tablet.now).unwrap();
        assert_eq!(after, After::Wait);
        assert_eq!(tablet.pill().trouble, Some(Trouble::HubBehind));
        assert_eq!(tablet.pill().seq, seq);
        // Taps go on, pushes do not
        tablet.does(open(order(u128::from(n) * 100 + u128::from(seq))));
        assert!(!matches!(tablet.core.next_step().unwrap(), Step::Push(_)));
        tablet.sync(&mut peer);
        assert_eq!(tablet.pill().trouble, None);
    }
}

fn page(peer: &Peer) -> PullAnswer {
    PullAnswer::Entries {
        entries: Vec::new(),
        more: false,
        position: peer.position(),
        knows: peer.knows.clone(),
        side: None,
    }
}
