//! The demo's week: evenings that were lived through by the same commands, on a clock of their own. The same
//! guests come every time.

use super::past::Past;
use crate::handle::{Live, Rendered};
use crate::hub::Hub;
use anyhow::Context;
use domain::Command;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::ids::{
    BillId, CommandId, DishId, LineId, OptionId, OrderId, PaymentId, PersonId, RestaurantId,
    TableId, TicketId,
};
use domain::kitchen::{Advance, BumpTicket};
use domain::money::Money;
use domain::orders::Stage;
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::orders::send::Fire;
use domain::orders::serve::Serve;
use domain::orders::void::{Part, Void};
use domain::text::{Course, Guests, Note, Quantity, Seat};
use domain::time::{Day, Moment};
use futures_util::future::join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who and what there is to live with.
#[derive(Debug)]
pub(super) struct House {
    pub restaurant: RestaurantId,
    pub waiters: Vec<PersonId>,
    pub manager: PersonId,
    pub cook: PersonId,
    pub tables: Vec<(TableId, i64)>,
    /// Dishes by category, in the menu's order.
    pub menu: Vec<Vec<Known>>,
}

#[derive(Debug, Clone)]
pub(super) struct Known {
    pub id: DishId,
    pub price: i64,
    pub stations: Vec<String>,
    /// What has to be chosen, and what it costs.
    pub forced: Option<(OptionId, i64)>,
}

/// One act of the evening, at so many minutes after it began.
struct Step {
    minute: i64,
    by: PersonId,
    command: Command,
}

/// Chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }

    fn minutes(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Guests come from half past five on.
const OPENS: (i8, i8) = (17, 30);
/// So many minutes of the evening are one commit.
const AT_ONCE: i64 = 15;

/// When the evening of so many days ago began, by the restaurant's wall clock.
pub(super) fn evening(today: Day, ago: i64, zone: &TimeZone) -> anyhow::Result<Moment> {
    let date: Date = today.to_string().parse()?;
    let date = date.checked_sub(jiff::Span::new().days(ago))?;
    let at = date.at(OPENS.0, OPENS.1, 0, 0).to_zoned(zone.clone())?;
    Ok(Moment(at.timestamp().as_millisecond()))
}

/// Lives through so many days before today.
pub(super) async fn live(
    hub: &Arc<Hub>,
    clock: &Past,
    house: &House,
    (today, days): (Day, i64),
    zone: &TimeZone,
) -> anyhow::Result<()> {
    for ago in (1..=days).rev() {
        let began = evening(today, ago, zone)?;
        let mut evening = Evening {
            hub,
            house,
            chance: Chance(ago.unsigned_abs()),
            steps: Vec::new(),
        };
        evening.plan()?;
        evening.run(clock, began).await?;
    }
    Ok(())
}

struct Evening<'a> {
    hub: &'a Arc<Hub>,
    house: &'a House,
    chance: Chance,
    steps: Vec<Step>,
}

/// A check while it is planned.
struct Check {
    order: OrderId,
    waiter: PersonId,
    guests: usize,
    due: i64,
    minute: i64,
}

/// The menu's categories.
const STARTERS: usize = 0;
const PASTA: usize = 1;
const MAINS: usize = 2;
const SIDES: usize = 3;
const DESSERTS: usize = 4;
const DRINKS: usize = 5;

impl Evening<'_> {
    fn plan(&mut self) -> anyhow::Result<()> {
        let tables = self.house.tables.clone();
        for (table, seats) in tables {
            for sitting in [0, 135] {
                if self.chance.one_in(4) {
                    continue;
                }
                let minute = sitting + self.chance.minutes(0, 30);
                let seats = usize::try_from(seats).unwrap_or(2);
                let guests = 1 + self.chance.below(seats);
                self.sitting(table, guests, minute)?;
            }
        }
        Ok(())
    }

    fn sitting(&mut self, table: TableId, guests: usize, minute: i64) -> anyhow::Result<()> {
        let waiters = &self.house.waiters;
        let waiter = waiters[self.chance.below(waiters.len())];
        let order = OrderId(self.hub.world.id());
        let mut check = Check {
            order,
            waiter,
            guests,
            due: 0,
            minute,
        };
        let first = self.round(&mut check, &[DRINKS, STARTERS], Course::FIRST)?;
        let open = Open {
            order,
            table,
            guests: Guests::new(i64::try_from(guests)?)?,
            beside: Vec::new(),
            lines: first.lines.clone(),
            fire: Some(first.fire()),
        };
        self.step(check.minute, waiter, open);
        self.cooked(&mut check, &first);
        if self.chance.one_in(9) {
            self.unwanted(&mut check)?;
        }
        let main = if self.chance.one_in(3) { PASTA } else { MAINS };
        let second = self.round(&mut check, &[main, SIDES], Course::new(2)?)?;
        self.more(&mut check, second);
        if !self.chance.one_in(3) {
            let third = self.round(&mut check, &[DESSERTS, DRINKS], Course::new(3)?)?;
            self.more(&mut check, third);
        }
        self.paid(&mut check)
    }

    fn step(&mut self, minute: i64, by: PersonId, command: impl Into<Command>) {
        let command = command.into();
        self.steps.push(Step {
            minute,
            by,
            command,
        });
    }

    /// What the guests take of these categories: of the first each something, of the second some.
    fn round(&mut self, check: &mut Check, of: &[usize], course: Course) -> anyhow::Result<Round> {
        let mut round = Round::default();
        let mut chosen: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for guest in 0..check.guests {
            for (rank, category) in of.iter().enumerate() {
                if rank > 0 && guest % 2 == 1 {
                    continue;
                }
                let dishes = self.house.menu[*category].len();
                // Some dishes are liked better than others.
                let dish = self.chance.below(dishes).min(self.chance.below(dishes));
                *chosen.entry((*category, dish)).or_default() += 1;
            }
        }
        for ((category, dish), quantity) in chosen {
            let dish = &self.house.menu[category][dish];
            let (choice, more) = dish.forced.unzip();
            let note = self.chance.one_in(12);
            round.lines.push(NewLine {
                id: LineId(self.hub.world.id()),
                dish: dish.id,
                quantity: Quantity::new(quantity)?,
                modifiers: choice.into_iter().collect(),
                note: note.then(|| Note::new("no garlic")).transpose()?,
                seat: (quantity == 1 && check.guests > 1)
                    .then(|| Seat::new(1))
                    .transpose()?,
                course: Some(course),
                frozen: None,
            });
            check.due += quantity * (dish.price + more.unwrap_or(0));
            for station in &dish.stations {
                round.stations.insert(station.clone());
            }
        }
        let draw = |_: &String| TicketId(self.hub.world.id());
        round.tickets = round.stations.iter().map(draw).collect();
        Ok(round)
    }

    /// The tickets leave the board when they are done, and the plates the pass.
    fn cooked(&mut self, check: &mut Check, round: &Round) {
        let (order, cook) = (check.order, self.house.cook);
        let begun = check.minute + self.chance.minutes(1, 4);
        if let Some(line) = round.lines.first() {
            let advance = Advance {
                order,
                line: line.id,
                station: None,
                to: Stage::Preparing,
            };
            self.step(begun, cook, advance);
        }
        let mut done = begun;
        for ticket in &round.tickets {
            let ready = begun + self.chance.minutes(4, 14);
            let ticket = *ticket;
            self.step(ready, cook, BumpTicket { order, ticket });
            done = done.max(ready);
        }
        let lines = round.lines.iter().map(|line| line.id).collect();
        let served = done + self.chance.minutes(1, 3);
        self.step(served, check.waiter, Serve { order, lines });
        check.minute = served;
    }

    fn more(&mut self, check: &mut Check, round: Round) {
        check.minute += self.chance.minutes(5, 12);
        let add = Add {
            order: check.order,
            lines: round.lines.clone(),
            fire: Some(round.fire()),
        };
        self.step(check.minute, check.waiter, add);
        self.cooked(check, &round);
    }

    /// A line that was typed by mistake, or that a guest does not want any more.
    fn unwanted(&mut self, check: &mut Check) -> anyhow::Result<()> {
        let dish = self.house.menu[SIDES].first().context("a side")?;
        let line = LineId(self.hub.world.id());
        let lines = vec![NewLine {
            id: line,
            dish: dish.id,
            quantity: Quantity::new(1)?,
            modifiers: Vec::new(),
            note: None,
            seat: None,
            course: None,
            frozen: None,
        }];
        let order = check.order;
        let sent = self.chance.one_in(2);
        let ticket = TicketId(self.hub.world.id());
        let fire = sent.then(|| Fire {
            tickets: vec![ticket],
        });
        check.minute += 2;
        self.step(check.minute, check.waiter, Add { order, lines, fire });
        let quantity = None;
        let void = Void {
            order,
            lines: vec![Part { line, quantity }],
            reason: Some(Note::new("Typed by mistake")?),
        };
        let by = if sent {
            self.house.manager
        } else {
            check.waiter
        };
        check.minute += 1;
        self.step(check.minute, by, void);
        if sent {
            check.minute += 1;
            let cook = self.house.cook;
            self.step(check.minute, cook, BumpTicket { order, ticket });
        }
        Ok(())
    }

    fn paid(&mut self, check: &mut Check) -> anyhow::Result<()> {
        let (order, waiter) = (check.order, check.waiter);
        let bill = BillId(self.hub.world.id());
        check.minute += self.chance.minutes(4, 12);
        self.step(check.minute, waiter, OpenBill { bill, order });
        check.minute += self.chance.minutes(2, 6);
        let amount = check.due;
        // Rounded up to the next whole note of five, more or less.
        let tip = match self.chance.below(3) {
            0 => 0,
            1 => amount / 2000 * 100,
            _ => (500 - amount % 500) % 500,
        };
        let wanted = amount + tip;
        let tendered = (wanted + 999) / 1000 * 1000;
        let pay = Pay {
            payment: PaymentId(self.hub.world.id()),
            order,
            bill,
            method: Method::Cash,
            amount: Money::new(amount)?,
            tip: Money::new(tip)?,
            tendered: Some(Money::new(tendered)?),
        };
        self.step(check.minute, waiter, pay);
        Ok(())
    }

    /// Everything in its order, a quarter of an hour at once.
    async fn run(mut self, clock: &Past, began: Moment) -> anyhow::Result<()> {
        self.steps.sort_by_key(|step| step.minute);
        let mut steps = self.steps.into_iter().peekable();
        while let Some(first) = steps.peek().map(|step| step.minute) {
            let until = (first / AT_ONCE + 1) * AT_ONCE;
            clock.go_on_to(began.plus(first * 60_000));
            let mut asked = Vec::new();
            while let Some(step) = steps.next_if(|step| step.minute < until) {
                let kind = step.command.kind();
                let done = self.hub.live(self.house.restaurant, job(self.hub, step));
                asked.push(async move { done.await.with_context(|| format!("{kind} failed")) });
            }
            for done in join_all(asked).await {
                done?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Round {
    lines: Vec<NewLine>,
    stations: BTreeSet<String>,
    tickets: Vec<TicketId>,
}

impl Round {
    fn fire(&self) -> Fire {
        Fire {
            tickets: self.tickets.clone(),
        }
    }
}

fn job(hub: &Hub, step: Step) -> Live {
    Live {
        by: Some(step.by),
        device: None,
        command: step.command,
        cmd_id: CommandId(hub.world.id()),
        idem: None,
        side: Vec::new(),
        render: Box::new(|_| Rendered {
            status: 204,
            body: String::new(),
            location: None,
        }),
    }
}
