//! An evening's stories: changing, voiding, the kitchen, dishes that are gone, bills and money.

use super::house::{
    ADA, ANA, BEN, BLUE, DISPLAY, House, KIM, RARE, SOUP, STEAK, T1, T2, WATER, add, bill, cards,
    fire, gone, id, left, line, line_id, money, open, open_bill, order, pay, send, void,
};
use crate::auth::{ChangePerson, Credential, Role};
use crate::billing::bill::says;
use crate::billing::pay::Pay;
use crate::command::Command;
use crate::event::Event;
use crate::ids::{LineId, PersonId};
use crate::kitchen::{Acknowledge, Advance, BumpTicket, Recall, See, Undo};
use crate::menu::{ChangeCategory, ChangeDish};
use crate::money::Money;
use crate::notifications::{About, Clear};
use crate::orders::add::{Add, NewLine};
use crate::orders::cancel::Cancel;
use crate::orders::change::{Change, FromTo};
use crate::orders::hand_over::HandOver;
use crate::orders::open::Open;
use crate::orders::send::Force;
use crate::orders::serve::Serve;
use crate::orders::void::{Part, Void};
use crate::orders::{Stage, Status};
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::settings::ChangeSettings;
use crate::text::{Currency, Label, Quantity};

fn no<T: std::fmt::Debug>(code: Code) -> Result<T, Refusal> {
    Err(Refusal::Rule(code))
}

fn quantity(n: i64) -> Quantity {
    Quantity::new(n).unwrap()
}

fn to(n: u128, line: u128, from: i64, to: i64) -> Change {
    let quantity = FromTo {
        from: quantity(from),
        to: quantity(to),
    };
    Change {
        order: order(n),
        line: line_id(line),
        quantity: Some(quantity),
        note: None,
        seat: None,
        course: None,
    }
}

fn cooks(n: u128, line: u128, to: Stage) -> Advance {
    Advance {
        order: order(n),
        line: line_id(line),
        station: None,
        to,
    }
}

fn serve(n: u128, lines: &[u128]) -> Serve {
    Serve {
        order: order(n),
        lines: lines.iter().map(|line| line_id(*line)).collect(),
    }
}

fn fired(events: &[Event]) -> Vec<LineId> {
    let fired = events.iter().filter_map(|event| match event {
        Event::LinesFired(event) => Some(event.lines.clone()),
        _ => None,
    });
    fired.flatten().collect()
}

/// On the kitchen's own screen, with nobody signed in.
fn on_display(house: &House) -> Ctx {
    Ctx {
        by: None,
        device: Some(DISPLAY),
        ..house.ctx(KIM, Origin::Queued)
    }
}

/// The commands of an evening, each about rows of their own, for the corpus.
pub(super) fn one_of_each() -> Vec<Command> {
    use crate::orders::change::Set;
    let own = |n: u128| 40 + n;
    let mut all = super::house::grill();
    let steak = NewLine {
        modifiers: vec![BLUE],
        ..line(own(1), STEAK, 3)
    };
    let evening = [steak, line(own(2), SOUP, 2), line(own(3), WATER, 1)];
    all.push(left(SOUP, 9).into());
    all.push(open(own(0), T2, evening.to_vec()).into());
    let mut change = to(own(0), own(2), 2, 4);
    change.note = Some(Set {
        to: crate::text::Note::new("hot").ok(),
    });
    change.seat = Some(Set {
        to: crate::text::Seat::new(2).ok(),
    });
    change.course = crate::text::Course::new(2).ok();
    all.push(change.into());
    all.push(send(own(0), &[own(1), own(2), own(3)]).into());
    let on = super::house::tickets(own(1) + 100);
    all.push(
        See {
            order: order(own(0)),
            tickets: on.clone(),
        }
        .into(),
    );
    all.push(cooks(own(0), own(1), Stage::Preparing).into());
    all.push(
        Undo {
            order: order(own(0)),
            line: line_id(own(1)),
            station: Label::new("grill").unwrap(),
            from: Stage::Preparing,
            to: Stage::New,
        }
        .into(),
    );
    let mut half = void(own(0), &[own(2), own(3)], "too much");
    half.lines[0].quantity = Some(quantity(1));
    all.push(half.into());
    for ticket in on {
        let order = order(own(0));
        all.push(BumpTicket { order, ticket }.into());
        all.push(
            Recall {
                order,
                ticket,
                bump: None,
            }
            .into(),
        );
        all.push(
            Acknowledge {
                order,
                ticket,
                lines: vec![line_id(own(3))],
            }
            .into(),
        );
    }
    all.push(serve(own(0), &[own(1)]).into());
    all.push(
        HandOver {
            order: order(own(0)),
            to: ANA,
        }
        .into(),
    );
    all.push(gone(STEAK).into());
    let more = NewLine {
        modifiers: vec![RARE],
        ..line(own(4), STEAK, 1)
    };
    all.push(add(own(0), vec![more]).into());
    all.push(send(own(0), &[own(4)]).into());
    all.push(
        Force {
            order: order(own(0)),
            lines: send(own(0), &[own(4)]).lines,
            tickets: super::house::tickets(own(9)),
        }
        .into(),
    );
    all.push(open_bill(own(0)).into());
    let cash = Pay {
        tip: money(100),
        tendered: Some(money(20_000)),
        ..pay(own(0), own(1), 14_150)
    };
    all.push(cash.into());
    all.push(pay(own(0), own(2), 5).into());
    all.push(add(own(0), vec![line(own(5), WATER, 1)]).into());
    all.push(open(own(6), T2, vec![line(own(6), WATER, 1)]).into());
    all.push(
        Cancel {
            order: order(own(6)),
            reason: crate::text::Note::new("left").ok(),
        }
        .into(),
    );
    all.extend(of_the_house());
    all
}

/// One of the commands that can follow, for what holds whatever people do.
pub(super) fn some(which: usize, n: u128, on: u128, few: i64, much: i64) -> Command {
    let station = Label::new("kitchen").unwrap();
    let ticket = super::house::tickets(on)[0];
    match which {
        0 => to(n, on, few, few + 1).into(),
        1 => void(n, &[on], "no").into(),
        2 => {
            let mut part = void(n, &[on, on + 1], "some");
            part.lines[0].quantity = Some(quantity(few));
            part.into()
        }
        3 => serve(n, &[on]).into(),
        4 => Cancel {
            order: order(n),
            reason: crate::text::Note::new("left").ok(),
        }
        .into(),
        5 => cooks(
            n,
            on,
            if few > 2 {
                Stage::Ready
            } else {
                Stage::Preparing
            },
        )
        .into(),
        6 => Undo {
            order: order(n),
            line: line_id(on),
            station,
            from: Stage::Ready,
            to: Stage::New,
        }
        .into(),
        7 => BumpTicket {
            order: order(n),
            ticket,
        }
        .into(),
        8 => Recall {
            order: order(n),
            ticket,
            bump: None,
        }
        .into(),
        9 | 10 => open_bill(n).into(),
        11 | 12 => pay(n, on, much).into(),
        _ => left(SOUP, u16::try_from(few).unwrap_or(0)).into(),
    }
}

/// What an admin changes.
fn of_the_house() -> Vec<Command> {
    let settings = ChangeSettings {
        name: crate::text::Name::new("Osteria Due").ok(),
        currency: None,
        zone: crate::time::Zone::new("Europe/Rome").ok(),
        language: Label::new("it").ok(),
        day_start: crate::text::MinuteOfDay::new(300).ok(),
        prices_include_tax: Some(true),
    };
    let person = ChangePerson {
        id: BEN,
        full_name: crate::text::Name::new("Ben B.").ok(),
        role: Some(Role::Manager),
        active: Some(true),
        credentials: vec![Credential::Password, Credential::Pin],
    };
    let device = crate::devices::Rename {
        id: DISPLAY,
        name: crate::text::Name::new("Pass").unwrap(),
    };
    let table = crate::floor::ChangeTable {
        id: T2,
        name: crate::text::Name::new("T2b").ok(),
        room: Some(crate::ids::RoomId(id(0xb7))),
        new_room: Some(crate::floor::Room {
            id: crate::ids::RoomId(id(0xb7)),
            name: crate::text::Name::new("Yard").unwrap(),
            position: 2,
        }),
        seats: crate::text::Seats::new(6).ok(),
        position: Some(3),
        spot: None,
        remove: false,
    };
    let category = ChangeCategory {
        id: super::house::FOOD,
        name: crate::text::Name::new("Kitchen").ok(),
        position: Some(2),
        remove: false,
    };
    let dish = ChangeDish {
        name: crate::text::Name::new("Soup of the day").ok(),
        kitchen_name: Some(crate::orders::change::Set { to: None }),
        price: crate::money::Money::new(1300).ok(),
        remaining: Some(crate::orders::change::Set { to: Some(4) }),
        ..ChangeDish::of(SOUP)
    };
    let group = crate::menu::ChangeGroup {
        id: super::house::DONENESS,
        name: crate::text::Name::new("Cooked").ok(),
        min: Some(0),
        max: Some(2),
        options: None,
        remove: false,
    };
    let admin = crate::auth::AddPerson {
        id: PersonId(id(0xa9)),
        username: crate::text::Username::new("eve").unwrap(),
        full_name: crate::text::Name::new("Eve").unwrap(),
        role: Role::Admin,
    };
    vec![
        admin.into(),
        settings.into(),
        person.into(),
        device.into(),
        table.into(),
        category.into(),
        dish.into(),
        group.into(),
    ]
}

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

// ── bills ────────────────────────────────────────────────────────────────────────────────────────

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

// ── cards, people, menu, settings ────────────────────────────────────────────────────────────────

#[test]
fn a_card_is_cleared_once_by_whoever_saw_it_as_it_is() {
    let mut house = House::served_t1();
    let events = house.queued(ANA, to(1, 1, 2, 1)).unwrap();
    let card = events.iter().find_map(|event| match event {
        Event::CardRaised(raised) => Some(raised.card.id),
        _ => None,
    });
    let card = card.unwrap();
    let clear = |revision| Clear { card, revision };
    assert_eq!(house.queued(BEN, clear(1)), no(Code::NotAllowed));
    assert!(house.queued(ANA, clear(7)).unwrap().is_empty());
    house.queued(ANA, clear(1)).unwrap();
    assert_eq!(
        house.state.card(card).unwrap().cleared.as_ref().unwrap().by,
        Some(ANA)
    );
    assert!(house.queued(ADA, clear(1)).unwrap().is_empty());
}

#[test]
fn the_last_admin_cannot_be_locked_out() {
    let mut house = House::open();
    let change = |id, role, active| ChangePerson {
        id,
        full_name: None,
        role,
        active,
        credentials: Vec::new(),
    };
    assert_eq!(
        house.live(ADA, change(ADA, Some(Role::Manager), None)),
        no(Code::LastAdmin)
    );
    assert_eq!(
        house.live(ADA, change(ADA, None, Some(false))),
        no(Code::LastAdmin)
    );
    house
        .live(ADA, change(BEN, Some(Role::Admin), None))
        .unwrap();
    house.live(BEN, change(ADA, None, Some(false))).unwrap();
    assert_eq!(
        house.live(BEN, change(BEN, Some(Role::Staff), None)),
        no(Code::LastAdmin)
    );
}

#[test]
fn what_is_in_use_is_not_removed() {
    let mut house = House::served_t1();
    let food = ChangeCategory {
        id: super::house::FOOD,
        name: None,
        position: None,
        remove: true,
    };
    assert_eq!(house.live(ADA, food.clone()), no(Code::InUse));
    let table = crate::floor::ChangeTable {
        id: T1,
        name: None,
        room: None,
        new_room: None,
        seats: None,
        position: None,
        spot: None,
        remove: true,
    };
    assert_eq!(house.live(ADA, table.clone()), no(Code::InUse));
    let free = crate::floor::ChangeTable { id: T2, ..table };
    house.live(ADA, free).unwrap();
    assert_eq!(
        house.live(ANA, open(2, T2, vec![])),
        Err(Refusal::bad("tableId", "unknown"))
    );
    let without = |id| ChangeDish {
        remove: true,
        ..ChangeDish::of(id)
    };
    for dish in [SOUP, WATER, STEAK, super::house::FLAMBE] {
        house.live(ADA, without(dish)).unwrap();
    }
    house.live(ADA, food).unwrap();
    let line = add(1, vec![line(8, SOUP, 1)]);
    assert_eq!(
        house.live(ANA, line),
        Err(Refusal::bad("items[0].dishId", "unknown"))
    );
}

#[test]
fn what_left_the_menu_meanwhile_is_neither_there_nor_gone() {
    let mut house = House::served_t1();
    let without = ChangeDish {
        remove: true,
        ..ChangeDish::of(SOUP)
    };
    house.live(ADA, without).unwrap();
    assert!(
        house.queued(KIM, gone(SOUP)).unwrap().is_empty(),
        "a kitchen that was offline is not kept waiting for a manager"
    );
    assert_eq!(house.live(KIM, gone(SOUP)), Err(Refusal::Unknown("dish")));
}

#[test]
fn a_change_of_a_line_that_never_came_to_be_is_refused_and_waits_for_nobody() {
    let mut house = House::served_t1();
    assert_eq!(
        house.live(ANA, to(1, 99, 1, 2)),
        Err(Refusal::Unknown("item"))
    );
    assert_eq!(
        house.queued(ANA, to(1, 99, 1, 2)),
        Err(Refusal::Rule(Code::ChangedMeanwhile)),
        "its device had made it of a change that was decided otherwise"
    );
}

#[test]
fn two_who_change_one_price_are_told_of_each_other() {
    let mut house = House::served_t1();
    let minor = |minor| crate::money::Money::new(minor).unwrap();
    let was = house.state.dish(SOUP).unwrap().price;
    let to = |price| ChangeDish {
        price: Some(minor(price)),
        price_was: Some(was),
        ..ChangeDish::of(SOUP)
    };
    house.live(ADA, to(950)).unwrap();
    assert_eq!(
        house.live(ADA, to(990)),
        Err(Refusal::Rule(Code::ChangedMeanwhile)),
        "whoever meant another price looks again"
    );
    house.live(ADA, to(950)).unwrap();
    assert_eq!(house.state.dish(SOUP).unwrap().price, minor(950));
}

#[test]
fn the_currency_stays_once_there_was_an_order() {
    let mut house = House::open();
    let to = |code| ChangeSettings {
        name: None,
        currency: Currency::new(code).ok(),
        zone: None,
        language: None,
        day_start: None,
        prices_include_tax: None,
    };
    house.live(ADA, to("CHF")).unwrap();
    house
        .live(
            ANA,
            Open {
                fire: None,
                ..open(1, T1, vec![])
            },
        )
        .unwrap();
    assert_eq!(house.live(ADA, to("EUR")), no(Code::CurrencyFixed));
    house.live(ADA, to("CHF")).unwrap();
}

#[test]
fn a_table_shows_the_most_urgent_of_its_checks() {
    let mut house = House::served_t1();
    house
        .live(
            BEN,
            Open {
                fire: fire(5),
                beside: vec![order(1)],
                ..open(2, T1, vec![line(4, WATER, 1)])
            },
        )
        .unwrap();
    house.live(ANA, open_bill(1)).unwrap();
    house.live(KIM, cooks(2, 4, Stage::Ready)).unwrap();
    assert_eq!(house.state.table(T1).unwrap().status(), "ready");
    house.live(BEN, serve(2, &[4])).unwrap();
    assert_eq!(house.state.table(T1).unwrap().status(), "bill");
}

#[test]
fn a_table_lists_no_more_checks_than_a_screen_can_show_and_is_free_when_the_last_has_gone() {
    let mut house = House::open();
    let most = u128::try_from(crate::floor::MOST_LISTED).unwrap() + 3;
    for n in 0..most {
        house.live(ANA, open(100 + n, T1, vec![])).unwrap();
    }
    let table = house.state.table(T1).unwrap();
    assert_eq!(
        (table.orders.len(), table.more),
        (crate::floor::MOST_LISTED, 3)
    );
    for n in 0..most {
        assert_eq!(house.state.table(T1).unwrap().status(), "occupied");
        let reason = None;
        let order = order(100 + n);
        house.live(ANA, Cancel { order, reason }).unwrap();
    }
    assert_eq!(house.state.table(T1).unwrap().status(), "free");
}
