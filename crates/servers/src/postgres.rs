//! A PostgreSQL in a folder of its own, as safe as a restaurant's would be.

use crate::{Watched, folder, free_port, run, wait_for};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const INSTALL: &str = "install PostgreSQL, as on Debian with: apt-get install postgresql";

#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
    server: Option<Watched>,
}

impl Postgres {
    pub fn start() -> Result<Self> {
        let mut this = Self {
            folder: folder()?,
            bin: bin().context(INSTALL)?,
            port: free_port()?,
            server: None,
        };
        if !as_postgres()?.is_empty() {
            let path = this.folder.path().display().to_string();
            run(Path::new("chown"), &["postgres", &path], INSTALL)?;
        }
        let (initdb, data) = (this.program("initdb"), this.data());
        let mut words = as_postgres()?;
        words.extend([&*initdb, "-D", &data, "-A", "trust", "-U", "comanda"]);
        words.extend(["-E", "UTF8", "--locale=C", "--no-sync"]);
        let (program, args) = words.split_first().context("no words")?;
        run(Path::new(program), args, INSTALL)?;
        this.up()?;
        Ok(this)
    }

    /// Starts it on its data; returns when it answers.
    pub fn up(&mut self) -> Result<()> {
        let (server, data, port) = (self.program("postgres"), self.data(), self.port);
        let path = self.folder.path();
        let command = format!(
            "{} {server} -D {data} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} \
             -c max_connections=300 -c fsync=on -c shared_buffers=128MB",
            as_postgres()?.join(" "),
            path.display()
        );
        self.server = Some(Watched::server(path, command.trim_start())?);
        wait_for("PostgreSQL comes up", || self.is_ready())
    }

    /// It goes at once and finishes nothing: what has not committed is lost.
    pub fn fall(&mut self) -> Result<()> {
        if let Some(server) = self.server.take() {
            server.signal("QUIT")?;
            wait_for("PostgreSQL is gone", || !server.is_there())?;
        }
        Ok(())
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://comanda@127.0.0.1:{}/{database}", self.port)
    }

    /// A new database, which nobody has used: its address.
    pub fn database(&self, name: &str) -> Result<String> {
        let createdb = self.program("createdb");
        let port = self.port.to_string();
        let at = ["-h", "127.0.0.1", "-p", &port, "-U", "comanda", name];
        run(Path::new(&createdb), &at, INSTALL)?;
        Ok(self.url(name))
    }

    fn program(&self, name: &str) -> String {
        self.bin.join(name).display().to_string()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn is_ready(&self) -> bool {
        let asked = Command::new(self.bin.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
            .stdout(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    }
}

/// The newest of those that are installed.
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

/// It refuses to run as root: then it runs as the user that its package made.
fn as_postgres() -> Result<Vec<&'static str>> {
    let root = run(Path::new("id"), &["-u"], INSTALL)?.trim() == "0";
    let user = [
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
    ];
    Ok(if root { user.to_vec() } else { Vec::new() })
}
