//! A real Apache Kafka of one broker, and kcat to read from it: a client that we did not write.

use super::watched::{Watched, folder, free_port, run};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const POM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kafka/pom.xml");
const INSTALL: &str = "install Java 17, Maven and kcat, as on Debian with: apt-get install openjdk-17-jre-headless maven kcat";

#[derive(Debug)]
pub struct Broker {
    folder: TempDir,
    jars: PathBuf,
    port: u16,
    server: Option<Watched>,
}

/// One record, as kcat shows it.
#[derive(Debug, Clone)]
pub struct Read {
    pub topic: String,
    pub key: String,
    pub headers: String,
    pub value: serde_json::Value,
}

impl Broker {
    pub async fn start() -> Self {
        let (broker, control) = (free_port(), free_port());
        let mut this = Self {
            folder: folder(),
            jars: jars(),
            port: broker,
            server: None,
        };
        let path = this.folder.path().display().to_string();
        let once = [
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr",
        ];
        let once: String = once.iter().map(|name| format!("{name}=1\n")).collect();
        let settings = format!(
            "process.roles=broker,controller\nnode.id=1\nlisteners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{control}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{broker}\ncontroller.listener.names=CONTROLLER\n\
             controller.quorum.bootstrap.servers=127.0.0.1:{control}\nlog.dirs={path}/logs\n{once}\
             group.initial.rebalance.delay.ms=0\nnum.partitions=1\n"
        );
        std::fs::write(this.folder.path().join("settings"), settings).expect("written");
        let classes = format!("{}/*", this.jars.display());
        let java = Path::new("java");
        let id = run(
            java,
            &["-cp", &classes, "kafka.tools.StorageTool", "random-uuid"],
            INSTALL,
        );
        let settings = format!("{path}/settings");
        run(
            java,
            &[
                "-cp",
                &classes,
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "-t",
                id.trim(),
                "-c",
                &settings,
            ],
            INSTALL,
        );
        this.up().await;
        this
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it on its folder; returns when it answers.
    pub async fn up(&mut self) {
        let path = self.folder.path().display();
        let command = format!(
            "bash -c 'echo $$ >{path}/pid; exec java -Xms128m -Xmx512m -cp \"{}/*\" kafka.Kafka {path}/settings'",
            self.jars.display()
        );
        self.server = Some(Watched::server(self.folder.path(), &command));
        super::within("the broker answers", Duration::from_secs(60), async || {
            self.metadata()
        })
        .await;
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let pid = std::fs::read_to_string(self.folder.path().join("pid")).expect("it has run");
        Command::new("kill")
            .args(["-9", pid.trim()])
            .status()
            .expect("kill is there");
        self.server = None;
    }

    fn metadata(&self) -> Option<String> {
        let asked = Command::new("kcat")
            .args(["-L", "-m", "2", "-b", &self.address()])
            .output();
        let asked = asked.unwrap_or_else(|error| panic!("kcat: {error} ({INSTALL})"));
        asked
            .status
            .success()
            .then(|| String::from_utf8_lossy(&asked.stdout).into_owned())
    }

    /// All that a topic holds, from its beginning, in its order.
    pub fn read(&self, topic: &str) -> Vec<Read> {
        let address = self.address();
        let known = self
            .metadata()
            .is_some_and(|said| said.contains(&format!("topic \"{topic}\"")));
        if !known {
            return Vec::new();
        }
        let args = [
            "-C",
            "-q",
            "-X",
            "fetch.wait.max.ms=20",
            "-e",
            "-b",
            &address,
            "-t",
            topic,
            "-o",
            "beginning",
            "-f",
            "%k\t%h\t%s\n",
        ];
        let said = run(Path::new("kcat"), &args, INSTALL);
        let read = said.lines().map(|line| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            let mut part = || parts.next().expect("key, headers and value");
            let (key, headers) = (part(), part());
            Read {
                topic: topic.to_owned(),
                key,
                headers,
                value: serde_json::from_str(&part()).expect("JSON"),
            }
        });
        read.collect()
    }
}

/// Maven brings the jars once; they are kept beside the other caches, under the hash of what names them.
fn jars() -> PathBuf {
    let pom = std::fs::read(POM).expect("the pom");
    let hash = hex::encode(&Sha256::digest(&pom)[..8]);
    let cache = std::env::var("XDG_CACHE_HOME").map_or_else(
        |_| PathBuf::from(std::env::var("HOME").expect("a home")).join(".cache"),
        PathBuf::from,
    );
    let jars = cache.join("comanda").join(format!("kafka-{hash}"));
    if !jars.exists() {
        let fresh = jars.with_extension(format!("{}", std::process::id()));
        let output = format!("-DoutputDirectory={}", fresh.display());
        run(
            Path::new("mvn"),
            &[
                "-q",
                "-B",
                "-f",
                POM,
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                &output,
            ],
            INSTALL,
        );
        let _somebody_was_first = std::fs::rename(&fresh, &jars);
    }
    jars
}
