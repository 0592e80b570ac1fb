//! The world as the hub sees it: time, ids and secrets come from here, so that a simulator can own them.

use domain::time::Moment;
use uuid::Uuid;

/// Time and randomness. One real seam: the machine's in service, a seeded one in the simulator.
pub trait World: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Moment;
    /// A fresh UUIDv7.
    fn id(&self) -> Uuid;
    /// So many unguessable bytes.
    fn secret(&self, bytes: &mut [u8]);
}

/// The machine's own clock and randomness.
#[derive(Debug, Default)]
pub struct Machine;

impl World for Machine {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge where time comes in"
    )]
    fn now(&self) -> Moment {
        Moment(jiff::Timestamp::now().as_millisecond())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge where ids come in"
    )]
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// A secret of 32 bytes as text: a token, a tag.
pub fn token(world: &dyn World) -> String {
    let mut bytes = [0; 32];
    world.secret(&mut bytes);
    hex::encode(bytes)
}
