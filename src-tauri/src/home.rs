//! The program's folder on this machine: the database, what it remembers, and the lock that makes it the only owner.

use anyhow::{Context, bail};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A log of panics that grows beyond this is begun anew.
const MOST_LOG_BYTES: u64 = 256 * 1024;

/// Somebody who closes the window and opens it again at once meets the process that is still on its way out.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(crate) struct Home {
    folder: PathBuf,
    /// Held for as long as the program runs: SQLite would let two processes in, the queue would not survive them.
    _lock: File,
}

impl Home {
    pub(crate) fn open(folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let lock = File::create(folder.join("owner.lock"))
            .with_context(|| format!("the folder {} cannot be written", folder.display()))?;
        let mut patience = PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if !patience.is_zero() => {
                    patience = patience.saturating_sub(LOOK_AGAIN);
                    std::thread::sleep(LOOK_AGAIN);
                }
                Err(TryLockError::WouldBlock) => {
                    bail!("Comanda is running already on this machine")
                }
                Err(TryLockError::Error(error)) => {
                    return Err(error)
                        .with_context(|| format!("{} cannot be locked", folder.display()));
                }
            }
        }
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("device.db")
    }

    pub(crate) fn panics(&self) -> PathBuf {
        self.folder.join("panics.log")
    }

    /// The hub that somebody named here before.
    pub(crate) fn remembered(&self) -> Option<String> {
        let text = fs::read_to_string(self.folder.join("hub")).ok()?;
        crate::args::address(&text).ok()
    }

    pub(crate) fn remember(&self, hub: &str) -> std::io::Result<()> {
        fs::write(self.folder.join("hub"), hub)
    }
}

/// As well as it goes: this is written while something else is wrong.
pub(crate) fn append(log: &Path, text: &str) {
    let full = fs::metadata(log).is_ok_and(|log| log.len() > MOST_LOG_BYTES);
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(!full)
        .truncate(full)
        .open(log);
    if let Ok(mut file) = file {
        let _told_on_stderr_too = writeln!(file, "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::Home;

    #[test]
    fn one_process_owns_the_folder_and_it_remembers_the_hub() {
        let folder = std::env::temp_dir().join(format!("comanda-home-{}", std::process::id()));
        let home = Home::open(folder.clone()).unwrap();
        assert!(Home::open(folder.clone()).is_err());
        assert_eq!(home.remembered(), None);
        home.remember("http://hub.local:8080").unwrap();
        drop(home);
        let again = Home::open(folder.clone()).unwrap();
        assert_eq!(again.remembered().as_deref(), Some("http://hub.local:8080"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
