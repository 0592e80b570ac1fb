//! What holds only while a core runs: the link, and what is due with the hub.

use super::plan::After;
use super::report::Recovery;
use crate::core::Core;
use crate::error::Stored;
use crate::store::meta;
use domain::sync::{Epoch, Position};
use domain::time::Moment;
use protocol::bridge::Topic;
use protocol::sync::Poke;
use protocol::view::Link;
use rusqlite::Connection;

/// A contact that is newer by so much is told to screens.
const CONTACT_STEP: i64 = 10_000;

#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) link: Link,
    pub(crate) contact: Option<Moment>,
    pub(crate) disk_full: bool,
    /// The hub showed a lower epoch than the one that this device has followed.
    pub(crate) behind: bool,
    /// Another device uses this one's name: a child's id has to be drawn.
    pub(crate) forked: bool,
    pub(crate) pull_due: bool,
    /// The last poke that said something new: the answer of a pull may be older than it.
    pub(crate) poked: Option<Poke>,
    /// A push has come to nothing: the log is followed all the same, before the next try.
    pub(crate) pull_first: bool,
    /// Where the hub expects this queue to go on, if that is not where this device thinks.
    pub(crate) push_from: Option<u64>,
    /// The first and last `mid` of the push under way.
    pub(crate) pushing: Option<(u64, u64)>,
    /// The hub is in another epoch: nothing is pushed before it has been asked for it.
    pub(crate) push_held: bool,
    /// How often, with no progress between, the hub has sent this device another way (reset, epoch, fork).
    pub(crate) detours: u32,
    pub(crate) other: Option<String>,
    pub(crate) recovery: Recovery,
    /// Whoever holds the device signed in by password since this core began.
    pub(crate) by_password: bool,
}

impl Live {
    /// Whether a poke came while the pull that led here was on its way, and says more than it brought. Asked once.
    pub(crate) fn poked_beyond(&mut self, now: &Position) -> bool {
        let poke = self.poked.take();
        poke.is_some_and(|poke| poke.epoch != now.epoch || poke.seq > now.seq)
    }

    pub(crate) fn new(db: &Connection) -> Stored<Self> {
        Ok(Self {
            link: Link::Connecting,
            contact: meta::get(db, &meta::CONTACT)?,
            disk_full: false,
            behind: false,
            forked: false,
            pull_due: true,
            poked: None,
            pull_first: false,
            push_from: None,
            pushing: None,
            push_held: false,
            detours: 0,
            other: None,
            recovery: Recovery::new(may_owe_report(db)?),
            by_password: false,
        })
    }

    /// Two detours are taken at once (a refused push, then the reset that explains it); more of them wait, or a hub
    /// and a device that disagree would run in circles.
    pub(crate) fn once_more(&mut self) -> After {
        self.detours += 1;
        if self.detours > 2 {
            After::Wait
        } else {
            After::Go
        }
    }

    /// After this device has become another one: nothing that was known of its links is true any more.
    pub(crate) fn fresh_links(&mut self) {
        self.behind = false;
        self.forked = false;
        self.pull_due = true;
        self.pull_first = false;
        self.push_from = None;
        self.pushing = None;
        self.push_held = false;
        self.other = None;
        self.recovery = Recovery::default();
    }
}

/// A reset that was cut short: the hub has not heard yet what was held before it. Whoever is revoked hears of none.
fn may_owe_report(db: &Connection) -> Stored<bool> {
    let resets = meta::get(db, &meta::SNAPSHOT)?.is_some();
    Ok(resets || meta::get(db, &meta::REVOKED)?.is_some())
}

/// How a hub's epoch stands to the one that this device follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    Same,
    Newer,
    /// Lower, or of the same number with another tag: never followed.
    Behind,
}

pub(crate) fn compare(mine: &Epoch, theirs: &Epoch) -> Compared {
    if theirs == mine {
        Compared::Same
    } else if theirs.n > mine.n {
        Compared::Newer
    } else {
        Compared::Behind
    }
}

impl Core {
    /// Where this device stands in the hub's log.
    pub fn position(&self) -> Stored<Option<Position>> {
        Ok(meta::get(&self.db, &meta::POSITION)?.map(|signed| signed.position))
    }

    /// Something may be new at the hub: a start, a tick, a user's tap.
    pub fn wake(&mut self) {
        self.live.pull_due = true;
    }

    /// Whether a poke says anything new.
    pub fn poked(&mut self, poke: &Poke) -> Stored<bool> {
        let Some(signed) = meta::get(&self.db, &meta::POSITION)? else {
            return Ok(false);
        };
        let position = signed.position;
        let new = poke.epoch != position.epoch || poke.seq > position.seq;
        if new {
            self.live.pull_due = true;
            self.live.poked = Some(poke.clone());
        }
        Ok(new)
    }

    /// The hub has answered.
    pub fn heard(&mut self, now: Moment) {
        let stale = self
            .live
            .contact
            .is_none_or(|contact| now.since(contact).abs() >= CONTACT_STEP);
        let gathered = std::mem::take(&mut self.live.recovery.gathering);
        if stale || gathered || self.live.link != Link::Online {
            self.live.contact = Some(now);
            self.live.link = Link::Online;
            self.touch([Topic::Sync]);
        }
    }

    /// The hub cannot be reached, or does not decide.
    pub fn cut(&mut self, now: Moment) {
        match self.live.link {
            Link::Offline { .. } => {}
            Link::Connecting | Link::Online => {
                self.live.link = Link::Offline { since: now };
                self.touch([Topic::Sync]);
            }
        }
    }

    pub fn link(&self) -> Link {
        self.live.link
    }

    pub(crate) fn set_behind(&mut self, behind: bool) {
        if self.live.behind != behind {
            self.live.behind = behind;
            self.touch([Topic::Sync]);
        }
    }

    pub(crate) fn set_other(&mut self, why: Option<String>) {
        if self.live.other != why {
            self.live.other = why;
            self.touch([Topic::Sync]);
        }
    }
}
