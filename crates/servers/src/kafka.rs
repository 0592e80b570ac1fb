//! An Apache Kafka of one broker in a folder of its own.

use crate::{Watched, folder, free_port, run, wait_for};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const POM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../server/tests/kafka/pom.xml"
);
const INSTALL: &str = "install Java 17, Maven and kcat, as on Debian with: apt-get install openjdk-17-jre-headless maven kcat";
/// What a cluster of one broker has once.
const ONCE: [&str; 5] = [
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "transaction.state.log.min.isr",
    "share.coordinator.state.topic.replication.factor",
    "share.coordinator.state.topic.min.isr",
];

#[derive(Debug)]
pub struct Kafka {
    folder: TempDir,
    jars: PathBuf,
    port: u16,
    server: Option<Watched>,
}

impl Kafka {
    pub fn start() -> Result<Self> {
        let (broker, control) = (free_port()?, free_port()?);
        let mut this = Self {
            folder: folder()?,
            jars: jars()?,
            port: broker,
            server: None,
        };
        let path = this.folder.path().display();
        let once: String = ONCE.iter().map(|name| format!("{name}=1\n")).collect();
        let text = format!(
            "process.roles=broker,controller\nnode.id=1\n\
             listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{control}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{broker}\ncontroller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{control}\nlog.dirs={path}/logs\n{once}\
             group.initial.rebalance.delay.ms=0\nnum.partitions=1\n"
        );
        std::fs::write(this.settings(), text)?;
        let (classes, settings) = (this.classes(), this.settings().display().to_string());
        let tool = |words: &[&str]| {
            let all = [&["-cp", &*classes, "kafka.tools.StorageTool"], words].concat();
            run(Path::new("java"), &all, INSTALL)
        };
        let id = tool(&["random-uuid"])?;
        tool(&["format", "--standalone", "-t", id.trim(), "-c", &settings])?;
        this.up()?;
        Ok(this)
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it on its folder; returns when it answers.
    pub fn up(&mut self) -> Result<()> {
        self.begin()?;
        Self::wait(&self.address())
    }

    /// Starts it and does not wait for it.
    pub fn begin(&mut self) -> Result<()> {
        let command = format!(
            "java -Xms128m -Xmx512m -cp '{}' kafka.Kafka '{}'",
            self.classes(),
            self.settings().display()
        );
        self.server = Some(Watched::server(self.folder.path(), &command)?);
        Ok(())
    }

    /// Until it answers there.
    pub fn wait(address: &str) -> Result<()> {
        wait_for("Kafka answers", || metadata(address).is_some())
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// It keeps its port and answers nothing any more; or it goes on.
    pub fn stand_still(&self, still: bool) -> Result<()> {
        let server = self.server.as_ref().context("it does not run")?;
        server.signal(if still { "STOP" } else { "CONT" })
    }

    /// What it says of its topics, if it answers.
    pub fn metadata(&self) -> Option<String> {
        metadata(&self.address())
    }

    /// All that a topic holds, from its beginning, in its order, a line each in kcat's own form; nothing where there is no
    /// such topic.
    pub fn read(&self, topic: &str, form: &str) -> Result<String> {
        let known = self.metadata().context("it does not answer")?;
        if !known.contains(&format!("topic \"{topic}\"")) {
            return Ok(String::new());
        }
        let address = self.address();
        let (wait, from) = ("fetch.wait.max.ms=20", "beginning");
        let args = [
            "-C", "-q", "-X", wait, "-e", "-b", &address, "-t", topic, "-o", from, "-f", form,
        ];
        run(Path::new("kcat"), &args, INSTALL)
    }

    fn classes(&self) -> String {
        format!("{}/*", self.jars.display())
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings")
    }
}

fn metadata(address: &str) -> Option<String> {
    let asked = Command::new("kcat")
        .args(["-L", "-m", "2", "-b", address])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    asked.status.success().then_some(said)
}

/// Maven brings the jars once; they are kept beside the other caches, under the hash of what names them.
fn jars() -> Result<PathBuf> {
    let hash = hex::encode(Sha256::digest(std::fs::read(POM)?));
    let cache = std::env::var("XDG_CACHE_HOME").map(PathBuf::from);
    let cache =
        cache.or_else(|_| std::env::var("HOME").map(|home| Path::new(&home).join(".cache")));
    let short: String = hash.chars().take(16).collect();
    let jars = cache?.join("comanda").join(format!("kafka-{short}"));
    if !jars.exists() {
        let fresh = jars.with_extension(format!("{}", std::process::id()));
        let output = format!("-DoutputDirectory={}", fresh.display());
        let scope = "-DincludeScope=runtime";
        let words = ["-q", "-B", "-f", POM, "dependency:copy-dependencies"];
        let args = [&words[..], &[scope, &output]].concat();
        run(Path::new("mvn"), &args, INSTALL)?;
        let _somebody_was_first = std::fs::rename(&fresh, &jars);
    }
    Ok(jars)
}
