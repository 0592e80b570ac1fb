//! The project's own commands: `cargo xtask run`, `test`, `sim`, `fuzz`, `bench`, `screens`, `desktop`, `dist`, `icons`, `setup`.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

mod assets;
mod bench;
mod desktop;
mod dist;
mod fuzz;
mod icons;
mod npm;
mod paths;
mod room;
mod run;
mod screens;
mod setup;
mod shell;
mod sim;
mod stamp;
mod stories;
mod storm;
mod test;
mod wasm;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Comanda's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what is missing, build the screens and the hub, start a demo restaurant, open the browser.
    Run(run::Args),
    /// Run everything that CI runs, with its own set-up.
    Test(test::Args),
    /// Run the simulator over many seeds.
    Sim(sim::Args),
    /// Kill a hub and its devices at random moments, and count at the end.
    Storm(storm::Args),
    /// Feed whatever reads from outside, and every rule, with what nobody in their senses sends.
    Fuzz(fuzz::Args),
    /// Measure what is promised about speed, beside the limits of this machine.
    Bench(bench::Args),
    /// Build the screens (app, kitchen display, device core) into dist/screens.
    Screens {
        /// Faster to build, larger, not compressed: for tests and the demo.
        #[arg(long)]
        quick: bool,
    },
    /// Build screens and hub for production; the last line is the program's path.
    Dist,
    /// Build the desktop program.
    Desktop {
        #[arg(long)]
        release: bool,
    },
    /// Make every size of the icon from icons/comanda.svg.
    Icons,
    /// Install the tools that building and testing need, or say exactly which are missing.
    Setup,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::test(&args),
        Command::Sim(args) => sim::sim(&args),
        Command::Storm(args) => storm::storm(&args),
        Command::Fuzz(args) => fuzz::fuzz(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Screens { quick } => {
            setup::ensure(&[setup::Part::Screens])?;
            screens::build(quick.into())
        }
        Command::Dist => dist::dist(),
        Command::Desktop { release } => {
            setup::ensure(&[setup::Part::Screens, setup::Part::Desktop])?;
            screens::build((!release).into())?;
            desktop::build(release)
        }
        Command::Icons => icons::icons(),
        Command::Setup => setup::ensure(&setup::Part::ALL),
    }
}
