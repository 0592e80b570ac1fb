//! What is serialised has a form that does not change by accident.

use super::Disk;
use super::peer::{Peer, order};
use super::tablet::{Tablet, open_with};

pub(super) fn a_stored_command(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    assert_eq!(
        tablet.sql::<String>("SELECT envelope FROM pending"),
        r#"{"cmdId":"00000000-0000-0000-0000-00c0ffee0001","kind":"orders.open","version":1,"by":"00000000-0000-0000-0000-00000000000a","args":{"order":"00000000-0000-0000-0000-00000de00001","table":"00000000-0000-0000-0000-000000000044","guests":2,"lines":[{"id":"00000000-0000-0000-0000-000000110001","dish":"00000000-0000-0000-0000-0000000000d1","quantity":1,"frozen":{"name":"Soup","kitchenName":null,"price":650,"taxRate":"10","allergens":[],"stations":["kitchen"],"revision":1}}]},"seenSeq":11,"at":1795000000000}"#
    );
}

pub(super) fn a_push_carries_the_stored_bytes_behind_the_place(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    let stored: String = tablet.sql("SELECT envelope FROM pending");
    let push = serde_json::to_string(&tablet.push()).unwrap();
    let push = push.replace(&stored[1..], "…");
    let chain = peer.position().position.chain.to_string();
    assert_eq!(
        push.replace(&chain, "chain"),
        r#"{"proto":1,"device":"00000000-0000-0000-0000-0000000000e1","epoch":{"n":1,"tag":"a"},"oldest":1,"position":{"position":{"epoch":{"n":1,"tag":"a"},"seq":11,"chain":"chain"},"sig":"signed 11"},"commands":[{"mid":1,…]}"#
    );
}

pub(super) fn the_schema(disk: &dyn Disk) {
    let tablet = Tablet::on(disk);
    let text = "SELECT group_concat(name || ' (' || (SELECT group_concat(name || ' ' || type, ', ')
                FROM pragma_table_info(tables.name)) || ')', char(10)) FROM
                (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name) AS tables";
    let tables = [
        "base (key TEXT, kind TEXT, version INTEGER, revision INTEGER, body TEXT, table_id TEXT, order_id TEXT, status TEXT, open INTEGER, day TEXT, at INTEGER, kitchen INTEGER, bumped INTEGER, closed INTEGER)",
        "entries (epoch INTEGER, seq INTEGER, cmd_id TEXT, hub_at INTEGER, bytes TEXT, chain TEXT)",
        "locks (person TEXT, wrong INTEGER, until INTEGER)",
        "meta (name TEXT, value TEXT)",
        "overlay (key TEXT, kind TEXT, version INTEGER, revision INTEGER, body TEXT, table_id TEXT, order_id TEXT, status TEXT, open INTEGER, day TEXT, at INTEGER, kitchen INTEGER, bumped INTEGER, closed INTEGER)",
        "pending (mid INTEGER, cmd_id TEXT, envelope TEXT, order_id TEXT, stored_at INTEGER, was TEXT, hint TEXT)",
        "pins (person TEXT, verifier TEXT)",
        "sent (device TEXT, mid INTEGER, cmd_id TEXT, envelope TEXT, order_id TEXT, stored_at INTEGER, was TEXT, hub_at INTEGER)",
        "troubles (id INTEGER, at INTEGER, text TEXT)",
    ];
    assert_eq!(tablet.sql::<String>(text), tables.join("\n"));
    assert_eq!(tablet.sql::<i64>("PRAGMA user_version"), 2);
}
