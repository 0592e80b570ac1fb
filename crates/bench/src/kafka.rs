//! A Kafka for the time of the benchmark: what a Send costs with it, and without it.

use anyhow::{Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The same jars as the tests'.
const POM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../server/tests/kafka/pom.xml"
);

#[derive(Debug)]
pub struct Broker {
    pub address: String,
    server: Child,
    _folder: TempDir,
}

impl Broker {
    pub fn start() -> Result<Self> {
        let jars = jars()?;
        let (folder, port, control) = (TempDir::new()?, free_port()?, free_port()?);
        let path = folder.path().display();
        let once = [
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr",
        ];
        let once: String = once.iter().map(|name| format!("{name}=1\n")).collect();
        let settings = folder.path().join("settings");
        let text = format!(
            "process.roles=broker,controller\nnode.id=1\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{control}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ncontroller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{control}\nlog.dirs={path}/logs\n{once}\
             group.initial.rebalance.delay.ms=0\nnum.partitions=1\n"
        );
        std::fs::write(&settings, text)?;
        let classes = format!("{}/*", jars.display());
        let java = |words: &[&str]| {
            let mut command = Command::new("java");
            command
                .args(["-Xms128m", "-Xmx512m", "-cp", &classes])
                .args(words)
                .arg(&settings);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let format = [
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "-t",
            CLUSTER,
            "-c",
        ];
        ensure!(
            java(&format).status()?.success(),
            "Kafka's folder cannot be made"
        );
        let server = java(&["kafka.Kafka"]).spawn()?;
        let broker = Self {
            address: format!("127.0.0.1:{port}"),
            server,
            _folder: folder,
        };
        for _ in 0..300 {
            if broker.answers() {
                return Ok(broker);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        bail!("Kafka does not come up")
    }

    /// It keeps its port and answers nothing any more; or it goes on.
    pub fn stand_still(&self, still: bool) -> Result<()> {
        let signal = if still { "-STOP" } else { "-CONT" };
        let mut kill = Command::new("kill");
        let told = kill
            .args([signal, &self.server.id().to_string()])
            .status()?;
        ensure!(told.success(), "Kafka cannot be told anything");
        Ok(())
    }

    fn answers(&self) -> bool {
        let mut kcat = Command::new("kcat");
        kcat.args(["-L", "-m", "2", "-b", &self.address]);
        kcat.stdout(Stdio::null()).stderr(Stdio::null());
        kcat.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // What cannot be ended ends with the machine.
        let _ended = self.server.kill();
        let _waited = self.server.wait();
    }
}

/// Any id will do: nobody else is in its cluster.
const CLUSTER: &str = "MkU3OEVBNTcwNTJENDM2Qg";

pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Where the tests have put the jars: they are brought once for each machine.
fn jars() -> Result<PathBuf> {
    let pom = std::fs::read(POM)?;
    let hash: String = hex::encode(Sha256::digest(pom)).chars().take(16).collect();
    let cache = std::env::var("XDG_CACHE_HOME").map(PathBuf::from);
    let cache =
        cache.or_else(|_| std::env::var("HOME").map(|home| Path::new(&home).join(".cache")));
    let jars = cache?.join("comanda").join(format!("kafka-{hash}"));
    ensure!(
        jars.exists(),
        "Kafka's jars are not there: the tests bring them"
    );
    Ok(jars)
}
