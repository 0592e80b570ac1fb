//! Tokens, components, strings and the bridge's screen end: all that both screens share.

#[macro_use]
pub mod strings;

pub mod auth;
pub mod billing;
pub mod bridge;
pub mod components;
pub mod floor;
pub mod ids;
pub mod kitchen;
pub mod menu;
pub mod notifications;
pub mod orders;
pub mod reports;
pub mod route;
pub mod settings;
pub mod shared;
pub mod sync;
pub mod web;

#[cfg(test)]
mod fixtures;
