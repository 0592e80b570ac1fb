//! Pulling and the rebase: what mine and theirs come to.

use super::Disk;
use super::peer::{BEN, EVENING, MANAGER, MINE, Peer, id, order, table};
use super::tablet::{Tablet, add, dead, hold, open, open_with, send};
use crate::sync::{After, Step};
use domain::ids::{CommandId, TableId};
use domain::notifications::About;
use domain::orders::Order;
use protocol::sync::PullAnswer;
use protocol::view::Place;

fn names(tablet: &Tablet, of: u128) -> Vec<u128> {
    let check = tablet.check(order(of));
    let lines = check.lines.iter();
    lines.map(|line| line.id.0.as_u128() - 0x11_0000).collect()
}

pub(super) fn both_keep_what_they_added_offline(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.sync(&mut peer);
    // Given Ana and Ben on one check, both offline
    tablet.does(add(order(1), &[2]));
    peer.other(BEN, add(order(1), &[3]));
    // When Ana's tablet hears of Ben's line before the hub has heard of hers
    tablet.core.wake();
    let Step::Push(push) = tablet.core.next_step().unwrap() else {
        panic!()
    };
    tablet.core.on_push(&push, Err(dead()), tablet.now).unwrap();
    let pull = pull(&mut tablet, &peer);
    tablet.core.on_pull(Ok(pull), tablet.now).unwrap();
    // Then both stand there, in the hub's order, hers still waiting
    assert_eq!(names(&tablet, 1), [1, 3, 2]);
    assert_eq!(tablet.place(order(1), 3), Place::DraftAtHub);
    assert!(matches!(tablet.place(order(1), 2), Place::DraftHere { .. }));
    tablet.sync(&mut peer);
    assert_eq!(names(&tablet, 1), [1, 3, 2]);
    assert_eq!(tablet.check(order(1)).people, ["Ana", "Ben"]);
}

/// A pull beside the planner, which would push first.
pub(super) fn pull(tablet: &mut Tablet, peer: &Peer) -> PullAnswer {
    let position = serde_json::from_str(
        &tablet.sql::<String>("SELECT value FROM meta WHERE name = 'position'"),
    );
    peer.pull(&protocol::sync::PullRequest {
        device: MINE,
        position: position.unwrap(),
        limit: 500,
        knows: Vec::new(),
        side: 0,
    })
}

/// The hub goes on while its answer travels: what it says meanwhile is not forgotten.
pub(super) fn a_poke_that_comes_during_a_pull_leads_to_another(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.sync(&mut peer);
    tablet.core.wake();
    let Step::Pull(request) = tablet.core.next_step().unwrap() else {
        panic!()
    };
    let answer = peer.pull(&request);
    peer.other(BEN, open_with(order(1), &[1]));
    let position = peer.position().position;
    let poke = protocol::sync::Poke {
        epoch: position.epoch,
        seq: position.seq,
    };
    assert!(tablet.core.poked(&poke).unwrap());
    tablet.core.on_pull(Ok(answer), tablet.now).unwrap();
    let Step::Pull(_) = tablet.core.next_step().unwrap() else {
        panic!("the poke is forgotten")
    };
    tablet.sync(&mut peer);
    assert_eq!(names(&tablet, 1), [1]);
    assert!(matches!(tablet.core.next_step().unwrap(), Step::Rest));
}

pub(super) fn a_line_that_both_have_sent_is_fired_once_and_says_by_whom(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1, 2]));
    tablet.sync(&mut peer);
    // Given Ben, who sent one line, and Ana, who has not heard of it and sends both
    tablet.does(send(order(1), &[1, 2], 1));
    peer.other(BEN, send(order(1), &[1], 2));
    tablet.sync(&mut peer);
    let Order { tickets, lines, .. } = peer.state.order(order(1)).unwrap();
    assert_eq!(
        tickets
            .iter()
            .map(|ticket| ticket.lines.len())
            .sum::<usize>(),
        2
    );
    assert_eq!(lines.len(), 2);
    let Place::SentAtHub { by, .. } = tablet.place(order(1), 1) else {
        panic!()
    };
    assert_eq!(by.as_deref(), Some("Ben"));
    let about = &tablet.tray().cards[0].card.about;
    assert!(
        matches!(about, About::AlreadySent { sent_by: Some(name), .. } if name.as_str() == "Ben")
    );
    // The manager's tray has it too, Ben's has not
    hold(&mut tablet, MANAGER);
    assert_eq!(tablet.tray().cards.len(), 1);
    hold(&mut tablet, BEN);
    assert!(tablet.tray().cards.is_empty());
    assert_eq!(tablet.check(order(1)).cards.len(), 1);
}

pub(super) fn two_checks_on_one_table_both_stay(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    peer.other(BEN, open_with(order(2), &[2]));
    tablet.sync(&mut peer);
    assert_eq!(tablet.floor().tables[0].checks.len(), 2);
    assert_eq!(tablet.check(order(1)).beside, [order(2)]);
    let about = &tablet.check(order(1)).cards[0].about;
    assert!(matches!(about, About::TwoChecks { orders, .. } if orders.len() == 2));
}

pub(super) fn a_number_alone_takes_nothing_out_of_the_queue(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    // Given the same command id under another device's name, as after a copy
    let ours: String = tablet.sql("SELECT cmd_id FROM pending");
    let ours: CommandId = ours.parse().unwrap();
    peer.queued(
        &open_with(order(1), &[1]).into(),
        ours,
        Some(BEN),
        super::peer::THEIRS,
        1,
    );
    let answer = pull(&mut tablet, &peer);
    tablet.core.on_pull(Ok(answer), tablet.now).unwrap();
    // Then it waits for its own place in the log, and shows nothing twice
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 1);
    assert_eq!(names(&tablet, 1), [1]);
    assert!(tablet.check(order(1)).cards.is_empty());
    tablet.sync(&mut peer);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
    assert_eq!(names(&tablet, 1), [1]);
}

pub(super) fn a_pull_whose_link_dies_between_two_pages_goes_on_where_it_was(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    for number in 0..10 {
        peer.acts(table(TableId(id(500 + number)), "Extra"));
    }
    peer.page = 4;
    tablet.core.wake();
    assert_eq!(tablet.step(&mut peer), After::Go);
    let before = tablet.pill().seq;
    let Step::Pull(_) = tablet.core.next_step().unwrap() else {
        panic!("there is more to pull")
    };
    tablet.core.on_pull(Err(dead()), tablet.now).unwrap();
    let mut tablet = tablet.reopened();
    assert_eq!(tablet.pill().seq, before);
    tablet.sync(&mut peer);
    assert_eq!(tablet.pill().seq, peer.seq());
    assert_eq!(tablet.floor().tables.len(), 11);
    // And a chain that is the hub's
    let chain: String = tablet.sql("SELECT chain FROM entries ORDER BY seq DESC LIMIT 1");
    assert_eq!(chain, peer.position().position.chain.to_string());
}

pub(super) fn a_page_that_does_not_fit_changes_nothing(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    peer.acts(table(TableId(id(500)), "Extra"));
    peer.acts(table(TableId(id(501)), "Extra"));
    let seq = tablet.pill().seq;
    let PullAnswer::Entries {
        entries,
        position,
        knows,
        ..
    } = pull(&mut tablet, &peer)
    else {
        panic!()
    };
    let changed = entries[0].replace("Extra", "Other");
    for bad in [
        vec![entries[1].clone()],
        vec![changed, entries[1].clone()],
        vec![entries[0].clone()],
    ] {
        let answer = PullAnswer::Entries {
            entries: bad,
            more: false,
            position: position.clone(),
            knows: knows.clone(),
            side: None,
        };
        assert_eq!(
            tablet.core.on_pull(Ok(answer), tablet.now).unwrap(),
            After::Wait
        );
        assert_eq!(tablet.pill().seq, seq);
        assert_eq!(tablet.floor().tables.len(), 1);
    }
    assert_eq!(tablet.pill().log.len(), 3);
    tablet.sync(&mut peer);
    assert_eq!(tablet.floor().tables.len(), 3);
}

pub(super) fn a_line_that_this_devices_own_rules_refuse_by_now_stays_in_sight(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    // Given the same check from somewhere else: opening it again is refused from here on
    peer.other(BEN, open_with(order(1), &[2]));
    let answer = pull(&mut tablet, &peer);
    tablet.core.on_pull(Ok(answer), tablet.now).unwrap();
    assert_eq!(names(&tablet, 1), [2, 1]);
    assert!(matches!(tablet.place(order(1), 1), Place::DraftHere { .. }));
    assert_eq!(tablet.floor().tables[0].checks[0].unsent, 2);
    // It cannot be sent, for the hub would not know it
    assert_eq!(tablet.check(order(1)).send.len(), 1);
    // The hub's word is final: refused, with a card, and gone from the queue
    tablet.sync(&mut peer);
    assert_eq!(names(&tablet, 1), [2]);
    assert!(matches!(
        tablet.tray().cards[0].card.about,
        About::Rejected { .. }
    ));
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_poke_pulls_only_what_is_new(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let poke = |peer: &Peer| protocol::sync::Poke {
        epoch: peer.epoch.clone(),
        seq: peer.seq(),
    };
    while let Step::Pull(_) = tablet.core.next_step().unwrap() {
        tablet.step(&mut peer);
    }
    assert!(!tablet.core.poked(&poke(&peer)).unwrap());
    assert!(matches!(tablet.core.next_step().unwrap(), Step::Rest));
    peer.other(BEN, open(order(2)));
    assert!(tablet.core.poked(&poke(&peer)).unwrap());
    assert!(matches!(tablet.core.next_step().unwrap(), Step::Pull(_)));
}

pub(super) fn entries_are_kept_for_72_hours_of_the_hubs_time(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    tablet.sync(&mut peer);
    let hour = 60 * 60 * 1000;
    // Given a tablet whose clock is years ahead: it forgets nothing for that
    tablet.now = EVENING.plus(20_000 * hour);
    peer.now = EVENING.plus(71 * hour);
    peer.other(BEN, open(order(2)));
    tablet.sync(&mut peer);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM entries"), 2);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 1);
    // When the hub itself has gone on by so much
    peer.now = EVENING.plus(73 * hour);
    peer.other(BEN, open(order(3)));
    tablet.sync(&mut peer);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM entries"), 2);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 0);
}
