//! An evening on a waiter's tablet: food, voids, bills and cards, with the hub there and gone.

use super::Disk;
use super::peer::{ANA, BEN, EVENING, FISH, MANAGER, Peer, SOUP, id, order};
use super::session::{PIN, side};
use super::tablet::{
    Tablet, add, hold, line, new_line, open, open_with, send, stored, ticket, void,
};
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::ids::{BillId, OrderId, PaymentId};
use domain::kitchen::{Advance, See};
use domain::menu::SetAvailability;
use domain::money::Money;
use domain::notifications::{About, Clear};
use domain::orders::Stage;
use domain::orders::change::{Change, FromTo};
use domain::orders::hand_over::HandOver;
use domain::orders::open::Open;
use domain::orders::send::{Force, Send};
use domain::orders::serve::Serve;
use domain::text::Quantity;
use protocol::bridge::{Answer, Approval, Submission};
use protocol::view::{BillStatus, Place, TableState, VoidNeeds};

const HOUR: i64 = 60 * 60 * 1000;

fn advance(number: u128, to: Stage) -> Advance {
    Advance {
        order: order(1),
        line: line(number),
        station: None,
        to,
    }
}

fn serve(number: u128) -> Serve {
    Serve {
        order: order(1),
        lines: vec![line(number)],
    }
}

fn bill_of(order: OrderId, number: u128) -> OpenBill {
    OpenBill {
        bill: BillId(id(0xB111 + number)),
        order,
    }
}

fn pay(order: OrderId, number: u128, amount: i64, tendered: i64) -> Pay {
    Pay {
        payment: PaymentId(id(0xFA11 + number)),
        order,
        bill: BillId(id(0xB111 + number)),
        method: Method::Cash,
        amount: Money::new(amount).unwrap(),
        tip: Money::ZERO,
        tendered: Some(Money::new(tendered).unwrap()),
    }
}

/// With a check on T4 whose one line the hub has sent to the kitchen.
fn with_soup_sent<'d>(disk: &'d dyn Disk, peer: &mut Peer) -> Tablet<'d> {
    let mut tablet = Tablet::at(disk, peer);
    tablet.does(open_with(order(1), &[1]));
    tablet.does(send(order(1), &[1], 1));
    tablet.sync(peer);
    tablet
}

pub(super) fn a_line_is_followed_from_the_tap_to_the_table(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    let mut tablet = with_soup_sent(disk, &mut peer);
    let state = |tablet: &Tablet| tablet.floor().tables[0].state;
    assert!(matches!(tablet.place(order(1), 1), Place::SentAtHub { .. }));
    assert_eq!(state(&tablet), TableState::Ordered);
    // When the kitchen's screen shows it, and the cook takes it on
    let tickets = vec![ticket(1)];
    peer.cooks(See {
        order: order(1),
        tickets,
    });
    tablet.sync(&mut peer);
    let seen = tablet.place(order(1), 1);
    assert!(matches!(seen, Place::SeenByKitchen { by: Some(by), .. } if by == "Ana"));
    peer.cooks(advance(1, Stage::Preparing));
    tablet.sync(&mut peer);
    assert!(matches!(tablet.place(order(1), 1), Place::Preparing { .. }));
    peer.cooks(advance(1, Stage::Ready));
    tablet.sync(&mut peer);
    assert!(matches!(tablet.place(order(1), 1), Place::Ready { .. }));
    // Then the floor says that there is something to carry, until it is carried
    let table = tablet.floor().tables.remove(0);
    assert_eq!((table.state, table.checks[0].ready), (TableState::Ready, 1));
    tablet.does(serve(1));
    assert!(matches!(tablet.place(order(1), 1), Place::Served { .. }));
    tablet.sync(&mut peer);
    assert!(matches!(tablet.place(order(1), 1), Place::Served { .. }));
    assert_eq!(state(&tablet), TableState::Ordered);
}

pub(super) fn what_was_done_to_a_line_shows_until_the_hub_has_it(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_soup_sent(disk, &mut peer);
    tablet.does(add(order(1), &[2]));
    tablet.sync(&mut peer);
    assert_eq!(tablet.line(order(1), 1).waiting, None);
    // When Ana serves one and changes the other, and the hub is gone
    tablet.now = EVENING.plus(60_000);
    let since = Some(tablet.now);
    tablet.does(serve(1));
    tablet.does(Change {
        order: order(1),
        line: line(2),
        quantity: Some(FromTo {
            from: Quantity::new(1).unwrap(),
            to: Quantity::new(3).unwrap(),
        }),
        note: None,
        seat: None,
        course: None,
    });
    // Then both say that it waits, and since when
    assert_eq!(tablet.line(order(1), 1).waiting, since);
    let changed = tablet.line(order(1), 2);
    assert_eq!((changed.quantity, changed.waiting), (3, since));
    assert_eq!(changed.place, Place::DraftAtHub);
    tablet.does(void(order(1), 2, None));
    let voided = tablet.line(order(1), 2);
    assert!(matches!(voided.place, Place::Voided { .. }));
    assert_eq!((voided.waiting, voided.void), (since, None));
    tablet.sync(&mut peer);
    assert_eq!(tablet.line(order(1), 1).waiting, None);
    assert_eq!(tablet.line(order(1), 2).waiting, None);
    assert_eq!(tablet.check(order(1)).total.minor(), 650);
}

pub(super) fn a_void_asks_for_as_much_as_the_line_has_come_far(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    let mut tablet = with_soup_sent(disk, &mut peer);
    tablet.does(add(order(1), &[2]));
    assert_eq!(tablet.line(order(1), 2).void, Some(VoidNeeds::Nothing));
    assert_eq!(tablet.line(order(1), 1).void, Some(VoidNeeds::Reason));
    peer.cooks(advance(1, Stage::Preparing));
    tablet.sync(&mut peer);
    assert_eq!(tablet.line(order(1), 1).void, Some(VoidNeeds::Approval));
    let refused = tablet.submit(void(order(1), 1, Some("changed mind")));
    assert!(matches!(refused, Answer::Refused { code } if code == "approval_required"));
    // In a manager's own hands it takes a reason only
    hold(&mut tablet, MANAGER);
    assert_eq!(tablet.line(order(1), 1).void, Some(VoidNeeds::Reason));
    tablet.does(void(order(1), 1, Some("changed mind")));
    tablet.sync(&mut peer);
    let place = tablet.place(order(1), 1);
    assert!(
        matches!(place, Place::Voided { reason: Some(reason), .. } if reason == "changed mind")
    );
}

pub(super) fn a_manager_who_stands_by_is_named_and_their_pin_is_not_kept(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    peer.side = Some(side(1));
    let mut tablet = with_soup_sent(disk, &mut peer);
    peer.cooks(advance(1, Stage::Preparing));
    tablet.sync(&mut peer);
    let approved = |tablet: &mut Tablet, person, pin: &str| {
        let id = tablet.next_id();
        let command = void(order(1), 1, Some("burnt")).into();
        let submission = Submission {
            approval: Some(Approval {
                person,
                pin: pin.into(),
            }),
            ..Submission::new(id, &command).unwrap()
        };
        tablet.core.submit(&submission, tablet.now)
    };
    // A wrong PIN, and one of somebody who may not either
    let wrong = approved(&mut tablet, MANAGER, "0000");
    assert!(matches!(wrong, Answer::Refused { code } if code == "wrong_pin"));
    let other = approved(&mut tablet, ANA, PIN);
    assert!(matches!(other, Answer::Refused { code } if code == "not_allowed"));
    assert_eq!(tablet.pill().waiting, 0);
    // When the manager's is right
    assert!(stored(&approved(&mut tablet, MANAGER, PIN)));
    let envelope: String = tablet.sql("SELECT envelope FROM pending");
    assert!(envelope.contains(&format!("\"approvedBy\":\"{MANAGER}\"")));
    assert!(!envelope.contains(PIN), "{envelope}");
    tablet.sync(&mut peer);
    // Then the log names both
    let soup = peer.state.order(order(1)).unwrap().lines[0].clone();
    let voided = soup.voided.unwrap();
    assert_eq!((voided.by, voided.approved_by), (Some(ANA), Some(MANAGER)));
}

pub(super) fn a_bill_is_paid_in_cash_with_the_hub_gone(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_soup_sent(disk, &mut peer);
    let would_be = tablet.bill(order(1));
    assert_eq!((would_be.id, would_be.status), (None, BillStatus::None));
    assert_eq!(would_be.due.minor(), 650);
    // When the guests ask for the bill and pay, and the hub is gone
    tablet.does(bill_of(order(1), 1));
    assert_eq!(tablet.floor().tables[0].state, TableState::Bill);
    let brief = tablet.check(order(1)).bill.unwrap();
    assert_eq!(brief.due.minor(), 650);
    tablet.does(pay(order(1), 1, 650, 1000));
    // Then the change is there, the table is free, and the number is the hub's to give
    let bill = tablet.bill(order(1));
    assert_eq!((bill.status, bill.number), (BillStatus::Paid, None));
    assert_eq!((bill.paid.minor(), bill.due.minor()), (650, 0));
    assert_eq!(bill.payments[0].change.minor(), 350);
    assert!(!bill.payments[0].at_hub);
    assert_eq!(tablet.floor().tables[0].state, TableState::Free);
    assert!(tablet.check(order(1)).closed);
    tablet.sync(&mut peer);
    let bill = tablet.bill(order(1));
    assert_eq!(bill.number.as_deref(), Some("1"));
    assert!(bill.payments[0].at_hub);
    assert_eq!(bill.taxes.len(), 1);
}

pub(super) fn what_is_added_to_a_paid_check_is_due_on_another_bill(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_soup_sent(disk, &mut peer);
    tablet.does(bill_of(order(1), 1));
    tablet.does(pay(order(1), 1, 650, 650));
    tablet.sync(&mut peer);
    // Given a second soup that Ben's guests wanted after all
    peer.other(BEN, add(order(1), &[2]));
    tablet.sync(&mut peer);
    let bill = tablet.bill(order(1));
    assert_eq!((bill.id, bill.due.minor()), (None, 650));
    assert_eq!(bill.unsent, 1);
    assert!(!tablet.check(order(1)).closed);
    assert_eq!(tablet.line(order(1), 1).void, None, "it is paid");
    tablet.does(bill_of(order(1), 2));
    assert_eq!(tablet.bill(order(1)).status, BillStatus::Open);
}

pub(super) fn a_dish_that_is_gone_is_held_and_says_so(disk: &dyn Disk) {
    let mut peer = Peer::new().with_kitchen();
    let mut tablet = Tablet::at(disk, &mut peer);
    tablet.does(Open {
        lines: vec![new_line(1, SOUP), new_line(2, FISH)],
        ..open(order(1))
    });
    // Given fish that is gone, and a tablet that has not heard of it
    peer.cooks(SetAvailability {
        dish: FISH,
        available: false,
        remaining: None,
    });
    tablet.does(send(order(1), &[1, 2], 1));
    assert!(matches!(
        tablet.place(order(1), 2),
        Place::SendingHere { .. }
    ));
    tablet.sync(&mut peer);
    // Then the soup is in the kitchen, and the fish waits for somebody to ask
    assert!(matches!(tablet.place(order(1), 1), Place::SentAtHub { .. }));
    assert!(matches!(tablet.place(order(1), 2), Place::Held { .. }));
    let check = tablet.check(order(1));
    assert!(matches!(check.cards[0].about, About::DishGone { .. }));
    assert!(check.send.is_empty(), "a Send would not fire it");
    let table = tablet.floor().tables.remove(0);
    assert_eq!(
        (table.state, table.checks[0].cards),
        (TableState::Attention, 1)
    );
    let on_board: usize = tablet.board().tickets.iter().map(|it| it.lines.len()).sum();
    assert_eq!(on_board, 1);
    assert!(!tablet.menu().dishes[1].available);
    // When the kitchen finds one more
    let Send {
        order: of,
        lines,
        tickets,
    } = send(order(1), &[2], 2);
    tablet.does(Force {
        order: of,
        lines,
        tickets,
    });
    assert!(matches!(
        tablet.place(order(1), 2),
        Place::SendingHere { .. }
    ));
    tablet.sync(&mut peer);
    assert!(matches!(tablet.place(order(1), 2), Place::SentAtHub { .. }));
}

pub(super) fn a_check_that_was_handed_over_has_another_owner_and_a_card_one_tray(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_soup_sent(disk, &mut peer);
    assert_eq!(tablet.check(order(1)).owner_id, Some(ANA));
    tablet.does(HandOver {
        order: order(1),
        to: BEN,
    });
    let check = tablet.check(order(1));
    assert_eq!(
        (check.owner_id, check.owner.as_deref()),
        (Some(BEN), Some("Ben"))
    );
    assert_eq!(
        tablet.floor().tables[0].checks[0].owner.as_deref(),
        Some("Ben")
    );
    tablet.sync(&mut peer);
    // When Ana sends again what had been sent
    peer.other(ANA, send(order(1), &[1], 7));
    tablet.sync(&mut peer);
    // Then she sees the card, and a manager does: Ben, whose check it is, sees it there and not in his tray
    assert_eq!(tablet.tray().cards.len(), 1);
    assert_eq!(tablet.tray().cards[0].author.as_deref(), Some("Ana"));
    hold(&mut tablet, BEN);
    assert!(tablet.tray().cards.is_empty());
    assert_eq!(tablet.check(order(1)).cards.len(), 1);
    hold(&mut tablet, MANAGER);
    assert_eq!(tablet.tray().cards.len(), 1);
}

pub(super) fn a_card_that_somebody_has_seen_to_leaves_every_tray(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = with_soup_sent(disk, &mut peer);
    peer.other(BEN, send(order(1), &[1], 7));
    tablet.sync(&mut peer);
    hold(&mut tablet, MANAGER);
    let card = tablet.tray().cards.remove(0);
    // One that names another revision does nothing
    tablet.does(Clear {
        card: card.card.id,
        revision: card.revision + 1,
    });
    assert_eq!(tablet.tray().cards.len(), 1);
    tablet.does(Clear {
        card: card.card.id,
        revision: card.revision,
    });
    assert!(tablet.tray().cards.is_empty());
    assert!(tablet.check(order(1)).cards.is_empty());
    tablet.sync(&mut peer);
    assert!(tablet.tray().cards.is_empty());
    assert_eq!(tablet.floor().tables[0].state, TableState::Ordered);
}

/// Paid, closed, and so many hours later.
fn paid_and_then<'d>(disk: &'d dyn Disk, peer: &mut Peer, hours: i64) -> Tablet<'d> {
    let mut tablet = with_soup_sent(disk, peer);
    tablet.does(bill_of(order(1), 1));
    tablet.does(pay(order(1), 1, 650, 650));
    tablet.sync(peer);
    peer.now = EVENING.plus(hours * HOUR);
    tablet
}

fn count(tablet: &Tablet, kind: &str) -> i64 {
    tablet.sql(&format!("SELECT count(*) FROM base WHERE kind = '{kind}'"))
}

pub(super) fn what_is_over_drops_by_the_hubs_time_and_comes_back_with_what_changes_it(
    disk: &dyn Disk,
) {
    let mut peer = Peer::new();
    let mut tablet = paid_and_then(disk, &mut peer, 47);
    // Its own clock drops nothing
    tablet.now = EVENING.plus(1_000 * HOUR);
    peer.other(BEN, open(order(2)));
    tablet.sync(&mut peer);
    assert_eq!((count(&tablet, "order"), count(&tablet, "bill")), (2, 1));
    // When the hub's time has gone on by more than two days
    peer.now = EVENING.plus(80 * HOUR);
    peer.other(BEN, open(order(3)));
    tablet.sync(&mut peer);
    // Then the check is gone with its bill; the open ones stay
    assert_eq!((count(&tablet, "order"), count(&tablet, "bill")), (2, 0));
    assert_eq!(count(&tablet, "order_counter"), 2, "of three days");
    // When something comes for it all the same, its rows come along
    peer.other(BEN, add(order(1), &[9]));
    tablet.sync(&mut peer);
    assert_eq!((count(&tablet, "order"), count(&tablet, "bill")), (3, 1));
    let check = tablet.check(order(1));
    assert_eq!((check.lines.len(), check.closed), (2, false));
    let theirs = peer.state.row(&domain::Key::Order(order(1))).unwrap();
    let mine: String = tablet.sql(&format!(
        "SELECT body FROM base WHERE key = 'order:{}'",
        order(1)
    ));
    assert_eq!(mine, theirs.body.body());
    assert_eq!(tablet.floor().tables[0].checks.len(), 3);
}

pub(super) fn what_a_pending_command_names_is_not_dropped(disk: &dyn Disk) {
    let mut peer = Peer::new();
    let mut tablet = paid_and_then(disk, &mut peer, 49);
    // Given a late soup on this tablet that the hub has not heard of
    tablet.does(add(order(1), &[2]));
    peer.other(BEN, open(order(2)));
    let pull = super::pull::pull(&mut tablet, &peer);
    tablet.core.on_pull(Ok(pull), tablet.now).unwrap();
    assert_eq!((count(&tablet, "order"), count(&tablet, "bill")), (2, 1));
    assert_eq!(tablet.check(order(1)).lines.len(), 2);
    // The hub's word on it opens the check again, and nothing is lost
    tablet.sync(&mut peer);
    assert_eq!(tablet.check(order(1)).lines.len(), 2);
    assert_eq!(count(&tablet, "bill"), 1);
}
