//! The simulator: many real device cores and the real hub core in one seeded run, one operation in flight at a
//! time, with the faults that a restaurant has; and the checker that asks what was lost.

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

pub mod check;
pub mod coverage;
pub mod device;
pub mod disk;
mod faults;
pub mod hub;
pub mod kafka;
mod nights;
mod office;
mod people;
pub mod plan;
pub mod planted;
pub mod run;
pub mod shrink;
pub mod summary;
pub mod world;
