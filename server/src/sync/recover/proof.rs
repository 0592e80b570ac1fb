//! What of a report is the hub's own word.

use crate::store::Tx;
use crate::store::reports::{self, Item, Kind, Report};
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::{Tail, proven_after};
use domain::sync::Chain;

/// Which entries of a report lead, each to the next, to where it ends. They are the hub's own where that is signed.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    epoch: u64,
    after: u64,
    until: u64,
}

impl Proof {
    /// From one of the report's marks on, or from where the hub itself stands; with those entries.
    pub async fn of(
        tx: &mut Tx,
        restaurant: RestaurantId,
        device: DeviceId,
        report: &Report,
        own: Option<(u64, Chain)>,
    ) -> sqlx::Result<Option<(Self, Vec<(u64, String)>)>> {
        let end = &report.position.position;
        let epoch = end.epoch.n;
        let mut entries = reports::tail(tx, restaurant, device, epoch, 0).await?;
        entries.retain(|(seq, _)| *seq <= end.seq);
        let marks = report.marks.iter().map(|mark| (mark.seq, mark.chain));
        let marks: Vec<_> = marks.chain(own).collect();
        let entries_to_end = Tail {
            entries: &entries,
            end,
        };
        let Some(after) = proven_after(&entries_to_end, &marks) else {
            return Ok(None);
        };
        entries.retain(|(seq, _)| *seq > after);
        let until = end.seq;
        let proof = Self {
            epoch,
            after,
            until,
        };
        Ok(Some((proof, entries)))
    }

    pub fn covers(&self, item: &Item) -> bool {
        let inside = self.after < item.seq && item.seq <= self.until;
        item.kind == Kind::Entry && item.epoch == self.epoch && inside
    }
}
