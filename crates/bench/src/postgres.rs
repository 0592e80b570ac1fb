//! A PostgreSQL for the time of the benchmark, as safe as a restaurant's would be.

use anyhow::{Context, Result, bail};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;

#[derive(Debug)]
pub struct Cluster {
    port: u16,
    server: Child,
    made: AtomicU32,
    _folder: TempDir,
}

impl Cluster {
    pub fn start() -> Result<Self> {
        let bin = bin().context("no PostgreSQL is installed")?;
        let folder = TempDir::new()?;
        let path = folder.path().display().to_string();
        let data = format!("{path}/data");
        let root = Command::new("id").arg("-u").output()?.stdout == b"0\n";
        if root {
            done(Command::new("chown").args(["postgres", &path]))?;
        }
        let initdb = bin.join("initdb").display().to_string();
        let words = [
            "-D",
            &data,
            "-A",
            "trust",
            "-U",
            "comanda",
            "-E",
            "UTF8",
            "--locale=C",
        ];
        done(as_postgres(root, &initdb).args(words).stdout(Stdio::null()))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let server = bin.join("postgres").display().to_string();
        let server = as_postgres(root, &server)
            .args(["-D", &data, "-p", &port.to_string()])
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "shared_buffers=128MB",
            ])
            .args(["-c", &format!("unix_socket_directories={path}")])
            .stderr(Stdio::null())
            .spawn()?;
        let cluster = Self {
            port,
            server,
            made: AtomicU32::new(0),
            _folder: folder,
        };
        for _ in 0..200 {
            let ready = Command::new(bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
                .status()?;
            if ready.success() {
                return Ok(cluster);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("it does not come up")
    }

    /// The address of a database that nobody has used.
    pub async fn database(&self) -> Result<String> {
        let name = format!("bench{}", self.made.fetch_add(1, Ordering::Relaxed));
        let base = format!("postgres://comanda@127.0.0.1:{}", self.port);
        let mut admin = PgConnection::connect(&format!("{base}/postgres")).await?;
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await?;
        Ok(format!("{base}/{name}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What cannot be ended ends with the machine.
        let _ended = self.server.kill();
        let _waited = self.server.wait();
    }
}

fn bin() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_postgres(root: bool, program: &str) -> Command {
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        program,
    ]);
    command
}

fn done(command: &mut Command) -> Result<()> {
    if command.status()?.success() {
        Ok(())
    } else {
        bail!("{:?} failed", command.get_program())
    }
}
