//! Nights: a service ends, whoever is connected syncs, some device is taken away for days, and everybody's clock goes
//! on. A seed that lives through them reaches what devices drop after 48 hours and forget after 72.

use crate::device::{Answered, DeviceSide};
use crate::run::Run;

const HOUR: i64 = 60 * 60_000;
const DAY: i64 = 24 * HOUR;
/// A check or card is dropped by devices so long after it was over.
pub(crate) const DROPPED_AFTER: i64 = 48 * HOUR;
/// Whatever was decided is remembered by devices for so long.
pub(crate) const REMEMBERED: i64 = 72 * HOUR;
/// So many seeds of a thousand live through several days.
pub(crate) const LONG_LIVES: u64 = 300;
/// So many steps of a thousand end a service.
const ENDS: u64 = 8;

impl Run {
    /// Ends the service now and then, in a seed that lives through several days.
    pub(crate) fn night_falls(&mut self) -> bool {
        if !self.lives_long || !self.rng.per_mille(ENDS) {
            return false;
        }
        self.close_up();
        let length = match self.rng.below(10) {
            0..7 => self.rng.millis(12 * HOUR, 20 * HOUR),
            // It has days on which it is closed.
            _ => self.rng.millis(36 * HOUR, 90 * HOUR),
        };
        self.world.pass(length);
        self.fault("night", format!("of {} hours", length / HOUR));
        true
    }

    /// No call outlives the evening. Most devices sync once more; some are switched off as they are, and some are
    /// taken along, and used.
    fn close_up(&mut self) {
        self.net.clear();
        for device in 0..self.devices.len() {
            if let Some(waiting) = self.devices[device].waiting.take() {
                self.devices[device].timed_out(&waiting.step);
            }
            match self.rng.below(100) {
                0..12 => self.take_away(device),
                12..30 => {}
                _ if self.devices[device].cut_until > self.now() => {}
                _ => {
                    self.sync(device);
                }
            }
        }
    }

    fn take_away(&mut self, device: usize) {
        let (now, length) = (self.now(), self.rng.millis(DAY, 7 * DAY));
        let device = &mut self.devices[device];
        device.cut_until = now + length;
        device.away_since.get_or_insert(now);
        let text = format!("{} is taken away for {} hours", device.disk, length / HOUR);
        self.traced(text);
    }

    /// A device that was away has heard of its hub again.
    pub(crate) fn comes_back(&mut self, device: usize, answer: &Answered) {
        let now = self.now();
        let DeviceSide {
            away_since, disk, ..
        } = &mut self.devices[device];
        let Some(since) = away_since.take_if(|_| answer.is_good()) else {
            return;
        };
        let text = format!("{disk} for {} hours", (now - since) / HOUR);
        match now - since {
            REMEMBERED.. => self.fault("absent for more than 72 h", text),
            DROPPED_AFTER..REMEMBERED => self.fault("absent for more than 48 h", text),
            _ => {}
        }
    }
}
