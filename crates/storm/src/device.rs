//! One device as a process: the same core as in the desktop program, with somebody who taps fast. What the core says is stored
//! is written into a book beside its database.

use anyhow::{Context, Result, bail, ensure};
use client::Setup;
use client::native::{self, Handle};
use domain::Command;
use domain::billing::Method;
use domain::billing::bill::OpenBill;
use domain::billing::pay::Pay;
use domain::devices::DeviceKind;
use domain::ids::{BillId, CommandId, DishId, LineId, OrderId, PaymentId, TableId, TicketId};
use domain::kitchen::{Advance, BumpTicket};
use domain::orders::Stage;
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::orders::send::Send;
use domain::text::{Guests, Label, Quantity};
use protocol::bridge::{Answer, Model, Request, SessionAsk, Submission, View};
use protocol::view::{Check, Link, Menu};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The hub's address.
    #[arg(long)]
    hub: String,
    /// Where its database and its book lie.
    #[arg(long)]
    folder: PathBuf,
    /// Who holds it; `kitchen` is a kitchen's.
    #[arg(long)]
    person: String,
    #[arg(long)]
    seed: u64,
}

pub async fn live(args: &Args) -> Result<()> {
    let setup = Setup {
        build: "storm".into(),
        evictable: false,
    };
    let core = native::start(
        args.folder.join("device.db"),
        setup,
        args.hub.clone(),
        |_| {},
    )?;
    let book = OpenOptions::new()
        .create(true)
        .append(true)
        .open(args.folder.join("book"))?;
    let mut person = Person {
        core,
        book,
        random: StdRng::seed_from_u64(args.seed),
    };
    let ended = Arc::new(AtomicBool::new(false));
    std::thread::spawn({
        let ended = Arc::clone(&ended);
        move || {
            // Nothing is ever said there: it only ends.
            let _end = std::io::stdin().read(&mut [0]);
            ended.store(true, Ordering::Relaxed);
        }
    });
    let kitchen = args.person == "kitchen";
    person.arrive(&args.person, kitchen).await?;
    while !ended.load(Ordering::Relaxed) {
        if person.waiting().await? > MOST_WAITING {
            // The hub is slow or gone; a thumb would not be faster.
        } else if kitchen {
            person.cook().await?;
        } else {
            person.wait_on_tables().await?;
        }
        let pause = person.random.random_range(1..25);
        sleep(Duration::from_millis(pause)).await;
    }
    person.drain().await
}

/// So many of its commands may be on their way to the hub before somebody waits.
const MOST_WAITING: u64 = 40;

struct Person {
    core: Handle,
    book: File,
    random: StdRng,
}

impl Person {
    /// Enrolled and signed in, as soon as the hub lets them; after a kill it is both already.
    async fn arrive(&mut self, username: &str, kitchen: bool) -> Result<()> {
        loop {
            let Model::Session(session) = self.see(View::Session).await? else {
                bail!("the core shows another view than it was asked for");
            };
            if session.person.is_some() {
                return Ok(());
            }
            let ask = if session.device.is_some() {
                SessionAsk::SignIn {
                    username: username.to_owned(),
                    password: format!("demo-{username}"),
                }
            } else {
                SessionAsk::Enrol {
                    name: username.to_owned(),
                    kind: if kitchen {
                        DeviceKind::Kitchen
                    } else {
                        DeviceKind::Waiter
                    },
                    code: None,
                    hub: None,
                }
            };
            match self.core.call(Request::Session(ask)).await {
                Answer::Done | Answer::Offline | Answer::Trouble { .. } => {}
                other => bail!("{other:?}"),
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn see(&self, view: View) -> Result<Model> {
        match self.core.call(Request::Query { view }).await {
            Answer::View { model, .. } => Ok(*model),
            other => bail!("{other:?}"),
        }
    }

    async fn does(&mut self, command: Command) -> Result<()> {
        let submission = Submission::new(CommandId(id()), &command)?;
        let line = serde_json::to_string(&submission)?;
        match self.core.call(Request::Submit(submission)).await {
            // In one write, so that a kill leaves whole lines.
            Answer::Stored { .. } => self
                .book
                .write_all(format!("{line}\n").as_bytes())
                .context("the book"),
            // Somebody else was faster, and this device knows it by now: a rule says no, or what was meant is not there.
            Answer::Refused { .. } => Ok(()),
            Answer::Bad { code, .. } if code == "unknown" => Ok(()),
            other => bail!("{other:?} of {line}"),
        }
    }

    async fn waiting(&self) -> Result<u64> {
        let Model::Sync(sync) = self.see(View::Sync).await? else {
            bail!("the core shows another view than it was asked for");
        };
        Ok(sync.waiting)
    }

    async fn wait_on_tables(&mut self) -> Result<()> {
        let (Model::Floor(floor), Model::Menu(menu)) =
            (self.see(View::Floor).await?, self.see(View::Menu).await?)
        else {
            bail!("the core shows other views than it was asked for");
        };
        let open: Vec<OrderId> = floor
            .tables
            .iter()
            .flat_map(|table| &table.checks)
            .map(|check| check.order)
            .collect();
        if open.len() < 12 && self.random.random_bool(0.3) {
            let tables: Vec<TableId> = floor.tables.iter().map(|table| table.id).collect();
            return self.opens(&tables, &menu).await;
        }
        let Some(order) = open.choose(&mut self.random).copied() else {
            return Ok(());
        };
        let Model::Check { check: Some(check) } = self.see(View::Check { order }).await? else {
            return Ok(());
        };
        match self.random.random_range(0..10) {
            0..4 => {
                let lines = self.lines(&menu)?;
                let fire = None;
                self.does(Add { order, lines, fire }.into()).await
            }
            4..8 => self.sends(&check).await,
            _ => self.takes_cash(&check).await,
        }
    }

    async fn opens(&mut self, tables: &[TableId], menu: &Menu) -> Result<()> {
        let Some(table) = tables.choose(&mut self.random).copied() else {
            return Ok(());
        };
        let lines = self.lines(menu)?;
        let open = Open {
            order: OrderId(id()),
            table,
            guests: Guests::new(2)?,
            beside: Vec::new(),
            lines,
            fire: None,
        };
        self.does(open.into()).await
    }

    fn lines(&mut self, menu: &Menu) -> Result<Vec<NewLine>> {
        let plain: Vec<DishId> = menu
            .dishes
            .iter()
            .filter(|dish| dish.groups.is_empty() && dish.available && dish.remaining.is_none())
            .map(|dish| dish.id)
            .collect();
        let many = self.random.random_range(1..4);
        let mut lines = Vec::new();
        for dish in plain.sample(&mut self.random, many) {
            lines.push(NewLine {
                id: LineId(id()),
                dish: *dish,
                quantity: Quantity::new(1)?,
                modifiers: Vec::new(),
                note: None,
                seat: None,
                course: None,
                frozen: None,
            });
        }
        Ok(lines)
    }

    async fn sends(&mut self, check: &Check) -> Result<()> {
        if check.send.is_empty() {
            return Ok(());
        }
        let send = Send {
            order: check.order,
            lines: check.send.clone(),
            tickets: (0..check.tickets).map(|_| TicketId(id())).collect(),
        };
        self.does(send.into()).await
    }

    /// The whole of it, once all is sent.
    async fn takes_cash(&mut self, check: &Check) -> Result<()> {
        if !check.send.is_empty() || check.lines.is_empty() {
            return Ok(());
        }
        let order = check.order;
        let Model::Bill { bill: Some(seen) } = self.see(View::Bill { order }).await? else {
            return Ok(());
        };
        let bill = match seen.id {
            Some(bill) => bill,
            None => {
                let bill = BillId(id());
                self.does(OpenBill { bill, order }.into()).await?;
                bill
            }
        };
        if seen.due.minor() <= 0 {
            return Ok(());
        }
        let pay = Pay {
            payment: PaymentId(id()),
            order,
            bill,
            method: Method::Cash,
            amount: seen.due,
            tip: domain::money::Money::default(),
            tendered: None,
        };
        self.does(pay.into()).await
    }

    async fn cook(&mut self) -> Result<()> {
        let Model::Board(board) = self.see(View::Board { station: None }).await? else {
            bail!("the core shows another view than it was asked for");
        };
        let Some(ticket) = board.tickets.choose(&mut self.random) else {
            return Ok(());
        };
        let order = ticket.order;
        if self.random.random_bool(0.5) {
            let ticket = ticket.id;
            return self.does(BumpTicket { order, ticket }.into()).await;
        }
        let Some(line) = ticket.lines.choose(&mut self.random) else {
            return Ok(());
        };
        let advance = Advance {
            order,
            line: line.id,
            station: Some(Label::new(ticket.station.clone())?),
            to: Stage::Preparing,
        };
        self.does(advance.into()).await
    }

    /// Until the hub has all of it.
    async fn drain(&mut self) -> Result<()> {
        let mut last = None;
        for _ in 0..4000 {
            let Model::Sync(sync) = self.see(View::Sync).await? else {
                bail!("the core shows another view than it was asked for");
            };
            if sync.waiting == 0 && sync.link == Link::Online {
                println!("drained");
                // It goes on to hear of what others did, until it is ended.
                return std::future::pending().await;
            }
            last = Some(sync);
            sleep(Duration::from_millis(50)).await;
        }
        ensure!(last.is_none(), "not drained after minutes: {last:?}");
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this plays the screen, which draws the ids"
)]
fn id() -> Uuid {
    Uuid::now_v7()
}
