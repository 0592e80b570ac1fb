//! The device core: a store, a queue, and the sync engine, without I/O of its own.
