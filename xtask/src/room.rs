//! Room on the disk: a full one shows as a hundred failures of other things (a database that ends, a hub that refuses).

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{paths, shell};

/// What a cold build and a run of every test need, in KiB.
const NEEDED: u64 = 10 * 1024 * 1024;

/// Makes room by dropping what cargo can make again, first what it only keeps to be faster; else says what is short.
pub(crate) fn ensure() -> Result<()> {
    let build = paths::build()?;
    if free()? < 2 * NEEDED {
        for profile in folders(&build) {
            drop_folder(&profile.join("incremental"))?;
        }
    }
    if free()? < NEEDED {
        drop_folder(&build)?;
    }
    let left = free()?;
    if left < NEEDED {
        bail!(
            "{} GB are free at {}: building and testing need {}",
            left / 1024 / 1024,
            paths::root().display(),
            NEEDED / 1024 / 1024
        );
    }
    Ok(())
}

fn folders(build: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(build).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn drop_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        println!("the disk is nearly full: {} goes", folder.display());
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// KiB that are free for us where the work tree lies.
fn free() -> Result<u64> {
    let told = shell::read(Command::new("df").arg("-Pk").arg(paths::root()))?;
    available(&told).with_context(|| format!("df says {told}"))
}

fn available(df: &str) -> Option<u64> {
    df.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::available;

    #[test]
    fn reads_what_df_says() {
        let df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 263174212 35016420 60817408 37% /\n";
        assert_eq!(available(df), Some(60_817_408));
        assert_eq!(available("nothing"), None);
    }
}
