//! The sync pill: the link, what waits and for how long, and what is wrong.

use crate::core::Core;
use crate::error::Stored;
use crate::store::{meta, pending, troubles};
use protocol::view::{Sync, Trouble};

impl Core {
    pub(super) fn sync_view(&self) -> Stored<Sync> {
        let (waiting, oldest) = pending::waiting(&self.db)?;
        Ok(Sync {
            link: self.live.link,
            waiting,
            oldest,
            contact: self.live.contact,
            trouble: self.trouble_now()?,
            evictable: self.setup.evictable,
            seq: meta::applied(&self.db)?,
            build: self.setup.build.clone(),
            log: troubles::list(&self.db)?,
        })
    }

    /// The one that a person has to do something about first.
    fn trouble_now(&self) -> Stored<Option<Trouble>> {
        if self.live.disk_full {
            return Ok(Some(Trouble::DiskFull));
        }
        if meta::get(&self.db, &meta::REVOKED)?.is_some() {
            return Ok(Some(Trouble::Revoked));
        }
        if let Some(kind) = meta::get(&self.db, &meta::UPDATE)? {
            return Ok(Some(Trouble::UpdateNeeded { kind }));
        }
        if self.live.behind {
            return Ok(Some(Trouble::HubBehind));
        }
        if self.is_gathering() {
            return Ok(Some(Trouble::HubRecovering));
        }
        let other = self.live.other.clone();
        Ok(other.map(|why| match why.as_str() {
            "unauthorized" => Trouble::Unknown,
            _ => Trouble::Other { why },
        }))
    }
}
