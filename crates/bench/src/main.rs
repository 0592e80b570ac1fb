//! `cargo xtask bench`: each figure beside a limit that was measured in the same run, for machines differ.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

mod http;
mod hub;
mod limits;
mod load;
mod postgres;
mod table;

use anyhow::{Context, Result};
use hub::Hub;
use std::path::PathBuf;
use std::time::Duration;
use table::Table;

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let program = PathBuf::from(args.next().context("bench PROGRAM [SECONDS]")?);
    let seconds = args.next().map_or(Ok(5), |seconds| seconds.parse())?;
    let span = Duration::from_secs(seconds);
    let mut table = Table::default();
    at_rest(&program, &mut table).await?;
    orders(&program, None, span, &mut table).await?;
    match postgres::Cluster::start() {
        Ok(cluster) => orders(&program, Some(&cluster), span, &mut table).await?,
        Err(why) => println!("PostgreSQL is left out: {why:#}"),
    }
    println!("{table}");
    Ok(())
}

/// What a hub costs that nobody asks anything of.
async fn at_rest(program: &std::path::Path, table: &mut Table) -> Result<()> {
    let hub = Hub::start(program, None, true).await?;
    table.add(
        "start to first answer",
        format!("{} ms", hub.started_in.as_millis()),
        "100 ms",
    );
    tokio::time::sleep(Duration::from_secs(60)).await;
    let mib = hub.resident_kib()? as f64 / 1024.0;
    table.add(
        "hub at rest, demo loaded, after 60 s",
        format!("{mib:.1} MB"),
        "30 MB",
    );
    Ok(())
}

/// Five-line orders over HTTP, each committed before it is answered.
async fn orders(
    program: &std::path::Path,
    cluster: Option<&postgres::Cluster>,
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
            Some(cluster) => Some(cluster.database().await?),
            None => None,
        };
        let hub = Hub::start(program, database.as_deref(), true).await?;
        let load = load::Load::prepare(&hub).await?;
        load.run(connections, Duration::from_secs(1)).await?;
        let ran = load.run(connections, span).await?;
        let what = format!("five-line POST /orders, {name}, {connections} connections");
        let figure = format!(
            "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
            ran.rate(),
            ran.percentile(50),
            ran.percentile(99)
        );
        table.add(
            what,
            figure,
            format!("{:.0} % of raw", 100.0 * ran.rate() / limit),
        );
        if connections == 64 {
            let mib = hub.resident_kib()? as f64 / 1024.0;
            let what = format!("hub after {} orders, {name}", ran.millis.len());
            table.add(what, format!("{mib:.0} MB"), "");
        }
    }
    Ok(())
}
