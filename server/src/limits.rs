//! How much anybody may ask for: so many requests from strangers, so many from one person or device, so many sign-ins.

use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Each limit as it is set; 0 lifts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Requests a minute from one address without a valid token.
    pub anonymous: u32,
    /// Requests a second of one person or device, ten times as many at once.
    pub per_actor: u32,
    /// Failed sign-ins a minute for one name; an address may try six times as often.
    pub sign_in: u32,
}

const MINUTE: i64 = 60_000;
const BURST_SECONDS: i64 = 10;
const TRIES_FOR_EACH_FAILURE: u32 = 6;
/// So many keys are remembered; who makes more of them than that makes all of them forgotten.
const MOST_KEYS: usize = 20_000;

/// The first wrong PINs cost nothing, for fingers slip; then the wait doubles.
const FREE_PINS: u32 = 3;
const FIRST_LOCK: i64 = 5_000;
const LONGEST_LOCK: i64 = 15 * MINUTE;
const PINS_FORGOTTEN_AFTER: i64 = 60 * MINUTE;

/// Whoever is over a limit may come again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub u32);

impl Wait {
    fn of(millis: i64) -> Self {
        let seconds = millis.max(1).saturating_add(999).div_euclid(1000);
        Self(u32::try_from(seconds).unwrap_or(u32::MAX))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Person(PersonId),
    Device(DeviceId),
}

/// A household or a restaurant has all of a /64, so it counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V4(ip) => ip.into(),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        })
    }
}

#[derive(Debug)]
pub struct Limits {
    rates: Rates,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    strangers: Windows<Address>,
    actors: Buckets<Who>,
    failures: Windows<String>,
    tries: Windows<Address>,
    pins: HashMap<(RestaurantId, String), Pins>,
}

#[derive(Debug, Clone, Copy)]
struct Pins {
    wrong: u32,
    last: Moment,
    until: Moment,
}

impl Limits {
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            counts: Mutex::default(),
        }
    }

    fn with<T>(&self, run: impl FnOnce(&mut Counts) -> T) -> T {
        run(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request without a valid token.
    pub fn stranger(&self, from: Address, now: Moment) -> Result<(), Wait> {
        self.with(|counts| counts.strangers.take(from, self.rates.anonymous, now))
    }

    pub fn actor(&self, who: Who, now: Moment) -> Result<(), Wait> {
        self.with(|counts| counts.actors.take(who, self.rates.per_actor, now))
    }

    /// Somebody is about to try a password.
    pub fn sign_in(&self, from: Address, name: &str, now: Moment) -> Result<(), Wait> {
        let most = self.rates.sign_in;
        self.with(|counts| {
            counts.failures.look(&name.to_owned(), most, now)?;
            let tries = most.saturating_mul(TRIES_FOR_EACH_FAILURE);
            counts.tries.take(from, tries, now)
        })
    }

    /// Somebody who is signed in is about to try their password again.
    pub fn again(&self, name: &str, now: Moment) -> Result<(), Wait> {
        self.with(|counts| {
            counts
                .failures
                .look(&name.to_owned(), self.rates.sign_in, now)
        })
    }

    pub fn failed(&self, name: &str, now: Moment) {
        // That it was the last one allowed is said at the next try.
        let _last = self.with(|counts| counts.failures.take(name.to_owned(), u32::MAX, now));
    }

    /// Somebody is about to try a PIN.
    pub fn pin(&self, of: RestaurantId, name: &str, now: Moment) -> Result<(), Wait> {
        let pins = self.with(|counts| counts.pins.get(&(of, name.to_owned())).copied());
        match pins {
            Some(pins) if pins.until > now => Err(Wait::of(pins.until.since(now))),
            Some(_) | None => Ok(()),
        }
    }

    /// A wrong PIN locks for a while, each one for longer.
    pub fn wrong_pin(&self, of: RestaurantId, name: &str, now: Moment) {
        self.with(|counts| {
            let gone = |pins: &Pins| now.since(pins.last) > PINS_FORGOTTEN_AFTER;
            make_room(&mut counts.pins, |pins| !gone(pins));
            let new = Pins {
                wrong: 0,
                last: now,
                until: now,
            };
            let pins = counts.pins.entry((of, name.to_owned())).or_insert(new);
            if gone(pins) {
                *pins = new;
            }
            pins.wrong += 1;
            pins.last = now;
            if let Some(times) = pins.wrong.checked_sub(FREE_PINS) {
                let lock = FIRST_LOCK << times.min(16);
                pins.until = now.plus(lock.min(LONGEST_LOCK));
            }
        });
    }

    pub fn right_pin(&self, of: RestaurantId, name: &str) {
        self.with(|counts| counts.pins.remove(&(of, name.to_owned())));
    }
}

fn make_room<K, V>(map: &mut HashMap<K, V>, stays: impl Fn(&V) -> bool) {
    if map.len() < MOST_KEYS {
        return;
    }
    map.retain(|_, value| stays(value));
    if map.len() >= MOST_KEYS {
        map.clear();
    }
}

/// So many in a minute, counted from the first.
#[derive(Debug)]
struct Windows<K>(HashMap<K, (Moment, u32)>);

impl<K> Default for Windows<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Windows<K> {
    fn look(&self, key: &K, most: u32, now: Moment) -> Result<(), Wait> {
        match self.0.get(key) {
            Some((from, count)) if most > 0 && now.since(*from) < MINUTE && *count >= most => {
                Err(Wait::of(from.plus(MINUTE).since(now)))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn take(&mut self, key: K, most: u32, now: Moment) -> Result<(), Wait> {
        if most == 0 {
            return Ok(());
        }
        self.look(&key, most, now)?;
        make_room(&mut self.0, |(from, _)| now.since(*from) < MINUTE);
        let window = self.0.entry(key).or_insert((now, 0));
        if now.since(window.0) >= MINUTE {
            *window = (now, 0);
        }
        window.1 += 1;
        Ok(())
    }
}

/// So many a second on average, more of them at once: kept is when all that was taken will have been earned.
#[derive(Debug)]
struct Buckets<K>(HashMap<K, i64>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// In microseconds, as a thousand a second is no strange setting.
    fn take(&mut self, key: K, per_second: u32, now: Moment) -> Result<(), Wait> {
        if per_second == 0 {
            return Ok(());
        }
        let now = now.0.saturating_mul(1000);
        let each = 1_000_000 / i64::from(per_second);
        make_room(&mut self.0, |earned| *earned > now);
        let earned = self.0.entry(key).or_insert(now);
        let next = (*earned).max(now) + each;
        let ahead = next - now - BURST_SECONDS * 1_000_000;
        if ahead > 0 {
            return Err(Wait::of(ahead.div_euclid(1000)));
        }
        *earned = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const RATES: Rates = Rates {
        anonymous: 100,
        per_actor: 50,
        sign_in: 5,
    };

    fn here() -> Address {
        IpAddr::from([192, 0, 2, 1]).into()
    }

    #[test]
    fn a_hundred_strangers_pass_in_a_minute_and_the_next_one_waits_for_its_end() {
        let (limits, start) = (Limits::new(RATES), Moment(1_000_000));
        for n in 0..100 {
            assert_eq!(limits.stranger(here(), start.plus(n * 100)), Ok(()), "{n}");
        }
        assert_eq!(limits.stranger(here(), start.plus(30_000)), Err(Wait(30)));
        let other = IpAddr::from([192, 0, 2, 2]).into();
        assert_eq!(limits.stranger(other, start.plus(30_000)), Ok(()));
        assert_eq!(limits.stranger(here(), start.plus(MINUTE)), Ok(()));
    }

    #[test]
    fn somebody_may_ask_five_hundred_times_at_once_and_then_fifty_times_a_second() {
        let (limits, start) = (Limits::new(RATES), Moment(1_000_000));
        let who = Who::Person(PersonId(Uuid::from_u128(1)));
        let passed = |at| (0..1000).filter(|_| limits.actor(who, at).is_ok()).count();
        assert_eq!(passed(start), 500);
        assert_eq!(limits.actor(who, start), Err(Wait(1)));
        assert_eq!(passed(start.plus(1000)), 50);
        assert_eq!(passed(start.plus(60_000)), 500);
    }

    #[test]
    fn five_wrong_passwords_lock_a_name_for_the_minute_wherever_they_come_from() {
        let (limits, now) = (Limits::new(RATES), Moment(1_000_000));
        for n in 0..5 {
            let from = IpAddr::from([192, 0, 2, n]).into();
            assert_eq!(limits.sign_in(from, "ana", now), Ok(()));
            limits.failed("ana", now);
        }
        assert_eq!(limits.sign_in(here(), "ana", now), Err(Wait(60)));
        assert_eq!(limits.sign_in(here(), "ben", now), Ok(()));
        assert_eq!(limits.sign_in(here(), "ana", now.plus(MINUTE)), Ok(()));
    }

    #[test]
    fn an_address_may_try_thirty_names_a_minute() {
        let (limits, now) = (Limits::new(RATES), Moment(1_000_000));
        let good = (0..40).filter(|n| limits.sign_in(here(), &n.to_string(), now).is_ok());
        assert_eq!(good.count(), 30);
    }

    #[test]
    fn zero_lifts_each_limit() {
        let none = Rates {
            anonymous: 0,
            per_actor: 0,
            sign_in: 0,
        };
        let (limits, now) = (Limits::new(none), Moment(1_000_000));
        let who = Who::Device(DeviceId(Uuid::from_u128(1)));
        for _ in 0..2000 {
            limits.failed("ana", now);
            assert_eq!(limits.sign_in(here(), "ana", now), Ok(()));
            assert_eq!(limits.stranger(here(), now), Ok(()));
            assert_eq!(limits.actor(who, now), Ok(()));
        }
    }

    #[test]
    fn wrong_pins_lock_for_longer_each_time_and_the_right_one_forgets_them() {
        let (limits, of) = (Limits::new(RATES), RestaurantId(Uuid::from_u128(1)));
        let mut now = Moment(1_000_000);
        let mut waits = Vec::new();
        for _ in 0..12 {
            limits.wrong_pin(of, "ana", now);
            let wait = limits.pin(of, "ana", now).err().map_or(0, |wait| wait.0);
            waits.push(wait);
            now = now.plus(i64::from(wait) * 1000);
            assert_eq!(limits.pin(of, "ana", now), Ok(()));
        }
        assert_eq!(waits, [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(limits.pin(of, "ben", now), Ok(()));
        limits.right_pin(of, "ana");
        limits.wrong_pin(of, "ana", now);
        assert_eq!(limits.pin(of, "ana", now), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (limits, now) = (Limits::new(RATES), Moment(1_000_000));
        for n in 0..50_000u32 {
            let from = IpAddr::from(n.to_be_bytes()).into();
            assert_eq!(limits.stranger(from, now), Ok(()));
        }
        assert!(limits.with(|counts| counts.strangers.0.len()) <= MOST_KEYS);
    }
}
