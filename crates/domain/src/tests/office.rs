//! Cards, people, menu, settings, and what a table shows.

use super::acts::{cooks, no, serve, to};
use super::house::{
    ADA, ANA, BEN, House, KIM, SOUP, STEAK, T1, T2, WATER, add, fire, gone, line, open, open_bill,
    order,
};
use crate::auth::{ChangePerson, Role};
use crate::event::Event;
use crate::menu::{ChangeCategory, ChangeDish};
use crate::notifications::Clear;
use crate::orders::Stage;
use crate::orders::cancel::Cancel;
use crate::orders::open::Open;
use crate::refusal::{Code, Refusal};
use crate::settings::ChangeSettings;
use crate::text::Currency;

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
