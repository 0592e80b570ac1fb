//! Device cores and a hub in one seeded run.
