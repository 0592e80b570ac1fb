//! The hub: its database, its world, its keys, one writer for each restaurant, and whom it tells.

use crate::handle::{
    self, Busy, Done, Job, Live, LiveError, MOST_WAITING, Push, PushError, Pushed,
};
use crate::health::metrics::Metrics;
use crate::keys::Keys;
use crate::live::{Doubt, Told};
use crate::nodes::{self, Nodes};
use crate::store::{Db, head, keys, place, reports};
use crate::world::{self, World};
use domain::ids::RestaurantId;
use domain::recover::Phase;
use domain::sync::{Epoch, Position};
use protocol::sync::{Side, SideProof, Signed};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{broadcast, mpsc, oneshot};

/// So many tellings wait for a slow listener; one that falls further behind reads the log instead.
const MOST_TOLD: usize = 4096;
const MOST_DOUBTS: usize = 256;
/// Why a hub recovers that nobody has restored.
const REWOUND: &str = "rewound";
const MOVED: &str = "moved";

#[derive(Debug)]
pub struct Hub {
    pub db: Db,
    pub world: Arc<dyn World>,
    /// Where small files beside the database may lie; none in the simulator.
    pub folder: Option<PathBuf>,
    pub keys: Keys,
    pub metrics: Metrics,
    pub nodes: Arc<Nodes>,
    writers: Mutex<HashMap<RestaurantId, mpsc::Sender<Job>>>,
    told: broadcast::Sender<Arc<Told>>,
    doubts: broadcast::Sender<Doubt>,
    doubted: AtomicU64,
    ill: AtomicBool,
    behind: AtomicBool,
}

impl Hub {
    pub async fn open(
        db: Db,
        world: Arc<dyn World>,
        folder: Option<PathBuf>,
    ) -> anyhow::Result<Arc<Self>> {
        let keys = Keys::load(&db, world.as_ref()).await?;
        let nodes = Arc::new(Nodes::new(&db, world.as_ref()));
        let (told, _) = broadcast::channel(MOST_TOLD);
        let (doubts, _) = broadcast::channel(MOST_DOUBTS);
        let (ill, behind) = (AtomicBool::new(false), AtomicBool::new(false));
        let hub = Arc::new(Self {
            db,
            world,
            folder,
            keys,
            metrics: Metrics::default(),
            nodes,
            writers: Mutex::default(),
            told,
            doubts,
            doubted: AtomicU64::new(0),
            ill,
            behind,
        });
        hub.mind_the_place().await?;
        let mut tx = hub.db.read().await?;
        let behind = head::any_behind(&mut tx).await?;
        drop(tx);
        hub.behind.store(behind, Ordering::Relaxed);
        hub.resume().await?;
        Ok(hub)
    }

    /// A database that is another file or server than it was may be an old copy: devices are asked what they know.
    async fn mind_the_place(&self) -> sqlx::Result<()> {
        let Some(place) = place::of(&self.db).await? else {
            return Ok(());
        };
        let mut tx = self.db.begin().await?;
        if place::has_moved(&mut tx, &place).await? {
            for restaurant in head::restaurants(&mut tx).await? {
                let head = head::lock(&mut tx, restaurant).await?;
                if head.is_some_and(|head| head.phase == Phase::Open) {
                    tracing::error!(%restaurant, "ALARM: the database is another file or server than it was");
                    head::begin_recovery(&mut tx, restaurant, MOVED).await?;
                }
            }
        }
        tx.commit().await
    }

    /// Gives a new restaurant its empty log.
    pub async fn found(&self, restaurant: RestaurantId) -> sqlx::Result<()> {
        let mut tx = self.db.begin().await?;
        let epoch = Epoch {
            n: 1,
            tag: self.tag(),
        };
        head::create(&mut tx, restaurant, &epoch, self.world.now()).await?;
        keys::write_first(&mut tx, "first_restaurant", &restaurant.to_string()).await?;
        tx.commit().await
    }

    pub(crate) fn tag(&self) -> String {
        world::token(self.world.as_ref()).chars().take(16).collect()
    }

    fn writer(self: &Arc<Self>, restaurant: RestaurantId) -> mpsc::Sender<Job> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        writers
            .entry(restaurant)
            .or_insert_with(|| handle::start(Arc::clone(self), restaurant))
            .clone()
    }

    /// How many jobs wait at each restaurant's writer.
    pub fn waiting(&self) -> Vec<(RestaurantId, usize)> {
        let writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |to: &mpsc::Sender<Job>| MOST_WAITING.saturating_sub(to.capacity());
        writers.iter().map(|(of, to)| (*of, waiting(to))).collect()
    }

    /// Carries out one write and answers after its commit.
    pub async fn live(
        self: &Arc<Self>,
        restaurant: RestaurantId,
        live: Live,
    ) -> Result<Done, LiveError> {
        self.may_decide()?;
        let (to, answer) = oneshot::channel();
        self.ask(restaurant, Job::Live(Box::new(live), to))?;
        answer.await.unwrap_or(Err(Busy::Trouble.into()))
    }

    /// Decides a device's commands and answers after their commit.
    pub async fn push(
        self: &Arc<Self>,
        restaurant: RestaurantId,
        push: Push,
    ) -> Result<Pushed, PushError> {
        self.may_decide()?;
        let (to, answer) = oneshot::channel();
        self.ask(restaurant, Job::Push(Box::new(push), to))?;
        answer.await.unwrap_or(Err(Busy::Trouble.into()))
    }

    /// A device has shown a position of this epoch that this hub has signed and its log contradicts: the database is
    /// older than what was said of it. From here on the hub asks what it has forgotten.
    pub async fn rewound(&self, restaurant: RestaurantId, epoch: &Epoch) -> sqlx::Result<()> {
        let mut tx = self.db.begin().await?;
        let head = head::lock(&mut tx, restaurant).await?;
        // Many devices remember the same loss: whoever comes second finds the recovery begun.
        if head.is_some_and(|head| head.phase == Phase::Open && head.position.epoch == *epoch) {
            head::begin_recovery(&mut tx, restaurant, REWOUND).await?;
            tx.commit().await?;
            tracing::error!(%restaurant, "ALARM: the database is older than what devices have seen of it");
            self.doubt(Doubt::Anybody);
        }
        Ok(())
    }

    /// Lets a recovery go on as far as what was reported allows.
    pub async fn recover(self: &Arc<Self>, restaurant: RestaurantId) -> Result<(), Busy> {
        let (to, answer) = oneshot::channel();
        self.ask(restaurant, Job::Recover(to))?;
        answer.await.unwrap_or(Err(Busy::Trouble))
    }

    /// Goes on with whatever recovery a restart has cut off.
    pub async fn resume(self: &Arc<Self>) -> sqlx::Result<()> {
        let mut tx = self.db.read().await?;
        let all = reports::unfinished(&mut tx).await?;
        drop(tx);
        for restaurant in all {
            if let Err(error) = self.recover(restaurant).await {
                tracing::error!(%error, %restaurant, "the recovery did not go on");
            }
        }
        Ok(())
    }

    fn ask(self: &Arc<Self>, restaurant: RestaurantId, job: Job) -> Result<(), Busy> {
        self.writer(restaurant)
            .try_send(job)
            .map_err(|_| Busy::Full)
    }

    fn may_decide(&self) -> Result<(), Busy> {
        if self.is_behind() {
            Err(Busy::Behind)
        } else {
            Ok(())
        }
    }

    pub fn sign(&self, restaurant: RestaurantId, position: &Position) -> Signed {
        Signed {
            position: position.clone(),
            sig: self.keys.sign(&position.message(restaurant)),
        }
    }

    pub fn has_signed(&self, restaurant: RestaurantId, signed: &Signed) -> bool {
        self.keys
            .verify(&signed.position.message(restaurant), &signed.sig)
    }

    /// Who can sign in by PIN, with the hub's word for it: so that a device can bring it back.
    pub fn sign_side(&self, restaurant: RestaurantId, epoch: &Epoch, mut side: Side) -> Side {
        let epoch = epoch.clone();
        let sig = self.keys.sign(&side.message(restaurant, &epoch));
        side.proof = Some(Box::new(SideProof { epoch, sig }));
        side
    }

    pub fn has_signed_side(&self, restaurant: RestaurantId, side: &Side) -> bool {
        side.proof.as_ref().is_some_and(|proof| {
            let message = side.message(restaurant, &proof.epoch);
            self.keys.verify(&message, &proof.sig)
        })
    }

    /// Tells whoever listens what has been committed.
    pub(crate) fn tell(&self, told: Told) {
        let devices = told.revoked.iter().copied().map(Doubt::Device);
        let people = told.people.iter().copied().map(Doubt::Person);
        devices
            .chain(people)
            .for_each(|doubt| self.doubt_here(doubt));
        // Nobody listening is no error.
        drop(self.told.send(Arc::new(told)));
    }

    /// Says that somebody's tokens may not be good any more, as soon as that is stored.
    pub fn doubt(&self, doubt: Doubt) {
        self.doubt_here(doubt);
        nodes::pass_on(self, doubt);
    }

    /// As `doubt`, where the other nodes know it already.
    pub(crate) fn doubt_here(&self, doubt: Doubt) {
        self.doubted.fetch_add(1, Ordering::SeqCst);
        drop(self.doubts.send(doubt));
    }

    /// How often somebody was doubted: what was believed before the last time has to be looked at again.
    pub fn doubted(&self) -> u64 {
        self.doubted.load(Ordering::SeqCst)
    }

    pub fn listen_for_doubts(&self) -> broadcast::Receiver<Doubt> {
        self.doubts.subscribe()
    }

    pub fn listen(&self) -> broadcast::Receiver<Arc<Told>> {
        self.told.subscribe()
    }

    pub(crate) fn fall_ill(&self) {
        self.ill.store(true, Ordering::Relaxed);
    }

    pub fn is_ill(&self) -> bool {
        self.ill.load(Ordering::Relaxed)
    }

    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// A device has shown, with this hub's own signature, an epoch that is not of this log: another copy of it has gone
    /// on. It stays so over a restart.
    pub async fn fall_behind(&self, restaurant: RestaurantId, shown: &Epoch) {
        tracing::error!(
            epoch = shown.n,
            "ALARM: a device knows a later epoch of this hub: restore it before it serves again"
        );
        self.learn_that_it_is_behind();
        let kept = async {
            let mut tx = self.db.begin().await?;
            let head = head::lock(&mut tx, restaurant).await?;
            if let Some(mut head) = head {
                // Its own counter under another tag is behind too: the next epoch has to be higher than both.
                head.shown = shown.n.max(head.position.epoch.n + 1);
                head::write(&mut tx, restaurant, &head).await?;
            }
            tx.commit().await
        };
        if let Err(error) = kept.await {
            tracing::error!(%error, "that could not be kept");
        }
    }

    pub(crate) fn learn_that_it_is_behind(&self) {
        self.behind.store(true, Ordering::Relaxed);
    }

    /// Lets the writers finish what they have; nothing new is taken.
    pub fn stop(&self) {
        self.writers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
