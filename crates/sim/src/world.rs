//! Time and chance, both from one seed.

use comanda::world::World;
use domain::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use uuid::{Builder, Uuid};

/// SplitMix64: small, and good enough to choose among faults.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        // Mixed, or one seed's evening would be the next one's, a draw later.
        Self(mixed(seed.wrapping_add(0x1234_5678)))
    }

    /// The dice of one step of a seed's run.
    pub fn of_step(seed: u64, step: usize) -> Self {
        Self::new(mixed(seed).wrapping_add(step as u64))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number below `most`; 0 where there is none below.
    pub fn below(&mut self, most: usize) -> usize {
        if most == 0 {
            0
        } else {
            usize::try_from(self.draw() % most as u64).unwrap_or(0)
        }
    }

    /// A span of time, from the shortest to just before the longest.
    pub fn millis(&mut self, shortest: i64, longest: i64) -> i64 {
        let span = usize::try_from(longest - shortest).unwrap_or(0);
        shortest + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// One of these, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, from: &'a [(usize, T)]) -> Option<&'a T> {
        let all = from.iter().map(|(weight, _)| weight).sum();
        let mut at = self.below(all);
        from.iter().find_map(|(weight, one)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here.then_some(one)
        })
    }

    /// True so many times in a thousand.
    pub fn per_mille(&mut self, times: u64) -> bool {
        self.draw() % 1000 < times
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The world that hub and devices live in.
#[derive(Debug)]
pub struct Seeded {
    now: AtomicI64,
    rng: Mutex<Rng>,
}

/// An evening in November.
const START: i64 = 1_795_280_400_000;

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self {
            now: AtomicI64::new(START),
            rng: Mutex::new(Rng::new(seed ^ 0x5EED)),
        }
    }

    pub fn pass(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    fn random(&self) -> u64 {
        self.rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .draw()
    }
}

impl World for Seeded {
    fn now(&self) -> Moment {
        Moment(self.now.load(Ordering::Relaxed))
    }

    fn id(&self) -> Uuid {
        let mut bytes = [0; 10];
        self.secret(&mut bytes);
        Builder::from_unix_timestamp_millis(self.now().0.unsigned_abs(), &bytes).into_uuid()
    }

    fn secret(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.random().to_le_bytes()[..part.len()]);
        }
    }
}
