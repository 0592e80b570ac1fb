//! `cargo xtask dist`: the one program that a restaurant installs, screens inside.

use anyhow::Result;

use crate::{paths, screens, setup, shell, wasm};

pub(crate) fn dist() -> Result<()> {
    setup::ensure(&[setup::Part::Screens, setup::Part::Hub, setup::Part::Node])?;
    screens::build(wasm::Mode::Full)?;
    shell::run(shell::cargo().args(["build", "--release", "-p", "comanda"]))?;
    println!("{}", paths::target().join("release/comanda").display());
    Ok(())
}
