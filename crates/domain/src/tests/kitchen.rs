//! The kitchen, and dishes that are gone.

use super::acts::{cooks, fired, no, on_display};
use super::house::{
    ANA, House, KIM, SOUP, T1, WATER, add, cards, fire, gone, left, line, line_id, order, send,
    void,
};
use crate::kitchen::{Acknowledge, Advance, BumpTicket, Recall, See, Undo};
use crate::notifications::About;
use crate::orders::add::Add;
use crate::orders::send::Force;
use crate::orders::{Stage, Status};
use crate::refusal::{Code, Refusal};
use crate::text::Label;

// ── the kitchen ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn lines_go_forward_only_and_a_tap_can_be_taken_back_by_name() {
    let mut house = House::served_t1();
    house.live(KIM, cooks(1, 1, Stage::Ready)).unwrap();
    assert_eq!(house.status(1, 1), "ready");
    assert_eq!(
        house.live(KIM, cooks(1, 1, Stage::Preparing)),
        no(Code::Backward)
    );
    assert_eq!(house.state.table(T1).unwrap().status(), "ready");
    let undo = Undo {
        order: order(1),
        line: line_id(1),
        station: Label::new("kitchen").unwrap(),
        from: Stage::Ready,
        to: Stage::New,
    };
    house.queued(KIM, undo.clone()).unwrap();
    assert_eq!(house.status(1, 1), "sent");
    assert!(
        house.queued(KIM, undo).unwrap().is_empty(),
        "it stands there no more"
    );
    assert_eq!(
        house.live(ANA, cooks(1, 1, Stage::Ready)),
        no(Code::NotAllowed)
    );
}

#[test]
fn a_line_of_two_stations_is_ready_when_both_are() {
    let mut house = House::served_t1();
    let flambe = super::house::FLAMBE;
    let round = Add {
        fire: fire(2),
        ..add(1, vec![line(3, flambe, 1)])
    };
    house.live(ANA, round).unwrap();
    let at = |station: &str| Advance {
        station: Label::new(station).ok(),
        ..cooks(1, 3, Stage::Ready)
    };
    house.live(KIM, at("kitchen")).unwrap();
    assert_eq!(house.status(1, 3), "preparing");
    house.live(KIM, at("bar")).unwrap();
    assert_eq!(house.status(1, 3), "ready");
    assert_eq!(
        house.live(KIM, at("grill")),
        Err(Refusal::bad("station", "unknown"))
    );
}

#[test]
fn a_bump_makes_ready_and_only_a_recall_that_saw_it_takes_it_back() {
    let mut house = House::served_t1();
    let bump = BumpTicket {
        order: order(1),
        ticket: house.ticket(1, "kitchen"),
    };
    house.queued(KIM, bump.clone()).unwrap();
    assert_eq!(house.status(1, 1), "ready");
    assert!(
        house.queued(KIM, bump.clone()).unwrap().is_empty(),
        "a second bump is the first"
    );
    let saw = house
        .check(1)
        .ticket(bump.ticket)
        .unwrap()
        .bumped
        .as_ref()
        .unwrap()
        .command;
    let recall = Recall {
        order: order(1),
        ticket: bump.ticket,
        bump: Some(saw),
    };
    house.queued(KIM, recall.clone()).unwrap();
    assert_eq!(house.status(1, 1), "preparing");
    house.queued(KIM, bump).unwrap();
    assert!(
        house.queued(KIM, recall).unwrap().is_empty(),
        "it saw another bump"
    );
    assert_eq!(house.status(1, 1), "ready");
}

#[test]
fn a_void_stays_on_the_board_until_it_is_acknowledged_and_cooked_in_vain_is_said() {
    let mut house = House::served_t1();
    let ticket = house.ticket(1, "kitchen");
    house
        .live(ANA, void(1, &[1], "changed their mind"))
        .unwrap();
    let check = house.check(1);
    assert_ne!(check.ticket(ticket).unwrap().status(check), Status::Bumped);
    let late = house.queued(KIM, cooks(1, 1, Stage::Ready)).unwrap();
    assert!(matches!(cards(&late)[..], [About::CookedInVain { .. }]));
    let seen = Acknowledge {
        order: order(1),
        ticket,
        lines: vec![line_id(1)],
    };
    house.must(on_display(&house), seen);
    let check = house.check(1);
    assert_eq!(check.ticket(ticket).unwrap().status(check), Status::Bumped);
}

#[test]
fn the_kitchens_own_screen_says_what_it_has_seen_with_nobody_signed_in() {
    let mut house = House::served_t1();
    let ticket = house.ticket(1, "kitchen");
    let see = See {
        order: order(1),
        tickets: vec![ticket],
    };
    let events = house.must(on_display(&house), see.clone());
    assert_eq!(cards(&events), Vec::<&About>::new());
    assert!(house.check(1).ticket(ticket).unwrap().seen.is_some());
    assert!(house.must(on_display(&house), see).is_empty());
}

// ── what is gone ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_dish_that_is_gone_is_refused_while_one_can_choose_and_held_when_it_was_ordered_offline() {
    let mut house = House::served_t1();
    house.live(KIM, gone(SOUP)).unwrap();
    assert_eq!(
        house.live(ANA, add(1, vec![line(5, SOUP, 1)])),
        no(Code::DishUnavailable)
    );
    house
        .queued(ANA, add(1, vec![line(5, SOUP, 1), line(6, WATER, 1)]))
        .unwrap();
    let events = house.queued(ANA, send(1, &[5, 6])).unwrap();
    assert_eq!(fired(&events), [line_id(6)]);
    assert!(matches!(cards(&events)[..], [About::DishGone { .. }]));
    assert!(house.check(1).line(line_id(5)).unwrap().held.is_some());
    let again = house.queued(ANA, send(1, &[5])).unwrap();
    assert!(again.is_empty(), "it is held already: {again:?}");
    let force = Force {
        order: order(1),
        lines: send(1, &[5]).lines,
        tickets: super::house::tickets(77),
    };
    assert_eq!(fired(&house.queued(ANA, force).unwrap()), [line_id(5)]);
    assert_eq!(house.live(ANA, gone(WATER)), no(Code::NotAllowed));
}

#[test]
fn what_is_left_falls_when_fired_and_rises_when_voided_before_cooking() {
    let mut house = House::served_t1();
    let remaining = |house: &House| house.state.dish(SOUP).unwrap().remaining;
    house.live(KIM, left(SOUP, 3)).unwrap();
    let two = Add {
        fire: fire(3),
        ..add(1, vec![line(5, SOUP, 2)])
    };
    house.live(ANA, two).unwrap();
    assert_eq!(remaining(&house), Some(1));
    assert_eq!(
        house.live(ANA, add(1, vec![line(6, SOUP, 2)])),
        no(Code::DishUnavailable)
    );
    house.live(ANA, void(1, &[5], "no")).unwrap();
    assert_eq!(remaining(&house), Some(3));
}
