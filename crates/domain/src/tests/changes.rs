//! Changing, voiding, cancelling, serving: what becomes of lines on their way to the guest.

use super::acts::{cooks, fired, no, quantity, serve, to};
use super::house::{
    ADA, ANA, BEN, BLUE, House, KIM, RARE, SOUP, STEAK, T1, WATER, add, cards, id, line, line_id,
    money, order, send, void,
};
use crate::ids::{CommandId, LineId, PersonId, derived};
use crate::notifications::About;
use crate::orders::add::NewLine;
use crate::orders::cancel::Cancel;
use crate::orders::hand_over::HandOver;
use crate::orders::void::{Part, Void};
use crate::orders::{Stage, Status};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};

// ── modifiers ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_choice_that_has_to_be_made_is_asked_for_and_priced() {
    let mut house = House::served_t1();
    let steak = |modifiers: Vec<_>| NewLine {
        modifiers,
        ..line(9, STEAK, 2)
    };
    let bad = |code| Err(Refusal::bad("items[0].modifiers", code));
    assert_eq!(house.live(ANA, add(1, vec![steak(vec![])])), bad("too_few"));
    assert_eq!(
        house.live(ANA, add(1, vec![steak(vec![RARE, BLUE])])),
        bad("too_many")
    );
    let unknown = crate::ids::OptionId(id(0xbad));
    let strange = Err(Refusal::bad("items[0].modifiers[0]", "unknown"));
    assert_eq!(house.live(ANA, add(1, vec![steak(vec![unknown])])), strange);
    house.live(ANA, add(1, vec![steak(vec![BLUE])])).unwrap();
    let line = house.check(1).line(line_id(9)).unwrap();
    assert_eq!(line.total(), Ok(money(2 * (2400 + 200))));
    assert_eq!(line.frozen.modifiers[0].name.as_str(), "Blue");
}

// ── changing ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn what_is_not_sent_may_change_and_what_is_sent_may_not() {
    let mut house = House::served_t1();
    house.live(ANA, add(1, vec![line(3, WATER, 1)])).unwrap();
    house.live(ANA, to(1, 3, 1, 4)).unwrap();
    assert_eq!(
        house.check(1).line(line_id(3)).unwrap().quantity,
        quantity(4)
    );
    assert_eq!(house.live(ANA, to(1, 1, 2, 3)), no(Code::AlreadySent));
}

#[test]
fn two_who_want_the_same_quantity_agree_and_two_who_do_not_are_told() {
    let mut house = House::served_t1();
    house.live(ANA, add(1, vec![line(3, WATER, 1)])).unwrap();
    house.queued(ANA, to(1, 3, 1, 3)).unwrap();
    assert!(house.queued(BEN, to(1, 3, 1, 3)).unwrap().is_empty());
    let events = house.queued(BEN, to(1, 3, 1, 2)).unwrap();
    assert!(
        matches!(cards(&events)[..], [About::QuantityChanged { .. }]),
        "{events:?}"
    );
    assert_eq!(
        house.check(1).line(line_id(3)).unwrap().quantity,
        quantity(2)
    );
}

#[test]
fn more_of_what_was_fired_meanwhile_is_a_new_line_and_less_asks_for_a_void() {
    let mut house = House::served_t1();
    let events = house.queued(ANA, to(1, 1, 2, 5)).unwrap();
    assert!(fired(&events).is_empty(), "nothing is fired by it");
    let more = house.check(1).unsent().next().unwrap();
    assert_eq!((more.dish, more.quantity), (SOUP, quantity(3)));
    let events = house.queued(BEN, to(1, 1, 2, 1)).unwrap();
    assert!(matches!(cards(&events)[..], [About::VoidAsked { quantity: q, .. }] if q.get() == 1));
    assert_eq!(
        house.check(1).line(line_id(1)).unwrap().quantity,
        quantity(2)
    );
}

// ── voiding ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_void_needs_a_reason_once_sent_and_a_manager_once_it_cooks() {
    let mut house = House::served_t1();
    assert_eq!(
        house.live(ANA, void(1, &[1], " ")),
        Err(Refusal::bad("reason", "required"))
    );
    house.live(KIM, cooks(1, 1, Stage::Preparing)).unwrap();
    assert_eq!(
        house.live(ANA, void(1, &[1], "dropped")),
        no(Code::ApprovalRequired)
    );
    let approved = Ctx {
        approved_by: Some(ADA),
        ..house.ctx(ANA, Origin::Live)
    };
    house.must(approved, void(1, &[1], "dropped"));
    assert_eq!(house.status(1, 1), "voided");
    let voided = house
        .check(1)
        .line(line_id(1))
        .unwrap()
        .voided
        .as_ref()
        .unwrap();
    assert_eq!(
        (voided.by, voided.approved_by, voided.was),
        (Some(ANA), Some(ADA), Status::Preparing)
    );
    assert_eq!(
        house.live(ANA, void(1, &[1], "again")),
        no(Code::AlreadyVoided)
    );
}

#[test]
fn staff_cannot_approve_and_a_deactivated_manager_neither() {
    let mut house = House::served_t1();
    house.live(KIM, cooks(1, 1, Stage::Ready)).unwrap();
    let by_ben = |house: &House| Ctx {
        approved_by: Some(BEN),
        ..house.ctx(ANA, Origin::Queued)
    };
    let refused = house.says(by_ben(&house), void(1, &[1], "cold"));
    assert_eq!(refused, no(Code::ApprovalRequired));
}

#[test]
fn voiding_a_part_leaves_the_rest_and_shows_the_kitchen_what_is_gone() {
    let mut house = House::served_t1();
    let part = Part {
        line: line_id(1),
        quantity: Some(quantity(1)),
    };
    let one = Void {
        lines: vec![part],
        ..void(1, &[], "only one")
    };
    house.live(ANA, one).unwrap();
    let check = house.check(1);
    assert_eq!(check.line(line_id(1)).unwrap().quantity, quantity(1));
    let gone: Vec<_> = check
        .lines
        .iter()
        .filter(|line| line.voided.is_some())
        .collect();
    assert_eq!(
        (gone.len(), gone[0].quantity, gone[0].part_of),
        (1, quantity(1), Some(line_id(1)))
    );
    let ticket = check
        .tickets
        .iter()
        .find(|t| t.station.as_str() == "kitchen")
        .unwrap();
    assert!(ticket.lines.contains(&gone[0].id));
    assert_eq!(
        crate::billing::totals(check).unwrap().total,
        money(1250 + 300)
    );
}

#[test]
fn a_check_whose_lines_are_all_void_is_open_again() {
    let mut house = House::served_t1();
    house.live(ANA, void(1, &[1, 2], "left")).unwrap();
    assert_eq!(house.check(1).status(), Status::Open);
    assert!(house.check(1).is_open());
}

// ── cancelling ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_cancelled_check_frees_its_table_and_a_line_that_comes_late_opens_it_again() {
    let mut house = House::served_t1();
    let cancel = Cancel {
        order: order(1),
        reason: crate::text::Note::new("they left").ok(),
    };
    assert_eq!(house.state.table(T1).unwrap().status(), "occupied");
    house.live(ANA, cancel.clone()).unwrap();
    assert_eq!(house.check(1).status(), Status::Cancelled);
    assert_eq!(house.state.table(T1).unwrap().status(), "free");
    assert_eq!(house.live(ANA, cancel), no(Code::OrderClosed));
    assert_eq!(
        house.live(ANA, add(1, vec![line(7, SOUP, 1)])),
        no(Code::OrderClosed)
    );
    house.queued(BEN, add(1, vec![line(7, SOUP, 1)])).unwrap();
    assert_eq!(house.check(1).status(), Status::Open);
    assert_eq!(house.state.table(T1).unwrap().orders, [order(1)]);
}

// ── serving, handing over ────────────────────────────────────────────────────────────────────────

#[test]
fn a_plate_that_left_is_served_whatever_the_kitchen_says_later() {
    let mut house = House::served_t1();
    house.live(ANA, serve(1, &[1])).unwrap();
    assert_eq!(house.status(1, 1), "served");
    assert_eq!(
        house.live(KIM, cooks(1, 1, Stage::Preparing)),
        no(Code::Backward)
    );
    assert!(
        house.live(ANA, serve(1, &[1])).unwrap().is_empty(),
        "twice is once"
    );
    assert_eq!(house.live(KIM, serve(1, &[2])), no(Code::NotAllowed));
}

#[test]
fn a_check_handed_over_keeps_its_authors() {
    let mut house = House::served_t1();
    let hand = |to: PersonId| HandOver {
        order: order(1),
        to,
    };
    let events = house.live(ANA, hand(BEN)).unwrap();
    assert!(fired(&events).is_empty());
    let check = house.check(1);
    assert_eq!((check.owner(), check.opened_by), (Some(BEN), Some(ANA)));
    assert_eq!(house.live(ANA, hand(KIM)), no(Code::NotAllowed));
}

#[test]
fn what_is_named_beside_a_line_that_never_came_to_be_is_done_all_the_same() {
    let mut house = House::served_t1();
    house.live(ANA, add(1, vec![line(3, SOUP, 1)])).unwrap();
    // Her device had made it of a change that the hub has decided otherwise.
    let made = LineId(derived(CommandId(id(77)), "more", 0));
    let mut both = send(1, &[99, 3]);
    both.lines[0].line = made;
    assert_eq!(
        house.live(ANA, both.clone()),
        Err(Refusal::bad("lines[0].line", "unknown"))
    );
    house.queued(ANA, both).unwrap();
    assert_eq!(house.status(1, 3), "sent");
    let mut both = serve(1, &[99, 1]);
    both.lines[0] = made;
    house.queued(ANA, both).unwrap();
    assert_eq!(house.status(1, 1), "served");
    let mut both = void(1, &[99, 2], "spilt");
    both.lines[0].line = made;
    house.queued(ANA, both).unwrap();
    assert_eq!(house.status(1, 2), "voided");
}

/// A hub that was put back may have forgotten it: the whole command waits until somebody knows.
#[test]
fn what_names_a_line_that_somebody_has_added_waits_for_that_line() {
    let mut house = House::served_t1();
    house.live(ANA, add(1, vec![line(3, SOUP, 1)])).unwrap();
    let waits = Err(Refusal::bad("lines[1].line", "unknown"));
    assert_eq!(house.queued(ANA, send(1, &[3, 99])), waits);
    assert_eq!(house.queued(ANA, void(1, &[3, 99], "spilt")), waits);
}
