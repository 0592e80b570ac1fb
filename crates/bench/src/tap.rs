//! From a tap to what is safe: the device's own core, its database on the disk, a hub beside it.

use crate::glass::script;
use crate::hub::{How, Hub};
use crate::load::{Load, percentile};
use anyhow::{Context, Result, bail, ensure};
use client::Setup;
use client::native::{self, Handle};
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DishId, LineId, OrderId, TableId};
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::text::{Guests, Quantity};
use protocol::bridge::{Answer, Model, Request, SessionAsk, Submission, View};
use serde::Deserialize;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;
use uuid::Uuid;

/// Milliseconds until the core has answered that it is stored.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Safe {
    pub p50: f64,
    pub p99: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct InBrowser {
    #[serde(flatten)]
    pub safe: Safe,
    /// What the page took over the wire until somebody had signed in, screen and core together.
    pub kilobytes: f64,
    /// From opening the app once more until a table stands on the screen.
    pub drawn: f64,
}

/// A busy day's checks, each of five lines, paid.
pub const BUSY: usize = 300;

#[derive(Debug, Clone, Copy)]
pub struct Native {
    pub safe: Safe,
    /// The device's database after a busy day that others had, in MB.
    pub megabytes: f64,
}

/// In a process of its own, as the desktop program has it.
pub async fn native(program: &Path, taps: usize) -> Result<Native> {
    let hub = Hub::start(&How::of(program)).await?;
    let folder = TempDir::new()?;
    let setup = Setup {
        build: "bench".into(),
        evictable: false,
    };
    let file = folder.path().join("device.db");
    let core = native::start(file, setup, hub.url(), |_| {})?;
    let enrol = SessionAsk::Enrol {
        name: "bench".into(),
        kind: DeviceKind::Waiter,
        code: None,
        hub: None,
    };
    done(core.call(Request::Session(enrol)).await)?;
    let sign_in = SessionAsk::SignIn {
        username: "ana".into(),
        password: "demo-ana".into(),
    };
    done(core.call(Request::Session(sign_in)).await)?;
    let (tables, dish) = house(&core).await?;
    let mut millis = Vec::with_capacity(taps);
    let mut order = OrderId(id());
    for tap in 0..taps {
        let lines = vec![line(dish)?];
        let command: Command = if tap % 10 == 0 {
            order = OrderId(id());
            Open {
                order,
                table: *tables.get(tap / 10 % tables.len()).context("no table")?,
                guests: Guests::new(2)?,
                beside: Vec::new(),
                lines,
                fire: None,
            }
            .into()
        } else {
            let fire = None;
            Add { order, lines, fire }.into()
        };
        let request = Request::Submit(Submission::new(CommandId(id()), &command)?);
        let began = Instant::now();
        let answer = core.call(request).await;
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
        let Answer::Stored { .. } = answer else {
            bail!("{answer:?}");
        };
        // People tap four times a second at most.
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    millis.sort_by(f64::total_cmp);
    let safe = Safe {
        p50: percentile(&millis, 50),
        p99: percentile(&millis, 99),
    };
    Load::prepare(&hub).await?.history(16, BUSY).await?;
    let megabytes = after_all(&core, folder.path()).await?;
    Ok(Native { safe, megabytes })
}

/// What lies on the device's disk once it has heard of everything.
async fn after_all(core: &Handle, folder: &Path) -> Result<f64> {
    let mut stood = 0;
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let Model::Sync(sync) = see(core, View::Sync).await? else {
            bail!("another view was answered");
        };
        if sync.waiting == 0 && sync.seq == stood {
            let mut bytes = 0;
            for entry in std::fs::read_dir(folder)? {
                bytes += entry?.metadata()?.len();
            }
            return Ok(bytes as f64 / 1_048_576.0);
        }
        stood = sync.seq;
    }
    bail!("the device never heard of everything")
}

/// In a page of a real Chromium, through the bridge that screens use.
pub async fn browser(program: &Path, taps: usize) -> Result<InBrowser> {
    let hub = Hub::start(&How::of(program)).await?;
    let out = tokio::process::Command::new("node")
        .arg(script("tap.mjs"))
        .args([hub.url(), taps.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("node cannot be run")?;
    ensure!(out.status.success(), "tap.mjs failed");
    Ok(serde_json::from_slice(&out.stdout)?)
}

fn done(answer: Answer) -> Result<()> {
    match answer {
        Answer::Done => Ok(()),
        other => bail!("{other:?}"),
    }
}

async fn see(core: &Handle, view: View) -> Result<Model> {
    match core.call(Request::Query { view }).await {
        Answer::View { model, .. } => Ok(*model),
        other => bail!("{other:?}"),
    }
}

/// The floor and a dish that needs no choice, once the device has them.
async fn house(core: &Handle) -> Result<(Vec<TableId>, DishId)> {
    let until = Instant::now() + Duration::from_secs(30);
    while Instant::now() < until {
        let (floor, menu) = (see(core, View::Floor).await?, see(core, View::Menu).await?);
        if let (Model::Floor(floor), Model::Menu(menu)) = (floor, menu)
            && let Some(plain) = menu.dishes.iter().find(|dish| dish.groups.is_empty())
            && !floor.tables.is_empty()
        {
            let tables = floor.tables.iter().map(|table| table.id);
            return Ok((tables.collect(), plain.id));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the device never got its restaurant")
}

fn line(dish: DishId) -> Result<NewLine> {
    Ok(NewLine {
        id: LineId(id()),
        dish,
        quantity: Quantity::new(1)?,
        modifiers: Vec::new(),
        note: None,
        seat: None,
        course: None,
        frozen: None,
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark plays the screen")]
fn id() -> Uuid {
    Uuid::now_v7()
}
