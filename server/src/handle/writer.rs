//! The writer: takes waiting jobs in batches, one commit for each, and never lets one bad command stop the rest.

use super::attempt::{Failure, Result1, Unit};
use super::marker::Marker;
use super::push::Looked;
use super::work::Work;
use super::{Busy, Done, Job, Live, LiveError, MOST_IN_BATCH, MOST_WAITING, PushError, Pushed};
use crate::hub::Hub;
use crate::store::head::Head;
use domain::State;
use domain::ids::{CommandId, RestaurantId};
use domain::time::Moment;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// So many rows are kept in memory; beyond, the cache starts anew.
pub(super) const MOST_CACHED: usize = 2_000;
/// So many quarantines for trouble within ten minutes, and the hub takes itself for ill.
const MOST_TROUBLE: usize = 3;
const TROUBLE_WINDOW: i64 = 10 * 60 * 1000;
const TRIES_ALONE: usize = 3;

/// A job without its waiter.
#[derive(Debug)]
pub enum Job2 {
    Live(Box<Live>),
    Push(Box<Looked>),
}

enum Waiter {
    Live(oneshot::Sender<Result<Done, LiveError>>),
    Push(oneshot::Sender<Result<Pushed, PushError>>),
}

#[derive(Debug)]
pub struct Writer {
    pub(super) hub: Arc<Hub>,
    pub(super) restaurant: RestaurantId,
    pub(super) head: Option<Head>,
    pub(super) state: State,
    pub(super) topics: HashMap<String, i64>,
    pub(super) marker: Marker,
    /// Commands that failed alone: they are kept aside without being decided.
    pub(super) aside: BTreeSet<CommandId>,
    trouble: VecDeque<Moment>,
    ill: bool,
}

/// Starts the writer of a restaurant; it ends when nobody can ask it any more.
pub fn start(hub: Arc<Hub>, restaurant: RestaurantId) -> mpsc::Sender<Job> {
    let (to, mut from) = mpsc::channel(MOST_WAITING);
    let mut writer = Writer::new(hub, restaurant);
    tokio::spawn(async move {
        while let Some(first) = from.recv().await {
            let mut jobs = vec![first];
            while jobs.len() < MOST_IN_BATCH
                && let Ok(job) = from.try_recv()
            {
                jobs.push(job);
            }
            writer.run(jobs).await;
        }
    });
    to
}

impl Writer {
    fn new(hub: Arc<Hub>, restaurant: RestaurantId) -> Self {
        let file = hub
            .folder
            .as_ref()
            .map(|folder| folder.join(format!("in-flight-{restaurant}.json")));
        Self {
            marker: Marker::open(file.as_deref()),
            hub,
            restaurant,
            head: None,
            state: State::default(),
            topics: HashMap::new(),
            aside: BTreeSet::new(),
            trouble: VecDeque::new(),
            ill: false,
        }
    }

    async fn run(&mut self, jobs: Vec<Job>) {
        self.hub.metrics.batch(jobs.len());
        let (asked, jobs): (Vec<Job>, Vec<Job>) = jobs
            .into_iter()
            .partition(|job| matches!(job, Job::Recover(_)));
        if !asked.is_empty() {
            self.recover_for(asked).await;
        }
        let (jobs, waiters): (Vec<Job2>, Vec<Waiter>) = jobs.into_iter().filter_map(parted).unzip();
        let units = units(&jobs);
        let results = if self.ill {
            vec![Err(Busy::Ill); units.len()]
        } else {
            self.decide(&jobs, &units).await
        };
        self.answer(&jobs, waiters, &units, results);
    }

    /// All at once; where that fails for what is in it, each alone.
    async fn decide(&mut self, jobs: &[Job2], units: &[Unit]) -> Vec<Result<Result1, Busy>> {
        let suspect = units
            .iter()
            .any(|unit| id_of(jobs, *unit).is_some_and(|id| self.marker.is_suspect(id)));
        if !suspect {
            self.marker
                .begin(units.iter().filter_map(|unit| id_of(jobs, *unit)).collect());
            let result = self.attempt(jobs, units).await;
            self.marker.end();
            match result {
                Ok(results) => return results.into_iter().map(Ok).collect(),
                Err(Failure::World(error)) => {
                    tracing::error!(%error, "the database is not ready");
                    return vec![Err(Busy::Database); units.len()];
                }
                Err(Failure::Recovering) => return vec![Err(Busy::Recovering); units.len()],
                Err(Failure::Behind) => return vec![Err(Busy::Behind); units.len()],
                Err(Failure::Bad(why)) => {
                    tracing::warn!(why, units = units.len(), "a batch failed: each runs alone")
                }
            }
        }
        let mut results = Vec::with_capacity(units.len());
        let mut stopped = BTreeSet::new();
        for unit in units {
            let result = if stopped.contains(&unit.job) {
                Ok(Result1::Skipped)
            } else {
                self.alone(jobs, *unit).await
            };
            if let Err(_) | Ok(Result1::Push(Err(_))) = result {
                stopped.insert(unit.job);
            }
            results.push(result);
        }
        results
    }

    /// One command to a transaction. A queued one that fails three times is kept aside, undecided.
    async fn alone(&mut self, jobs: &[Job2], unit: Unit) -> Result<Result1, Busy> {
        let id = id_of(jobs, unit);
        for _ in 0..TRIES_ALONE {
            match self.marked(jobs, unit).await {
                Ok(result) => return Ok(result),
                Err(Failure::World(_)) => return Err(Busy::Database),
                Err(Failure::Recovering) => return Err(Busy::Recovering),
                Err(Failure::Behind) => return Err(Busy::Behind),
                Err(Failure::Bad(why)) => tracing::error!(why, ?id, "a command failed alone"),
            }
        }
        let (Job2::Push(_), Some(id)) = (&jobs[unit.job], id) else {
            return Err(Busy::Trouble);
        };
        self.note_trouble();
        if self.ill {
            return Err(Busy::Ill);
        }
        self.aside.insert(id);
        self.marked(jobs, unit).await.map_err(|error| {
            tracing::error!(%error, %id, "a command could not even be kept aside");
            Busy::Trouble
        })
    }

    async fn marked(&mut self, jobs: &[Job2], unit: Unit) -> Result<Result1, Failure> {
        self.marker.begin(id_of(jobs, unit).into_iter().collect());
        let result = self.attempt(jobs, &[unit]).await;
        self.marker.end();
        result.map(|mut results| results.pop().unwrap_or(Result1::Skipped))
    }

    /// A bug in one release must not quarantine a restaurant: the hub stops deciding and says so.
    fn note_trouble(&mut self) {
        let now = self.hub.world.now();
        self.trouble.push_back(now);
        while self
            .trouble
            .front()
            .is_some_and(|at| now.since(*at) > TROUBLE_WINDOW)
        {
            self.trouble.pop_front();
        }
        if self.trouble.len() > MOST_TROUBLE {
            self.ill = true;
            self.hub.fall_ill();
            tracing::error!(
                "ALARM: too many commands fail here; the hub decides nothing more until it is looked at"
            );
        }
    }

    pub(super) fn forget(&mut self) {
        self.head = None;
        self.state = State::default();
        self.topics.clear();
    }

    /// After the commit, and only then: the cache moves on and everybody is told.
    pub(super) fn committed(&mut self, mut work: Work) {
        self.state.settle();
        self.topics = std::mem::take(&mut work.topics);
        let moved = self
            .head
            .as_ref()
            .is_none_or(|head| head.position != work.head.position);
        self.head = Some(work.head.clone());
        if moved {
            let mut told = work.told;
            told.position = work.head.position;
            self.hub.tell(told);
        }
    }

    fn answer(
        &self,
        jobs: &[Job2],
        waiters: Vec<Waiter>,
        units: &[Unit],
        results: Vec<Result<Result1, Busy>>,
    ) {
        let mut by_job: Vec<Vec<Result<Result1, Busy>>> = jobs.iter().map(|_| Vec::new()).collect();
        for (unit, result) in units.iter().zip(results) {
            by_job[unit.job].push(result);
        }
        for (waiter, results) in waiters.into_iter().zip(by_job) {
            // Whoever has gone away in the meantime asks again and gets the stored outcome.
            let _gone = match waiter {
                Waiter::Live(to) => to.send(live_answer(results)).is_err(),
                Waiter::Push(to) => to.send(self.push_answer(results)).is_err(),
            };
        }
    }

    fn push_answer(&self, results: Vec<Result<Result1, Busy>>) -> Result<Pushed, PushError> {
        let mut outcomes = Vec::new();
        for result in results {
            match result {
                Ok(Result1::Push(decided)) => outcomes.push(decided?),
                Ok(Result1::Skipped | Result1::Live(_)) => {}
                Err(busy) => return Err(busy.into()),
            }
        }
        let head = self.head.as_ref().ok_or(Busy::Database)?;
        Ok(Pushed {
            outcomes,
            position: self.hub.sign(self.restaurant, &head.position),
        })
    }
}

fn live_answer(results: Vec<Result<Result1, Busy>>) -> Result<Done, LiveError> {
    match results.into_iter().next() {
        Some(Ok(Result1::Live(result))) => result,
        Some(Err(busy)) => Err(busy.into()),
        Some(Ok(Result1::Push(_) | Result1::Skipped)) | None => Err(Busy::Trouble.into()),
    }
}

fn parted(job: Job) -> Option<(Job2, Waiter)> {
    match job {
        Job::Live(live, to) => Some((Job2::Live(live), Waiter::Live(to))),
        Job::Push(push, to) => {
            let looked = Box::new(Looked::of(*push));
            Some((Job2::Push(looked), Waiter::Push(to)))
        }
        Job::Recover(_) => None,
    }
}

fn units(jobs: &[Job2]) -> Vec<Unit> {
    let count = |job: &Job2| match job {
        Job2::Push(push) => push.commands.len(),
        Job2::Live(_) => 1,
    };
    let each = |(job, of): (usize, &Job2)| (0..count(of)).map(move |command| Unit { job, command });
    jobs.iter().enumerate().flat_map(each).collect()
}

fn id_of(jobs: &[Job2], unit: Unit) -> Option<CommandId> {
    match &jobs[unit.job] {
        Job2::Live(live) => Some(live.cmd_id),
        Job2::Push(push) => push.commands[unit.command].as_ref().ok()?.cmd_id,
    }
}
