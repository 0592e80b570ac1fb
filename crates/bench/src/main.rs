//! `cargo xtask bench`: each figure beside a limit that was measured in the same run, for machines differ.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

mod glass;
mod growth;
mod http;
mod hub;
mod limits;
mod load;
mod table;
mod tap;

use anyhow::{Context, Result, bail};
use glass::Crowd;
use hub::{How, Hub};
use load::{Load, Ran, per};
use servers::{Kafka, Postgres};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::Table;

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

const PARTS: [&str; 6] = ["rest", "orders", "glass", "tap", "growth", "kafka"];
const CALL: &str = "bench PROGRAM [--seconds N] [--only PART]… [--keep FILE]";

struct Args {
    program: PathBuf,
    span: Duration,
    only: Vec<String>,
    keep: Option<PathBuf>,
}

impl Args {
    fn read() -> Result<Self> {
        let mut words = std::env::args().skip(1);
        let mut args = Self {
            program: words.next().context(CALL)?.into(),
            span: Duration::from_secs(5),
            only: Vec::new(),
            keep: None,
        };
        while let Some(word) = words.next() {
            let value = words.next().context(CALL)?;
            match word.as_str() {
                "--seconds" => args.span = Duration::from_secs(value.parse()?),
                "--only" if PARTS.contains(&value.as_str()) => args.only.push(value),
                "--keep" => args.keep = Some(value.into()),
                _ => bail!("{CALL}, where a part is one of {}", PARTS.join(", ")),
            }
        }
        Ok(args)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    if std::env::args().nth(1).as_deref() == Some(glass::BARE) {
        return glass::serve_bare().await;
    }
    let args = Args::read()?;
    let (program, span) = (args.program.as_path(), args.span);
    let mut table = Table::default();
    let mut failed = Vec::new();
    for part in PARTS.into_iter().filter(|part| args.wants(part)) {
        if let Err(why) = measure(part, program, span, &mut table).await {
            println!("{part} failed: {why:#}");
            failed.push(part);
        }
    }
    println!("{table}");
    if !failed.is_empty() {
        bail!("nothing is kept: {} failed", failed.join(", "));
    }
    if let Some(file) = &args.keep {
        table.keep_in(file)?;
    }
    Ok(())
}

async fn measure(part: &str, program: &Path, span: Duration, table: &mut Table) -> Result<()> {
    match part {
        "rest" => at_rest(program, table).await,
        "orders" => {
            orders(program, None, span, table).await?;
            match Postgres::start() {
                Ok(cluster) => orders(program, Some(&cluster), span, table).await,
                Err(why) => left_out("PostgreSQL", &why),
            }
        }
        "glass" => glass(program, span, table).await,
        "tap" => tap(program, table).await,
        "growth" => growth(program, table).await,
        "kafka" => match Kafka::start() {
            Ok(broker) => kafka(program, broker, span, table).await,
            Err(why) => left_out("Kafka", &why),
        },
        other => bail!("there is no part {other}"),
    }
}

fn left_out(what: &str, why: &anyhow::Error) -> Result<()> {
    println!("{what} is left out: {why:#}");
    Ok(())
}

/// What a hub costs that nobody asks anything of.
async fn at_rest(program: &Path, table: &mut Table) -> Result<()> {
    let week = How {
        days: 7,
        ..How::of(program)
    };
    // Filling the demo is not part of starting: the second start is what is measured.
    let hub = Hub::start(&week).await?;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mib = hub.resident()?;
    let what = "hub that has just made its demo, 60 s later";
    table.add(what, format!("{mib:.1} MB"), "30 MB");
    let hub = hub.again().await?;
    let millis = hub.started_in.as_millis();
    table.add("start to first answer", format!("{millis} ms"), "100 ms");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mib = hub.resident()?;
    table.add(
        "hub with its demo, 60 s after a start",
        format!("{mib:.1} MB"),
        "30 MB",
    );
    for _ in 0..8 {
        let mut link = http::Link::open(&hub.host).await?;
        load::token(&mut link, "ana").await?;
    }
    let mib = hub.resident()?;
    table.add(
        "the same after eight sign-ins",
        format!("{mib:.1} MB"),
        "30 MB",
    );
    Ok(())
}

/// Five-line orders over HTTP, each committed before it is answered.
async fn orders(
    program: &Path,
    cluster: Option<&Postgres>,
    span: Duration,
    table: &mut Table,
) -> Result<()> {
    let name = if cluster.is_some() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    let limit = match cluster {
        None => limits::sqlite(span)?,
        Some(cluster) => limits::postgres(cluster, span).await?,
    };
    table.add(
        format!("raw {name} writer, 64 orders a commit"),
        format!("{limit:.0}/s"),
        "the limit",
    );
    for connections in [1, 16, 64] {
        let database = match cluster {
            Some(cluster) => Some(cluster.database(&format!("orders{connections}"))?),
            None => None,
        };
        let how = How {
            database,
            ..How::of(program)
        };
        let hub = Hub::start(&how).await?;
        let load = Load::prepare(&hub).await?;
        load.run(connections, Duration::from_secs(1)).await?;
        let before = hub.cpu()?;
        let ran = load.run(connections, span).await?;
        let cost = per(hub.cpu()?.saturating_sub(before), ran.millis.len());
        let what = format!("five-line POST /orders, {name}, {connections} connections");
        let aim = match (cluster, connections) {
            (None, 64) => ", aim 50 % and 6000/s",
            _ => "",
        };
        let beside = format!("{:.0} % of raw{aim}", 100.0 * ran.rate() / limit);
        table.add(what, figure(&ran), beside);
        if cluster.is_some() && connections == 16 {
            // What it costs to say each commit to a second node, and that one to hear it.
            let second = Hub::start(&how).await?;
            let ran = load.run(connections, span).await?;
            drop(second);
            let what = format!("the same with a second node that listens, {name}");
            table.add(what, figure(&ran), "");
        }
        if connections < 64 {
            continue;
        }
        let mib = hub.resident()?;
        let what = format!("hub after {} orders, {name}", ran.millis.len());
        table.add(what, format!("{mib:.0} MB"), "");
        let what = format!("one of these, {name}: time of a processor");
        table.add(
            what,
            format!("hub {cost:.0} µs, load {:.0} µs", ran.own_cost()),
            "",
        );
        if cluster.is_none() {
            idle(&hub, &load, span, table).await?;
        }
    }
    Ok(())
}

fn figure(ran: &Ran) -> String {
    format!(
        "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
        ran.rate(),
        ran.percentile(50),
        ran.percentile(99)
    )
}

/// What the load and HTTP cost by themselves: the processors are shared with them.
async fn idle(
    hub: &Hub,
    load: &std::sync::Arc<Load>,
    span: Duration,
    table: &mut Table,
) -> Result<()> {
    let before = hub.cpu()?;
    let ran = load.idle(64, span).await?;
    let cost = per(hub.cpu()?.saturating_sub(before), ran.millis.len());
    table.add(
        "a route that does nothing, 64 connections",
        figure(&ran),
        "",
    );
    table.add(
        "one of these: time of a processor",
        format!("hub {cost:.0} µs, load {:.0} µs", ran.own_cost()),
        "",
    );
    Ok(())
}

/// Twenty orders a second, heard by stock clients in the kitchen; two where they are a thousand, which keep a processor busy themselves.
async fn glass(program: &Path, span: Duration, table: &mut Table) -> Result<()> {
    for (clients, orders_a_second) in [(1, 20), (20, 20), (100, 20), (1_000, 2)] {
        let crowd = Crowd {
            clients,
            orders_a_second,
        };
        let measured = glass::measure(program, crowd, span).await?;
        let (ours, bare) = (measured.ours, measured.bare);
        table.add(
            format!("order to kitchen glass, {orders_a_second} a second, {clients} clients"),
            format!("p50 {:.1} ms, p99 {:.1} ms", ours.p50, ours.p99),
            format!(
                "a broadcast that stores nothing: p50 {:.1} ms, p99 {:.1} ms; aim 1.5 times that",
                bare.p50, bare.p99
            ),
        );
        if clients == 1_000 {
            let each = format!("{:.0} kB", measured.kilobytes_each);
            table.add("hub, for each of a thousand open sockets", each, "");
        }
    }
    Ok(())
}

async fn tap(program: &Path, table: &mut Table) -> Result<()> {
    const TAPS: usize = 400;
    let safe = |safe: tap::Safe| format!("p50 {:.1} ms, p99 {:.1} ms", safe.p50, safe.p99);
    let native = tap::native(program, TAPS).await?;
    table.add("tap to safe, native", safe(native.safe), "p99 10 ms");
    let browser = tap::browser(program, TAPS).await?;
    table.add(
        "tap to safe, in the browser",
        safe(browser.safe),
        "p99 20 ms",
    );
    table.add(
        format!("a device's database after a day of {} checks", tap::BUSY),
        format!("{:.1} MB", native.megabytes),
        "",
    );
    table.add(
        "the app, opened again: until a table is drawn",
        format!("{:.0} ms", browser.drawn),
        "",
    );
    table.add(
        "first load over the wire, screen and core",
        format!("{:.2} MB", browser.kilobytes / 1024.0),
        "1.5 MB",
    );
    Ok(())
}

/// From a week to a year and more of paid orders.
async fn growth(program: &Path, table: &mut Table) -> Result<()> {
    for grown in growth::measure(program, &[1_000, 50_000, 100_000]).await? {
        let behind = grown.behind;
        table.add(
            format!("order, bill and payment, 16 connections, {behind} orders behind"),
            format!("{}, hub {:.0} µs", figure(&grown.orders), grown.cost),
            "the same, whatever the history",
        );
        let sent = [
            ("snapshot", &grown.snapshot),
            ("pull of 160 orders", &grown.pull),
            ("sales by dish over all of it", &grown.report),
        ];
        for (name, sent) in sent {
            table.add(
                format!("{name}, {behind} orders behind"),
                format!(
                    "{:.2} MB in {:.0} ms",
                    sent.bytes as f64 / 1_048_576.0,
                    sent.millis
                ),
                "",
            );
        }
        table.add(
            format!("hub, {behind} orders behind"),
            format!(
                "{:.0} MB, {:.0} MB on the disk",
                grown.resident, grown.megabytes_on_disk
            ),
            "",
        );
    }
    Ok(())
}

/// The same load with a broker that answers and with one that is dead, by turns: nothing may wait for it.
async fn kafka(program: &Path, broker: Kafka, span: Duration, table: &mut Table) -> Result<()> {
    const WAITERS: usize = 16;
    const ROUNDS: usize = 4;
    let how = How {
        kafka: Some(broker.address()),
        ..How::of(program)
    };
    let hub = Hub::start(&how).await?;
    let load = Load::prepare(&hub).await?;
    load.run(WAITERS, Duration::from_secs(2)).await?;
    let (mut up, mut dead) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        up.push(load.run(WAITERS, span).await?);
        broker.stand_still(true)?;
        dead.push(load.run(WAITERS, span).await?);
        broker.stand_still(false)?;
    }
    let (up, dead) = (Ran::together(up), Ran::together(dead));
    let share = 100.0 * dead.percentile(99) / up.percentile(99);
    let beside = format!("p99 {share:.0} % of Kafka up, aim at most 120 %");
    for (state, ran, beside) in [("up", up, String::new()), ("dead", dead, beside)] {
        let what = format!("five-line POST /orders, {WAITERS} connections, Kafka {state}");
        table.add(what, figure(&ran), beside);
    }
    Ok(())
}
