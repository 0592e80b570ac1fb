//! What the fuzzer found (`crates/fuzz`), each as a story.

use super::house::{
    ANA, BEN, House, SOUP, T1, T2, add, bill, line, open, open_bill, order, pay, send,
};
use crate::billing::bill::standing;
use crate::money::Money;
use crate::orders::change::{Change, FromTo};
use crate::orders::send::Send;
use crate::refusal::Refusal;
use crate::text::Quantity;
use std::collections::BTreeSet;

fn is_too_much(said: &Refusal, field: &str) -> bool {
    matches!(said, Refusal::Bad { field: named, code: "out_of_range" } if named == field)
}

#[test]
fn a_ticket_whose_id_is_taken_gets_another_one() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1), line(2, SOUP, 1)]))
        .unwrap();
    let first = send(1, &[1]);
    let second = Send {
        tickets: first.tickets.clone(),
        ..send(1, &[2])
    };
    house.queued(ANA, first).unwrap();
    house.queued(BEN, second).unwrap();
    let check = house.state.order(order(1)).unwrap();
    let ids: BTreeSet<_> = check.tickets.iter().map(|ticket| ticket.id).collect();
    assert_eq!((check.tickets.len(), ids.len()), (2, 2));

    let third = Send {
        tickets: vec![check.tickets[0].id; 8],
        ..send(1, &[3])
    };
    house.live(ANA, add(1, vec![line(3, SOUP, 1)])).unwrap();
    assert!(
        house.live(ANA, third.clone()).is_err(),
        "whoever can still choose draws another"
    );
    house.queued(ANA, third).unwrap();
    let check = house.state.order(order(1)).unwrap();
    let ids: BTreeSet<_> = check.tickets.iter().map(|ticket| ticket.id).collect();
    assert_eq!((check.tickets.len(), ids.len()), (3, 3));
}

#[test]
fn another_checks_bill_is_not_begun_anew() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 2)]))
        .unwrap();
    house.live(ANA, open_bill(1)).unwrap();
    house.live(ANA, pay(1, 1, 500)).unwrap();
    let mut strange = open_bill(2);
    strange.bill = bill(1);

    house.queued(BEN, strange).unwrap();

    let bill = house.state.bill(bill(1)).unwrap();
    assert_eq!((bill.order, bill.payments.len()), (order(1), 1));
    assert!(house.state.order(order(2)).is_none());
}

#[test]
fn what_is_taken_for_a_check_stays_money() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 2)]))
        .unwrap();
    house.live(ANA, open_bill(1)).unwrap();
    for (payment, amount) in [(1, Money::MOST), (2, 1_000_000_000_001)] {
        let said = house.queued(ANA, pay(1, payment, amount)).unwrap_err();
        assert!(is_too_much(&said, "amount"), "{said}");
    }
    house.queued(ANA, pay(1, 3, 1_000_000_000_000)).unwrap();
    let said = house.queued(ANA, pay(1, 4, 1)).unwrap_err();
    assert!(is_too_much(&said, "amount"), "{said}");
    let check = house.state.order(order(1)).unwrap();
    let bills = check.bills.iter().filter_map(|id| house.state.bill(*id));
    assert!(standing(check, bills).is_ok());
}

#[test]
fn what_a_check_comes_to_stays_money() {
    let mut house = House::open();
    let dear = |n: u128, price: i64| {
        let mut line = line(n, SOUP, 1);
        let mut lines = [line.clone()];
        crate::orders::add::freeze(&house.state, &mut lines);
        line.frozen = lines[0].frozen.clone();
        if let Some(frozen) = &mut line.frozen {
            frozen.price = Money::new(price).unwrap();
        }
        line
    };
    let (one, other, most) = (
        dear(1, 600_000_000_000),
        dear(2, 600_000_000_000),
        dear(3, Money::MOST),
    );
    let said = house.queued(ANA, open(2, T2, vec![most])).unwrap_err();
    assert!(is_too_much(&said, "items"), "{said}");
    house.queued(ANA, open(1, T1, vec![one])).unwrap();
    let said = house.queued(ANA, add(1, vec![other])).unwrap_err();
    assert!(is_too_much(&said, "items"), "{said}");

    let twice = Change {
        order: order(1),
        line: super::house::line_id(1),
        quantity: Some(FromTo {
            from: Quantity::new(1).unwrap(),
            to: Quantity::new(2).unwrap(),
        }),
        note: None,
        seat: None,
        course: None,
    };
    let said = house.live(ANA, twice.clone()).unwrap_err();
    assert!(is_too_much(&said, "quantity"), "{said}");
    house.queued(ANA, send(1, &[1])).unwrap();
    let said = house.queued(BEN, twice).unwrap_err();
    assert!(is_too_much(&said, "quantity"), "{said}");
}

#[test]
fn a_bill_of_another_check_is_not_paid_for_this_one() {
    let mut house = House::open();
    for (n, table) in [(1, T1), (2, T2)] {
        house
            .live(ANA, open(n, table, vec![line(n, SOUP, 1)]))
            .unwrap();
        house.live(ANA, open_bill(n)).unwrap();
    }
    let mut strange = pay(1, 1, 500);
    strange.bill = bill(2);
    let said = house.live(ANA, strange).unwrap_err();
    assert_eq!(said, Refusal::Unknown("bill"));
}
