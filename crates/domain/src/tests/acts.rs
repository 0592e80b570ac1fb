//! What people do in the stories of an evening, in few words; and one of each command.

use super::house::{
    ANA, BEN, BLUE, DISPLAY, House, KIM, RARE, SOUP, STEAK, T2, WATER, add, gone, id, left, line,
    line_id, money, open, open_bill, order, pay, send, void,
};
use crate::auth::{ChangePerson, Credential, Role};
use crate::billing::pay::Pay;
use crate::command::Command;
use crate::event::Event;
use crate::ids::{LineId, PersonId};
use crate::kitchen::{Acknowledge, Advance, BumpTicket, Recall, See, Undo};
use crate::menu::{ChangeCategory, ChangeDish};
use crate::orders::Stage;
use crate::orders::add::NewLine;
use crate::orders::cancel::Cancel;
use crate::orders::change::{Change, FromTo};
use crate::orders::hand_over::HandOver;
use crate::orders::send::Force;
use crate::orders::serve::Serve;
use crate::refusal::{Code, Refusal};
use crate::rules::{Ctx, Origin};
use crate::settings::ChangeSettings;
use crate::text::{Label, Quantity};

pub(super) fn no<T: std::fmt::Debug>(code: Code) -> Result<T, Refusal> {
    Err(Refusal::Rule(code))
}

pub(super) fn quantity(n: i64) -> Quantity {
    Quantity::new(n).unwrap()
}

pub(super) fn to(n: u128, line: u128, from: i64, to: i64) -> Change {
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

pub(super) fn cooks(n: u128, line: u128, to: Stage) -> Advance {
    Advance {
        order: order(n),
        line: line_id(line),
        station: None,
        to,
    }
}

pub(super) fn serve(n: u128, lines: &[u128]) -> Serve {
    Serve {
        order: order(n),
        lines: lines.iter().map(|line| line_id(*line)).collect(),
    }
}

pub(super) fn fired(events: &[Event]) -> Vec<LineId> {
    let fired = events.iter().filter_map(|event| match event {
        Event::LinesFired(event) => Some(event.lines.clone()),
        _ => None,
    });
    fired.flatten().collect()
}

/// On the kitchen's own screen, with nobody signed in.
pub(super) fn on_display(house: &House) -> Ctx {
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
