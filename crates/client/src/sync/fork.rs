//! A copied database: two devices under one name. The copy that learns of it becomes a child, with its queue.

use super::calls::CallError;
use super::plan::After;
use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::identity::{BindError, Identity};
use crate::store::meta;
use domain::devices::DeviceKind;
use domain::ids::DeviceId;
use domain::time::Moment;
use protocol::sync::EnrolAnswer;
use serde::Serialize;

/// Asks the hub, with the parent's token, to enrol that one child. Repeating it renews the child's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildAsk {
    pub id: DeviceId,
    pub name: String,
    pub kind: DeviceKind,
    pub fork_of: DeviceId,
}

impl ChildAsk {
    pub(crate) fn new(id: DeviceId, parent: &Identity) -> Self {
        Self {
            id,
            name: parent.name.clone(),
            kind: parent.kind,
            fork_of: parent.device,
        }
    }
}

impl Core {
    /// Stores the child's id before the hub hears of it: after a crash it is that child again, not a second one.
    pub fn fork(&mut self, child: DeviceId, now: Moment) -> Stored<()> {
        let done: Result<(), StoreError> = self.write(|tx, _| {
            if meta::get(tx, &meta::CHILD)?.is_none() {
                meta::set(tx, &meta::CHILD, &child)?;
            }
            Ok(Ok(()))
        })?;
        done?;
        self.live.forked = false;
        self.note(
            now,
            "this device was copied: it goes on under a name of its own",
        );
        Ok(())
    }

    /// What came of enrolling the child: from here on this device is it.
    pub fn on_child(
        &mut self,
        answer: Result<EnrolAnswer, CallError>,
        now: Moment,
    ) -> Stored<After> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.call_failed("fork", &error, now),
        };
        self.heard(now);
        let (Some(parent), Some(child)) = (self.identity()?, meta::get(&self.db, &meta::CHILD)?)
        else {
            return Ok(After::Wait);
        };
        if answer.device_id != child || answer.restaurant_id != parent.restaurant {
            self.note(
                now,
                "the hub enrolled another child than the one that was asked for",
            );
            return Ok(After::Wait);
        }
        let child = Identity::new(answer, parent.name, parent.kind, parent.hub);
        match self.bind(&child) {
            Ok(()) => Ok(After::Go),
            Err(BindError::Store(error)) => Err(error),
            // It is the same restaurant.
            Err(BindError::Unsent) => Ok(After::Wait),
        }
    }
}
