//! Hostile input for whatever reads from outside, and for every rule. Blind bytes find nothing: each case begins as
//! something real (the corpus of old commands and entries, a hub's own answers) and is broken where it has a shape.

/// Which checkout this is: see `.cargo/config.toml`.
const _: Option<&str> = option_env!("COMANDA_ROOT");

mod book;
mod case;
mod decide;
mod desk;
mod invariants;
mod mutate;
mod packets;
mod polling;
mod push;
mod recover;
mod run;
mod snapshot;
mod upcasters;

pub use case::{Case, kept};
pub use run::{Failed, Reached, Report, Until, replay, run};

use sim::world::Rng;

/// Something that is fed with cases.
pub trait Target {
    /// Draws a case.
    fn draw(&mut self, rng: &mut Rng) -> Case;
    /// Feeds it; an error says which promise was broken. Where it panics, that is one too.
    fn feed(&mut self, case: &Case, reached: &mut Reached) -> Result<(), String>;
    /// How deep cases have to come, or the target has proven nothing.
    fn must_reach(&self) -> Vec<String>;
}

/// Every target by its name, and how many cases a test draws of it.
pub const TARGETS: [(&str, u64); 7] = [
    ("packets", 2000),
    ("polling", 80),
    ("push", 25),
    ("snapshot", 60),
    ("recover", 25),
    ("upcasters", 400),
    ("decide", 900),
];

/// The target of this name.
pub fn target(name: &str) -> anyhow::Result<Box<dyn Target>> {
    Ok(match name {
        "packets" => Box::new(packets::Packets),
        "polling" => Box::new(polling::Polls::new()?),
        "push" => Box::new(push::Pushes::new()?),
        "snapshot" => Box::new(snapshot::Snapshots::new()?),
        "recover" => Box::new(recover::Reports::new()?),
        "upcasters" => Box::new(upcasters::Old::new()?),
        "decide" => Box::new(decide::Rules::new()?),
        other => anyhow::bail!("there is no target {other}"),
    })
}
