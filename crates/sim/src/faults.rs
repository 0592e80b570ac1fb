//! Trouble: what befalls a restaurant's machines, one thing at a time or two at once.

use crate::check;
use crate::device::DeviceSide;
use crate::disk;
use crate::nights::DROPPED_AFTER;
use crate::run::Run;
use comanda::world::World;
use domain::Command;
use domain::devices::{DeviceKind, Revoke};

const MOST_DEVICES: usize = 9;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

type Befalls = fn(&mut Run, usize);

const TROUBLES: &[(usize, (&str, Befalls))] = &[
    (18, ("partition", Run::partition)),
    (9, ("long partition", Run::long_partition)),
    (14, ("device crash", Run::device_crash)),
    (
        16,
        ("device crash in writing", Run::device_crash_in_writing),
    ),
    (9, ("hub crash", Run::hub_crash)),
    (14, ("hub crash in writing", Run::hub_crash_in_writing)),
    (8, ("device disk full", Run::device_disk_full)),
    (5, ("hub disk full", Run::hub_disk_full)),
    (6, ("clock skew", Run::clock_skew)),
    (6, ("Kafka down", Run::kafka_down)),
    (5, ("copied device", Run::copied_device)),
    (2, ("revoked device", Run::revoked_device)),
    (4, ("a device older than its hub", Run::older_device)),
    (4, ("a device newer than its hub", Run::newer_device)),
    (8, ("undeclared rewind", Run::rewind)),
    (8, ("restore from an older backup", Run::restore)),
];

/// So often two befall at once.
const TWO: u64 = 250;

impl Run {
    pub(crate) fn trouble(&mut self, device: usize) {
        let first = self.befall(device);
        if self.rng.per_mille(TWO) && self.may("two at once") {
            let other = self.rng.below(self.devices.len());
            let second = self.befall(other);
            if let (Some(first), Some(second)) = (first, second)
                && first != second
            {
                self.fault("two at once", format!("{first}, {second}"));
            }
        }
    }

    fn befall(&mut self, device: usize) -> Option<&'static str> {
        let (name, befalls) = *self.rng.weighted(TROUBLES)?;
        if !self.may(name) {
            return None;
        }
        befalls(self, device);
        Some(name)
    }

    fn cut(&mut self, device: usize, name: &'static str, length: i64) {
        self.devices[device].cut_until = self.now() + length;
        let text = format!("{} for {length} ms", self.devices[device].disk);
        self.fault(name, text);
    }

    fn partition(&mut self, device: usize) {
        let length = self.rng.millis(1_000, 2 * MINUTE);
        self.cut(device, "partition", length);
    }

    fn long_partition(&mut self, device: usize) {
        let length = self.rng.millis(5 * MINUTE, 45 * MINUTE);
        self.cut(device, "long partition", length);
    }

    fn device_crash(&mut self, device: usize) {
        self.devices[device].crash();
        let text = self.devices[device].disk.clone();
        self.fault("device crash", text);
    }

    fn device_crash_in_writing(&mut self, device: usize) {
        let writes = self.rng.draw() % 60;
        let name = self.devices[device].disk.clone();
        disk::crash_in(&name, writes);
        let text = format!("{name} in {writes}");
        self.fault("device crash in writing", text);
    }

    fn hub_crash(&mut self, _: usize) {
        self.hub.crash();
        self.hub_up_at = self.now() + self.rng.millis(0, 30_000);
        self.fault("hub crash", String::new());
    }

    fn hub_crash_in_writing(&mut self, _: usize) {
        let writes = self.rng.draw() % 120;
        disk::crash_in(&self.hub.disk, writes);
        self.traced(format!("the hub will crash in {writes} writes"));
    }

    fn device_disk_full(&mut self, device: usize) {
        let room = self.rng.below(8_000);
        let name = self.devices[device].disk.clone();
        disk::set_room(&name, Some(room));
        self.devices[device].full_until = self.now() + 5_000;
        self.fault("device disk full", format!("{name}, {room} left"));
    }

    fn hub_disk_full(&mut self, _: usize) {
        let room = self.rng.below(20_000);
        disk::set_room(&self.hub.disk, Some(room));
        self.hub_full_until = self.now() + self.rng.millis(5_000, 60_000);
        self.fault("hub disk full", format!("{room} left"));
    }

    fn clock_skew(&mut self, device: usize) {
        let skew = match self.rng.per_mille(300) {
            true => 0,
            false => self.rng.millis(-DAY, DAY),
        };
        self.devices[device].skew = skew;
        let text = format!("{} by {skew} ms", self.devices[device].disk);
        self.fault("clock skew", text);
    }

    fn kafka_down(&mut self, _: usize) {
        self.kafka.down_until = self.now() + self.rng.millis(10_000, 30 * MINUTE);
        self.traced("Kafka goes down".into());
    }

    /// Somebody copies a device's database to another machine.
    fn copied_device(&mut self, device: usize) {
        if self.devices.len() >= MOST_DEVICES {
            return;
        }
        let from = self.devices[device].disk.clone();
        let to = format!("{}copy-{}", self.prefix, self.devices.len());
        disk::copy(&from, &to);
        let mut copy = DeviceSide::new(&self.world, &to);
        (copy.older, copy.newer) = (self.devices[device].older, self.devices[device].newer);
        copy.crash();
        self.devices.push(copy);
        self.fault("copied device", format!("{from} to {to}"));
    }

    /// A waiter's device is lost, perhaps with cash on it, and nobody is to trust it any more.
    fn revoked_device(&mut self, device: usize) {
        let Some(identity) = self.devices[device].identity() else {
            return;
        };
        if identity.kind != DeviceKind::Waiter || self.report.coverage.has_fault("revoked device") {
            return;
        }
        let command = Command::from(Revoke {
            id: identity.device,
        });
        let key = self.world.id().to_string();
        let asked = self.hub.ask(&command, &key);
        self.mind_the_hub();
        if asked.is_ok() {
            let is_it = |other: &&DeviceSide| {
                other
                    .identity()
                    .is_some_and(|other| other.device == identity.device)
            };
            let disks = self.devices.iter().filter(is_it);
            let disks: Vec<String> = disks.map(|device| device.disk.clone()).collect();
            self.once_revoked.extend(disks);
            let waits = match self.devices[device].has_unsent() {
                true => "with unsent commands",
                false => "with nothing unsent",
            };
            let text = format!("{} {waits}", self.devices[device].disk);
            self.fault("revoked device", text);
        }
    }

    fn older_device(&mut self, device: usize) {
        let kinds = ["lines.served", "lines.voided", "order.named", "bill.opened"];
        self.devices[device].older = self.rng.pick(&kinds).copied();
        // The older build is what starts there.
        self.devices[device].crash();
        let text = format!("{} is older", self.devices[device].disk);
        self.traced(text);
    }

    fn newer_device(&mut self, device: usize) {
        let kinds = [
            "orders.name",
            "orders.serve",
            "kitchen.advance",
            "orders.change",
        ];
        self.devices[device].newer = self.rng.pick(&kinds).copied();
        self.devices[device].has_heard = false;
        let text = format!("{} is newer", self.devices[device].disk);
        self.traced(text);
    }

    /// Somebody puts an old copy of the hub's disk in place and tells nobody.
    fn rewind(&mut self, _: usize) {
        if self.put_back() {
            self.is_whole = false;
            self.fault("undeclared rewind", String::new());
        }
    }

    /// Somebody puts an old copy of the hub's disk in place and says so.
    fn restore(&mut self, _: usize) {
        if self.put_back() {
            self.hub.start();
            if self.hub.say_restored() {
                self.fault("restore from an older backup", String::new());
            } else {
                self.is_whole = false;
                self.fault("undeclared rewind", "nobody could say so".into());
            }
        }
    }

    /// The first time a copy is kept; later it takes the place of what has become of it.
    fn put_back(&mut self) -> bool {
        let Some((from, made_at)) = self.backup.clone() else {
            self.back_up();
            return false;
        };
        if self.rewound || self.rng.per_mille(200) {
            return false;
        }
        self.hub.crash();
        if self.lives_long {
            self.look_back(&from, made_at);
        }
        // Two copies under one name are waited for as one.
        let mut names: Vec<_> = self.devices.iter().map(DeviceSide::identity).collect();
        let all = names.len();
        names.sort_by_key(|identity| identity.as_ref().map(|identity| identity.device));
        names.dedup_by_key(|identity| identity.as_ref().map(|identity| identity.device));
        self.is_whole &= names.len() == all;
        disk::copy(&from, &self.hub.disk);
        self.hub.told.clear();
        self.rewound = true;
        self.hub_up_at = self.now();
        true
    }

    pub(crate) fn back_up(&mut self) {
        let to = format!("{}backup", self.prefix);
        disk::copy(&self.hub.disk, &to);
        self.backup = Some((to, self.now()));
        self.traced("the hub's disk is copied".into());
    }

    /// Notes what no device need remember of what the hub is about to forget.
    fn look_back(&mut self, backup: &str, made_at: i64) {
        let age = self.now() - made_at;
        if age > DROPPED_AFTER {
            let text = format!("{} hours", age / (60 * MINUTE));
            self.fault("put back by days", text);
        }
        let looked = format!("{}looked", self.prefix);
        match check::long_gone(&self.hub.disk, backup, &looked) {
            Ok(gone) if gone.is_empty() => {}
            Ok(gone) => {
                self.is_whole = false;
                let text = format!("{} commands", gone.len());
                self.long_gone = gone;
                self.fault("put back by more than devices remember", text);
            }
            Err(error) => self.violated(format!("the hub's log does not read: {error}")),
        }
    }
}
