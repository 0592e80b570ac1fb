//! Folders and ports that nobody else has, until this test program ends.

use tempfile::TempDir;

pub fn folder() -> TempDir {
    servers::folder().expect("a folder")
}

pub fn free_port() -> u16 {
    servers::free_port().expect("a free port")
}
