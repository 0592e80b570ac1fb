//! `cargo xtask bench`: the figures, with the program that is shipped.

use anyhow::Result;

use crate::{dist, paths, shell};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long each load runs, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
}

pub(crate) fn bench(args: &Args) -> Result<()> {
    dist::dist()?;
    let mut cargo = shell::cargo();
    cargo.args(["run", "-q", "--release", "-p", "bench", "--"]);
    cargo.arg(paths::target().join("release/comanda"));
    cargo.arg(args.seconds.to_string());
    shell::run(&mut cargo)
}
