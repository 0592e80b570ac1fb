//! The end-to-end tests: each file a process of its own, two at a time, none longer than its time.
//! What hangs is ended, and says how far it came: it fails alone, and not the whole run with it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{npm, paths, setup, shell};

/// Most of a story is waiting, so two fit on two cores.
const AT_ONCE: usize = 2;
/// Seconds from the first line to the last.
const LIMIT: f64 = 600.0;
/// These take longest, so they begin first.
const LONG: [&str; 3] = ["whole", "look", "hands"];
/// These measure seconds, so each has the machine to itself.
const ALONE: [&str; 4] = ["evening", "live", "many", "revoked"];

struct Story {
    name: String,
    lines: Vec<String>,
    seconds: f64,
    passed: u64,
    failed: u64,
    trouble: Option<String>,
}

#[derive(Default)]
pub(crate) struct Told {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) trouble: Vec<String>,
}

/// All of them, with the hub that is built for tests.
pub(crate) fn tell() -> Result<Told> {
    let (alone, together) = names()?
        .into_iter()
        .partition(|name| ALONE.contains(&name.as_str()));
    let (node, hub) = (node()?, "debug/comanda");
    let mut told = Told::default();
    told.take(&node, hub, together, AT_ONCE)?;
    told.take(&node, hub, alone, 1)?;
    Ok(told)
}

/// Some of them, with the program that is shipped.
pub(crate) fn tell_of_shipped(names: &[&str]) -> Result<()> {
    let mut told = Told::default();
    let names = names.iter().map(ToString::to_string).collect();
    told.take(&node()?, "release/comanda", names, AT_ONCE)?;
    if !told.trouble.is_empty() {
        bail!("not to be shipped: {}", told.trouble.join("; "));
    }
    Ok(())
}

fn node() -> Result<PathBuf> {
    npm::modules()?;
    npm::node()
}

impl Told {
    fn take(&mut self, node: &Path, hub: &str, names: Vec<String>, at_once: usize) -> Result<()> {
        let names = Mutex::new(names.into_iter());
        let next = || names.lock().unwrap_or_else(PoisonError::into_inner).next();
        let (told, stories) = channel();
        thread::scope(|scope| {
            for _ in 0..at_once {
                let (told, next) = (told.clone(), &next);
                scope.spawn(move || {
                    while let Some(name) = next() {
                        if told.send(Story::told(node, hub, &name)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(told);
            for story in stories {
                let story = story?;
                println!("{}", story.lines.join("\n"));
                println!("── {} took {:.1} s\n", story.name, story.seconds);
                self.passed += story.passed;
                self.failed += story.failed;
                let trouble = story.trouble.map(|why| format!("{}: {why}", story.name));
                self.trouble.extend(trouble);
            }
            Ok(())
        })
    }
}

impl Story {
    fn told(node: &Path, hub: &str, name: &str) -> Result<Self> {
        let mut command = Command::new(node);
        command
            .args(["--test-force-exit", "--test-reporter=spec"])
            .arg(format!("{name}.test.mjs"))
            .current_dir(paths::root().join("e2e"))
            .env("COMANDA_TARGET", paths::target())
            .env("COMANDA_PROGRAM", hub)
            .stdout(Stdio::piped())
            .process_group(0);
        if let Some(chromium) = setup::chromium() {
            command.env("COMANDA_CHROMIUM", chromium);
        }
        let seconds = shell::stopwatch();
        let mut child = command.spawn().context("cannot start node")?;
        let stdout = child.stdout.take().context("stdout was piped")?;
        let (said, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        let mut story = Self {
            name: name.to_owned(),
            lines: Vec::new(),
            seconds: 0.0,
            passed: 0,
            failed: 0,
            trouble: None,
        };
        loop {
            let left = Duration::from_secs_f64((LIMIT - seconds()).max(0.0));
            match lines.recv_timeout(left) {
                Ok(line) => story.hear(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    story.trouble = Some(format!("not at its end after {LIMIT} s"));
                    end(&child);
                    break;
                }
            }
        }
        let status = child.wait()?;
        end(&child);
        story.seconds = seconds();
        if story.trouble.is_none() && !status.success() {
            story.trouble = Some(format!("ended with {status}"));
        }
        if story.trouble.is_some() {
            story.failed = story.failed.max(1);
        }
        Ok(story)
    }

    fn hear(&mut self, line: String) {
        // ℹ pass 12
        let words = line.split_whitespace().collect::<Vec<_>>();
        let number = |text: &str| text.parse().unwrap_or(0);
        match words[..] {
            ["ℹ", "pass", passed] => self.passed = number(passed),
            ["ℹ", "fail", failed] => self.failed = number(failed),
            _ => {}
        }
        self.lines.push(line);
    }
}

/// Whatever is left of the story's group: what it had started and not put away.
fn end(child: &Child) {
    shell::succeeds(Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]));
}

fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(paths::root().join("e2e"))? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        names.extend(file.strip_suffix(".test.mjs").map(ToOwned::to_owned));
    }
    if names.is_empty() {
        bail!("no story in e2e");
    }
    let rank = |name: &String| LONG.iter().position(|long| long == name);
    names.sort_by_key(|name| (rank(name).is_none(), rank(name), name.clone()));
    Ok(names)
}
