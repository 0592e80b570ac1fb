//! The core itself: its database, what it knows beside it, and the one way in which anything is written.

use crate::error::{OpenError, StoreError, Stored};
use crate::store::{meta, schema, troubles};
use crate::sync::live::Live;
use crate::topics::Topics;
use domain::time::Moment;
use protocol::bridge::{Changed, Topic};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// What the host tells a starting core.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Screen and core carry one build id.
    pub build: String,
    /// Whether the browser may throw this device's data away when its disk is full.
    pub evictable: bool,
}

/// Link changes and the like raise the revision without being stored; a restart goes on beyond all of them.
const UNSTORED_REVISIONS: u64 = 1 << 20;

/// More than this core has, so that none is compiled twice.
const MOST_STATEMENTS: usize = 128;

/// One device: pure but for its database. Time comes in as `now`, ids as parameters.
#[derive(Debug)]
pub struct Core {
    pub(crate) db: Connection,
    pub(crate) setup: Setup,
    /// What holds only while this core runs.
    pub(crate) live: Live,
    revision: u64,
    changed: Topics,
}

impl Core {
    /// Opens a device's database. The host has set its journal; a full sync is set here, since what is shown as done
    /// must be on the disk.
    pub fn open(mut db: Connection, setup: Setup, now: Moment) -> Result<Core, OpenError> {
        db.pragma_update(None, "synchronous", "full")?;
        #[cfg(feature = "planted")]
        if crate::planted::is(crate::planted::Bug::Unsynced) {
            db.pragma_update(None, "synchronous", "off")?;
        }
        schema::migrate(&mut db)?;
        db.set_prepared_statement_cache_capacity(MOST_STATEMENTS);
        let stored = meta::get(&db, &meta::REVISION)?.unwrap_or(0);
        let mut core = Core {
            live: Live::new(&db)?,
            db,
            setup,
            revision: stored + UNSTORED_REVISIONS,
            changed: Topics::new(),
        };
        core.resume(now)?;
        Ok(core)
    }

    /// Grows with each change, over restarts too.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What has changed since this was asked last.
    pub fn take_changed(&mut self) -> Option<Changed> {
        let topics: Vec<Topic> = std::mem::take(&mut self.changed).into_iter().collect();
        (!topics.is_empty()).then_some(Changed {
            revision: self.revision,
            topics,
        })
    }

    pub(crate) fn touch(&mut self, topics: impl IntoIterator<Item = Topic>) {
        self.changed.extend(topics);
        self.revision += 1;
    }

    /// One local transaction. The inner error takes everything back, as the outer one does, but is no trouble.
    pub(crate) fn write<T, E>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &mut Topics) -> Stored<Result<T, E>>,
    ) -> Stored<Result<T, E>> {
        let mut topics = Topics::new();
        let next = self.revision + 1;
        let done = transact(&mut self.db, |tx| {
            let done = work(tx, &mut topics)?;
            if done.is_ok() {
                meta::set(tx, &meta::REVISION, &next)?;
            }
            Ok(done)
        });
        match &done {
            Ok(Ok(_)) => {
                if std::mem::take(&mut self.live.disk_full) {
                    topics.insert(Topic::Sync);
                }
                self.touch(topics);
            }
            Ok(Err(_)) => {}
            Err(error) => self.failed(error),
        }
        done
    }

    /// The browser has promised to keep this device's data, or takes that back.
    pub fn set_evictable(&mut self, evictable: bool) {
        if self.setup.evictable != evictable {
            self.setup.evictable = evictable;
            self.touch([Topic::Sync]);
        }
    }

    fn failed(&mut self, error: &StoreError) {
        if matches!(error, StoreError::Full(_)) && !self.live.disk_full {
            self.live.disk_full = true;
            self.touch([Topic::Sync]);
        }
    }

    /// Bounds the database to so many pages: what a full disk is to it.
    pub fn limit_pages(&self, pages: i64) {
        // A host that cannot bound it has the disk's own bound.
        let _unbounded = self.db.pragma_update(None, "max_page_count", pages);
    }

    /// Writes to the device's own log of troubles; where even that cannot be written, the sync view still shows it.
    pub fn note(&mut self, now: Moment, text: &str) {
        let noted = troubles::note(&self.db, now, text);
        if let Err(error) = noted {
            self.failed(&error);
        }
        self.touch([Topic::Sync]);
    }
}

fn transact<T, E>(
    db: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Stored<Result<T, E>>,
) -> Stored<Result<T, E>> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match work(&tx) {
        Ok(Ok(done)) => {
            tx.commit()?;
            Ok(Ok(done))
        }
        // Dropping the transaction rolls it back.
        Ok(Err(no)) => Ok(Err(no)),
        Err(error) => Err(error),
    }
}
