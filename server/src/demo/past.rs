//! A clock for what has been: it stands where it is put, and goes on a little whenever somebody looks.

use crate::world::{Machine, World};
use domain::time::Moment;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// What passes between two looks.
const A_LITTLE: i64 = 700;

#[derive(Debug)]
pub struct Past(AtomicI64);

impl Past {
    pub fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.0))
    }

    /// It never goes back.
    pub fn go_on_to(&self, moment: Moment) {
        self.0.fetch_max(moment.0, Ordering::SeqCst);
    }
}

impl World for Past {
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(A_LITTLE, Ordering::SeqCst))
    }

    fn id(&self) -> Uuid {
        Machine.id()
    }

    fn secret(&self, bytes: &mut [u8]) {
        Machine.secret(bytes);
    }
}
