//! `cargo xtask storm`: a hub and its devices as processes, killed at random moments; ten minutes of it unless told.

use anyhow::Result;

use crate::{paths, shell};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 600)]
    pub(crate) seconds: u64,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Two nodes of the hub on one PostgreSQL, and sixteen who write.
    #[arg(long)]
    pub(crate) postgres: bool,
    /// A Kafka, and somebody who listens to it.
    #[arg(long)]
    pub(crate) kafka: bool,
}

pub(crate) fn storm(args: &Args) -> Result<()> {
    shell::run(shell::cargo().args(["build", "-p", "comanda", "-p", "storm"]))?;
    let mut storm = shell::cargo();
    storm
        .args(["run", "-q", "-p", "storm", "--", "blow", "--hub"])
        .arg(paths::target().join("debug/comanda"))
        .args(["--seconds", &args.seconds.to_string()])
        .args(["--seed", &args.seed.to_string()]);
    storm.args(args.postgres.then_some("--postgres"));
    storm.args(args.kafka.then_some("--kafka"));
    shell::run(&mut storm)
}
