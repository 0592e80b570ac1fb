//! Where things are: the work tree, cargo's output, and the cache that outlives a checkout.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// The workspace's root, as .cargo/config.toml names it.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("COMANDA_ROOT"))
}

/// Where cargo puts what is finished. Intermediate artefacts lie elsewhere: see .cargo/config.toml.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Where cargo puts what is not: `build-dir` in .cargo/config.toml.
pub(crate) fn build() -> Result<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    Ok(home
        .context("neither CARGO_HOME nor HOME is set")?
        .join("comanda/build"))
}

/// What is fetched once for a machine: npm packages, the broker's jars.
pub(crate) fn cache() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    std::env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| home.join(".cache"), PathBuf::from)
        .join("comanda")
}

/// The finished screens, as the hub and the desktop program embed them.
pub(crate) fn screens() -> PathBuf {
    root().join("dist/screens")
}
