//! Who relays, as PostgreSQL says; and how long nobody did after a node was killed that had the lease.

use sqlx::{Connection, PgConnection};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const LOOK: Duration = Duration::from_millis(50);
/// The other lock of the hub's is that of the founding of a restaurant.
const HOLDER: &str = "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'node-%'
    AND NOT (l.classid = 0 AND l.objid = 1) LIMIT 1";

#[derive(Debug, Clone, Copy, Default)]
pub struct Passed {
    /// How often it went from one node to the other.
    pub times: u32,
    /// The longest that nobody had it though Kafka and PostgreSQL answered.
    pub longest: Duration,
}

/// Looks on until it is dropped.
#[derive(Debug)]
pub struct Watch(Arc<Mutex<Passed>>, tokio::task::JoinHandle<()>);

impl Watch {
    pub fn begin(database: &str, kafka: &Arc<AtomicBool>) -> Self {
        let passed = Arc::new(Mutex::new(Passed::default()));
        let looks = look(database.to_owned(), Arc::clone(kafka), Arc::clone(&passed));
        Self(passed, tokio::spawn(looks))
    }

    pub fn passed(&self) -> Passed {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.1.abort();
    }
}

async fn look(database: String, kafka: Arc<AtomicBool>, passed: Arc<Mutex<Passed>>) {
    let mut link = None;
    let (mut last, mut free_since) = (None, None);
    loop {
        sleep(LOOK).await;
        match holder(&database, &mut link).await {
            Ok(Some(name)) => {
                let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(since) = free_since.take() {
                    let free: Duration = Instant::now() - since;
                    passed.longest = passed.longest.max(free);
                }
                passed.times += u32::from(last.as_ref().is_some_and(|last| *last != name));
                last = Some(name);
            }
            Ok(None) if kafka.load(Ordering::SeqCst) => {
                free_since.get_or_insert_with(Instant::now);
            }
            // Without Kafka nobody asks for it.
            Ok(None) => free_since = None,
            Err(_) => (link, free_since) = (None, None),
        }
    }
}

async fn holder(database: &str, link: &mut Option<PgConnection>) -> sqlx::Result<Option<String>> {
    let there = match link {
        Some(there) => there,
        None => link.insert(PgConnection::connect(database).await?),
    };
    let found: Option<(String,)> = sqlx::query_as(HOLDER).fetch_optional(there).await?;
    Ok(found.map(|(name,)| name))
}
