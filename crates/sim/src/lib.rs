//! The simulator: many real device cores and the real hub core in one seeded run, one operation in flight at a
//! time, with the faults that a restaurant has; and the checker that asks what was lost.

pub mod disk;
