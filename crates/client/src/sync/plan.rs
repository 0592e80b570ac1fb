//! The planner: what is to be done next with the hub. It decides nothing that a driver has to understand.

use super::fork::ChildAsk;
use crate::core::Core;
use crate::error::Stored;
use crate::identity::Identity;
use crate::store::{meta, pending, sent};
use domain::Event;
use protocol::sync::{MOST_ENTRIES, PullRequest, PushRequest, RecoverRequest};

/// One call to the hub, or one thing that is needed before it.
#[derive(Debug, Clone)]
pub enum Step {
    /// This device was copied: draw an id and call `fork` with it.
    NameChild,
    EnrolChild(ChildAsk),
    /// Fetch a snapshot with the outcomes from this `mid` on.
    Snapshot {
        oldest: u64,
    },
    Push(PushRequest),
    /// Tell the hub what it may have forgotten.
    Report(RecoverRequest),
    Pull(PullRequest),
    /// Nothing is due.
    Rest,
}

/// What to do after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Ask for the next step.
    Go,
    /// Nothing will come of going on now: back off.
    Wait,
}

impl Core {
    /// One step at a time: what came of it goes to `on_push`, `on_pull`, `on_snapshot`, `on_report` or `on_child` before the next.
    pub fn next_step(&mut self) -> Stored<Step> {
        let Some(identity) = self.identity()? else {
            return Ok(Step::Rest);
        };
        let revoked = meta::get(&self.db, &meta::REVOKED)?.is_some();
        // Under the name that it has, whoever trusts it: a hub that has forgotten something wants to hear it from all.
        if let Some(report) = self.next_report(&identity)? {
            return Ok(Step::Report(report));
        }
        if !revoked && let Some(step) = self.become_another(&identity)? {
            return Ok(step);
        }
        if !revoked && meta::get(&self.db, &meta::SNAPSHOT)?.is_some() {
            let oldest = self.oldest(&identity)?;
            return Ok(Step::Snapshot { oldest });
        }
        let pull_first = self.live.pull_first && !revoked;
        if !pull_first
            && !self.live.push_held
            && !self.live.behind
            && let Some(push) = self.next_push(&identity)?
        {
            return Ok(Step::Push(push));
        }
        if pull_first || !revoked && self.live.pull_due {
            return Ok(self.pull_request(&identity)?.map_or(Step::Rest, Step::Pull));
        }
        Ok(Step::Rest)
    }

    fn become_another(&self, identity: &Identity) -> Stored<Option<Step>> {
        if let Some(child) = meta::get(&self.db, &meta::CHILD)? {
            return Ok(Some(Step::EnrolChild(ChildAsk::new(child, identity))));
        }
        Ok(self.live.forked.then_some(Step::NameChild))
    }

    fn pull_request(&self, identity: &Identity) -> Stored<Option<PullRequest>> {
        let position = meta::get(&self.db, &meta::POSITION)?;
        let side = meta::get(&self.db, &meta::SIDE)?.unwrap_or(0);
        Ok(position.map(|position| PullRequest {
            device: identity.device,
            position,
            limit: MOST_ENTRIES,
            knows: known_events(),
            side,
        }))
    }

    /// The smallest `mid` that this device still holds; the next one where it holds none.
    pub(crate) fn oldest(&self, identity: &Identity) -> Stored<u64> {
        let pending = pending::first(&self.db)?;
        let sent = sent::first(&self.db, identity.device)?;
        match pending.into_iter().chain(sent).min() {
            Some(oldest) => Ok(oldest),
            None => meta::next_mid(&self.db),
        }
    }
}

fn known_events() -> Vec<String> {
    Event::KNOWN
        .iter()
        .map(|(kind, version)| format!("{kind}@{version}"))
        .collect()
}
