//! The hub from outside: the real program on a real database, spoken to over real HTTP and sockets.
//!
//! Every story that `on_both!` lists runs on SQLite and on PostgreSQL, and what it was answered has to be the same.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on says why"
)]

#[macro_use]
mod kit;

mod auth;
mod backup;
mod bad_input;
mod bad_shapes;
mod crash;
mod devices;
mod evening;
mod feed;
mod hostile;
mod house;
mod idempotency;
mod nodes;
mod openapi;
mod paying;
mod recover;
mod recover_anew;
mod recover_trust;
mod reports;
mod rest;
mod routes;
mod sockets;
mod sync_pull;
mod sync_push;
mod sync_quarantine;
mod sync_rewind;
mod tls;
mod trail;
mod trouble;
mod world;
mod writers;
