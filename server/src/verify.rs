//! Whether what the hub holds agrees with itself: the log with its chain, the state with the fold of the log, the reports
//! with a recount of it. It reads all of the log and holds all of the state: some 3 GB for ten busy years.

use crate::reports::facts;
use crate::store::aggregates::{self, Columns};
use crate::store::whole::{self, FactRow, LogRow};
use crate::store::{Db, Tx, head};
use anyhow::{Context, ensure};
use domain::ids::RestaurantId;
use domain::state::{Key, State};
use domain::sync::{Chain, EntryHead};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many differences of a restaurant are told; more of them say nothing more.
const MOST_TOLD: usize = 20;

/// What one restaurant's data came to.
#[derive(Debug)]
pub struct Verified {
    pub restaurant: RestaurantId,
    pub entries: u64,
    pub rows: usize,
    pub facts: usize,
    /// What does not agree, a sentence each; none where all does.
    pub differences: Vec<String>,
}

pub async fn verify(db: &Db) -> anyhow::Result<Vec<Verified>> {
    let mut tx = db.read().await?;
    in_one_moment(&mut tx).await
}

/// Within a transaction, which sees one moment and perhaps what it has written itself.
pub async fn in_one_moment(tx: &mut Tx) -> anyhow::Result<Vec<Verified>> {
    let mut all = Vec::new();
    for restaurant in head::restaurants(tx).await? {
        let head = head::read(tx, restaurant).await?;
        let head = head.context("the restaurant has no head")?;
        let mut fold = Fold::new(restaurant);
        whole::log(tx, restaurant, |row| fold.take(&row)).await?;
        if (fold.entries, fold.chain) != (head.position.seq, head.position.chain) {
            fold.tells.say(format!(
                "the head stands at entry {}, the log ends with entry {}, or their chains differ",
                head.position.seq, fold.entries
            ));
        }
        whole::state(tx, restaurant, |row| fold.compare(row)).await?;
        whole::facts(tx, restaurant, |row| fold.recount(&row)).await?;
        all.push(fold.end());
    }
    Ok(all)
}

/// Whether each log is whole and ends where its head says: an error that names where it is not, else how many entries
/// there are. Unlike `verify` it holds no more than an entry.
pub async fn chains(tx: &mut Tx) -> anyhow::Result<u64> {
    let mut all = 0;
    for restaurant in head::restaurants(tx).await? {
        let head = head::read(tx, restaurant).await?;
        let head = head.context("the restaurant has no head")?;
        let (mut entries, mut chain, mut breaks) = (0, Chain::start(restaurant), None);
        let take = |(seq, bytes, stored): LogRow| {
            entries += 1;
            chain = chain.then(&bytes);
            if seq.unsigned_abs() != entries || stored != chain.to_string() {
                breaks = breaks.or(Some(seq));
            }
        };
        whole::log(tx, restaurant, take).await?;
        if let Some(seq) = breaks {
            anyhow::bail!("restaurant {restaurant}: the chain breaks at entry {seq}");
        }
        ensure!(
            (entries, chain) == (head.position.seq, head.position.chain),
            "restaurant {restaurant}: the log does not end where its head says"
        );
        all += entries;
    }
    Ok(all)
}

#[derive(Default)]
struct Tells {
    differences: Vec<String>,
    more: usize,
}

impl Tells {
    fn say(&mut self, what: String) {
        if self.differences.len() < MOST_TOLD {
            self.differences.push(what);
        } else {
            self.more += 1;
        }
    }

    fn end(mut self) -> Vec<String> {
        if self.more > 0 {
            self.differences.push(format!("and {} more", self.more));
        }
        self.differences
    }
}

struct Fold {
    restaurant: RestaurantId,
    entries: u64,
    chain: Chain,
    state: State,
    /// What the reports should say, as hashes; what was found there is taken away.
    facts: HashMap<String, u64>,
    rows: usize,
    facts_seen: usize,
    tells: Tells,
}

impl Fold {
    fn new(restaurant: RestaurantId) -> Self {
        Self {
            restaurant,
            entries: 0,
            chain: Chain::start(restaurant),
            state: State::default(),
            facts: HashMap::new(),
            rows: 0,
            facts_seen: 0,
            tells: Tells::default(),
        }
    }

    fn take(&mut self, (seq, bytes, chain): &LogRow) {
        self.entries += 1;
        self.chain = self.chain.then(bytes);
        if seq.unsigned_abs() != self.entries {
            self.tells
                .say(format!("entry {seq} stands where {} should", self.entries));
        }
        if *chain != self.chain.to_string() {
            self.tells.say(format!("the chain breaks at entry {seq}"));
        }
        let read = EntryHead::read(bytes).and_then(|entry| Ok((entry.seq, entry.events()?)));
        let (own, events) = match read {
            Ok(read) => read,
            Err(why) => {
                return self.tells.say(format!("entry {seq} does not read: {why}"));
            }
        };
        if own != seq.unsigned_abs() {
            self.tells
                .say(format!("entry {seq} says that it is entry {own}"));
        }
        for event in &events {
            domain::apply(&mut self.state, event);
        }
        self.state.settle();
        let (sales, tenders) = facts::of(&events, &self.state);
        let sales = sales.iter().map(facts::Sale::told);
        for (key, says) in sales.chain(tenders.iter().map(facts::Tendered::told)) {
            self.facts.insert(key, hash(&says));
        }
    }

    fn compare(&mut self, columns: Columns) {
        self.rows += 1;
        let name = columns.0.clone();
        let found = match aggregates::found(columns) {
            Ok(found) => found,
            Err(why) => return self.tells.say(format!("{name} does not read: {why}")),
        };
        match self.state.row(&found.key) {
            None => self.tells.say(format!("{name} is in no entry of the log")),
            Some(row) if *row != found.row => self
                .tells
                .say(format!("{name} is not what the log makes of it")),
            Some(_) => {}
        }
        self.state.forget(&found.key);
    }

    fn recount(&mut self, (key, says): &FactRow) {
        self.facts_seen += 1;
        match self.facts.remove(key) {
            None => self.tells.say(format!(
                "the reports count {key}, which the log does not hold"
            )),
            Some(counted) if counted != hash(says) => self.tells.say(format!(
                "the reports say of {key} another thing than the log"
            )),
            Some(_) => {}
        }
    }

    fn end(mut self) -> Verified {
        let left: Vec<Key> = self.state.keys().copied().collect();
        for key in left.iter().filter(|key| self.state.row(key).is_some()) {
            self.tells.say(format!("{key} is missing"));
        }
        for key in self.facts.keys() {
            self.tells.say(format!(
                "the reports do not count {key}, which the log holds"
            ));
        }
        Verified {
            restaurant: self.restaurant,
            entries: self.entries,
            rows: self.rows,
            facts: self.facts_seen,
            differences: self.tells.end(),
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
