//! `cargo xtask fuzz`: hostile input for whatever reads from outside and for every rule; a minute for each target unless told.

use anyhow::Result;

use crate::shell;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which; all, where none is named.
    pub(crate) target: Option<String>,
    /// How long each is fed.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

pub(crate) fn fuzz(args: &Args) -> Result<()> {
    let mut fuzz = shell::cargo();
    fuzz.args(["run", "-q", "-p", "fuzz", "--"])
        .args(&args.target)
        .args(["--seconds", &args.seconds.to_string()])
        .args(["--seed", &args.seed.to_string()]);
    shell::run(&mut fuzz)
}
