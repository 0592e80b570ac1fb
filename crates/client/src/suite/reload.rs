//! A page that is reloaded in the middle: no core is closed, and the next one finds all that was done.

use super::Disk;
use super::peer::{ANA, EVENING, Peer, id, order};
use super::tablet::{Tablet, add, open_with, send, stored};
use domain::ids::CommandId;
use protocol::view::Place;

pub(super) fn before(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.does(add(order(1), &[2]));
    tablet.does(send(order(1), &[1, 2], 1));
    // No one closes the database of a page that goes.
    std::mem::forget(tablet);
}

pub(super) fn after(disk: &dyn Disk) {
    let mut tablet = Tablet::on(disk);
    // Then all of it stands there, in Ana's hands
    let since = EVENING;
    assert_eq!(tablet.core.person().unwrap(), Some(ANA));
    assert_eq!(tablet.place(order(1), 1), Place::SendingHere { since });
    assert_eq!(tablet.place(order(1), 2), Place::SendingHere { since });
    assert_eq!(
        (tablet.pill().waiting, tablet.board().tickets.len()),
        (3, 1)
    );
    // And goes on behind it
    let next = tablet.submit_as(CommandId(id(0xAF7E)), add(order(1), &[3]));
    assert!(stored(&next), "{next:?}");
    // Given that the page before had pushed already, and the answer went with it
    let mut peer = Peer::new();
    peer.push(&tablet.push()).unwrap();
    tablet.sync(&mut peer);
    // Then the kitchen has one ticket, and the hub every line once
    let check = peer.state.order(order(1)).unwrap();
    assert_eq!((check.lines.len(), check.tickets.len()), (3, 1));
    assert!(matches!(tablet.place(order(1), 2), Place::SentAtHub { .. }));
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 4);
}
