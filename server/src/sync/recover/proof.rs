//! What of a report is the hub's own word.

use crate::store::Tx;
use crate::store::reports::{self, Item, Kind, Report};
use domain::ids::{DeviceId, RestaurantId};
use domain::recover::{Tail, proven_after};
use domain::sync::Chain;

/// The entries of a report that lead, each to the next, to where it ends. They are the hub's own where that is signed.
#[derive(Debug)]
pub struct Proof {
    epoch: u64,
    pub entries: Vec<(u64, String)>,
}

impl Proof {
    /// From one of the report's marks on, or from where the hub itself stands.
    pub async fn of(
        tx: &mut Tx,
        restaurant: RestaurantId,
        device: DeviceId,
        report: &Report,
        own: Option<(u64, Chain)>,
    ) -> sqlx::Result<Option<Self>> {
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
        Ok(Some(Self { epoch, entries }))
    }

    pub fn covers(&self, item: &Item) -> bool {
        let (Some((first, _)), Some((last, _))) = (self.entries.first(), self.entries.last())
        else {
            return false;
        };
        let inside = (*first..=*last).contains(&item.seq);
        item.kind == Kind::Entry && item.epoch == self.epoch && inside
    }
}
