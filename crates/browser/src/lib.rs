//! Hosts the device core in a dedicated Web Worker: its database over OPFS, its links to the hub, its end of the bridge.

/// Which checkout this is; see .cargo/config.toml.
const _: Option<&str> = option_env!("COMANDA_ROOT");

#[cfg(target_family = "wasm")]
mod host;
#[cfg(target_family = "wasm")]
mod http;
#[cfg(all(target_family = "wasm", feature = "probe"))]
mod probe;
#[cfg(target_family = "wasm")]
mod storage;
#[cfg(target_family = "wasm")]
mod timer;
#[cfg(target_family = "wasm")]
mod websocket;
#[cfg(target_family = "wasm")]
mod worker;
