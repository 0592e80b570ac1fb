//! The queue: what is tapped is on the disk, once, and shows where it really is.

use super::Disk;
use super::peer::{BEN, FISH, MANAGER, MINE, Peer, RESTAURANT, SOUP, enrolment, id, order};
use super::tablet::{Tablet, add, hold, identity, line, new_line, open, open_with, send, stored};
use crate::{BindError, Identity};
use domain::ids::{RestaurantId, TableId};
use domain::menu::AddCategory;
use domain::orders::add::Add;
use domain::orders::open::Open;
use domain::orders::send::Fire;
use protocol::bridge::{Answer, Model, Told, Topic, View};
use protocol::view::{Link, Place, TableState};

pub(super) fn what_was_tapped_offline_survives_a_restart(disk: &dyn Disk) {
    // Given a tablet that has lost its hub
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    // When Ana opens a check, adds to it, sends it, and the tablet restarts
    tablet.does(open_with(order(1), &[1]));
    tablet.does(add(order(1), &[2]));
    tablet.does(send(order(1), &[1, 2], 1));
    let mut tablet = tablet.reopened();
    // Then all of it stands there, amber, and comes to the hub once it is back
    let since = tablet.now;
    assert_eq!(tablet.place(order(1), 1), Place::SendingHere { since });
    assert_eq!(tablet.pill().waiting, 3);
    assert_eq!(tablet.pill().oldest, Some(since));
    tablet.sync(&mut peer);
    assert!(matches!(tablet.place(order(1), 2), Place::SentAtHub { .. }));
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM overlay"), 0);
    assert_eq!(peer.state.order(order(1)).unwrap().lines.len(), 2);
}

pub(super) fn a_second_tap_changes_nothing(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let id = tablet.next_id();
    assert!(stored(&tablet.submit_as(id, open_with(order(1), &[1]))));
    // When the same sheet is sent again, before and after the hub has decided
    assert!(stored(&tablet.submit_as(id, open_with(order(1), &[1]))));
    assert_eq!(tablet.pill().waiting, 1);
    tablet.sync(&mut peer);
    let again = tablet.submit_as(id, open_with(order(1), &[1]));
    // Then it is told what has become of it, and nothing else happens
    let Answer::Stored { outcome } = again else {
        panic!("{again:?}")
    };
    assert_eq!(outcome, Told::AtHub);
    assert_eq!(tablet.check(order(1)).lines.len(), 1);
    assert_eq!(tablet.pill().waiting, 0);
}

pub(super) fn a_rule_that_says_no_at_the_tap_leaves_no_trace(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let seen = tablet.core.revision();
    let nowhere = Open {
        table: TableId(id(99)),
        ..open(order(1))
    };
    assert!(matches!(tablet.submit(nowhere), Answer::Bad { field, .. } if field == "tableId"));
    tablet.core.hold(None).unwrap();
    assert!(
        matches!(tablet.submit(open(order(1))), Answer::Refused { code } if code == "not_allowed")
    );
    let category = AddCategory {
        category: domain::menu::Category {
            id: domain::ids::CategoryId(id(5)),
            name: domain::text::Name::new("Wine").unwrap(),
            position: 3,
            dishes: Vec::new(),
            removed: false,
        },
    };
    assert!(
        matches!(tablet.submit(category), Answer::Bad { code, .. } if code == "not_for_a_queue")
    );
    assert_eq!(tablet.pill().waiting, 0);
    assert_eq!(tablet.core.revision(), seen + 1, "only the sign-out");
}

pub(super) fn a_draft_shows_whether_the_hub_has_it(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    let since = tablet.now;
    assert_eq!(tablet.place(order(1), 1), Place::DraftHere { since });
    tablet.sync(&mut peer);
    assert_eq!(tablet.place(order(1), 1), Place::DraftAtHub);
    // A line beside it that only this device has yet
    tablet.now = since.plus(60_000);
    tablet.does(add(order(1), &[2]));
    let since = tablet.now;
    assert_eq!(tablet.place(order(1), 1), Place::DraftAtHub);
    assert_eq!(tablet.place(order(1), 2), Place::DraftHere { since });
    let check = tablet.check(order(1));
    assert_eq!((check.send.len(), check.tickets), (2, 1));
    assert_eq!(check.total.minor(), 1300);
    assert_eq!(check.room_name.as_deref(), Some("Garden"));
}

pub(super) fn the_pushs_answer_says_at_the_hub_before_the_log_does(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    let fire = Some(Fire {
        tickets: vec![super::tablet::ticket(1)],
    });
    tablet.does(Open {
        fire,
        ..open_with(order(1), &[1])
    });
    let since = tablet.now;
    assert_eq!(tablet.place(order(1), 1), Place::SendingHere { since });
    let push = tablet.push();
    let answer = peer.push(&push);
    tablet.core.on_push(&push, answer, tablet.now).unwrap();
    assert!(matches!(tablet.place(order(1), 1), Place::SentAtHub { .. }));
    assert_eq!(tablet.pill().waiting, 0);
    // Yet it has not left the queue: only the log takes it out
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 1);
    tablet.sync(&mut peer);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM pending"), 0);
    assert_eq!(tablet.sql::<i64>("SELECT count(*) FROM sent"), 1);
}

pub(super) fn the_floor_and_the_board_follow_the_taps(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    assert_eq!(tablet.floor().tables[0].state, TableState::Free);
    tablet.does(open(order(1)));
    assert_eq!(tablet.floor().tables[0].state, TableState::Seated);
    tablet.does(add(order(1), &[1]));
    assert_eq!(tablet.floor().tables[0].state, TableState::NotSent);
    tablet.does(send(order(1), &[1], 1));
    // Sent here is not in the kitchen
    let table = tablet.floor().tables.remove(0);
    assert_eq!(table.state, TableState::NotSent);
    assert_eq!(table.checks[0].waiting_since, Some(tablet.now));
    assert_eq!(tablet.board().tickets.len(), 1);
    tablet.sync(&mut peer);
    let table = tablet.floor().tables.remove(0);
    assert_eq!(table.state, TableState::Ordered);
    assert_eq!(table.checks[0].waiting_since, None);
    let board = tablet.board();
    assert_eq!(board.tickets[0].lines[0].name, "Soup");
    assert_eq!(board.all_day[0].quantity, 1);
    assert_eq!(board.stations, ["kitchen"]);
}

pub(super) fn a_line_keeps_the_price_of_the_tap(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open(order(1)));
    tablet.does(Add {
        lines: vec![new_line(1, SOUP), new_line(2, FISH)],
        ..add(order(1), &[])
    });
    let push = tablet.push();
    let sent = push.commands[1].get();
    assert!(
        sent.contains(r#""price":650"#) && sent.contains(r#""price":2400"#),
        "{sent}"
    );
}

pub(super) fn screens_are_told_what_to_read_again_and_never_an_older_revision(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.core.take_changed();
    tablet.does(open_with(order(1), &[1]));
    let changed = tablet.core.take_changed().unwrap();
    assert!(changed.topics.contains(&Topic::Order { id: order(1) }));
    assert!(changed.topics.contains(&Topic::Floor) && changed.topics.contains(&Topic::Sync));
    assert!(tablet.core.take_changed().is_none());
    let before = tablet.core.revision();
    let tablet = tablet.reopened();
    assert!(tablet.core.revision() > before);
}

pub(super) fn the_person_in_whose_hands_it_is_survives_a_restart(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    hold(&mut tablet, BEN);
    let tablet = tablet.reopened();
    let Model::Session(session) = tablet.core.query(&View::Session).unwrap() else {
        panic!()
    };
    assert_eq!(session.person.unwrap().id, BEN);
    assert_eq!(session.device.unwrap().id, MINE);
    assert_eq!(session.people.len(), 3);
    assert!(session.people.iter().any(|person| person.id == MANAGER));
    assert_eq!(session.restaurant.unwrap().currency.code, "EUR");
}

pub(super) fn a_queue_is_bound_to_its_restaurant(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(open_with(order(1), &[1]));
    let elsewhere = Identity {
        restaurant: RestaurantId(id(2)),
        ..identity(enrolment(MINE_ELSEWHERE))
    };
    assert!(matches!(
        tablet.core.bind(&elsewhere),
        Err(BindError::Unsent)
    ));
    assert_eq!(
        tablet.core.identity().unwrap().unwrap().restaurant,
        RESTAURANT
    );
    assert_eq!(tablet.check(order(1)).lines[0].id, line(1));
    // Once everything is sent it may go
    tablet.sync(&mut peer);
    tablet.core.bind(&elsewhere).unwrap();
    assert!(tablet.floor().tables.is_empty());
    assert_eq!(tablet.pill().link, Link::Online);
    assert!(tablet.core.person().unwrap().is_none());
}

const MINE_ELSEWHERE: domain::ids::DeviceId = domain::ids::DeviceId(uuid::Uuid::from_u128(0xE7));
