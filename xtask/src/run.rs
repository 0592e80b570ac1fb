//! `cargo xtask run`: from a fresh checkout to a demo restaurant in the browser.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{paths, screens, setup, shell, wasm};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the hub listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::ensure(&[setup::Part::Screens, setup::Part::Hub])?;
    screens::build(wasm::Mode::Quick)?;
    shell::run(shell::cargo().args(["build", "-p", "comanda"]))?;
    let data = paths::root().join("data/demo");
    fs::create_dir_all(&data)?;
    let mut hub = Command::new(paths::target().join("debug/comanda"))
        .args(["serve", "--demo"])
        .env("COMANDA_DATA", &data)
        .env("COMANDA_LISTEN", &args.listen)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the hub")?;
    let stdout = hub.stdout.take().context("stdout was piped")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        if let Some(address) = line.strip_prefix("listening on ").filter(|_| !args.no_open) {
            open(address);
        }
    }
    let status = hub.wait()?;
    if !status.success() {
        bail!("the hub ended with {status}");
    }
    Ok(())
}

/// Opens the browser where there is a display; elsewhere the address on the screen is all.
fn open(address: &str) {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let opener = if cfg!(target_os = "macos") {
        Some("open")
    } else {
        display.then_some("xdg-open")
    };
    if let Some(program) = opener.and_then(shell::which) {
        // Whether a browser came up is for the eye to judge, not for us.
        let _started = Command::new(program)
            .arg(address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
}
