//! The kitchen's screen: what it owes, what has left it, and what it says by itself.

use super::Disk;
use super::peer::{ANA, Peer, order};
use super::tablet::{Tablet, line, open_with, send, ticket, void};
use crate::sync::After;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::ids::{BillId, PaymentId};
use domain::kitchen::{Acknowledge, Advance, BumpTicket, Recall};
use domain::money::Money;
use domain::orders::Stage;
use domain::text::Label;
use uuid::Uuid;

fn advance(number: u128, to: Stage) -> Advance {
    Advance {
        order: order(1),
        line: line(number),
        station: Some(Label::new("kitchen").unwrap()),
        to,
    }
}

/// A check with three soups, fired.
fn soups(peer: &mut Peer) {
    peer.other(ANA, open_with(order(1), &[1, 2, 3]));
    peer.other(ANA, send(order(1), &[1, 2, 3], 1));
}

pub(super) fn the_board_shows_what_is_owed_and_forgets_nothing_that_was_bumped(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    soups(&mut peer);
    let mut screen = Tablet::in_kitchen(disk, &mut peer);
    assert_eq!(screen.board().all_day[0].quantity, 3);
    assert_eq!(screen.board().tickets[0].stage, Stage::New);
    // When one soup is on the stove and another is ready
    screen.does(advance(1, Stage::Preparing));
    screen.does(advance(2, Stage::Ready));
    let board = screen.board();
    assert_eq!(board.all_day[0].quantity, 2, "what is ready is not owed");
    let stages: Vec<Stage> = board.tickets[0].lines.iter().map(|it| it.stage).collect();
    assert_eq!(stages, [Stage::Preparing, Stage::Ready, Stage::New]);
    assert_eq!(board.tickets[0].stage, Stage::Preparing);
    // When the ticket is bumped it can be called back, by the bump that one saw
    let (of, id) = (order(1), ticket(1));
    screen.does(BumpTicket {
        order: of,
        ticket: id,
    });
    let board = screen.board();
    assert!(board.tickets.is_empty() && board.all_day.is_empty());
    assert_eq!(board.bumped[0].ticket.id, id);
    let bump = Some(board.bumped[0].bump);
    screen.does(Recall {
        order: of,
        ticket: id,
        bump,
    });
    let board = screen.board();
    assert!(board.tickets[0].recalled && board.bumped.is_empty());
    screen.sync(&mut peer);
    assert_eq!(screen.board(), board);
}

pub(super) fn a_void_is_struck_through_until_the_station_says_that_it_saw(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    soups(&mut peer);
    let mut screen = Tablet::in_kitchen(disk, &mut peer);
    peer.other(ANA, void(order(1), 1, Some("not wanted")));
    screen.sync(&mut peer);
    let struck = screen.board().tickets[0].lines[0].clone();
    assert!(struck.voided.is_some_and(|voided| !voided.acknowledged));
    assert_eq!(screen.board().all_day[0].quantity, 2);
    screen.does(Acknowledge {
        order: order(1),
        ticket: ticket(1),
        lines: vec![line(1)],
    });
    assert_eq!(screen.board().tickets[0].lines.len(), 2);
    // A ticket of which nothing is wanted leaves with the last of them
    peer.other(ANA, void(order(1), 2, Some("not wanted")));
    peer.other(ANA, void(order(1), 3, Some("not wanted")));
    screen.sync(&mut peer);
    assert_eq!(screen.board().tickets.len(), 1);
    screen.does(Acknowledge {
        order: order(1),
        ticket: ticket(1),
        lines: vec![line(2), line(3)],
    });
    assert!(screen.board().tickets.is_empty());
}

pub(super) fn a_kitchens_screen_says_what_it_shows_and_says_it_once(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    let mut screen = Tablet::in_kitchen(disk, &mut peer);
    let mut tablet = Tablet::at(disk, &mut peer);
    soups(&mut peer);
    let sent = |screen: &Tablet| screen.sql::<i64>("SELECT count(*) FROM sent");
    // When the screen has it, nobody taps anything
    screen.sync(&mut peer);
    assert_eq!(sent(&screen), 1);
    assert!(
        peer.state.order(order(1)).unwrap().tickets[0]
            .seen
            .is_some()
    );
    assert!(screen.board().tickets[0].seen);
    let last: serde_json::Value = serde_json::from_str(peer.entries.last().unwrap()).unwrap();
    assert_eq!(
        (&last["kind"], &last["by"]),
        (&"kitchen.see".into(), &serde_json::Value::Null)
    );
    tablet.sync(&mut peer);
    assert!(matches!(
        tablet.place(order(1), 1),
        protocol::view::Place::SeenByKitchen { .. }
    ));
    // Then it says no more, over a restart neither
    let mut screen = screen.reopened();
    screen.sync(&mut peer);
    assert_eq!((sent(&screen), screen.pill().waiting), (1, 0));
    // A tablet of the waiters says nothing of the kind
    assert_eq!(sent(&tablet), 0);
}

pub(super) fn only_what_is_on_the_glass_is_seen(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    let mut screen = Tablet::in_kitchen(disk, &mut peer);
    soups(&mut peer);
    screen.core.wake();
    while let After::Go = screen.step(&mut peer) {}
    // It is here, but on no screen: a filter hides it, or another window stands before it
    screen.core.saw(&[], screen.now);
    screen.core.saw(&[ticket(2)], screen.now);
    assert!(!screen.board().tickets[0].seen);
    assert_eq!(screen.pill().waiting, 0);
    screen.core.saw(&[ticket(1)], screen.now);
    assert!(screen.board().tickets[0].seen);
    assert_eq!(screen.pill().waiting, 1);
}

pub(super) fn a_check_that_was_paid_first_is_cooked_all_the_same(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    soups(&mut peer);
    let bill = BillId(Uuid::from_u128(0xB1));
    peer.other(
        ANA,
        OpenBill {
            bill,
            order: order(1),
        },
    );
    peer.other(
        ANA,
        Pay {
            payment: PaymentId(Uuid::from_u128(0xFA)),
            order: order(1),
            bill,
            method: Method::Cash,
            amount: Money::new(1950).unwrap(),
            tip: Money::ZERO,
            tendered: None,
        },
    );
    let mut screen = Tablet::in_kitchen(disk, &mut peer);
    assert_eq!(screen.board().tickets[0].lines.len(), 3);
    screen.does(BumpTicket {
        order: order(1),
        ticket: ticket(1),
    });
    assert!(screen.board().tickets.is_empty());
    assert_eq!(screen.board().bumped.len(), 1);
}
