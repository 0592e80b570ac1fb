//! Checks: what two people do to one, live and afterwards, and what of it everybody can rely on.

use super::house::{
    ANA, BEN, FLAMBE, House, KIM, SOUP, T1, T2, TABLET, WATER, add, cards, fire, id, line, line_id,
    money, name, named, open, order, send,
};
use crate::event::Event;
use crate::ids::TableId;
use crate::menu::Dish;
use crate::notifications::About;
use crate::orders::add::Add;
use crate::orders::open::Open;
use crate::orders::{Frozen, LineState, Status};
use crate::refusal::{Code, Refusal};
use crate::rules::{Origin, Place, Verdict, judge};
use crate::state::Key;
use crate::text::{Course, Note, Quantity};

#[test]
fn a_check_is_opened_filled_and_sent() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 2)]))
        .unwrap();
    house.live(BEN, add(1, vec![line(2, WATER, 3)])).unwrap();
    assert_eq!(house.check(1).status(), Status::Open);
    house.live(ANA, send(1, &[1, 2])).unwrap();

    let check = house.check(1);
    assert_eq!((check.number, check.status()), (Some(1), Status::Sent));
    assert_eq!(
        crate::billing::totals(check).unwrap().total,
        money(2 * 1250 + 3 * 300)
    );
    assert_eq!(check.lines[1].by, Some(BEN), "each line knows who took it");
    assert_eq!(house.state.table(T1).unwrap().orders, [order(1)]);
    let stations: Vec<_> = check
        .tickets
        .iter()
        .map(|ticket| (ticket.station.as_str(), ticket.lines.clone()))
        .collect();
    assert_eq!(
        stations,
        [("bar", vec![line_id(2)]), ("kitchen", vec![line_id(1)])]
    );
}

#[test]
fn numbers_are_the_hubs_and_have_no_gap() {
    let mut hub = House::open();
    for n in 1..=3 {
        hub.live(ANA, open(n, T1, Vec::new())).unwrap();
        hub.live(ANA, open(n, T1, Vec::new())).unwrap_err();
    }
    assert_eq!(
        [1, 2, 3].map(|n| hub.check(n).number),
        [Some(1), Some(2), Some(3)]
    );
    let mut device = House {
        place: Place::Device,
        ..House::open()
    };
    device.queued(ANA, open(1, T1, Vec::new())).unwrap();
    assert_eq!(device.check(1).number, None, "a device waits for it");
}

#[test]
fn two_checks_on_one_table_are_news_only_to_who_could_not_know() {
    let mut house = House::open();
    house.queued(ANA, open(1, T1, Vec::new())).unwrap();
    let second = house.queued(BEN, open(2, T1, Vec::new())).unwrap();
    let About::TwoChecks { table, orders, .. } = cards(&second)[0] else {
        panic!("{second:?}")
    };
    assert_eq!((*table, orders), (T1, &vec![order(1), order(2)]));

    let seen = Open {
        beside: vec![order(1), order(2)],
        ..open(3, T1, Vec::new())
    };
    assert_eq!(
        cards(&house.queued(ANA, seen).unwrap()),
        Vec::<&About>::new(),
        "she saw both"
    );
    assert_eq!(
        cards(&house.live(BEN, open(4, T1, Vec::new())).unwrap()).len(),
        0,
        "whoever waits sees the answer"
    );
    assert_eq!(
        house.state.table(T1).unwrap().orders.len(),
        4,
        "none is merged by itself"
    );
}

#[test]
fn an_unknown_table_is_refused_live_and_flagged_afterwards() {
    let mut house = House::open();
    let nowhere = TableId(id(0xbad));
    assert_eq!(
        house.live(ANA, open(1, nowhere, Vec::new())),
        Err(Refusal::bad("tableId", "unknown"))
    );
    let events = house
        .queued(ANA, open(1, nowhere, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert!(matches!(cards(&events)[..], [About::UnknownTable { .. }]));
    assert_eq!(house.check(1).lines.len(), 1, "the guest has ordered it");
}

#[test]
fn lines_for_a_check_that_nobody_knows_make_a_found_check_that_joins_it_later() {
    let mut house = House::open();
    assert_eq!(
        house.live(ANA, add(1, vec![line(1, SOUP, 1)])),
        Err(Refusal::Unknown("order"))
    );
    let found = house.queued(ANA, add(1, vec![line(1, SOUP, 1)])).unwrap();
    assert!(matches!(cards(&found)[..], [About::FoundCheck { .. }]));
    assert_eq!(
        (house.check(1).table, house.check(1).number),
        (None, Some(1))
    );

    let events = house
        .queued(BEN, open(1, T2, vec![line(2, WATER, 1)]))
        .unwrap();

    assert!(matches!(events[0], Event::OrderSeated(_)), "{events:?}");
    let check = house.check(1);
    assert_eq!(
        (
            check.table,
            check.opened_by,
            check.lines.len(),
            check.number
        ),
        (Some(T2), Some(BEN), 2, Some(1))
    );
    assert_eq!(house.state.table(T2).unwrap().orders, [order(1)]);
    assert_eq!(
        house.queued(BEN, open(1, T2, Vec::new())),
        Err(Refusal::Rule(Code::AlreadyExists)),
        "once"
    );
}

#[test]
fn an_unknown_dish_is_named_before_an_unknown_check() {
    let mut house = House::open();
    let nothing = crate::ids::DishId(id(0xbad));
    let refused = house.live(ANA, add(1, vec![line(1, SOUP, 1), line(2, nothing, 1)]));
    assert_eq!(refused, Err(Refusal::bad("items[1].dishId", "unknown")));
}

#[test]
fn a_line_is_fired_once_whoever_sends_it() {
    let mut house = House::open();
    house
        .queued(ANA, open(1, T1, vec![line(1, SOUP, 1), line(2, WATER, 1)]))
        .unwrap();
    house.queued(ANA, send(1, &[1])).unwrap();
    let again = house.queued(BEN, send(1, &[1, 2])).unwrap();
    let About::AlreadySent { line, sent_by, .. } = cards(&again)[0] else {
        panic!("{again:?}")
    };
    assert_eq!((*line, sent_by), (line_id(1), &Some(name("ANA"))));
    let Event::LinesFired(fired) = &again[0] else {
        panic!("{again:?}")
    };
    assert_eq!(fired.lines, [line_id(2)], "only what was not");
    assert_eq!(
        house.live(BEN, send(1, &[1, 2])),
        Ok(Vec::new()),
        "live: nothing to do, and nothing to tell"
    );
    let LineState::Sent { by, .. } = house.check(1).lines[0].state else {
        panic!("sent")
    };
    assert_eq!(by, Some(ANA));
}

#[test]
fn a_line_named_twice_in_one_send_is_fired_once() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    let events = house.live(ANA, send(1, &[1, 1])).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(house.check(1).tickets[0].lines, [line_id(1)]);
}

#[test]
fn a_send_names_lines_that_are_there_and_brings_ids_enough() {
    let mut house = House::open();
    assert_eq!(
        house.live(ANA, send(1, &[1])),
        Err(Refusal::Unknown("order"))
    );
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert_eq!(
        house.live(ANA, send(1, &[1, 7])),
        Err(Refusal::bad("lines[1].line", "unknown"))
    );
    let mut few = send(1, &[1]);
    few.tickets.clear();
    assert_eq!(
        house.live(ANA, few),
        Err(Refusal::bad("tickets", "too_few"))
    );
    assert!(
        house.check(1).lines[0].is_draft(),
        "none of it has fired anything"
    );
}

#[test]
fn a_dish_of_two_stations_has_a_ticket_at_each_and_courses_are_apart() {
    let mut house = House::open();
    let mut late = line(2, FLAMBE, 1);
    late.course = Some(Course::new(2).unwrap());
    let cmd = Open {
        fire: fire(1),
        ..open(1, T1, vec![line(1, FLAMBE, 1), late, line(3, SOUP, 1)])
    };
    house.live(ANA, cmd).unwrap();
    let tickets = &house.check(1).tickets;
    let shown: Vec<_> = tickets
        .iter()
        .map(|t| (t.course.get(), t.station.as_str(), t.lines.len()))
        .collect();
    assert_eq!(
        shown,
        [
            (1, "bar", 1),
            (1, "kitchen", 2),
            (2, "bar", 1),
            (2, "kitchen", 1)
        ]
    );
}

#[test]
fn adding_with_a_send_fires_what_was_unsent_before_too() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    house
        .live(
            BEN,
            Add {
                fire: fire(2),
                ..add(1, vec![line(2, WATER, 1)])
            },
        )
        .unwrap();
    assert!(house.check(1).lines.iter().all(|line| !line.is_draft()));
}

#[test]
fn a_fact_does_not_fail_for_what_others_added_meanwhile() {
    let mut house = House::open();
    house.queued(ANA, open(1, T1, Vec::new())).unwrap();
    house.queued(BEN, add(1, vec![line(1, WATER, 1)])).unwrap();
    let mut one_ticket = fire(2);
    one_ticket.as_mut().unwrap().tickets.truncate(1);
    let events = house.queued(
        ANA,
        Add {
            fire: one_ticket,
            ..add(1, vec![line(2, SOUP, 1)])
        },
    );
    assert!(events.is_ok(), "{events:?}");
    assert_eq!(
        house.check(1).tickets.len(),
        2,
        "the kitchen's and the bar's"
    );
    let mut none = send(1, &[1]);
    none.tickets.clear();
    assert_eq!(
        house.queued(BEN, none).map(|events| cards(&events).len()),
        Ok(1),
        "it was sent already"
    );
}

#[test]
fn a_found_check_and_the_command_that_opened_it_hold_a_line_once() {
    let mut house = House::open();
    house.queued(ANA, add(1, vec![line(1, SOUP, 1)])).unwrap();
    let opened = Open {
        fire: fire(1),
        ..open(1, T1, vec![line(1, SOUP, 1), line(2, WATER, 1)])
    };
    house.queued(BEN, opened).unwrap();
    assert_eq!(house.check(1).lines.len(), 2);
    assert!(
        house.check(1).lines.iter().all(|line| !line.is_draft()),
        "and all of it is sent"
    );
}

#[test]
fn a_price_is_frozen_at_the_tap() {
    let mut house = House::open();
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    price(&mut house, 1400);
    house.live(ANA, add(1, vec![line(2, SOUP, 1)])).unwrap();
    let prices: Vec<_> = house
        .check(1)
        .lines
        .iter()
        .map(|line| line.frozen.price)
        .collect();
    assert_eq!(
        prices,
        [money(1250), money(1400)],
        "an open line keeps the price that it was ordered at"
    );

    let mut old = line(3, SOUP, 1);
    old.frozen = Some(Frozen {
        price: money(1250),
        revision: 1,
        ..house.check(1).lines[0].frozen.clone()
    });
    let events = house.queued(ANA, add(1, vec![old.clone()])).unwrap();
    assert_eq!(
        cards(&events),
        Vec::<&About>::new(),
        "it was that price at the revision that it names"
    );
    (old.id, old.frozen.as_mut().unwrap().revision) = (line_id(4), 2);
    let events = house.queued(ANA, add(1, vec![old])).unwrap();
    assert!(
        matches!(cards(&events)[..], [About::PriceDiffers { .. }]),
        "{events:?}"
    );
}

/// The menu's price of the soup becomes another, at the dish's next revision.
fn price(house: &mut House, minor: i64) {
    let dish = Dish {
        price: money(minor),
        ..house.state.dish(SOUP).unwrap().clone()
    };
    house.state.put(Key::Dish(SOUP), dish.into());
}

#[test]
fn a_dish_that_is_off_is_refused_live_and_goes_in_afterwards() {
    let mut house = House::open();
    let off = Dish {
        available: false,
        ..house.state.dish(SOUP).unwrap().clone()
    };
    house.state.put(Key::Dish(SOUP), off.into());
    let refused = house.live(ANA, open(1, T1, vec![line(1, SOUP, 1)]));
    assert_eq!(refused, Err(Refusal::Rule(Code::DishUnavailable)));
    house
        .queued(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert_eq!(house.check(1).lines.len(), 1);
}

#[test]
fn a_line_that_comes_twice_stands_once_and_differing_content_is_told() {
    let mut house = House::open();
    house
        .queued(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert_eq!(
        house.live(ANA, add(1, vec![line(1, SOUP, 1)])),
        Err(Refusal::Rule(Code::AlreadyExists))
    );
    assert_eq!(
        house.queued(ANA, add(1, vec![line(1, SOUP, 1)])),
        Ok(Vec::new()),
        "the same again is nothing new"
    );
    let events = house.queued(ANA, add(1, vec![line(1, SOUP, 9)])).unwrap();
    assert!(matches!(cards(&events)[..], [About::LineRepeated { .. }]));
    assert_eq!(
        house.check(1).lines[0].quantity,
        Quantity::new(1).unwrap(),
        "the first stays"
    );
}

#[test]
fn a_check_has_room_for_five_hundred_lines_while_one_can_still_choose() {
    let mut house = House::open();
    house.live(ANA, open(1, T1, Vec::new())).unwrap();
    let lines = |from: u128, count: u128| {
        (from..from + count)
            .map(|n| line(n, WATER, 1))
            .collect::<Vec<_>>()
    };
    house.live(ANA, add(1, lines(0, 200))).unwrap();
    house.live(ANA, add(1, lines(200, 200))).unwrap();
    assert_eq!(
        house.live(ANA, add(1, lines(400, 101))),
        Err(Refusal::Rule(Code::OrderFull))
    );
    assert_eq!(
        house.live(ANA, add(1, lines(400, 201))),
        Err(Refusal::bad("items", "too_many"))
    );
    assert_eq!(
        house.live(ANA, add(1, Vec::new())),
        Err(Refusal::bad("items", "empty"))
    );
    house.queued(ANA, add(1, lines(400, 101))).unwrap();
    assert_eq!(
        house.check(1).lines.len(),
        501,
        "what was ordered was ordered"
    );
}

#[test]
fn money_that_cannot_be_is_kept_aside_and_never_wraps() {
    let mut house = House::open();
    price(&mut house, crate::billing::MOST_OF_A_CHECK);
    house
        .live(ANA, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert_eq!(
        house.live(ANA, add(1, vec![line(2, SOUP, 2)])),
        Err(Refusal::bad("items", "out_of_range"))
    );
    assert_eq!(
        house.live(ANA, add(1, vec![line(2, WATER, 1)])),
        Err(Refusal::bad("items", "out_of_range"))
    );
    let command = add(1, vec![line(2, SOUP, 2)]).into();
    let verdict = judge(&house.state, &command, &house.ctx(ANA, Origin::Queued));
    let Verdict::Quarantined { events, .. } = verdict else {
        panic!("{verdict:?}")
    };
    assert!(matches!(cards(&events)[..], [About::Quarantined { .. }]));
}

#[test]
fn a_note_of_nothing_is_no_note() {
    let mut house = House::open();
    let noted = |n: u128, text: &str| {
        let mut line = line(n, SOUP, 1);
        line.note = Some(Note::new(text).unwrap());
        line
    };
    house
        .live(ANA, open(1, T1, vec![noted(1, "  "), noted(2, "no salt")]))
        .unwrap();
    let notes: Vec<_> = house
        .check(1)
        .lines
        .iter()
        .map(|line| line.note.clone())
        .collect();
    assert_eq!(notes, [None, Some(Note::new("no salt").unwrap())]);
}

fn called(house: &House, n: u128) -> Option<&str> {
    house.check(n).name.as_ref().map(crate::text::Label::as_str)
}

#[test]
fn the_last_name_in_the_hubs_order_stands_and_none_takes_it_away() {
    let mut house = House::open();
    house.live(ANA, open(1, T1, Vec::new())).unwrap();
    assert_eq!(called(&house, 1), None);
    house.live(ANA, named(1, "Birthday")).unwrap();
    let again = house.queued(ANA, named(1, "Birthday")).unwrap();
    assert_eq!(cards(&again), Vec::<&About>::new(), "twice is no news");
    house.queued(BEN, named(1, "Bar · Tom")).unwrap();
    assert_eq!(called(&house, 1), Some("Bar · Tom"));
    house.queued(ANA, named(1, "")).unwrap();
    assert_eq!(called(&house, 1), None);
    assert_eq!(house.check(1).opened_by, Some(ANA));
}

#[test]
fn a_name_for_a_check_that_nobody_knows_waits_for_it_on_a_found_check() {
    let mut house = House::open();
    let live = house.live(ANA, named(1, "Birthday"));
    assert_eq!(live, Err(Refusal::Unknown("order")));
    let found = house.queued(ANA, named(1, "Birthday")).unwrap();
    assert!(matches!(cards(&found)[..], [About::FoundCheck { .. }]));
    house.queued(BEN, open(1, T2, Vec::new())).unwrap();
    assert_eq!(called(&house, 1), Some("Birthday"));
    assert_eq!(house.check(1).table, Some(T2));
}

#[test]
fn a_name_by_somebody_who_may_not_is_refused_live_and_flagged_afterwards() {
    let mut house = House::open();
    house.live(ANA, open(1, T1, Vec::new())).unwrap();
    let refused = house.live(KIM, named(1, "Birthday"));
    assert_eq!(refused, Err(Refusal::Rule(Code::NotAllowed)));
    let events = house.queued(KIM, named(1, "Birthday")).unwrap();
    assert!(matches!(cards(&events)[..], [About::NotPermitted { .. }]));
    assert_eq!(called(&house, 1), Some("Birthday"));
}

#[test]
fn who_may_not_is_refused_live_and_flagged_afterwards() {
    let mut house = House::open();
    assert_eq!(
        house.live(KIM, open(1, T1, Vec::new())),
        Err(Refusal::Rule(Code::NotAllowed))
    );
    let events = house
        .queued(KIM, open(1, T1, vec![line(1, SOUP, 1)]))
        .unwrap();
    assert!(matches!(cards(&events)[..], [About::NotPermitted { .. }]));
    assert_eq!(house.check(1).lines.len(), 1);
    let stranger = crate::ids::PersonId(id(0xbad));
    assert_eq!(
        house.live(stranger, send(1, &[1])),
        Err(Refusal::Rule(Code::NotAllowed))
    );
    assert_eq!(
        cards(&house.queued(stranger, send(1, &[1])).unwrap()).len(),
        1
    );
}

#[test]
fn a_rejection_and_its_card_are_the_same_on_device_and_hub() {
    let (mut hub, mut device) = (
        House::open(),
        House {
            place: Place::Device,
            ..House::open()
        },
    );
    for house in [&mut hub, &mut device] {
        house.queued(ANA, open(1, T1, Vec::new())).unwrap();
    }
    let command = open(1, T2, Vec::new()).into();
    let verdicts =
        [&hub, &device].map(|house| judge(&house.state, &command, &house.ctx(BEN, Origin::Queued)));
    assert_eq!(verdicts[0], verdicts[1]);
    let Verdict::Rejected { code, events } = &verdicts[0] else {
        panic!("{verdicts:?}")
    };
    assert_eq!(*code, Code::AlreadyExists);
    let Event::CardRaised(raised) = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(raised.card.author, Some(BEN), "it is in its author's tray");
    assert_eq!(hub.ctx(BEN, Origin::Queued).device, Some(TABLET));
}
