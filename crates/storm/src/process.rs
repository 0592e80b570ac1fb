//! A process of ours: started, killed, started again on what its folder holds.

use anyhow::{Context, Result, bail};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// For whatever has to come true once all is well again.
pub const PATIENCE: Duration = Duration::from_secs(240);
const LISTENS: &str = "listening on http://";

#[derive(Debug)]
pub struct Process {
    program: PathBuf,
    arguments: Vec<String>,
    env: Vec<(&'static str, String)>,
    pub home: PathBuf,
    running: Option<Child>,
}

impl Process {
    /// A node of the hub.
    pub fn node(program: &Path, home: PathBuf, more: &[(&'static str, String)]) -> Self {
        let mut env = vec![("COMANDA_DATA", home.display().to_string())];
        env.extend_from_slice(more);
        Self {
            program: program.to_owned(),
            arguments: ["serve", "--demo", "--listen", "127.0.0.1:0"]
                .map(ToOwned::to_owned)
                .to_vec(),
            env,
            home,
            running: None,
        }
    }

    pub fn device(person: &str, home: PathBuf, hub: &str) -> Self {
        let own = std::env::current_exe().unwrap_or_else(|_| "storm".into());
        let seed = rand::random::<u32>().to_string();
        let folder = home.display().to_string();
        let words = [
            "device", "--person", person, "--hub", hub, "--folder", &folder, "--seed", &seed,
        ];
        Self {
            program: own,
            arguments: words.map(ToOwned::to_owned).to_vec(),
            env: Vec::new(),
            home,
            running: None,
        }
    }

    fn command(&self) -> Result<Command> {
        std::fs::create_dir_all(&self.home)?;
        let says = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.home.join("stderr"))?;
        let mut command = Command::new(&self.program);
        command
            .env("COMANDA_DEMO_DAYS", "0")
            .env("COMANDA_RATE_ANONYMOUS", "0")
            .env("COMANDA_RATE_PER_ACTOR", "0")
            .env("COMANDA_RATE_SIGN_IN", "0")
            .env("RUST_LOG", "error")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stderr(says)
            .kill_on_drop(true);
        Ok(command)
    }

    /// Starts it, and does not wait for it.
    pub fn begin(&mut self) -> Result<()> {
        let mut command = self.command()?;
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let child = command
            .spawn()
            .with_context(|| self.program.display().to_string())?;
        self.running = Some(child);
        Ok(())
    }

    /// Where it listens, as soon as it does.
    pub async fn listens(&mut self) -> Result<String> {
        self.says(LISTENS).await
    }

    /// At once: no word of goodbye.
    pub async fn kill(&mut self) -> Result<()> {
        let mut child = self.running.take().context("it runs")?;
        if let Some(status) = child.try_wait()? {
            bail!(
                "{:?} had ended by itself with {status}: {}",
                self.arguments,
                self.complaints()
            );
        }
        Ok(child.kill().await?)
    }

    /// Its work is done, and the hub has all of it.
    pub async fn ends(&mut self) -> Result<()> {
        let child = self.running.as_mut().context("it runs")?;
        drop(child.stdin.take());
        self.says("drained").await.map(drop)
    }

    async fn says(&mut self, word: &str) -> Result<String> {
        let child = self.running.as_mut().context("it runs")?;
        let out = child.stdout.take().context("stdout is piped")?;
        let mut lines = BufReader::new(out).lines();
        let heard = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(rest) = line.strip_prefix(word) {
                    return Ok(rest.to_owned());
                }
            }
            bail!("{:?} ended before it said {word:?}", self.arguments)
        };
        let heard = timeout(PATIENCE, heard).await;
        heard
            .with_context(|| format!("{:?} never said {word:?}", self.arguments))
            .flatten()
            .with_context(|| self.complaints())
    }

    /// Runs the same program to its end, on the same data.
    pub async fn runs(&self, words: &[&str]) -> Result<()> {
        let ended = self.command()?.args(words).status().await?;
        if !ended.success() {
            bail!("{words:?} ended with {ended}: {}", self.complaints());
        }
        Ok(())
    }

    /// The end of what it has said on stderr.
    fn complaints(&self) -> String {
        let said = self.said();
        let lines: Vec<&str> = said.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(self.home.join("stderr")).unwrap_or_default()
    }
}
