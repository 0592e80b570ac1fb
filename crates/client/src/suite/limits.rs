//! Bounds: a full disk, commands too large, characters that cannot be, a log that does not grow.

use super::Disk;
use super::peer::{Peer, SOUP, order};
use super::tablet::{Tablet, add, line, open, open_with, stored};
use protocol::bridge::{Answer, Submission};
use protocol::view::Trouble;
use serde_json::json;

pub(super) fn a_full_disk_refuses_before_it_accepts(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let before = tablet.check(order(1));
    // Given a disk that takes not one page more
    let pages: i64 = tablet.sql("PRAGMA page_count");
    tablet.core.limit_pages(pages);
    let mut number = 0;
    let full = loop {
        number += 1;
        let lines: Vec<u128> = (0..50).map(|one| number * 100 + one).collect();
        let answer = tablet.submit(add(order(1), &lines));
        if !stored(&answer) {
            break answer;
        }
        assert!(number < 200, "the disk never fills");
    };
    // Then the tap is refused, nothing of it stays, and the pill says why
    assert!(matches!(full, Answer::Trouble { what } if what == "disk_full"));
    assert_eq!(tablet.pill().trouble, Some(Trouble::DiskFull));
    let lines = tablet.check(order(1)).lines.len();
    assert_eq!(
        lines,
        before.lines.len() + 50 * (usize::try_from(number).unwrap() - 1)
    );
    let waiting = tablet.pill().waiting;
    assert_eq!(waiting, u64::try_from(number).unwrap());
    // What waits is still sent, and with room again the next tap goes in under the next place
    tablet.core.limit_pages(1_000_000);
    tablet.does(add(order(1), &[1]));
    assert_eq!(tablet.pill().trouble, None);
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_command_over_256_kib_is_refused_at_the_tap(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    let id = tablet.next_id();
    let long = "x".repeat(300 * 1024);
    let submission = Submission {
        cmd_id: id,
        kind: "orders.add".into(),
        version: 1,
        args: json!({"order": order(1), "lines": [{"id": line(1), "dish": SOUP, "quantity": 1, "note": long}]}),
        approval: None,
    };
    let answer = tablet.core.submit(&submission, tablet.now);
    assert!(matches!(answer, Answer::Bad { code, .. } if code == "too_large"));
    assert_eq!(tablet.pill().waiting, 1);
}

pub(super) fn a_character_that_cannot_be_is_bad_input(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    for (args, code) in [
        (
            json!({"order": order(1), "lines": [{"id": line(1), "dish": SOUP, "quantity": 1, "note": "a\u{0}b"}]}),
            "malformed",
        ),
        (
            json!({"order": order(1), "lines": [{"id": line(1), "dish": SOUP, "quantity": 0}]}),
            "malformed",
        ),
        (json!({"order": order(1), "lines": []}), "empty"),
        (json!({"order": "\u{0}"}), "malformed"),
        (json!(null), "malformed"),
    ] {
        let submission = Submission {
            cmd_id: tablet.next_id(),
            kind: "orders.add".into(),
            version: 1,
            args,
            approval: None,
        };
        let answer = tablet.core.submit(&submission, tablet.now);
        assert!(
            matches!(&answer, Answer::Bad { code: said, .. } if said == code),
            "{answer:?}"
        );
    }
    assert_eq!(tablet.pill().waiting, 1);
}

pub(super) fn the_log_of_troubles_is_bounded_by_a_day_and_by_lines(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let hour = 60 * 60 * 1000;
    for number in 0..600 {
        tablet.core.note(tablet.now, &format!("trouble {number}"));
    }
    let log = tablet.pill().log;
    assert_eq!((log.len(), log[0].text.as_str()), (500, "trouble 599"));
    tablet.core.note(tablet.now.plus(25 * hour), "a day later");
    assert_eq!(tablet.pill().log.len(), 1);
}

pub(super) fn what_is_done_costs_the_same_after_a_long_evening(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    // No step of a tap or of a check reads a whole table
    for query in [
        "SELECT * FROM rows WHERE key = 'x'",
        "SELECT * FROM base WHERE kind = 'order' AND open = 1",
        "SELECT * FROM rows WHERE kind = 'order' AND kitchen >= 1",
        "SELECT * FROM base WHERE kind = 'order' AND kitchen = 2",
        "SELECT * FROM base WHERE kind = 'order' AND closed <= 5",
        "SELECT * FROM pending WHERE order_id = 'x' ORDER BY mid",
        "SELECT * FROM pending WHERE cmd_id = 'x'",
        "SELECT * FROM sent WHERE cmd_id = 'x'",
        "DELETE FROM entries WHERE hub_at < 5",
        "DELETE FROM sent WHERE hub_at < 5",
    ] {
        let plan = plan(&tablet, query);
        let scans = plan
            .iter()
            .filter(|step| step.starts_with("SCAN") && !step.contains("overlay"));
        assert_eq!(scans.count(), 0, "{query}: {plan:?}");
    }
    // One entry is looked at for each that waits, not all of the last three days.
    let plan = plan(&tablet, crate::store::entries::DECIDES);
    let by_command = |step: &String| step.contains("entries_by_command (cmd_id=?)");
    assert!(plan.iter().all(by_command), "{plan:?}");
}

/// What SQLite does for a query, whatever its parameters are.
fn plan(tablet: &Tablet, query: &str) -> Vec<String> {
    let db = &tablet.core.db;
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
    let steps = plan.raw_query().mapped(|row| row.get(3));
    steps.map(Result::unwrap).collect()
}
