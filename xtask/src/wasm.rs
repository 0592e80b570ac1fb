//! Builds the three wasm artefacts and makes their JavaScript bindings.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{npm, paths, shell, stamp};

/// Package, and the name of the wasm file that cargo makes of it.
pub(crate) const ARTEFACTS: [(&str, &str); 3] = [
    ("app", "app"),
    ("kitchen-display", "kitchen-display"),
    ("browser", "browser"),
];
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For tests and the demo: built fast, large.
    Quick,
    /// What is shipped: small, run through wasm-opt.
    Full,
}

impl From<bool> for Mode {
    fn from(quick: bool) -> Self {
        if quick { Self::Quick } else { Self::Full }
    }
}

impl Mode {
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::Quick => "wasm-quick",
            Self::Full => "wasm-release",
        }
    }
}

/// Compiles the three artefacts; in `folder(mode, package)` then lie `<package>.js`, `<package>_bg.wasm` and snippets.
pub(crate) fn build(mode: Mode) -> Result<()> {
    same_bindgen()?;
    let mut cargo = cargo()?;
    cargo.args(["build", "--target", TARGET, "--profile", mode.profile()]);
    for (package, _) in ARTEFACTS {
        cargo.args(["-p", package]);
    }
    if mode == Mode::Quick {
        // What the end-to-end tests ask of the worker and no screen does.
        cargo.args(["--features", "browser/probe"]);
    }
    shell::run(&mut cargo)?;
    for (package, file) in ARTEFACTS {
        bind(mode, package, file).with_context(|| format!("bindings of {package}"))?;
    }
    Ok(())
}

/// Parts of SQLite that its crate puts in and a device's core never asks for: what is left out need not be fetched.
const UNUSED: [&str; 12] = [
    "API_ARMOR",
    "BYTECODE_VTAB",
    "COLUMN_METADATA",
    "DBPAGE_VTAB",
    "DBSTAT_VTAB",
    "FTS5",
    "MATH_FUNCTIONS",
    "OFFSET_SQL_FUNC",
    "PREUPDATE_HOOK",
    "RTREE",
    "SESSION",
    "STMTVTAB",
];

/// A cargo that builds for wasm: rustup's target where it is installed, else Debian's rustc-web.
pub(crate) fn cargo() -> Result<Command> {
    let mut cargo = if rustup_target() {
        shell::cargo()
    } else {
        debian_cargo()
    };
    let (cc, ar) = c_tools()?;
    let without = UNUSED.map(|part| format!("-USQLITE_ENABLE_{part}"));
    cargo
        .env("CFLAGS_wasm32_unknown_unknown", without.join(" "))
        .env("CC_wasm32_unknown_unknown", cc)
        .env("AR_wasm32_unknown_unknown", ar);
    Ok(cargo)
}

/// SQLite is C: it needs a compiler and an archiver that know wasm32.
pub(crate) fn c_tools() -> Result<(PathBuf, PathBuf)> {
    let newest = |name: &str| {
        let numbered = (16..=22)
            .rev()
            .find_map(|version| shell::which(&format!("{name}-{version}")));
        numbered
            .or_else(|| shell::which(name))
            .with_context(|| format!("{name} is missing"))
    };
    Ok((newest("clang")?, newest("llvm-ar")?))
}

/// Is rustup's own standard library for wasm32 installed for the toolchain that runs us?
/// `COMANDA_WASM=debian` makes it answer no, so that the other way can be tried where both are there.
pub(crate) fn rustup_target() -> bool {
    if std::env::var_os("COMANDA_WASM").is_some_and(|way| way == "debian") {
        return false;
    }
    let sysroot = shell::read(
        Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(paths::root()),
    );
    sysroot.is_ok_and(|root| {
        Path::new(root.trim())
            .join("lib/rustlib")
            .join(TARGET)
            .join("lib")
            .is_dir()
    })
}

/// Debian carries the standard library as source only, so it is built with the rest.
fn debian_cargo() -> Command {
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .current_dir(paths::root())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", "/usr/bin/rustc");
    cargo.env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
    cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    if let Some(linker) = shell::first_of(&["wasm-ld-19", "wasm-ld"]) {
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    cargo
}

/// Where the bindings of one artefact are put.
pub(crate) fn folder(mode: Mode, package: &str) -> PathBuf {
    paths::target()
        .join("screens")
        .join(mode.profile())
        .join(package)
}

/// Bindings for one artefact; nothing is done when its wasm is the one that was bound last, in the same way.
fn bind(mode: Mode, package: &str, file: &str) -> Result<()> {
    let input = paths::target()
        .join(TARGET)
        .join(mode.profile())
        .join(format!("{file}.wasm"));
    let bytes = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;
    let out = folder(mode, package);
    // How it is bound and made small counts as much as what is.
    let how = stamp::hash(include_bytes!("wasm.rs"), 64);
    let hash = stamp::hash(&[&bytes, how.as_bytes()].concat(), 64);
    let mark = out.join("input.sha256");
    if fs::read_to_string(&mark).is_ok_and(|last| last == hash) {
        return Ok(());
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    Bindgen::new()
        .input_path(&input)
        .out_name(package)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .remove_name_section(true)
        .generate(&out)?;
    if mode == Mode::Full {
        optimise(&out.join(format!("{package}_bg.wasm")))?;
    }
    Ok(fs::write(mark, hash)?)
}

/// What rustc emits for the web, and every browser of today reads. With all that it knows, wasm-opt writes what none reads yet.
const FEATURES: [&str; 7] = [
    "bulk-memory",
    "bulk-memory-opt",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// wasm-opt of npm's binaryen: Debian's is too old for what rustc emits.
fn optimise(wasm: &Path) -> Result<()> {
    let tool = npm::modules()?.join("binaryen/bin/wasm-opt");
    let small = wasm.with_extension("opt");
    let mut command = Command::new(npm::node()?);
    command
        .arg(tool)
        .arg("-Oz")
        .args(FEATURES.map(|feature| format!("--enable-{feature}")))
        .arg(wasm)
        .arg("-o")
        .arg(&small);
    shell::run(&mut command)?;
    let reads = "WebAssembly.compile(require('fs').readFileSync(process.argv[1])).catch((why) => { console.error(String(why)); process.exit(1); })";
    let mut node = Command::new(npm::node()?);
    shell::run(node.arg("-e").arg(reads).arg(&small))
        .with_context(|| format!("what is shipped of {} would not load", wasm.display()))?;
    Ok(fs::rename(small, wasm)?)
}

/// The generator of the bindings and the macro that asked for them must be the same version; say so before they meet.
fn same_bindgen() -> Result<()> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock"))?;
    let version = |name: &str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        rest.split_once('"').map(|(version, _)| version.to_owned())
    };
    let (library, generator) = (version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
    if library.is_none() || library != generator {
        bail!(
            "Cargo.lock has wasm-bindgen {library:?} but wasm-bindgen-cli-support {generator:?}: pin both to one version"
        );
    }
    Ok(())
}
