//! The program: settings in, exit code out. 2 is a setting that does not read, 1 a world that is not ready.

use clap::Parser;
use clap::error::ErrorKind;
use comanda::serve::{add_restaurant, serve};
use comanda::settings::{Call, Cli, LogForm, RestaurantCall, Settings, sentence};
use std::process::ExitCode;
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
            runtime.block_on(serve(&cli.settings, demo.then_some(demo_days)))
        }
        Call::Restaurant {
            call: RestaurantCall::Add { name },
        } => runtime.block_on(add_restaurant(&cli.settings, name)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => said(&format!("{error:#}"), 1),
    }
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
