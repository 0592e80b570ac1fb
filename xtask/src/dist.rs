//! `cargo xtask dist`: the one program that a restaurant installs, screens inside.

use anyhow::Result;

use crate::{paths, screens, setup, shell, stories, wasm};

pub(crate) fn dist() -> Result<()> {
    setup::ensure(&[
        setup::Part::Screens,
        setup::Part::Hub,
        setup::Part::Node,
        setup::Part::Tests,
    ])?;
    screens::build(wasm::Mode::Full)?;
    shell::run(shell::cargo().args(["build", "--release", "-p", "comanda"]))?;
    // What makes the screens small also can break them: a person's first steps are taken in what is shipped.
    stories::tell_of_shipped(&["first", "service", "kitchen", "keyboard"])?;
    println!("{}", paths::target().join("release/comanda").display());
    Ok(())
}
