//! Following the hub's log: each answer is taken whole in one local transaction, or not at all.

use super::calls::CallError;
use super::live::{Compared, compare};
use super::plan::After;
use super::rebase::{No, append, settle};
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::Identity;
use crate::store::{meta, pending, pins};
use crate::topics;
use domain::time::Moment;
use protocol::bridge::Topic;
use protocol::sync::{PullAnswer, Reset, Side, Signed};

/// One page of the log, as the hub answered it.
pub(crate) struct Page {
    pub(crate) entries: Vec<String>,
    pub(crate) more: bool,
    pub(crate) position: Signed,
    pub(crate) knows: Vec<String>,
    pub(crate) side: Option<Side>,
}

impl Core {
    /// What came of a pull.
    pub fn on_pull(&mut self, answer: Result<PullAnswer, CallError>, now: Moment) -> Stored<After> {
        self.live.pull_first = false;
        match answer {
            Err(error) => self.call_failed("pull", &error, now),
            Ok(PullAnswer::Reset { reset }) => {
                self.heard(now);
                if reset == Reset::Epoch {
                    self.owes_report()?;
                }
                self.want_snapshot()?;
                Ok(self.live.once_more())
            }
            Ok(PullAnswer::Entries {
                entries,
                more,
                position,
                knows,
                side,
            }) => {
                self.heard(now);
                let page = Page {
                    entries,
                    more,
                    position,
                    knows,
                    side,
                };
                self.pulled(&page, now)
            }
        }
    }

    fn pulled(&mut self, page: &Page, now: Moment) -> Stored<After> {
        let (Some(identity), Some(mine)) =
            (self.identity()?, meta::get(&self.db, &meta::POSITION)?)
        else {
            return Ok(After::Wait);
        };
        match compare(&mine.position.epoch, &page.position.position.epoch) {
            Compared::Same => {}
            Compared::Newer => {
                self.want_snapshot()?;
                return Ok(self.live.once_more());
            }
            Compared::Behind => {
                self.set_behind(true);
                return Ok(After::Wait);
            }
        }
        self.set_behind(false);
        match self.take_page(&identity, &mine, page, now)? {
            Ok(()) => {
                if !page.more {
                    self.doubt_answers(now)?;
                }
                let beyond = self.live.poked_beyond(&page.position.position);
                self.live.pull_due = page.more || beyond;
                self.live.push_held = false;
                self.live.detours = 0;
                self.set_other(None);
                Ok(After::Go)
            }
            Err(No::Fork) => {
                self.live.forked = true;
                Ok(self.live.once_more())
            }
            Err(No::Bad(why)) => {
                self.note(
                    now,
                    &format!("a pull's answer is not to be believed: {why}"),
                );
                Ok(After::Wait)
            }
        }
    }

    fn take_page(
        &mut self,
        identity: &Identity,
        mine: &Signed,
        page: &Page,
        now: Moment,
    ) -> Stored<Result<(), No>> {
        let knows = meta::get(&self.db, &meta::KNOWS)?;
        let nothing_new = page.entries.is_empty() && page.side.is_none();
        if nothing_new && page.position == *mine && knows.as_ref() == Some(&page.knows) {
            return Ok(Ok(()));
        }
        self.write(|tx, topics| {
            let position = match append(tx, identity, mine, page)? {
                Ok(position) => position,
                Err(no) => return Ok(Err(no)),
            };
            meta::set(tx, &meta::POSITION, &position)?;
            meta::set(tx, &meta::KNOWS, &page.knows)?;
            meta::set(tx, &meta::CONTACT, &now)?;
            topics.insert(Topic::Sync);
            if let Some(side) = &page.side {
                pins::replace(tx, side)?;
                topics.insert(Topic::Session);
            }
            if !page.entries.is_empty() {
                settle(tx, identity, topics)?;
            }
            Ok(Ok(()))
        })
    }

    /// At the end of the log whatever the hub had answered has left the queue. What has not, it has forgotten: a copy
    /// of it was put back before this device had seen more than that answer. It is pushed again.
    fn doubt_answers(&mut self, now: Moment) -> Stored<()> {
        if meta::get(&self.db, &meta::UPDATE)?.is_some() {
            return Ok(());
        }
        let forgotten = pending::hinted(&self.db)?;
        if forgotten.is_empty() {
            return Ok(());
        }
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            pending::clear_hints(tx)?;
            let orders = forgotten.iter().filter_map(|pending| pending.order);
            topics.extend(orders.flat_map(topics::of_order));
            topics.insert(Topic::Sync);
            Ok(Ok(()))
        })?;
        done?;
        self.note(now, "the hub has forgotten what it had answered");
        Ok(())
    }

    pub(crate) fn want_snapshot(&mut self) -> Stored<()> {
        self.live.push_held = false;
        let done: Result<(), StoreError> = self.write(|tx, _| {
            meta::set(tx, &meta::SNAPSHOT, &true)?;
            Ok(Ok(()))
        })?;
        done
    }

    /// At a start: a core that knows more than the one before it goes on where that one had to stop.
    pub(crate) fn resume(&mut self, now: Moment) -> Stored<()> {
        let (Some(identity), Some(mine)) =
            (self.identity()?, meta::get(&self.db, &meta::POSITION)?)
        else {
            return Ok(());
        };
        if meta::applied(&self.db)? >= mine.position.seq {
            return Ok(());
        }
        let done: Result<(), StoreError> =
            self.write(|tx, topics| settle(tx, &identity, topics).map(Ok))?;
        if let Err(error) = &done {
            self.note(
                now,
                &format!("what was stored could not be applied: {error}"),
            );
        }
        done
    }
}
