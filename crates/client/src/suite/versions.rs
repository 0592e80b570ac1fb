//! Versions: what this build cannot read is kept, and nothing is guessed.

use super::Disk;
use super::peer::{BEN, MINE, Peer, order};
use super::tablet::{DATABASE, Tablet, add, open, open_with, setup};
use crate::sync::After;
use crate::{Core, OpenError};
use protocol::view::{Place, Trouble};

/// An entry with an event that a later build knows.
fn from_the_future(peer: &Peer, kind: &str) -> String {
    serde_json::json!({
        "v": 1, "seq": peer.seq() + 1, "device": null, "mid": null, "cmdId": super::peer::id(900), "by": null,
        "at": peer.now, "hubAt": peer.now, "day": null, "kind": "orders.gift", "command": null,
        "outcome": "applied", "events": [{"kind": kind, "version": 9, "data": {"order": order(1), "new": true}}],
    })
    .to_string()
}

pub(super) fn an_unknown_event_is_kept_and_stops_applying_but_not_pushing(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    let applied = tablet.pill().seq;
    // Given an entry of a later version, and another after it that could be read
    peer.append(from_the_future(&peer, "order.gifted"));
    peer.other(BEN, add(order(1), &[2]));
    tablet.does(add(order(1), &[3]));
    tablet.sync(&mut peer);
    // Then base stands before it, the log is whole, and what was tapped is at the hub
    assert_eq!(tablet.pill().seq, applied);
    let kind = "order.gifted@9".to_owned();
    assert_eq!(tablet.pill().trouble, Some(Trouble::UpdateNeeded { kind }));
    assert_eq!(
        tablet
            .sql::<i64>("SELECT max(seq) FROM entries")
            .cast_unsigned(),
        peer.seq()
    );
    assert_eq!(peer.state.order(order(1)).unwrap().lines.len(), 3);
    assert_eq!(tablet.pill().waiting, 0);
    // It has not left the queue, for base has not come to the entry that decides it
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 1);
    assert_eq!(tablet.place(order(1), 3), Place::DraftAtHub);
    // When an update brings a core that reads it: here, by making the event one that this build knows
    let known = r#"{"kind":"epoch.started","version":1,"data":{"epoch":1,"from":0,"why":"x"}}"#;
    let future = serde_json::json!({"kind": "order.gifted", "version": 9, "data": {"order": order(1), "new": true}});
    let update = "UPDATE entries SET bytes = replace(bytes, ?1, ?2)";
    let db = &tablet.core.db;
    db.execute(update, (reordered(&future), known)).unwrap();
    let tablet = tablet.reopened();
    // Then it goes on where the other had to stop
    assert_eq!(tablet.pill().trouble, None);
    assert_eq!(tablet.pill().seq, peer.seq());
    assert_eq!(tablet.check(order(1)).lines.len(), 3);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
}

/// As `json!` writes it: keys in order.
fn reordered(value: &serde_json::Value) -> String {
    value.to_string()
}

pub(super) fn a_snapshot_of_a_later_version_leaves_everything_as_it_is(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    let restored = peer.restored_to(&peer);
    let snapshot = restored.snapshot(MINE, 1);
    let later = snapshot.replace(
        r#""kind":"table","version":1"#,
        r#""kind":"table","version":2"#,
    );
    assert_ne!(snapshot, later);
    let after = tablet.core.on_snapshot(Ok(later), tablet.now).unwrap();
    assert_eq!(after, After::Wait);
    let kind = "table@2".to_owned();
    assert_eq!(tablet.pill().trouble, Some(Trouble::UpdateNeeded { kind }));
    assert_eq!(tablet.floor().tables[0].checks.len(), 1);
    assert_eq!(tablet.pill().waiting, 1);
}

pub(super) fn a_database_of_a_newer_schema_is_refused_and_left_alone(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let now = tablet.now;
    let db = tablet.ended();
    db.pragma_update(None, "user_version", 99).unwrap();
    let refused = Core::open(db, setup(), now);
    assert!(matches!(refused, Err(OpenError::Newer { found: 99, .. })));
    let count = "SELECT count(*) FROM pending";
    let db = disk.open(DATABASE);
    let kept: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
}
