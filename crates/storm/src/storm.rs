//! Everybody at work, and whoever kills them.

use crate::accounts;
use crate::equal::Looker;
use crate::house::{House, open};
use crate::lease;
use crate::process::{PATIENCE, Process};
use crate::reader::{Reader, TOPICS};
use crate::till::{Book, Till};
use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The hub's program.
    #[arg(long)]
    pub hub: PathBuf,
    #[arg(long, default_value_t = 600)]
    pub seconds: u64,
    /// The moments and whom they meet; what processes make of them is never twice the same.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Two nodes of the hub on one PostgreSQL, and sixteen who write.
    #[arg(long)]
    pub postgres: bool,
    /// A Kafka, and somebody who listens to it.
    #[arg(long)]
    pub kafka: bool,
}

/// Three waiters, of whom two share a name, and a cook.
const PEOPLE: [&str; 4] = ["ana", "ben", "ana", "kitchen"];
/// Where there are two nodes to write to: twice as many on devices, and as many again at tills.
const TILLS: [&str; 8] = [
    "ana", "ben", "manager", "admin", "ana", "ben", "manager", "admin",
];

/// What befalls whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    Device,
    Node,
    BothNodes,
    /// A connection to PostgreSQL is cut.
    Link,
    /// PostgreSQL falls and comes up again.
    Postgres,
    /// Kafka is killed, or started again.
    Kafka,
    /// Whoever listens to Kafka.
    Reader,
}

/// What there is of each, dealt before anything is dealt again.
fn deck(args: &Args) -> Vec<Blow> {
    use Blow::{BothNodes, Device, Kafka, Link, Node, Postgres, Reader};
    let mut deck = vec![Device, Device, Device, Node, Node];
    if args.postgres {
        deck.extend([Device, Node, Node, BothNodes, Link, Link, Postgres]);
    }
    if args.kafka {
        deck.extend([Kafka, Kafka, Reader]);
    }
    deck
}

pub async fn blow(args: &Args) -> Result<()> {
    let folder = TempDir::new()?;
    let blown = blow_in(args, folder.path()).await;
    if blown.is_err() {
        println!("what they held is kept in {}", folder.keep().display());
    }
    blown
}

async fn blow_in(args: &Args, folder: &Path) -> Result<()> {
    let mut storm = Storm::begin(args, folder).await?;
    let mut random = StdRng::seed_from_u64(args.seed);
    let until = Instant::now() + Duration::from_secs(args.seconds);
    // Each deck is dealt to its end, so that the shortest storm has everything too.
    while Instant::now() < until {
        let mut deck = deck(args);
        deck.shuffle(&mut random);
        for blow in deck {
            sleep(Duration::from_millis(random.random_range(100..1200))).await;
            storm.strike(blow, &mut random).await?;
        }
    }
    storm.ends(folder).await
}

struct Storm {
    house: House,
    devices: Vec<Process>,
    tills: JoinSet<Result<Book>>,
    over: CancellationToken,
    looker: Looker,
    reader: Option<Reader>,
    lease: Option<lease::Watch>,
    struck: BTreeMap<Blow, u32>,
}

impl Storm {
    async fn begin(args: &Args, folder: &Path) -> Result<Self> {
        let house = House::found(args, folder).await?;
        let looker = Looker::enrol(&house.door).await?;
        let (mut tills, over) = (JoinSet::new(), CancellationToken::new());
        let mut people = PEOPLE.to_vec();
        if args.postgres {
            people.extend(PEOPLE);
            for (seed, who) in (args.seed..).zip(TILLS) {
                let till = Till::open(&house.door, who, seed).await?;
                tills.spawn(till.work(over.clone()));
            }
        }
        let mut devices = Vec::new();
        for (n, person) in people.into_iter().enumerate() {
            let home = folder.join(format!("device-{n}"));
            let mut device = Process::device(person, home, &house.door);
            device.begin()?;
            devices.push(device);
        }
        let kafka = house.kafka.as_ref();
        let reader = kafka.map(|kafka| Reader::new(&kafka.address, folder));
        let lease = kafka
            .zip(house.database.as_ref())
            .map(|(kafka, database)| lease::Watch::begin(database, &kafka.answers));
        Ok(Self {
            house,
            devices,
            tills,
            over,
            looker,
            reader,
            lease,
            struck: BTreeMap::new(),
        })
    }

    async fn strike(&mut self, blow: Blow, random: &mut StdRng) -> Result<()> {
        *self.struck.entry(blow).or_default() += 1;
        let down = Duration::from_millis(random.random_range(0..700));
        match blow {
            Blow::Device => {
                let one = random.random_range(0..self.devices.len());
                let device = self.devices.get_mut(one).context("a device")?;
                device.kill().await?;
                device.begin()?;
            }
            Blow::Node => {
                let one = random.random_range(0..self.house.nodes.len());
                self.house.kill(one).await?;
                sleep(down).await;
                self.house.start(one).await?;
            }
            Blow::BothNodes => {
                self.house.kill(0).await?;
                self.house.kill(1).await?;
                sleep(down).await;
                self.house.start(0).await?;
                self.house.start(1).await?;
            }
            Blow::Link => self.house.cut_a_connection().await?,
            Blow::Postgres => {
                let postgres = self.house.postgres.as_mut().context("PostgreSQL")?;
                postgres.fall()?;
                sleep(down).await;
                postgres.up()?;
            }
            Blow::Kafka => {
                let kafka = self.house.kafka.as_mut().context("Kafka")?;
                if kafka.runs {
                    kafka.kill();
                } else {
                    kafka.begin()?;
                }
            }
            Blow::Reader => {
                let reader = self.reader.as_mut().context("somebody who listens")?;
                reader.kill().await?;
            }
        }
        match &mut self.reader {
            Some(reader) => reader.tend().await,
            None => Ok(()),
        }
    }

    /// All is well again, everybody comes to an end, and the accounts are made.
    async fn ends(mut self, folder: &Path) -> Result<()> {
        if let Some(kafka) = self.house.kafka.as_mut().filter(|kafka| !kafka.runs) {
            kafka.begin()?;
        }
        self.over.cancel();
        let mut books = Vec::new();
        while let Some(book) = self.tills.join_next().await {
            books.push(book??);
        }
        for device in &mut self.devices {
            device.ends().await?;
        }
        let homes: Vec<PathBuf> = self.devices.iter().map(|one| one.home.clone()).collect();
        self.same_place(&homes).await?;
        let nodes = self.house.listening.there();
        if let (Some(reader), Some(kafka)) = (&mut self.reader, &self.house.kafka) {
            let node = nodes.first().context("no node")?;
            let taken = reader.has_all(node).await?;
            println!(
                "Kafka holds {} records of {taken}; whoever listened has taken each once, as the feed tells it",
                kafka.records(&TOPICS)?
            );
        }
        if nodes.len() > 1 {
            let bytes = self.looker.compare(&nodes).await?;
            println!("{bytes} bytes were answered by both nodes, and the same");
        }
        if let Some(lease) = &self.lease {
            let passed = lease.passed();
            println!(
                "the relay's lease went to the other node {} times; for {:.1} s at most nobody had it",
                passed.times,
                passed.longest.as_secs_f64()
            );
        }
        for device in &mut self.devices {
            device.kill().await?;
        }
        for node in 0..self.house.nodes.len() {
            self.house.kill(node).await?;
        }
        let file = self.house.verified(folder).await?;
        println!("struck: {:?}", self.struck);
        accounts::settle(&file, &homes, &books)
    }

    /// Until each device has heard of all that the hub has decided.
    async fn same_place(&self, devices: &[PathBuf]) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let there = self.house.end_of_log().await?;
            let mut places = Vec::new();
            for home in devices {
                let text = "SELECT MAX(seq) FROM entries";
                let file = open(&device_file(home))?;
                let place = file.query_row(text, [], |row| row.get::<_, Option<i64>>(0))?;
                places.push(place);
            }
            if places.iter().all(|place| *place == Some(there)) {
                return Ok(());
            }
            if Instant::now() > until {
                bail!("the hub stands at {there}, its devices at {places:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

pub fn device_file(home: &Path) -> PathBuf {
    home.join("device.db")
}
