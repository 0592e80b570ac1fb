//! Installs the tools that building and testing need, or says exactly which are missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{npm, shell, wasm};

/// What a command is about to do, and so which tools it cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Screens,
    Hub,
    Node,
    Tests,
    Desktop,
}

impl Part {
    pub(crate) const ALL: [Self; 5] = [
        Self::Screens,
        Self::Hub,
        Self::Node,
        Self::Tests,
        Self::Desktop,
    ];
}

struct Tool {
    part: Part,
    what: &'static str,
    present: fn() -> bool,
    /// Debian's packages; the first group that Debian knows is taken.
    apt: &'static [&'static [&'static str]],
}

const TOOLS: &[Tool] = &[
    Tool {
        part: Part::Hub,
        what: "a C and C++ compiler and make",
        present: c_compiler,
        apt: &[&["build-essential"]],
    },
    Tool {
        part: Part::Screens,
        what: "Rust for wasm32-unknown-unknown",
        present: wasm_rust,
        apt: &[&["rustc-web", "cargo-web", "rust-web-src", "lld-19"]],
    },
    Tool {
        part: Part::Screens,
        what: "clang and llvm-ar (SQLite for wasm32)",
        present: clang,
        apt: &[&["clang-19", "llvm-19"], &["clang", "llvm"]],
    },
    Tool {
        part: Part::Node,
        what: "Node.js 18 or newer, with npm",
        present: node,
        apt: &[&["nodejs", "npm"]],
    },
    Tool {
        part: Part::Tests,
        what: "Chromium",
        present: || chromium().is_some(),
        apt: &[&["chromium"], &["chromium-browser"]],
    },
    Tool {
        part: Part::Tests,
        what: "PostgreSQL's initdb",
        present: postgres,
        apt: &[&["postgresql"]],
    },
    Tool {
        part: Part::Tests,
        what: "Java 17 and Maven (for the Kafka of the tests)",
        present: || all(&["java", "mvn"]),
        apt: &[
            &["openjdk-17-jre-headless", "maven"],
            &["default-jre-headless", "maven"],
        ],
    },
    Tool {
        part: Part::Tests,
        what: "kcat",
        present: || all(&["kcat"]),
        apt: &[&["kcat"]],
    },
    Tool {
        part: Part::Tests,
        what: "Python 3 with venv (for schemathesis, which tries the OpenAPI document)",
        present: python,
        apt: &[&["python3-venv"]],
    },
    Tool {
        part: Part::Desktop,
        what: "WebKitGTK 4.1 and librsvg, to build the desktop program",
        present: webkit,
        apt: &[&["libwebkit2gtk-4.1-dev", "librsvg2-dev", "libssl-dev"]],
    },
    Tool {
        part: Part::Desktop,
        what: "Xvfb, WebKitWebDriver and ImageMagick, to test it",
        present: || all(&["Xvfb", "WebKitWebDriver", "import"]),
        apt: &[&["xvfb", "webkit2gtk-driver", "imagemagick"]],
    },
];

/// Sees to it that the tools of these parts are there. Cheap when they are: a look at PATH for each.
pub(crate) fn ensure(parts: &[Part]) -> Result<()> {
    let missing = || {
        TOOLS
            .iter()
            .filter(|tool| parts.contains(&tool.part) && !(tool.present)())
            .collect::<Vec<_>>()
    };
    if parts.contains(&Part::Screens) && !wasm_rust() {
        // The ordinary way. Where it fails, Debian's packages below are tried.
        let _added = shell::succeeds(Command::new("rustup").args([
            "target",
            "add",
            "wasm32-unknown-unknown",
        ]));
    }
    let before = missing();
    if before.is_empty() {
        return Ok(());
    }
    let packages = before
        .iter()
        .flat_map(|tool| debian_packages(tool).iter().copied())
        .collect::<Vec<_>>();
    if let Some(mut apt) = apt_get() {
        println!("installing {}", packages.join(" "));
        let _stale_lists_are_fine = shell::run(apt().arg("update").arg("-qq"));
        shell::run(
            apt()
                .args(["install", "-y", "-qq", "--no-install-recommends"])
                .args(&packages),
        )?;
    }
    let after = missing();
    if after.is_empty() {
        return Ok(());
    }
    let list = after
        .iter()
        .map(|tool| format!("  - {}", tool.what))
        .collect::<Vec<_>>()
        .join("\n");
    bail!(
        "missing on this machine:\n{list}\n\nOn Debian or Ubuntu:  sudo apt-get install {}",
        packages.join(" ")
    )
}

/// How to call apt-get without being asked anything; none where that cannot be.
fn apt_get() -> Option<impl FnMut() -> Command> {
    let apt = shell::which("apt-get")?;
    let root = shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root && !shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        return None;
    }
    Some(move || {
        let mut command = Command::new(if root {
            apt.as_os_str()
        } else {
            "sudo".as_ref()
        });
        if !root {
            command.arg("-n").arg(&apt);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    })
}

fn debian_packages(tool: &Tool) -> &'static [&'static str] {
    let known =
        |group: &&&[&str]| shell::succeeds(Command::new("apt-cache").arg("show").args(**group));
    tool.apt
        .iter()
        .find(known)
        .or(tool.apt.first())
        .copied()
        .unwrap_or(&[])
}

fn all(names: &[&str]) -> bool {
    names.iter().all(|name| shell::which(name).is_some())
}

fn c_compiler() -> bool {
    all(&["cc", "c++", "make"])
}

fn wasm_rust() -> bool {
    wasm::rustup_target()
        || Path::new("/usr/lib/rustlib/src/rust/library/std").is_dir() && all(&["wasm-ld-19"])
}

fn clang() -> bool {
    wasm::c_tools().is_ok()
}

/// npm brings a newer node where the machine's own is too old for the tests.
fn node() -> bool {
    npm::version(Path::new("node")).is_some_and(|version| version >= (18, 0)) && all(&["npm"])
}

/// The browser that the end-to-end tests drive.
pub(crate) fn chromium() -> Option<std::path::PathBuf> {
    shell::first_of(&["chromium", "chromium-browser", "google-chrome"])
}

fn python() -> bool {
    shell::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
}

fn postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    versions
        .map(|entry| entry.path().join("bin/initdb"))
        .any(|file| file.is_file())
        || all(&["initdb"])
}

fn webkit() -> bool {
    shell::succeeds(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1", "librsvg-2.0"]))
}
