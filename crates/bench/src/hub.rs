//! A hub of its own for each measurement: the shipped program, a fresh folder, its limits of rate lifted.

use crate::http::Link;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// How a hub is to be.
#[derive(Debug, Clone)]
pub struct How {
    pub program: PathBuf,
    pub database: Option<String>,
    pub kafka: Option<String>,
    /// Evenings that lie behind its demo.
    pub days: u8,
}

impl How {
    pub fn of(program: &Path) -> Self {
        Self {
            program: program.to_owned(),
            database: None,
            kafka: None,
            days: 0,
        }
    }
}

#[derive(Debug)]
pub struct Hub {
    pub host: String,
    /// From its start until it has answered.
    pub started_in: Duration,
    how: How,
    process: Child,
    data: TempDir,
}

impl Hub {
    pub async fn start(how: &How) -> Result<Self> {
        let data = TempDir::new()?;
        let (host, started_in, process) = spawn(how, data.path()).await?;
        let how = how.clone();
        Ok(Self {
            host,
            started_in,
            how,
            process,
            data,
        })
    }

    /// The same hub, stopped and started on its data.
    pub async fn again(mut self) -> Result<Self> {
        let id = self.process.id().context("the hub has ended")?;
        let asked = Command::new("kill").arg(id.to_string()).status().await?;
        ensure!(asked.success(), "the hub cannot be told to stop");
        self.process.wait().await?;
        let (host, started_in, process) = spawn(&self.how, self.data.path()).await?;
        Ok(Self {
            host,
            started_in,
            process,
            ..self
        })
    }

    /// What the hub keeps in memory now, in MB of 2^20.
    pub fn resident(&self) -> Result<f64> {
        let status = self.of_itself("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.context("no VmRSS")?.trim().trim_end_matches(" kB");
        Ok(kib.parse::<f64>()? / 1024.0)
    }

    /// What of the processors' time it has taken.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(&self.of_itself("stat")?)
    }

    fn of_itself(&self, what: &str) -> Result<String> {
        let id = self.process.id().context("the hub has ended")?;
        Ok(std::fs::read_to_string(format!("/proc/{id}/{what}"))?)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// What its database takes on the disk.
    pub fn bytes_on_disk(&self) -> Result<u64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(self.data.path())? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }
}

/// This process' own share of the processors' time.
pub fn own_cpu() -> Result<Duration> {
    cpu_of(&std::fs::read_to_string("/proc/self/stat")?)
}

/// Linux counts it in hundredths of a second.
fn cpu_of(stat: &str) -> Result<Duration> {
    let after = stat.rsplit_once(')').context("no name in stat")?.1;
    let mut fields = after.split_whitespace().skip(11);
    let mut next = || anyhow::Ok(fields.next().context("stat is short")?.parse::<u64>()?);
    Ok(Duration::from_millis((next()? + next()?) * 10))
}

async fn spawn(how: &How, data: &Path) -> Result<(String, Duration, Child)> {
    let mut command = Command::new(&how.program);
    command
        .args(["serve", "--demo"])
        .env("COMANDA_DATA", data)
        .env("COMANDA_DEMO_DAYS", how.days.to_string())
        .env("COMANDA_LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "error");
    for limit in ["ANONYMOUS", "PER_ACTOR", "SIGN_IN"] {
        command.env(format!("COMANDA_RATE_{limit}"), "0");
    }
    if let Some(database) = &how.database {
        command.env("DATABASE_URL", database);
    }
    if let Some(kafka) = &how.kafka {
        command.env("KAFKA_BROKERS", kafka);
    }
    let began = Instant::now();
    let mut process = command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start the hub")?;
    let out = process.stdout.take().context("stdout was piped")?;
    let mut lines = BufReader::new(out).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(host) = line.strip_prefix("listening on http://") {
            let answer = Link::open(host)
                .await?
                .call("GET", "/readyz", "", "")
                .await?;
            ensure!(
                answer.status == 200,
                "the hub is not ready: {}",
                answer.status
            );
            return Ok((host.to_owned(), began.elapsed(), process));
        }
    }
    bail!("the hub did not start")
}
