//! `cargo xtask sim`: many seeds of the simulator by hand; the tests run fifty.

use anyhow::Result;

use crate::shell;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print each step of each run.
    #[arg(long)]
    trace: bool,
}

pub(crate) fn sim(args: &Args) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["run", "-q", "-p", "sim", "--"]);
    cargo.arg(args.from.to_string()).arg(args.seeds.to_string());
    if args.trace {
        cargo.arg("trace");
    }
    shell::run(&mut cargo)
}
