//! Other people's servers, real ones, for tests and figures: started in folders of their own, and gone with whoever
//! started them, however that ends.

mod kafka;
mod postgres;
mod watched;

pub use kafka::Kafka;
pub use postgres::Postgres;
pub use watched::{Watched, folder, free_port, run};

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

use anyhow::{Result, bail};
use std::time::Duration;

/// Asks again and again, for a minute: a busy machine is slow.
fn wait_for(what: &str, there: impl Fn() -> bool) -> Result<()> {
    for _ in 0..1200 {
        if there() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!("waited in vain for: {what}")
}
