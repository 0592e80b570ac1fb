//! A hub of its own for each measurement: the shipped program, a fresh folder, its limits of rate lifted.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

#[derive(Debug)]
pub struct Hub {
    pub host: String,
    pub started_in: Duration,
    process: Child,
    _data: TempDir,
}

impl Hub {
    pub async fn start(program: &Path, database: Option<&str>, demo: bool) -> Result<Self> {
        let data = TempDir::new()?;
        let mut command = Command::new(program);
        command.arg("serve").args(demo.then_some("--demo"));
        command
            .env("COMANDA_DATA", data.path())
            .env("COMANDA_LISTEN", "127.0.0.1:0");
        for limit in ["ANONYMOUS", "PER_ACTOR", "SIGN_IN"] {
            command.env(format!("COMANDA_RATE_{limit}"), "0");
        }
        command.env("RUST_LOG", "error");
        if let Some(database) = database {
            command.env("DATABASE_URL", database);
        }
        // Filling the demo is not part of starting: the second start is what is measured.
        if demo {
            let mut first = Self::spawn(&mut command).await?.1;
            stop(&mut first).await?;
        }
        let began = Instant::now();
        let (host, process) = Self::spawn(&mut command).await?;
        Ok(Self {
            host,
            started_in: began.elapsed(),
            process,
            _data: data,
        })
    }

    async fn spawn(command: &mut Command) -> Result<(String, Child)> {
        let mut process = command
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the hub")?;
        let out = process.stdout.take().context("stdout was piped")?;
        let mut lines = BufReader::new(out).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(host) = line.strip_prefix("listening on http://") {
                return Ok((host.to_owned(), process));
            }
        }
        bail!("the hub did not start")
    }

    /// What the hub keeps in memory now.
    pub fn resident_kib(&self) -> Result<u32> {
        let id = self.process.id().context("the hub has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.context("no VmRSS")?.trim().trim_end_matches(" kB");
        Ok(kib.parse()?)
    }
}

async fn stop(process: &mut Child) -> Result<()> {
    let id = process.id().context("the hub has ended")?;
    let asked = Command::new("kill").arg(id.to_string()).status().await?;
    if !asked.success() {
        bail!("the hub cannot be told to stop");
    }
    process.wait().await?;
    Ok(())
}
