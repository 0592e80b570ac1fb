//! The relay: carries the outbox to Kafka, in order, at least once. Nothing ever waits for it.

use crate::hub::Hub;
use crate::project::goes_on_after;
use crate::store::lease::Lease;
use crate::store::outbox::{self, Record};
use crate::store::{Tx, credentials, head, idempotency};
use domain::ids::RestaurantId;
use domain::time::Moment;
use futures_util::future::join_all;
use rdkafka::ClientConfig;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const AT_ONCE: usize = 500;
/// How long what was relayed (or, without Kafka, what nobody relays) can still be read by `/events`.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long a write's key is remembered: the contract says a day or more.
const KEYS_KEPT: i64 = 2 * 24 * 60 * 60 * 1000;
const POLL: Duration = Duration::from_millis(500);
const AFTER_TROUBLE: Duration = Duration::from_secs(2);
const PRUNE_EVERY: Duration = Duration::from_secs(600);
/// The alarm comes when this part of the most that is kept for Kafka waits.
const ALARM_AT: i64 = 10;

const OFF: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;

/// How the link to Kafka is, for whoever asks.
#[derive(Debug, Clone, Default)]
pub struct RelayState(Arc<AtomicU8>);

impl RelayState {
    /// None: there is no Kafka here.
    pub fn is_up(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            OFF => None,
            state => Some(state == UP),
        }
    }

    fn set(&self, to: u8) {
        if self.0.swap(to, Ordering::Relaxed) != to {
            let word = if to == UP { "up" } else { "down" };
            tracing::info!(kafka = word, "the relay's link has changed");
        }
    }
}

fn producer(brokers: &str) -> rdkafka::error::KafkaResult<FutureProducer> {
    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", "10000")
        .set("reconnect.backoff.max.ms", "2000")
        .set("linger.ms", "5")
        .create()
}

/// Whether these brokers can be spoken to at all: a mistake in the setting shows at the start.
pub fn check(brokers: &str) -> anyhow::Result<()> {
    producer(brokers).map(drop)?;
    Ok(())
}

/// Relays a restaurant's records until it is told to stop.
pub async fn run(
    hub: Arc<Hub>,
    restaurant: RestaurantId,
    brokers: String,
    state: RelayState,
    stop: CancellationToken,
) {
    state.set(DOWN);
    let mut news = hub.listen();
    let mut current: Option<FutureProducer> = None;
    let mut lease = Lease::default();
    while !stop.is_cancelled() {
        let ready = match current.take() {
            Some(producer) => Ok(producer),
            None => producer(&brokers).map_err(anyhow::Error::from),
        };
        let result = match ready {
            Ok(producer) => drain(&hub, restaurant, &producer, &mut lease, &stop)
                .await
                .map(|()| producer),
            Err(error) => Err(error),
        };
        let pause = match result {
            Ok(producer) => {
                current = Some(producer);
                state.set(UP);
                POLL
            }
            Err(error) => {
                // A fatal producer is thrown away; what it had not confirmed is read again from the cursor.
                tracing::warn!(%error, "Kafka takes nothing; it will get all of it later");
                state.set(DOWN);
                AFTER_TROUBLE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            _ = news.recv(), if pause == POLL => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends everything that Kafka has not confirmed yet, unless another node does.
async fn drain(
    hub: &Hub,
    restaurant: RestaurantId,
    producer: &FutureProducer,
    lease: &mut Lease,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    // An idle link is asked too, so that the state that is shown is true.
    let asked = producer.clone();
    tokio::task::spawn_blocking(move || {
        asked.client().fetch_metadata(None, Duration::from_secs(5))
    })
    .await??;
    while lease.is_held(&hub.db, restaurant).await? {
        let records = unsent(hub, restaurant).await?;
        if records.is_empty() || stop.is_cancelled() {
            return Ok(());
        }
        let all = records
            .iter()
            .map(|record| send(producer, restaurant, record));
        let sent = join_all(all).await;
        confirm(hub, restaurant, &records, &sent).await?;
        sent.into_iter().collect::<anyhow::Result<()>>()?;
    }
    Ok(())
}

/// What stands after the cursor. The simulator enters here and at `confirm`, with a Kafka of its own between them.
/// Where a topic starts anew goes alone: nothing overtakes it, and it overtakes nothing.
pub async fn unsent(hub: &Hub, restaurant: RestaurantId) -> sqlx::Result<Vec<Record>> {
    let mut tx = hub.db.read().await?;
    let from = outbox::relayed(&mut tx, restaurant).await?;
    let mut records = outbox::after(&mut tx, restaurant, from, AT_ONCE, None).await?;
    if let Some(first) = records.first().map(Record::is_restart) {
        let alike = |record: &&Record| record.is_restart() == first;
        records.truncate(records.iter().take_while(alike).count());
    }
    Ok(records)
}

/// Moves the cursor, only over what was confirmed without a gap.
pub async fn confirm(
    hub: &Hub,
    restaurant: RestaurantId,
    records: &[Record],
    sent: &[anyhow::Result<()>],
) -> sqlx::Result<()> {
    let confirmed = sent.iter().take_while(|result| result.is_ok()).count();
    #[cfg(feature = "planted")]
    let confirmed = crate::planted::past_the_gap(records, sent).unwrap_or(confirmed);
    if let Some(last) = records.get(..confirmed).and_then(<[Record]>::last) {
        let mut tx = hub.db.begin().await?;
        outbox::write_relayed(&mut tx, restaurant, last.position).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn send(
    producer: &FutureProducer,
    restaurant: RestaurantId,
    record: &Record,
) -> anyhow::Result<()> {
    let (key, epoch, seq) = (
        restaurant.to_string(),
        record.epoch.to_string(),
        record.seq.to_string(),
    );
    let headers = OwnedHeaders::new()
        .insert(Header {
            key: "id",
            value: Some(&record.id),
        })
        .insert(Header {
            key: "type",
            value: Some(&record.kind),
        })
        .insert(Header {
            key: "epoch",
            value: Some(&epoch),
        })
        .insert(Header {
            key: "seq",
            value: Some(&seq),
        });
    let message = FutureRecord::to(&record.topic)
        .key(&key)
        .payload(&record.event)
        .headers(headers);
    producer
        .send(message, Duration::from_secs(10))
        .await
        .map_err(|(error, _)| error)?;
    Ok(())
}

/// Forgets what is old: records that Kafka has (or that nobody relays), keys of writes, codes. `backlog`: how many records
/// are kept for a Kafka that is gone; none where there is no Kafka.
pub async fn prune(
    hub: Arc<Hub>,
    restaurant: RestaurantId,
    backlog: Option<i64>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        if let Err(error) = prune_once(&hub, restaurant, backlog).await {
            tracing::warn!(%error, "old events could not be forgotten");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PRUNE_EVERY) => {}
        }
    }
}

async fn prune_once(
    hub: &Hub,
    restaurant: RestaurantId,
    backlog: Option<i64>,
) -> anyhow::Result<()> {
    let now = hub.world.now();
    let mut tx = hub.db.begin().await?;
    let mut upto = i64::MAX;
    if let Some(most) = backlog {
        upto = outbox::relayed(&mut tx, restaurant).await?;
        let head = head::read(&mut tx, restaurant).await?;
        let last = head.map_or(0, |head| head.feed);
        if last - upto > most / ALARM_AT {
            let waiting = last - upto;
            tracing::error!(
                waiting,
                most,
                "ALARM: Kafka has taken nothing for long; beyond the most that is kept it loses the oldest"
            );
        }
        if last - upto > most {
            give_up(&mut tx, restaurant, upto, last - most, now).await?;
        }
    }
    outbox::prune(&mut tx, restaurant, upto, now.plus(-KEPT)).await?;
    idempotency::forget(&mut tx, restaurant, now.plus(-KEYS_KEPT)).await?;
    credentials::forget_codes(&mut tx, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Too much waits for Kafka: the oldest is dropped, and in its place each topic tells where it goes on.
async fn give_up(
    tx: &mut Tx,
    restaurant: RestaurantId,
    relayed: i64,
    upto: i64,
    now: Moment,
) -> anyhow::Result<()> {
    let last = outbox::last_of_topics(tx, restaurant, relayed, upto).await?;
    let restarts: serde_json::Result<Vec<Record>> = last.into_iter().map(goes_on_after).collect();
    outbox::drop_between(tx, restaurant, relayed, upto).await?;
    outbox::write(tx, restaurant, &restarts?, now).await?;
    Ok(())
}
