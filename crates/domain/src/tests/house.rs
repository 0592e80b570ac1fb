//! A small restaurant for stories: its people, two tables, three dishes, and a way to say what somebody does.

use crate::auth::{AddPerson, Role};
use crate::billing::Method;
use crate::billing::bill::OpenBill;
use crate::billing::pay::Pay;
use crate::command::Command;
use crate::devices::{DeviceKind, Enrol};
use crate::event::Event;
use crate::floor::{AddRoom, AddTable, Room};
use crate::ids::{BillId, GroupId, OptionId, PaymentId};
use crate::ids::{
    CategoryId, CommandId, DeviceId, DishId, LineId, OrderId, PersonId, RestaurantId, RoomId,
    TableId, TicketId,
};
use crate::menu::{AddCategory, AddDish, AddGroup, Category, Choice, Dish, Group, SetAvailability};
use crate::money::Money;
use crate::notifications::About;
use crate::orders::Order;
use crate::orders::add::{Add, NewLine};
use crate::orders::open::Open;
use crate::orders::send::{Fire, Named, Send};
use crate::orders::void::{Part, Void};
use crate::refusal::Refusal;
use crate::rules::{Ctx, Origin, Place, apply, decide};
use crate::settings::{Found, Settings};
use crate::state::State;
use crate::text::Note;
use crate::text::{Currency, Guests, Label, MinuteOfDay, Name, Quantity, Seats, Username};
use crate::time::{Moment, Zone};
use uuid::Uuid;

/// 21 November 2026, 20:00 in Berlin.
pub(super) const EVENING: Moment = Moment(1_795_287_600_000);

pub(super) const ANA: PersonId = PersonId(id(0xa1));
pub(super) const BEN: PersonId = PersonId(id(0xa2));
pub(super) const KIM: PersonId = PersonId(id(0xa3));
pub(super) const ADA: PersonId = PersonId(id(0xa4));
pub(super) const TABLET: DeviceId = DeviceId(id(0xd1));
pub(super) const DISPLAY: DeviceId = DeviceId(id(0xd2));
pub(super) const ROOM: RoomId = RoomId(id(0xb0));
pub(super) const T1: TableId = TableId(id(0xb1));
pub(super) const T2: TableId = TableId(id(0xb2));
pub(super) const FOOD: CategoryId = CategoryId(id(0xc0));
/// 12.50, cooked in the kitchen.
pub(super) const SOUP: DishId = DishId(id(0xc1));
/// 9.99, cooked in the kitchen and finished at the bar.
pub(super) const FLAMBE: DishId = DishId(id(0xc2));
/// 3.00, from the bar.
pub(super) const WATER: DishId = DishId(id(0xc3));

/// 24.00, from the grill, with a choice that has to be made.
pub(super) const STEAK: DishId = DishId(id(0xc4));
pub(super) const DONENESS: GroupId = GroupId(id(0xe0));
pub(super) const RARE: OptionId = OptionId(id(0xe1));
/// 2.00 more.
pub(super) const BLUE: OptionId = OptionId(id(0xe2));

pub(super) const fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub(super) fn order(n: u128) -> OrderId {
    OrderId(id(0x1000 + n))
}

pub(super) fn line_id(n: u128) -> LineId {
    LineId(id(0x2000 + n))
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(super) fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

pub(super) fn line(n: u128, dish: DishId, quantity: i64) -> NewLine {
    let (id, quantity) = (line_id(n), Quantity::new(quantity).unwrap());
    NewLine {
        id,
        dish,
        quantity,
        modifiers: Vec::new(),
        note: None,
        seat: None,
        course: None,
        frozen: None,
    }
}

pub(super) fn tickets(from: u128) -> Vec<TicketId> {
    (0..8)
        .map(|n| TicketId(id(0x3000 + 16 * from + n)))
        .collect()
}

pub(super) fn fire(from: u128) -> Option<Fire> {
    Some(Fire {
        tickets: tickets(from),
    })
}

pub(super) fn open(n: u128, table: TableId, lines: Vec<NewLine>) -> Open {
    let guests = Guests::new(2).unwrap();
    Open {
        order: order(n),
        table,
        guests,
        beside: Vec::new(),
        lines,
        fire: None,
    }
}

pub(super) fn add(n: u128, lines: Vec<NewLine>) -> Add {
    Add {
        order: order(n),
        lines,
        fire: None,
    }
}

pub(super) fn send(n: u128, lines: &[u128]) -> Send {
    let quantity = Quantity::new(1).unwrap();
    let named = lines
        .iter()
        .map(|n| Named {
            line: line_id(*n),
            quantity,
        })
        .collect();
    Send {
        order: order(n),
        lines: named,
        tickets: tickets(lines.first().copied().unwrap_or(0) + 100),
    }
}

pub(super) fn bill(n: u128) -> BillId {
    BillId(id(0x4000 + n))
}

pub(super) fn open_bill(n: u128) -> OpenBill {
    OpenBill {
        bill: bill(n),
        order: order(n),
    }
}

/// Cash for the bill of the same number.
pub(super) fn pay(n: u128, payment: u128, amount: i64) -> Pay {
    Pay {
        payment: PaymentId(id(0x5000 + payment)),
        order: order(n),
        bill: bill(n),
        method: Method::Cash,
        amount: money(amount),
        tip: money(0),
        tendered: None,
    }
}

pub(super) fn void(n: u128, lines: &[u128], reason: &str) -> Void {
    let lines = lines.iter().map(|line| Part {
        line: line_id(*line),
        quantity: None,
    });
    Void {
        order: order(n),
        lines: lines.collect(),
        reason: Note::new(reason).ok(),
    }
}

pub(super) fn gone(dish: DishId) -> SetAvailability {
    SetAvailability {
        dish,
        available: false,
        remaining: None,
    }
}

pub(super) fn left(dish: DishId, left: u16) -> SetAvailability {
    SetAvailability {
        dish,
        available: true,
        remaining: Some(left),
    }
}

/// The grill's dish, and the choice that it asks for.
pub(super) fn grill() -> Vec<Command> {
    let choice = |id: OptionId, text: &str, price: i64| Choice {
        id,
        name: name(text),
        price: money(price),
    };
    let group = Group {
        id: DONENESS,
        name: name("Doneness"),
        min: 1,
        max: 1,
        options: vec![choice(RARE, "Rare", 0), choice(BLUE, "Blue", 200)],
        dishes: Vec::new(),
        removed: false,
    };
    let steak = Dish {
        modifier_groups: vec![DONENESS],
        ..dish(STEAK, "Steak", 2400, &["grill"])
    };
    vec![AddGroup { group }.into(), AddDish { dish: steak }.into()]
}

pub(super) fn named(n: u128, text: &str) -> crate::orders::name::Name {
    crate::orders::name::Name {
        order: order(n),
        name: Label::new(text).ok(),
    }
}

/// The restaurant, and how many commands it has seen.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub state: State,
    pub commands: u128,
    pub place: Place,
}

impl House {
    /// With nothing in it.
    pub fn bare() -> Self {
        Self {
            state: State::default(),
            commands: 0,
            place: Place::Hub,
        }
    }

    pub fn open() -> Self {
        let mut house = Self::bare();
        for command in founding() {
            house.must(house.ctx(ADA, Origin::Live), command);
        }
        house
    }

    pub fn ctx(&self, by: PersonId, origin: Origin) -> Ctx {
        let command = CommandId(id(0x9000 + self.commands));
        let device = (origin == Origin::Queued).then_some(TABLET);
        // A minute passes between one command and the next.
        let at = EVENING.plus(i64::try_from(self.commands).unwrap() * 60_000);
        Ctx {
            command,
            by: Some(by),
            approved_by: None,
            device,
            at,
            origin,
            place: self.place,
            epoch: 1,
        }
    }

    /// Decides and folds; a refusal changes nothing.
    pub fn says(&mut self, ctx: Ctx, command: impl Into<Command>) -> Result<Vec<Event>, Refusal> {
        let mut command = command.into();
        crate::rules::prepare(&self.state, &mut command);
        self.commands += 1;
        let events = decide(&self.state, &command, &ctx)?;
        events
            .iter()
            .for_each(|event| apply(&mut self.state, event));
        Ok(events)
    }

    #[track_caller]
    pub fn must(&mut self, ctx: Ctx, command: impl Into<Command>) -> Vec<Event> {
        self.says(ctx, command).expect("it goes in")
    }

    /// Somebody waits for the answer.
    pub fn live(
        &mut self,
        by: PersonId,
        command: impl Into<Command>,
    ) -> Result<Vec<Event>, Refusal> {
        self.says(self.ctx(by, Origin::Live), command)
    }

    /// It has happened at the table already.
    pub fn queued(
        &mut self,
        by: PersonId,
        command: impl Into<Command>,
    ) -> Result<Vec<Event>, Refusal> {
        self.says(self.ctx(by, Origin::Queued), command)
    }

    /// With the grill's dish, and soup and water on T1's check 1, sent.
    pub fn served_t1() -> Self {
        let mut house = Self::open();
        for command in grill() {
            house.live(ADA, command).expect("it goes in");
        }
        let lines = vec![line(1, SOUP, 2), line(2, WATER, 1)];
        let open = Open {
            fire: fire(1),
            ..open(1, T1, lines)
        };
        house.live(ANA, open).expect("it goes in");
        house
    }

    /// The first ticket of a check at a station.
    pub fn ticket(&self, n: u128, station: &str) -> TicketId {
        let tickets = &self.check(n).tickets;
        let found = tickets
            .iter()
            .find(|ticket| ticket.station.as_str() == station);
        found.expect("a ticket").id
    }

    pub fn status(&self, n: u128, line: u128) -> &'static str {
        self.check(n)
            .line(line_id(line))
            .expect("a line")
            .status()
            .as_str()
    }

    pub fn check(&self, n: u128) -> &Order {
        self.state.order(order(n)).expect("the check is there")
    }
}

/// The commands that make the restaurant.
pub(super) fn founding() -> Vec<Command> {
    let settings = Settings {
        restaurant: RestaurantId(id(1)),
        name: name("Osteria"),
        currency: Currency::new("EUR").unwrap(),
        zone: Zone::new("Europe/Berlin").unwrap(),
        language: Label::new("en").unwrap(),
        day_start: MinuteOfDay::new(240).unwrap(),
        prices_include_tax: true,
        demo: false,
        in_use: false,
    };
    let mut commands: Vec<Command> = vec![Found { settings }.into()];
    let people = [
        (ANA, "ana", Role::Staff),
        (BEN, "ben", Role::Staff),
        (KIM, "kim", Role::Kitchen),
        (ADA, "ada", Role::Admin),
    ];
    commands.extend(people.map(|(id, username, role)| {
        let (full_name, username) = (
            name(&username.to_uppercase()),
            Username::new(username).unwrap(),
        );
        AddPerson {
            id,
            username,
            full_name,
            role,
        }
        .into()
    }));
    let devices = [(TABLET, DeviceKind::Waiter), (DISPLAY, DeviceKind::Kitchen)];
    commands.extend(devices.map(|(id, kind)| {
        Enrol {
            id,
            name: name(kind.as_str()),
            kind,
            fork_of: None,
        }
        .into()
    }));
    commands.push(
        AddRoom {
            room: Room {
                id: ROOM,
                name: name("Hall"),
                position: 1,
            },
        }
        .into(),
    );
    commands.extend([(T1, "T1"), (T2, "T2")].map(|(id, text)| {
        AddTable {
            id,
            name: name(text),
            room: ROOM,
            seats: Seats::new(4).unwrap(),
            position: 1,
            spot: None,
            new_room: None,
        }
        .into()
    }));
    commands.push(
        AddCategory {
            category: Category {
                id: FOOD,
                name: name("Food"),
                position: 1,
                dishes: Vec::new(),
                removed: false,
            },
        }
        .into(),
    );
    let dishes: [(DishId, &str, i64, &[&str]); 3] = [
        (SOUP, "Soup", 1250, &["kitchen"]),
        (FLAMBE, "Crêpe flambée", 999, &["kitchen", "bar"]),
        (WATER, "Water", 300, &["bar"]),
    ];
    commands.extend(dishes.map(|(id, text, price, stations)| {
        AddDish {
            dish: dish(id, text, price, stations),
        }
        .into()
    }));
    commands
}

pub(super) fn dish(id: DishId, text: &str, price: i64, stations: &[&str]) -> Dish {
    Dish {
        id,
        category: FOOD,
        name: name(text),
        kitchen_name: None,
        description: None,
        price: money(price),
        tax_rate: "10".parse().unwrap(),
        allergens: Vec::new(),
        available: true,
        stations: stations
            .iter()
            .map(|station| Label::new(*station).unwrap())
            .collect(),
        position: 1,
        remaining: None,
        modifier_groups: Vec::new(),
        removed: false,
    }
}

/// What the cards of these events are about.
pub(super) fn cards(events: &[Event]) -> Vec<&About> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::CardRaised(raised) => Some(&raised.card.about),
            _ => None,
        })
        .collect()
}
