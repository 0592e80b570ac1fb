//! A real Apache Kafka of one broker, and kcat to read from it: a client that we did not write.

use servers::Kafka;
use std::time::Duration;

#[derive(Debug)]
pub struct Broker(Kafka);

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
        let started = tokio::task::spawn_blocking(Kafka::start).await;
        Self(started.expect("no panic").expect("Kafka starts"))
    }

    pub fn address(&self) -> String {
        self.0.address()
    }

    /// Starts it on its folder; returns when it answers.
    pub async fn up(&mut self) {
        self.0.begin().expect("Kafka begins");
        super::within("the broker answers", Duration::from_secs(60), async || {
            self.0.metadata()
        })
        .await;
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.0.kill();
    }

    /// All that a topic holds, from its beginning, in its order.
    pub fn read(&self, topic: &str) -> Vec<Read> {
        // Whoever gets nothing asks again.
        let said = self.0.read(topic, "%k\t%h\t%s\n").unwrap_or_default();
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
