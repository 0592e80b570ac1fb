//! Bills and money.

use super::acts::no;
use super::house::{
    ADA, ANA, BEN, House, KIM, T1, WATER, add, bill, cards, line, money, open_bill, order, pay,
    send, void,
};
use crate::auth::ChangePerson;
use crate::billing::bill::says;
use crate::billing::pay::Pay;
use crate::money::Money;
use crate::notifications::About;
use crate::orders::Status;
use crate::refusal::{Code, Refusal};

#[test]
fn a_bill_paid_in_full_is_numbered_completes_its_check_and_frees_the_table() {
    let mut house = House::served_t1();
    house.live(ANA, open_bill(1)).unwrap();
    assert_eq!(house.state.table(T1).unwrap().status(), "bill");
    assert_eq!(
        house.live(
            BEN,
            crate::billing::bill::OpenBill {
                bill: bill(9),
                order: order(1)
            }
        ),
        no(Code::BillExists)
    );
    assert_eq!(house.live(ANA, pay(1, 1, 2801)), no(Code::Overpayment));
    house.live(ANA, pay(1, 1, 800)).unwrap();
    assert_eq!(house.check(1).status(), Status::Sent);
    let cash = Pay {
        tip: money(200),
        tendered: Some(money(5000)),
        ..pay(1, 2, 2000)
    };
    house.live(ANA, cash).unwrap();
    assert_eq!(house.check(1).status(), Status::Completed);
    assert_eq!(house.state.table(T1).unwrap().status(), "free");
    let paid = house.state.bill(bill(1)).unwrap();
    assert_eq!(paid.status(), "paid");
    assert_eq!(paid.paid.as_ref().unwrap().number, Some(1));
    assert_eq!(paid.payments[1].change(), money(2800));
    let says = says(paid, None).unwrap();
    assert_eq!(
        (says.totals.total, says.taken, says.tips, says.due),
        (money(2800), money(2800), money(200), Money::ZERO)
    );
    assert_eq!(house.live(ANA, pay(1, 3, 100)), no(Code::BillClosed));
    assert_eq!(
        house.live(ANA, void(1, &[1], "late")),
        no(Code::AlreadyPaid)
    );
}

#[test]
fn a_bill_is_paid_when_what_is_left_of_it_is_voided() {
    let mut house = House::served_t1();
    house.live(ANA, open_bill(1)).unwrap();
    house.live(ANA, pay(1, 1, 2500)).unwrap();
    house.live(ANA, void(1, &[2], "never came")).unwrap();
    assert_eq!(house.check(1).status(), Status::Completed);
}

#[test]
fn what_is_not_sent_keeps_a_paid_check_open_until_it_is() {
    let mut house = House::served_t1();
    house.live(ANA, add(1, vec![line(3, WATER, 1)])).unwrap();
    house.live(ANA, open_bill(1)).unwrap();
    house.live(ANA, pay(1, 1, 3100)).unwrap();
    assert!(house.check(1).is_open());
    house.live(ANA, send(1, &[3])).unwrap();
    assert_eq!(house.check(1).status(), Status::Completed);
}

#[test]
fn what_comes_to_a_paid_check_opens_it_again_and_a_supplementary_bill_takes_it() {
    let mut house = House::served_t1();
    house.live(ANA, open_bill(1)).unwrap();
    house.live(ANA, pay(1, 1, 2800)).unwrap();
    let events = house.queued(BEN, add(1, vec![line(3, WATER, 2)])).unwrap();
    assert!(
        matches!(cards(&events)[..], [About::DueAfterPayment { amount, .. }] if *amount == money(600))
    );
    assert!(house.check(1).is_open());
    assert_eq!(house.state.table(T1).unwrap().orders, [order(1)]);
    let second = crate::billing::bill::OpenBill {
        bill: bill(2),
        order: order(1),
    };
    house.live(BEN, second).unwrap();
    let rest = Pay {
        bill: bill(2),
        ..pay(1, 2, 600)
    };
    house.live(BEN, send(1, &[3])).unwrap();
    house.live(BEN, rest).unwrap();
    assert_eq!(house.check(1).status(), Status::Completed);
    let numbers = [1, 2].map(|n| {
        house
            .state
            .bill(bill(n))
            .unwrap()
            .paid
            .as_ref()
            .unwrap()
            .number
    });
    assert_eq!(numbers, [Some(1), Some(2)]);
}

#[test]
fn two_who_take_cash_for_one_bill_have_both_taken_it() {
    let mut house = House::served_t1();
    house.queued(ANA, open_bill(1)).unwrap();
    let other = crate::billing::bill::OpenBill {
        bill: bill(2),
        order: order(1),
    };
    assert!(house.queued(BEN, other).unwrap().is_empty());
    house.queued(ANA, pay(1, 1, 2800)).unwrap();
    let bens = Pay {
        bill: bill(2),
        ..pay(1, 2, 2800)
    };
    let events = house.queued(BEN, bens).unwrap();
    assert!(matches!(
        cards(&events)[..],
        [About::UnassignedMoney { .. }]
    ));
    assert_eq!(house.check(1).loose.len(), 1);
    let again = house.queued(ANA, pay(1, 1, 2800)).unwrap();
    assert!(again.is_empty(), "told twice, taken once: {again:?}");
}

#[test]
fn more_than_is_due_taken_offline_is_recorded_and_said() {
    let mut house = House::served_t1();
    house.queued(ANA, open_bill(1)).unwrap();
    let events = house.queued(ANA, pay(1, 1, 3000)).unwrap();
    assert!(
        matches!(cards(&events)[..], [About::Overpaid { amount, .. }] if *amount == money(200))
    );
    assert_eq!(house.state.bill(bill(1)).unwrap().taken(), Ok(money(3000)));
    assert_eq!(house.check(1).status(), Status::Completed);
}

#[test]
fn cash_for_a_check_that_nobody_knows_waits_on_a_found_check() {
    let mut house = House::served_t1();
    let events = house.queued(ANA, pay(8, 1, 500)).unwrap();
    assert!(matches!(
        cards(&events)[..],
        [About::FoundCheck { .. }, About::UnassignedMoney { .. }]
    ));
    assert_eq!(house.check(8).loose[0].amount, money(500));
}

#[test]
fn money_that_cannot_be_is_named() {
    let mut house = House::served_t1();
    house.live(ANA, open_bill(1)).unwrap();
    let with = |change: fn(&mut Pay)| {
        let mut cash = pay(1, 1, 100);
        change(&mut cash);
        cash
    };
    let bad = |field: &str, code| Err(Refusal::bad(field, code));
    assert_eq!(
        house.live(ANA, with(|it| it.tip = money(-1))),
        bad("tip", "out_of_range")
    );
    assert_eq!(
        house.live(ANA, with(|it| it.amount = money(-1))),
        bad("amount", "out_of_range")
    );
    assert_eq!(
        house.live(ANA, with(|it| it.amount = Money::ZERO)),
        bad("amount", "out_of_range")
    );
    assert_eq!(
        house.live(ANA, with(|it| it.tendered = Some(money(99)))),
        bad("tendered", "too_little")
    );
    assert_eq!(house.live(KIM, pay(1, 1, 100)), no(Code::NotAllowed));
}

#[test]
fn a_waiter_who_is_gone_has_taken_the_cash_all_the_same_but_voids_nothing() {
    let mut house = House::served_t1();
    house.queued(ANA, open_bill(1)).unwrap();
    let gone = ChangePerson {
        id: ANA,
        full_name: None,
        role: None,
        active: Some(false),
        credentials: Vec::new(),
    };
    house.live(ADA, gone).unwrap();
    assert_eq!(house.queued(ANA, void(1, &[1], "x")), no(Code::NotAllowed));
    let events = house.queued(ANA, pay(1, 1, 2800)).unwrap();
    assert!(matches!(cards(&events)[..], [About::NotPermitted { .. }]));
    assert_eq!(house.check(1).status(), Status::Completed);
}

#[test]
fn a_device_gives_no_number_and_the_hubs_stand_without_gaps() {
    let mut device = House {
        place: crate::rules::Place::Device,
        ..House::served_t1()
    };
    device.live(ANA, open_bill(1)).unwrap();
    device.live(ANA, pay(1, 1, 2800)).unwrap();
    assert_eq!(
        device
            .state
            .bill(bill(1))
            .unwrap()
            .paid
            .as_ref()
            .unwrap()
            .number,
        None
    );
    assert_eq!(device.state.receipts(1), 0);
}
