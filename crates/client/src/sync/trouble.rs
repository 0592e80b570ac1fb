//! A call that came to nothing: what of it a person has to know, and what only waits.

use super::calls::CallError;
use super::plan::After;
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::store::meta;
use domain::time::Moment;
use protocol::bridge::Topic;
use protocol::view::Link;

impl Core {
    pub(crate) fn call_failed(
        &mut self,
        what: &str,
        error: &CallError,
        now: Moment,
    ) -> Stored<After> {
        match error {
            // A garbled answer is somebody else's, such as a hotel's sign-in page.
            CallError::Unreachable(_) | CallError::Garbled(_) => {
                self.unreachable(what, error, now);
            }
            CallError::Refused { code, .. } if code == "recovering" => {
                self.gathering(now);
                if self.owes_report()? {
                    return Ok(After::Go);
                }
            }
            // A hub that is ill decides nothing: as if it were not there.
            CallError::Refused { status, .. } if *status >= 500 => {
                self.unreachable(what, error, now)
            }
            CallError::Refused { code, .. } if code == "device_revoked" => {
                self.heard(now);
                return self.revoked(now);
            }
            CallError::Refused { code, .. } => {
                self.heard(now);
                self.trouble(what, error, code, now);
            }
        }
        Ok(After::Wait)
    }

    /// Written down once for each time that the link is lost, not for each try.
    fn unreachable(&mut self, what: &str, error: &CallError, now: Moment) {
        if !matches!(self.live.link, Link::Offline { .. }) {
            self.note(now, &format!("{what}: {error}"));
        }
        self.cut(now);
    }

    fn trouble(&mut self, what: &str, error: &CallError, code: &str, now: Moment) {
        if self.live.other.as_deref() != Some(code) {
            self.note(now, &format!("{what}: {error}"));
        }
        self.set_other(Some(code.to_owned()));
    }

    /// From here on only what is held is brought in; it stays so until the device is enrolled anew. It hears of no reset
    /// any more: so it asks whether the hub has forgotten something.
    pub(super) fn revoked(&mut self, now: Moment) -> Stored<After> {
        if meta::get(&self.db, &meta::REVOKED)?.is_some() {
            return Ok(After::Wait);
        }
        let done: Result<(), StoreError> = self.write(|tx, topics| {
            meta::set(tx, &meta::REVOKED, &0)?;
            topics.insert(Topic::Sync);
            Ok(Ok(()))
        })?;
        done?;
        self.owes_report()?;
        self.note(now, "this device has been revoked");
        Ok(After::Go)
    }
}
