//! `cargo xtask screens`: puts the three wasm artefacts, styles, fonts and pages together in dist/screens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::assets::Assets;
use crate::wasm::{self, Mode};
use crate::{npm, paths, shell, stamp};

/// Pages and the files that are found by a fixed name: source, place in dist/screens, and the URL that caches know it by.
const PAGES: [(&str, &str, &str); 4] = [
    ("app/index.html", "index.html", "/"),
    (
        "kitchen-display/index.html",
        "kitchen/index.html",
        "/kitchen/",
    ),
    (
        "app/manifest.webmanifest",
        "manifest.webmanifest",
        "/manifest.webmanifest",
    ),
    (
        "kitchen-display/manifest.webmanifest",
        "kitchen/manifest.webmanifest",
        "/kitchen/manifest.webmanifest",
    ),
];

/// What the screens are made from; a change in any of it makes them anew.
const INPUTS: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "app",
    "kitchen-display",
    "icons",
    "crates/domain",
    "crates/protocol",
    "crates/client",
    "crates/browser",
    "crates/ui",
    "migrations/client",
    "xtask/src",
    "e2e/package-lock.json",
];

pub(crate) fn build(mode: Mode) -> Result<()> {
    let root = paths::root();
    let toolchain = if wasm::rustup_target() {
        "rustup"
    } else {
        "debian"
    };
    let inputs = stamp::inputs(&INPUTS.map(|path| root.join(path)), toolchain)?;
    if fresh(mode, &inputs) {
        println!("screens: unchanged");
        return Ok(());
    }
    wasm::build(mode)?;
    let next = root.join("dist/screens.next");
    if next.exists() {
        fs::remove_dir_all(&next)?;
    }
    let build = assemble(mode, &next)?;
    if mode == Mode::Full {
        compress(&next)?;
    }
    fs::write(next.join(".inputs"), format!("{} {inputs}", mode.profile()))?;
    let screens = paths::screens();
    if screens.exists() {
        fs::remove_dir_all(&screens)?;
    }
    fs::rename(&next, &screens)?;
    println!("screens: build {build} in {}", screens.display());
    Ok(())
}

/// Is what lies there this very form, made from these inputs?
fn fresh(mode: Mode, inputs: &str) -> bool {
    let last = fs::read_to_string(paths::screens().join(".inputs"));
    last.is_ok_and(|last| last == format!("{} {inputs}", mode.profile()))
}

/// Writes everything to `out` and returns the build id.
fn assemble(mode: Mode, out: &Path) -> Result<String> {
    let root = paths::root();
    let mut assets = Assets::default();
    for (package, _) in wasm::ARTEFACTS {
        assets.folder(package, &wasm::folder(mode, package), |path| {
            !path.ends_with("input.sha256")
        })?;
    }
    for package in ["app", "kitchen-display"] {
        let boot = format!(
            "import init from \"./{package}.js\";\n\
             await init({{ module_or_path: new URL(\"./{package}_bg.wasm\", import.meta.url) }});\n"
        );
        assets.add(&format!("{package}/boot.js"), boot.into_bytes());
    }
    assets.folder("browser", &root.join("crates/browser/js"), |_| true)?;
    assets.folder("ui", &root.join("crates/ui/assets"), |path| {
        !path.ends_with(".txt")
    })?;
    assets.folder("icons", &root.join("icons"), |_| true)?;

    // One id for everything that must fit together: it is the hash of all of it.
    let build = assets.hash();
    assets.set_build(&build);
    let mut urls = Vec::new();
    for (source, place, url) in PAGES {
        let text = fs::read_to_string(root.join(source)).with_context(|| source.to_owned())?;
        write(&out.join(place), assets.fill(&text)?.as_bytes())?;
        urls.push(url.to_owned());
    }
    for (name, bytes) in assets.finished() {
        write(&out.join("assets").join(name), bytes)?;
        urls.push(format!("/assets/{name}"));
    }
    let files = serde_json::to_string(&urls)?;
    write(
        &out.join("build.json"),
        serde_json::json!({ "build": build, "files": urls })
            .to_string()
            .as_bytes(),
    )?;
    let worker = fs::read_to_string(root.join("app/sw.js")).context("app/sw.js")?;
    write(
        &out.join("sw.js"),
        worker
            .replace("\"{{build}}\"", &format!("\"{build}\""))
            .replace("\"{{files}}\"", &files)
            .as_bytes(),
    )?;
    Ok(build)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// A `.br` beside each file that gains by it, made once here rather than by the hub at each request.
fn compress(folder: &Path) -> Result<()> {
    const SCRIPT: &str = "
        const { readFileSync, writeFileSync } = require('fs');
        const { brotliCompressSync, constants: c } = require('zlib');
        for (const file of process.argv.slice(1)) {
            const raw = readFileSync(file);
            const params = { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: raw.length };
            const small = brotliCompressSync(raw, { params });
            if (small.length < raw.length * 0.95) writeFileSync(file + '.br', small);
        }";
    let mut files: Vec<PathBuf> = Vec::new();
    stamp::collect(folder, &mut files)?;
    shell::run(Command::new(npm::node()?).args(["-e", SCRIPT]).args(files))
}
