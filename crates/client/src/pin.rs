//! PINs, looked at on this device: online or offline, and slower with each wrong one.

use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::store::pins;
use crate::store::rows::{self, Layer};
use crate::submit::refused;
use argon2::Argon2;
use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};
use domain::auth::{Act, Person, may};
use domain::ids::PersonId;
use domain::time::Moment;
use domain::{Aggregate, Key};
use protocol::bridge::{Answer, Approval, Topic};

/// So many wrong ones cost nothing: fingers slip.
const FREE: u64 = 2;
const FIRST_MILLIS: i64 = 5_000;
const LONGEST_MILLIS: i64 = 15 * 60_000;

/// Whose PIN it was, or what to say.
pub(crate) type Checked<T> = Result<T, Answer>;

impl Core {
    /// Looks at a PIN. What it finds is stored before anybody hears of it, so that a restart gives no new tries.
    pub(crate) fn check_pin(
        &mut self,
        person: PersonId,
        pin: &str,
        now: Moment,
    ) -> Stored<Checked<Person>> {
        let (wrong, until) = pins::lock(&self.db, person)?;
        if now < until {
            return Ok(Err(refused("locked")));
        }
        let Some(verifier) = pins::verifier(&self.db, person)? else {
            return Ok(Err(refused("no_pin")));
        };
        let Some(known) = self.active(person)? else {
            return Ok(Err(refused("not_allowed")));
        };
        if matches(pin, &verifier) {
            if wrong > 0 {
                self.mark(|tx| pins::unlock(tx, person))?;
            }
            return Ok(Ok(known));
        }
        let wrong = wrong + 1;
        let until = match delay(wrong) {
            0 => Moment(0),
            delay => now.plus(delay),
        };
        self.mark(|tx| pins::set_lock(tx, person, wrong, until))?;
        Ok(Err(refused("wrong_pin")))
    }

    /// Somebody stands by who may void what cooks: only who it was is kept.
    pub(crate) fn approves(
        &mut self,
        approval: &Approval,
        now: Moment,
    ) -> Stored<Checked<PersonId>> {
        let person = match self.check_pin(approval.person, &approval.pin, now)? {
            Ok(person) => person,
            Err(no) => return Ok(Err(no)),
        };
        let kind = self.identity()?.map(|identity| identity.kind);
        if may(person.role, kind, Act::VoidCooking) {
            Ok(Ok(person.id))
        } else {
            Ok(Err(refused("not_allowed")))
        }
    }

    fn active(&self, person: PersonId) -> Stored<Option<Person>> {
        let row = rows::get(&self.db, Layer::Both, &Key::Person(person))?;
        let Some(Aggregate::Person(person)) = row.map(|row| row.body) else {
            return Ok(None);
        };
        Ok(person.active.then_some(person))
    }

    fn mark(&mut self, work: impl FnOnce(&rusqlite::Transaction<'_>) -> Stored<()>) -> Stored<()> {
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            topics.insert(Topic::Session);
            work(tx).map(Ok)
        })?;
        done
    }
}

fn matches(pin: &str, verifier: &str) -> bool {
    let hash = PasswordHash::new(verifier);
    hash.is_ok_and(|hash| {
        let verified = Argon2::default().verify_password(pin.as_bytes(), &hash);
        verified.is_ok()
    })
}

/// How long after so many wrong ones in a row no other is tried.
fn delay(wrong: u64) -> i64 {
    match wrong.checked_sub(FREE + 1) {
        None => 0,
        Some(doubled) => {
            let doubled = u32::try_from(doubled).unwrap_or(u32::MAX).min(16);
            (FIRST_MILLIS << doubled).min(LONGEST_MILLIS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn two_are_free_and_then_it_doubles_to_a_quarter_of_an_hour() {
        let delays: Vec<i64> = [1, 2, 3, 4, 5, 9, 11, 99].map(delay).to_vec();
        assert_eq!(
            delays,
            [0, 0, 5_000, 10_000, 20_000, 320_000, 900_000, 900_000]
        );
    }
}
