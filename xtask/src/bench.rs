//! `cargo xtask bench`: the figures, with the program that is shipped.

use anyhow::Result;

use crate::{dist, paths, setup, shell};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How long each load runs, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Only these parts: rest, orders, glass, tap, growth, kafka.
    #[arg(long)]
    only: Vec<String>,
    /// Puts the figures into docs/benchmarks.md.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn bench(args: &Args) -> Result<()> {
    setup::ensure(&[setup::Part::Tests])?;
    dist::dist()?;
    let mut cargo = shell::cargo();
    cargo.args(["run", "-q", "--release", "-p", "bench", "--"]);
    cargo.arg(paths::target().join("release/comanda"));
    cargo.args(["--seconds", &args.seconds.to_string()]);
    for part in &args.only {
        cargo.args(["--only", part]);
    }
    if args.keep {
        cargo.arg("--keep");
        cargo.arg(paths::root().join("docs/benchmarks.md"));
    }
    shell::run(&mut cargo)
}
