//! A Kafka that can be down, that can forget to say that it has taken something, and that can refuse one record and
//! take the next; and a consumer that obeys the contract.

use crate::world::Rng;
use comanda::store::outbox::Record;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct Kafka {
    pub down_until: i64,
    taken: Vec<Record>,
}

/// What goes wrong with one record.
#[derive(Debug, Clone, Copy)]
pub enum Stumble {
    /// It is taken, and nobody hears so.
    Unsaid(usize),
    /// It is not taken; those after it are.
    Refused(usize),
}

impl Stumble {
    pub fn draw(rng: &mut Rng) -> Option<Self> {
        let at = rng.below(12);
        match rng.below(1000) {
            0..120 => Some(Self::Unsaid(at)),
            120..240 => Some(Self::Refused(at)),
            _ => None,
        }
    }
}

impl Kafka {
    /// Takes these records, so far as it does, and says so for each.
    pub fn take(
        &mut self,
        records: &[Record],
        now: i64,
        stumble: Option<Stumble>,
    ) -> Vec<anyhow::Result<()>> {
        let refused = || Err(anyhow::anyhow!("simulated"));
        let mut sent = Vec::new();
        for (place, record) in records.iter().enumerate() {
            if now < self.down_until {
                sent.push(refused());
                continue;
            }
            match stumble {
                Some(Stumble::Refused(at)) if at == place => sent.push(refused()),
                Some(Stumble::Unsaid(at)) if at == place => {
                    self.taken.push(record.clone());
                    sent.push(refused());
                }
                Some(Stumble::Refused(_) | Stumble::Unsaid(_)) | None => {
                    self.taken.push(record.clone());
                    sent.push(Ok(()));
                }
            }
        }
        sent
    }

    /// What a consumer has that obeys the contract: it drops what it knows already, and reads past a gap.
    pub fn consumed(&self) -> BTreeSet<&str> {
        let mut last: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        let mut has = BTreeSet::new();
        for record in &self.taken {
            // It was there from the beginning.
            let (epoch, seq) = last.get(record.topic.as_str()).copied().unwrap_or((1, 0));
            let here = (record.epoch, record.seq);
            // A new epoch says where it goes on from.
            let begins = record.epoch > epoch && record.kind == "epoch.started";
            if begins || here == (epoch, seq + 1) {
                last.insert(&record.topic, here);
                has.insert(record.id.as_str());
            }
        }
        has
    }
}
