//! A service of real processes: a hub of one node or two, waiters' devices and a kitchen's, tills that write over REST, each
//! killed at random moments and started again on what its disk holds; PostgreSQL and Kafka too. At the end all that anybody
//! had been told was done is looked for in the hub's log, once.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

mod accounts;
mod device;
mod door;
mod equal;
mod house;
mod lease;
mod process;
mod reader;
mod storm;
mod till;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The whole of it: a hub and its devices, killed for so long; ends with the accounts, and well where they are right.
    Blow(storm::Args),
    /// One device, at work until its stdin ends; then it waits until the hub has all that it holds.
    Device(device::Args),
}

#[tokio::main]
async fn main() -> Result<()> {
    match Args::parse().what {
        What::Blow(args) => storm::blow(&args).await,
        What::Device(args) => device::live(&args).await,
    }
}
