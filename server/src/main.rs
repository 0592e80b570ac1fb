//! The program: settings in, exit code out. 2 is a setting that does not read, 1 a world that is not ready.

use clap::Parser;
use clap::error::ErrorKind;
use comanda::backup::backup;
use comanda::restore::restore;
use comanda::serve::{Ending, add_restaurant, serve, verify};
use comanda::settings::{Call, Cli, LogForm, RestaurantCall, Settings, sentence};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            return if error.print().is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
        Err(error) => return said(&sentence(&error), 2),
    };
    log_to_stderr(&cli.settings);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return said(&format!("the machine gives no threads: {error}"), 1),
    };
    let done = match cli.call {
        Call::Serve { demo, demo_days } => {
            let days = demo.then_some(demo_days);
            match runtime.block_on(serve(&cli.settings, days)) {
                Ok(Ending::DemoMade) => {
                    drop(runtime);
                    return afresh();
                }
                Ok(Ending::Told) => Ok(()),
                Err(error) => Err(error),
            }
        }
        Call::Backup { file, replace } => runtime.block_on(backup(&cli.settings, &file, replace)),
        Call::Restore { file } => runtime.block_on(restore(&cli.settings, &file)),
        Call::Verify => runtime.block_on(verify(&cli.settings)),
        Call::Restaurant {
            call: RestaurantCall::Add { name },
        } => runtime.block_on(add_restaurant(&cli.settings, name)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => said(&format!("{error:#}"), 1),
    }
}

/// The same call again in place of this process: what the demo's evenings took of memory ends with it.
fn afresh() -> ExitCode {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return said(&format!("this program is not found any more: {error}"), 1),
    };
    let error = Command::new(program)
        .args(std::env::args_os().skip(1))
        .exec();
    said(&format!("the hub could not start: {error}"), 1)
}

#[expect(clippy::print_stderr, reason = "one sentence for whoever started it")]
fn said(sentence: &str, code: u8) -> ExitCode {
    eprintln!("comanda: {sentence}");
    ExitCode::from(code)
}

fn log_to_stderr(settings: &Settings) {
    let filter = EnvFilter::builder().parse_lossy(&settings.log_filter);
    let to = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // What it cannot write it would tell on the same stderr, and panic there.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match settings.log {
        LogForm::Json => to.json().init(),
        LogForm::Text => to.init(),
    }
}
