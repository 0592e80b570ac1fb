//! The desktop program: its screens are put together from the hub's, and built into it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::{paths, shell, stamp};

/// What only a browser needs.
const LEFT_OUT: [&str; 2] = ["sw.js", ".inputs"];

/// Builds the program from the screens that lie in dist/screens.
pub(crate) fn build(release: bool) -> Result<()> {
    assemble()?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "-p", "comanda-desktop"]);
    if release {
        cargo.arg("--release");
    }
    shell::run(&mut cargo)
}

/// dist/desktop: the screens, and the page that asks where the hub is. Untouched where it is what it would become.
pub(crate) fn assemble() -> Result<()> {
    let (screens, connect) = (paths::screens(), paths::root().join("src-tauri/connect"));
    let (out, next) = (
        paths::root().join("dist/desktop"),
        paths::root().join("dist/desktop.next"),
    );
    let inputs = stamp::inputs(&[screens.clone(), connect.clone()], "")?;
    let mark = paths::target().join("desktop.inputs");
    let fresh = fs::read_to_string(&mark).is_ok_and(|last| last == inputs);
    if fresh && out.join("build.json").is_file() {
        return Ok(());
    }
    if next.exists() {
        fs::remove_dir_all(&next)?;
    }
    copy(&screens, &next)?;
    copy(&connect, &next)?;
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::rename(&next, &out)?;
    Ok(fs::write(mark, inputs)?)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut files = Vec::new();
    stamp::collect(from, &mut files)?;
    for file in files {
        let name = file.strip_prefix(from)?;
        let compressed = name.extension().is_some_and(|ending| ending == "br");
        if compressed || LEFT_OUT.iter().any(|left_out| name == Path::new(left_out)) {
            continue;
        }
        let place = to.join(name);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &place).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    Ok(())
}
