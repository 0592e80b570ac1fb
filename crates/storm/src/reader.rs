//! Whoever listens to Kafka, by the contract: kcat and `docs/consumer.mjs`, killed and started again on its file. What it has
//! taken at the end is what the hub's feed tells.

use crate::till::sign_in;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::process::PATIENCE;
use std::time::Duration;

pub const TOPICS: [&str; 10] = [
    "order.created",
    "order.updated",
    "order.completed",
    "bill.completed",
    "payment.processed",
    "table.updated",
    "menu.updated",
    "user.created",
    "user.updated",
    "notification.send.email",
];
/// As they come to be: what has never been told has no topic.
const ANY: &str = "^(order|bill|payment|table|menu|user|notification)[.].*";
const CONSUMER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/consumer.mjs");

#[derive(Debug)]
pub struct Reader {
    broker: String,
    file: PathBuf,
    running: Option<(Child, Child)>,
    starts: u32,
}

impl Reader {
    pub fn new(broker: &str, folder: &Path) -> Self {
        Self {
            broker: broker.to_owned(),
            file: folder.join("consumer"),
            running: None,
            starts: 0,
        }
    }

    /// Starts it where it does not run: a broker that is gone takes kcat with it.
    pub async fn tend(&mut self) -> Result<()> {
        if let Some((kcat, consumer)) = &mut self.running {
            if kcat.try_wait()?.is_none() && consumer.try_wait()?.is_none() {
                return Ok(());
            }
            self.kill().await?;
        }
        self.starts += 1;
        // A group of its own each time: nobody waits for the one that was killed, and all is read from the beginning.
        let group = format!("storm-{}", self.starts);
        let mut kcat = Command::new("kcat");
        kcat.args(["-G", &group, "-b", &self.broker, "-q", "-u"])
            .args(["-X", "auto.offset.reset=earliest"])
            .args(["-X", "topic.metadata.refresh.interval.ms=1000"])
            .args(["-X", "enable.auto.commit=false", "-f", "%t %s\n", ANY]);
        let quiet = |command: &mut Command| {
            command.stderr(Stdio::null()).kill_on_drop(true);
        };
        quiet(&mut kcat);
        let mut kcat = kcat
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("kcat")?;
        let out = kcat.stdout.take().context("stdout is piped")?;
        let mut consumer = Command::new("node");
        consumer
            .arg(CONSUMER)
            .arg(&self.file)
            .stdin(Stdio::from(out.into_owned_fd()?))
            .stdout(Stdio::null());
        quiet(&mut consumer);
        let consumer = consumer.spawn().context("node")?;
        self.running = Some((kcat, consumer));
        Ok(())
    }

    pub async fn kill(&mut self) -> Result<()> {
        if let Some((mut kcat, mut consumer)) = self.running.take() {
            consumer.kill().await?;
            kcat.kill().await?;
        }
        Ok(())
    }

    /// How many records it has taken, once it has all that the hub's feed tells; in the order of their topics.
    pub async fn has_all(&mut self, node: &str) -> Result<usize> {
        let feed = feed(node).await?;
        let until = Instant::now() + PATIENCE;
        loop {
            self.tend().await?;
            let taken = self.taken()?;
            if taken.values().map(Vec::len).sum::<usize>() >= feed.len() {
                break;
            }
            if Instant::now() > until {
                let count = |all: &BTreeMap<String, Vec<Value>>| {
                    let count =
                        |(topic, all): (&String, &Vec<Value>)| format!("{topic} {}", all.len());
                    all.iter().map(count).collect::<Vec<_>>().join(", ")
                };
                bail!(
                    "the feed has {} records, whoever listens: {}",
                    feed.len(),
                    count(&taken)
                );
            }
            sleep(Duration::from_millis(200)).await;
        }
        self.kill().await?;
        let mut due = BTreeMap::<String, Vec<Value>>::new();
        let many = feed.len();
        for record in feed {
            let topic = record["type"].as_str().context("a type")?.to_owned();
            due.entry(topic).or_default().push(record);
        }
        let taken = self.taken()?;
        for topic in TOPICS {
            ensure!(
                due.get(topic) == taken.get(topic),
                "{topic}: what a consumer has taken is not what the feed tells"
            );
        }
        Ok(many)
    }

    fn taken(&self) -> Result<BTreeMap<String, Vec<Value>>> {
        let text = match std::fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let mut taken = BTreeMap::<String, Vec<Value>>::new();
        // The last line may still be on its way.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for line in whole.lines() {
            let (topic, record) = line.split_once(' ').context("a topic and a record")?;
            let record = serde_json::from_str(record).with_context(|| line.to_owned())?;
            taken.entry(topic.to_owned()).or_default().push(record);
        }
        Ok(taken)
    }
}

/// All that `/events` tells, from the first record.
async fn feed(node: &str) -> Result<Vec<Value>> {
    let http = reqwest::Client::builder().no_proxy().build()?;
    let hub = format!("http://{node}");
    let token = sign_in(&http, &hub, "admin").await?;
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let url = format!("{hub}/api/v1/events?limit=200{after}");
        let asked = http.get(url).bearer_auth(&token).send().await?;
        let mut page: Value = asked.error_for_status()?.json().await?;
        let Value::Array(items) = page["items"].take() else {
            bail!("a page of the feed has no items");
        };
        if items.is_empty() {
            return Ok(all);
        }
        all.extend(items);
        after = format!("&after={}", page["next"].as_str().context("never null")?);
    }
}
