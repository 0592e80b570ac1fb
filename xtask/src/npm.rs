//! The few npm packages that we use (browser driver, axe, socket.io client, binaryen), once for a machine.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{paths, shell, stamp};

/// Installs what e2e/package-lock.json names into the cache, keyed by the lock's hash, and returns node_modules.
pub(crate) fn modules() -> Result<PathBuf> {
    let e2e = paths::root().join("e2e");
    let lock = fs::read(e2e.join("package-lock.json")).context("e2e/package-lock.json")?;
    let folder = paths::cache().join("npm").join(stamp::hash(&lock, 16));
    let modules = folder.join("node_modules");
    if !folder.join("complete").exists() {
        println!("npm: installing into {}", folder.display());
        fs::create_dir_all(&folder)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(e2e.join(file), folder.join(file))?;
        }
        let mut npm = Command::new("npm");
        shell::run(
            npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&folder),
        )?;
        fs::write(folder.join("complete"), "")?;
    }
    link(&e2e.join("node_modules"), &modules)?;
    Ok(modules)
}

/// Does it have what our tests ask for? Playwright wants 20, and ending for sure came with 20.14 and 22.
fn is_new_enough(node: &Path) -> bool {
    matches!(version(node), Some((20, 14..) | (22.., _)))
}

/// The node that runs our scripts and tests: the machine's own where it is new enough, else one that npm brings.
pub(crate) fn node() -> Result<PathBuf> {
    let own = PathBuf::from("node");
    if is_new_enough(&own) {
        return Ok(own);
    }
    let folder = paths::cache().join("node-22");
    let brought = folder.join("node_modules/node/bin/node");
    if !is_new_enough(&brought) {
        println!("npm: installing a newer node into {}", folder.display());
        fs::create_dir_all(&folder)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--no-save"])
            .args(["--loglevel=error", "--prefix"])
            .arg(&folder)
            .arg("node@22");
        shell::run(&mut npm)?;
    }
    Ok(brought)
}

/// Its major and minor number.
pub(crate) fn version(node: &Path) -> Option<(u32, u32)> {
    let version = shell::read(Command::new(node).arg("--version")).ok()?;
    let mut numbers = version.trim().trim_start_matches('v').split('.');
    let mut number = || numbers.next()?.parse().ok();
    Some((number()?, number()?))
}

/// Node looks for modules beside the tests, so a link stands there.
fn link(from: &PathBuf, to: &PathBuf) -> Result<()> {
    if fs::read_link(from).is_ok_and(|now| now == *to) {
        return Ok(());
    }
    if from.is_symlink() {
        fs::remove_file(from)?;
    } else if from.is_dir() {
        fs::remove_dir_all(from)?;
    }
    symlink(to, from).with_context(|| format!("cannot link {}", from.display()))
}
