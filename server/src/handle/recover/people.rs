//! What stands beside the log and follows it when it is put back: who can sign in, and by which PIN.

use crate::handle::attempt::Failure;
use crate::handle::writer::Writer;
use crate::store::{Tx, credentials, reports};
use domain::Event;
use domain::auth::Credential;
use domain::sync::Epoch;

impl Writer {
    /// Whoever was added has their name again, and no password yet; a PIN that was changed is good no more.
    pub(super) async fn follow_people(&self, tx: &mut Tx, events: &[Event]) -> Result<(), Failure> {
        for event in events {
            match event {
                Event::PersonAdded(added) => {
                    let (name, id) = (added.person.username.as_str(), added.person.id);
                    credentials::come_back(tx, name, self.restaurant, id).await?;
                }
                Event::PersonChanged(changed) if changed.credentials.contains(&Credential::Pin) => {
                    credentials::forget_pin(tx, self.restaurant, changed.person.id).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The newest PINs that a device has brought, where the hub itself had given them out: no device says who signs in.
    /// `own` is the epoch in which this hub stood; what it gave out before is older than what it has.
    pub(super) async fn bring_back_pins(&self, tx: &mut Tx, own: &Epoch) -> Result<(), Failure> {
        let reports = reports::all(tx, self.restaurant).await?;
        let newer = |epoch: &Epoch| epoch.n > own.n || epoch == own;
        let sides = reports.into_values().filter_map(|report| report.side);
        let sides = sides.filter(|side| self.hub.has_signed_side(self.restaurant, side));
        let sides = sides.filter_map(|side| {
            let epoch = side.proof.as_ref().map(|proof| proof.epoch.clone());
            epoch
                .filter(newer)
                .map(|epoch| ((epoch.n, side.revision), side))
        });
        if let Some((_, side)) = sides.max_by_key(|(age, _)| *age) {
            let since = side.proof.as_ref().is_some_and(|proof| proof.epoch == *own);
            credentials::bring_back(tx, self.restaurant, &side, since).await?;
        }
        Ok(())
    }
}
