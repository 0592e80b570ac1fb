//! Input hashes: what has not changed is not built again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The first `digits` hex digits of the SHA-256 of some bytes.
pub(crate) fn hash(bytes: &[u8], digits: usize) -> String {
    let mut hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    hex.truncate(digits);
    hex
}

/// One hash over the names and contents of files and, with all that is in them, folders.
pub(crate) fn inputs(paths: &[PathBuf], also: &str) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    files.sort();
    let mut sum = Sha256::new();
    sum.update(also);
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        sum.update(file.to_string_lossy().as_bytes());
        sum.update(bytes.len().to_le_bytes());
        sum.update(bytes);
    }
    Ok(sum
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Every file in a folder, deep, in no particular order; a file is itself.
pub(crate) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}
