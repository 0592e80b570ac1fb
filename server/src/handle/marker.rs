//! A mark on disk of what is being decided, so that a command which kills the process is found after it.

use domain::ids::CommandId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// So often a command may take the process down alone before it is kept aside undecided.
pub const MOST_CRASHES: u32 = 3;

/// The marker of one restaurant's writer. It needs no fsync: it has to outlive the process, not the machine.
#[derive(Debug, Default)]
pub struct Marker {
    file: Option<File>,
    /// How much of the file has been written on: what follows a shorter mark is blanks.
    length: usize,
    kept: Kept,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    in_flight: Vec<CommandId>,
    /// What was in flight when the process ended without a word, and how often it was alone.
    suspects: BTreeMap<CommandId, u32>,
}

impl Marker {
    pub fn open(file: Option<&Path>) -> Self {
        let read = file.and_then(|file| std::fs::read_to_string(file).ok());
        let mut kept: Kept = read
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let alone = u32::from(kept.in_flight.len() == 1);
        for id in std::mem::take(&mut kept.in_flight) {
            *kept.suspects.entry(id).or_default() += alone;
        }
        // What is there stays until the new mark stands over it.
        let opened = file.map(|file| {
            let mut how = OpenOptions::new();
            let opened = how.create(true).write(true).truncate(false).open(file);
            opened.map_err(|error| (error, file))
        });
        let file = opened.and_then(|opened| {
            let fails = |(error, file): &(std::io::Error, &Path)| {
                tracing::warn!(%error, file = %file.display(), "there is no marker of what is in flight");
            };
            opened.inspect_err(fails).ok()
        });
        let there = file.as_ref().and_then(|file| file.metadata().ok());
        let length = there.and_then(|there| usize::try_from(there.len()).ok());
        let mut marker = Self {
            file,
            length: length.unwrap_or_default(),
            kept,
        };
        marker.store();
        marker
    }

    pub fn is_suspect(&self, id: CommandId) -> bool {
        self.kept.suspects.contains_key(&id)
    }

    pub fn must_be_kept_aside(&self, id: CommandId) -> bool {
        self.kept
            .suspects
            .get(&id)
            .is_some_and(|crashes| *crashes >= MOST_CRASHES)
    }

    pub fn begin(&mut self, ids: Vec<CommandId>) {
        self.kept.in_flight = ids;
        self.store();
    }

    pub fn end(&mut self) {
        for id in std::mem::take(&mut self.kept.in_flight) {
            self.kept.suspects.remove(&id);
        }
        self.store();
    }

    /// Over what was there: a file that is cut short and filled anew costs the disk more than all else here.
    fn store(&mut self) {
        let Some(file) = &self.file else { return };
        let written = serde_json::to_string(&self.kept).map_err(std::io::Error::other);
        let written = written.and_then(|mut text| {
            let length = text.len();
            text.extend(std::iter::repeat_n(' ', self.length.saturating_sub(length)));
            self.length = text.len();
            file.write_all_at(text.as_bytes(), 0)
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the marker of what is in flight could not be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_command_that_kills_the_hub_alone_three_times_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in-flight");
        let (killer, bystander) = (CommandId(Uuid::from_u128(1)), CommandId(Uuid::from_u128(2)));

        Marker::open(Some(&file)).begin(vec![killer, bystander]);
        let after = Marker::open(Some(&file));
        assert!(after.is_suspect(killer) && after.is_suspect(bystander));
        assert!(!after.must_be_kept_aside(killer));

        for _ in 0..MOST_CRASHES {
            Marker::open(Some(&file)).begin(vec![killer]);
        }
        let mut after = Marker::open(Some(&file));
        assert!(after.must_be_kept_aside(killer) && !after.must_be_kept_aside(bystander));

        after.begin(vec![bystander]);
        after.end();
        assert!(
            !Marker::open(Some(&file)).is_suspect(bystander),
            "what went well is no suspect any more"
        );
    }
}
