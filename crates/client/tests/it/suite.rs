//! The suite natively: each story on SQLite files in a folder of its own.

use client::suite::{Disk, RELOAD, story};
use rusqlite::Connection;
use std::path::Path;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
}

impl Disk for Folder {
    fn open(&self, file: &str) -> Connection {
        connect(&self.0.path().join(file))
    }

    fn path(&self, file: &str) -> String {
        self.0.path().join(file).display().to_string()
    }
}

pub fn connect(path: &Path) -> Connection {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    db
}

macro_rules! natively {
    ($($of:ident: $($story:ident)+;)+) => {
        $(mod $of {
            $(#[test]
            fn $story() {
                super::tell(concat!(stringify!($of), "::", stringify!($story)));
            })+
        })+
    };
}

client::stories!(natively);

fn tell(name: &str) {
    let story = story(name).expect("a story of that name");
    story(&Folder::new());
}

#[test]
fn what_was_done_outlives_a_core_that_is_never_closed() {
    let folder = Folder::new();
    for (_, half) in RELOAD {
        half(&folder);
    }
}
