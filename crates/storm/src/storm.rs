//! The hub and its devices as processes of their own, and whoever kills them.

use crate::accounts;
use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::{Connection, OpenFlags};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The hub's program.
    #[arg(long)]
    hub: PathBuf,
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// The moments and whom they meet; what processes make of them is never twice the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Three waiters, of whom two share a name, and a cook.
const PEOPLE: [&str; 4] = ["ana", "ben", "ana", "kitchen"];
/// For whatever has to come true once all is well again.
const PATIENCE: Duration = Duration::from_secs(120);

pub async fn blow(args: &Args) -> Result<()> {
    let mut random = StdRng::seed_from_u64(args.seed);
    let folder = TempDir::new()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut hub = Process::hub(args, folder.path(), port);
    hub.start().await?;
    let mut devices = Vec::new();
    for (n, person) in PEOPLE.into_iter().enumerate() {
        let home = folder.path().join(format!("device-{n}"));
        std::fs::create_dir(&home)?;
        let mut device = Process::device(person, &home, port);
        device.start().await?;
        devices.push(device);
    }
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let (mut hubs, mut tablets) = (0_u32, 0_u32);
    while Instant::now() < until {
        sleep(Duration::from_millis(random.random_range(100..1500))).await;
        if random.random_bool(0.4) {
            hub.kill().await?;
            sleep(Duration::from_millis(random.random_range(0..700))).await;
            hub.start().await?;
            hubs += 1;
        } else {
            let one = random.random_range(0..devices.len());
            if let Some(device) = devices.get_mut(one) {
                device.kill().await?;
                device.start().await?;
                tablets += 1;
            }
        }
    }
    for device in &mut devices {
        device.ends().await?;
    }
    let homes: Vec<PathBuf> = devices.iter().map(|device| device.home.clone()).collect();
    same_place(&hub.home, &homes).await?;
    for device in &mut devices {
        device.kill().await?;
    }
    hub.kill().await?;
    hub.verify(args).await?;
    println!("killed: the hub {hubs} times, devices {tablets} times");
    accounts::settle(&hub.home, &homes)
}

struct Process {
    program: PathBuf,
    arguments: Vec<String>,
    home: PathBuf,
    /// What it says once it is up; a device says nothing.
    word: Option<&'static str>,
    running: Option<Child>,
}

impl Process {
    fn hub(args: &Args, folder: &Path, port: u16) -> Self {
        Self {
            program: args.hub.clone(),
            arguments: ["serve", "--demo", "--listen"]
                .map(ToOwned::to_owned)
                .into_iter()
                .chain([format!("127.0.0.1:{port}")])
                .collect(),
            home: folder.join("hub"),
            word: Some("listening on"),
            running: None,
        }
    }

    fn device(person: &str, home: &Path, port: u16) -> Self {
        let own = std::env::current_exe().unwrap_or_else(|_| "storm".into());
        let seed = rand::random::<u32>().to_string();
        let hub = format!("http://127.0.0.1:{port}");
        let folder = home.display().to_string();
        let words = [
            "device", "--person", person, "--hub", &hub, "--folder", &folder, "--seed", &seed,
        ];
        Self {
            program: own,
            arguments: words.map(ToOwned::to_owned).to_vec(),
            home: home.to_owned(),
            word: None,
            running: None,
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("COMANDA_DATA", &self.home)
            .env("COMANDA_DEMO_DAYS", "0")
            .env("COMANDA_RATE_ANONYMOUS", "0")
            .env("COMANDA_RATE_PER_ACTOR", "0")
            .env("COMANDA_RATE_SIGN_IN", "0")
            .env("RUST_LOG", "error")
            .kill_on_drop(true);
        command
    }

    async fn start(&mut self) -> Result<()> {
        let mut child = self
            .command()
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| self.program.display().to_string())?;
        if let Some(word) = self.word {
            said(&mut child, word).await?;
        }
        self.running = Some(child);
        Ok(())
    }

    /// At once: no word of goodbye.
    async fn kill(&mut self) -> Result<()> {
        let mut child = self.running.take().context("it runs")?;
        if let Some(status) = child.try_wait()? {
            bail!("{:?} had ended by itself with {status}", self.arguments);
        }
        Ok(child.kill().await?)
    }

    /// Its work is done, and the hub has all of it.
    async fn ends(&mut self) -> Result<()> {
        let child = self.running.as_mut().context("it runs")?;
        drop(child.stdin.take());
        said(child, "drained").await
    }

    async fn verify(&self, args: &Args) -> Result<()> {
        let verified = Command::new(&args.hub)
            .arg("verify")
            .env("COMANDA_DATA", &self.home)
            .status()
            .await?;
        if !verified.success() {
            bail!("the hub's data does not agree with itself");
        }
        Ok(())
    }
}

async fn said(child: &mut Child, word: &str) -> Result<()> {
    let out = child.stdout.take().context("stdout is piped")?;
    let mut lines = BufReader::new(out).lines();
    let heard = async {
        while let Some(line) = lines.next_line().await? {
            if line.starts_with(word) {
                return Ok(());
            }
        }
        bail!("it ended before it said {word:?}")
    };
    timeout(PATIENCE, heard)
        .await
        .with_context(|| format!("it never said {word:?}"))?
}

pub fn open(file: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

pub fn hub_file(home: &Path) -> PathBuf {
    home.join("comanda.sqlite")
}

pub fn device_file(home: &Path) -> PathBuf {
    home.join("device.db")
}

/// Until each device has heard of all that the hub has decided.
async fn same_place(hub: &Path, devices: &[PathBuf]) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let there = open(&hub_file(hub))?
            .query_row("SELECT MAX(seq) FROM log", [], |row| row.get::<_, i64>(0))?;
        let mut places = Vec::new();
        for home in devices {
            let place =
                open(&device_file(home))?.query_row("SELECT MAX(seq) FROM entries", [], |row| {
                    row.get::<_, Option<i64>>(0)
                })?;
            places.push(place);
        }
        if places.iter().all(|place| *place == Some(there)) {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("the hub stands at {there}, its devices at {places:?}");
        }
        sleep(Duration::from_millis(50)).await;
    }
}
