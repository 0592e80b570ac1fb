//! The hub: one log and one writer for each restaurant; REST, Socket.IO and the event feed around it.

pub mod api;
pub mod auth;
pub mod backup;
pub mod billing;
pub mod demo;
pub mod devices;
pub mod events;
pub mod floor;
pub mod founding;
pub mod handle;
pub mod health;
pub mod hub;
pub mod keys;
pub mod kitchen;
pub mod limits;
pub mod live;
pub mod menu;
pub mod nodes;
pub mod orders;
#[cfg(feature = "planted")]
pub mod planted;
pub mod problem;
pub mod project;
pub mod relay;
pub mod reports;
pub mod restore;
pub mod screens;
pub mod serve;
pub mod settings;
pub mod sockets;
pub mod store;
pub mod sync;
pub mod verify;
pub mod world;

pub use hub::Hub;
