//! `cargo xtask sim`: seeds of the simulator by hand; the tests run two hundred.

use anyhow::Result;

use crate::shell;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many commands each of them has; as the tests play them unless told.
    #[arg(long)]
    commands: Option<u64>,
    /// One seed alone, with its trace.
    #[arg(long)]
    seed: Option<u64>,
    /// Make that seed small: the faults and steps without which it fails no more.
    #[arg(long, requires = "seed")]
    shrink: bool,
    /// The table of planted bugs, and the seeds that it takes to find each.
    #[arg(long, conflicts_with = "seed")]
    planted: bool,
}

pub(crate) fn sim(args: &Args) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo.args(["run", "-q", "-p", "sim", "--"]);
    match args.seed {
        _ if args.planted => cargo.arg("planted"),
        Some(seed) if args.shrink => cargo.args(["shrink", &seed.to_string()]),
        Some(seed) => cargo.args(["seed", &seed.to_string()]),
        None => cargo
            .args(["seeds", &args.from.to_string(), &args.seeds.to_string()])
            .args(args.commands.map(|commands| commands.to_string())),
    };
    shell::run(&mut cargo)
}
