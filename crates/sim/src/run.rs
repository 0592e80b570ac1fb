//! One run: people act, devices sync, messages are lost, doubled and late, machines crash; then it heals.

use crate::check::{self, Violation};
use crate::device::{Answered, DeviceSide, Shown, Waiting};
use crate::disk;
use crate::hub::HubSide;
use crate::world::{Rng, Seeded};
use client::sync::Step;
use comanda::world::World;
use domain::devices::DeviceKind;
use domain::ids::DeviceId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How large a run is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub devices: usize,
    pub steps: usize,
}

/// What a run met and what it found.
#[derive(Debug, Default)]
pub struct Report {
    pub commands: usize,
    pub faults: BTreeMap<&'static str, usize>,
    pub violations: Vec<Violation>,
    pub trace: Vec<String>,
}

/// A request on its way to the hub.
#[derive(Debug, Clone)]
struct Message {
    device: usize,
    /// Who it was when it asked.
    id: DeviceId,
    life: u64,
    call: u64,
    step: Step,
    due: i64,
    answer_lost: bool,
}

const TIMEOUT: i64 = 10_000;
/// Healing has so many rounds; a queue that has not drained by then never will.
const ROUNDS: usize = 60;
const MOST_DEVICES: usize = 8;

#[derive(Debug)]
pub struct Run {
    world: Arc<Seeded>,
    rng: Rng,
    prefix: String,
    hub: HubSide,
    hub_up_at: i64,
    devices: Vec<DeviceSide>,
    net: Vec<Message>,
    calls: u64,
    shown: Vec<Shown>,
    backup: Option<String>,
    rewound: bool,
    report: Report,
}

impl Run {
    /// One seeded run from the first tap to the checker's word.
    pub fn of(seed: u64, size: Size) -> anyhow::Result<Report> {
        let mut run = Self::begin(seed, size)?;
        for _ in 0..size.steps {
            run.step();
        }
        run.heal();
        Ok(run.end())
    }

    fn begin(seed: u64, size: Size) -> anyhow::Result<Self> {
        let world = Arc::new(Seeded::new(seed));
        // The same seed may run twice at once, in two tests: each has disks of its own.
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let prefix = format!("run-{seed}-{}-", RUNS.fetch_add(1, Ordering::Relaxed));
        let mut hub = HubSide::found(&world, &format!("{prefix}hub"))?;
        let mut devices = Vec::new();
        for number in 0..size.devices {
            let mut device = DeviceSide::new(&world, &format!("{prefix}device-{number}"));
            let id = DeviceId(world.id());
            // The last one hangs in the kitchen.
            let kind = match number + 1 == size.devices {
                true => DeviceKind::Kitchen,
                false => DeviceKind::Waiter,
            };
            let answer = hub.enrol(id, &device.disk, kind, None);
            let answer = answer.map_err(|_| anyhow::anyhow!("a device is not enrolled"))?;
            device.bind(answer, kind);
            devices.push(device);
        }
        let mut run = Self {
            world,
            rng: Rng::new(seed),
            prefix,
            hub,
            hub_up_at: 0,
            devices,
            net: Vec::new(),
            calls: 0,
            shown: Vec::new(),
            backup: None,
            rewound: false,
            report: Report::default(),
        };
        // Every device gets its first snapshot before the trouble begins.
        run.calm_round();
        Ok(run)
    }

    fn now(&self) -> i64 {
        self.world.now().0
    }

    fn fault(&mut self, name: &'static str, what: String) {
        *self.report.faults.entry(name).or_default() += 1;
        let now = self.now();
        self.report.trace.push(format!("{now} {name}: {what}"));
    }

    fn step(&mut self) {
        self.world
            .pass(1 + i64::try_from(self.rng.below(400)).unwrap_or(0));
        if !self.hub.is_up() && self.now() >= self.hub_up_at {
            self.hub.start();
        }
        self.time_out();
        let device = self.rng.below(self.devices.len());
        match self.rng.below(1000) {
            0..350 => self.act(device),
            350..650 => self.ask(device),
            650..965 => self.deliver(),
            _ => self.trouble(device),
        }
    }

    fn act(&mut self, device: usize) {
        if let Some(shown) = self.devices[device].act(&mut self.rng) {
            let now = self.now();
            self.report.trace.push(format!(
                "{now} {} {} {}",
                shown.device,
                shown.command.kind(),
                shown.id
            ));
            self.shown.push(shown);
        }
        self.count_crash(device);
    }

    fn count_crash(&mut self, device: usize) {
        self.devices[device].mind_the_disk();
    }

    /// The device begins a call, unless it waits for one.
    fn ask(&mut self, device: usize) {
        if self.devices[device].waiting.is_some() {
            return;
        }
        let Some(step) = self.devices[device].step() else {
            return;
        };
        self.calls += 1;
        let (call, now) = (self.calls, self.now());
        self.devices[device].waiting = Some(Waiting {
            call,
            step: step.clone(),
            until: now + TIMEOUT,
        });
        let life = self.devices[device].life;
        let Some(id) = self.devices[device]
            .identity()
            .map(|identity| identity.device)
        else {
            return;
        };
        let late = self.rng.per_mille(100);
        let delay = if late {
            self.rng.below(20_000)
        } else {
            self.rng.below(200)
        };
        let due = now + i64::try_from(delay).unwrap_or(0);
        let message = Message {
            device,
            id,
            life,
            call,
            step,
            due,
            answer_lost: self.rng.per_mille(80),
        };
        if self.rng.per_mille(60) {
            self.fault("doubled", format!("call {call}"));
            let later = due + i64::try_from(self.rng.below(15_000)).unwrap_or(0);
            self.net.push(Message {
                due: later,
                answer_lost: true,
                ..message.clone()
            });
        }
        if self.rng.per_mille(60) {
            self.fault("lost", format!("call {call}"));
        } else {
            self.net.push(message);
        }
    }

    fn time_out(&mut self) {
        let now = self.now();
        for device in &mut self.devices {
            if now >= device.full_until && device.full_until > 0 {
                device.full_until = 0;
                disk::set_room(&device.disk, None);
            }
            if let Some(waiting) = device.waiting.take_if(|waiting| now >= waiting.until) {
                device.timed_out(&waiting.step);
            }
        }
    }

    /// One message that is due reaches the hub; in no particular order.
    fn deliver(&mut self) {
        let now = self.now();
        let due: Vec<usize> = (0..self.net.len())
            .filter(|at| self.net[*at].due <= now)
            .collect();
        let Some(at) = self.rng.pick(&due).copied() else {
            return;
        };
        let message = self.net.swap_remove(at);
        if self.devices[message.device].cut_until > now {
            return;
        }
        let Some(answer) = self.at_hub(&message.step, message.id) else {
            return;
        };
        if message.answer_lost {
            self.fault("answer lost", format!("call {}", message.call));
            return;
        }
        let device = &mut self.devices[message.device];
        let waits = |waiting: &mut Waiting| waiting.call == message.call;
        if device.life == message.life
            && let Some(waiting) = device.waiting.take_if(waits)
        {
            device.answered(&waiting.step, answer);
        }
    }

    /// The hub's part of a call; none where there is no hub.
    fn at_hub(&mut self, step: &Step, id: DeviceId) -> Option<Answered> {
        if !self.hub.is_up() {
            return None;
        }
        let answer = match step {
            Step::Push(request) => Answered::Push(self.hub.push(request.clone())),
            Step::Pull(request) => Answered::Pull(self.hub.pull(request)),
            Step::Snapshot { oldest } => Answered::Snapshot(self.hub.snapshot(id, *oldest)),
            Step::EnrolChild(ask) => {
                // A backup from before the child was enrolled knows nothing of it.
                self.backup = None;
                Answered::Enrol(self.hub.enrol_child(ask))
            }
            Step::Report(request) => Answered::Report(self.hub.report(request)),
            Step::NameChild | Step::Rest => return None,
        };
        if self.hub.is_up() {
            return Some(answer);
        }
        self.fault("hub crashed while writing", String::new());
        self.hub_up_at = self.now() + i64::try_from(self.rng.below(20_000)).unwrap_or(0);
        None
    }

    fn trouble(&mut self, device: usize) {
        let name = self.devices[device].disk.clone();
        match self.rng.below(100) {
            0..20 => {
                let length = 1_000 + self.rng.below(120_000);
                self.devices[device].cut_until = self.now() + i64::try_from(length).unwrap_or(0);
                self.fault("partition", format!("{name} for {length} ms"));
            }
            20..35 => {
                self.devices[device].crash();
                self.fault("device crash", name);
            }
            35..50 => {
                let writes = self.rng.draw() % 60;
                disk::crash_in(&name, writes);
                self.fault("device crash in writing", format!("{name} in {writes}"));
            }
            50..62 => {
                self.hub.crash();
                self.hub_up_at = self.now() + i64::try_from(self.rng.below(30_000)).unwrap_or(0);
                self.fault("hub crash", String::new());
            }
            62..76 => {
                let writes = self.rng.draw() % 120;
                disk::crash_in(&self.hub.disk, writes);
                self.fault("hub crash in writing", format!("in {writes}"));
            }
            76..84 => {
                let room = self.rng.below(8_000);
                disk::set_room(&name, Some(room));
                self.devices[device].full_until = self.now() + 5_000;
                self.fault("disk full", format!("{name}, {room} left"));
            }
            84..88 => self.copy(device),
            88..94 => self.back_up(),
            _ => self.rewind(),
        }
    }

    /// Somebody copies a device's database to another machine.
    fn copy(&mut self, device: usize) {
        if self.devices.len() >= MOST_DEVICES {
            return;
        }
        let from = self.devices[device].disk.clone();
        let to = format!("{}copy-{}", self.prefix, self.devices.len());
        disk::copy(&from, &to);
        self.devices.push(DeviceSide::new(&self.world, &to));
        self.fault("copied device", format!("{from} to {to}"));
    }

    fn back_up(&mut self) {
        let to = format!("{}backup", self.prefix);
        disk::copy(&self.hub.disk, &to);
        self.backup = Some(to);
    }

    /// Somebody puts an old copy of the hub's disk in place and tells nobody.
    fn rewind(&mut self) {
        let Some(from) = self.backup.clone().filter(|_| !self.rewound) else {
            return;
        };
        self.hub.crash();
        disk::copy(&from, &self.hub.disk);
        self.hub.told.clear();
        self.rewound = true;
        self.hub_up_at = self.now();
        self.fault("undeclared rewind", String::new());
    }

    /// Nothing is in the way any more: everybody syncs until nothing is left.
    fn heal(&mut self) {
        self.net.clear();
        disk::crash(&self.hub.disk.clone());
        self.hub.crash();
        self.hub.start();
        for device in &mut self.devices {
            disk::set_room(&device.disk, None);
            device.crash();
            device.cut_until = 0;
        }
        for _ in 0..ROUNDS {
            self.world.pass(1_000);
            if self.calm_round() {
                break;
            }
        }
    }

    /// One round without faults; true when nobody has anything left to do.
    fn calm_round(&mut self) -> bool {
        let mut moved = false;
        for device in 0..self.devices.len() {
            for _ in 0..ROUNDS {
                let Some(step) = self.devices[device].step() else {
                    break;
                };
                moved |= !matches!(step, Step::Pull(_));
                let Some(identity) = self.devices[device].identity() else {
                    break;
                };
                let Some(answer) = self.at_hub(&step, identity.device) else {
                    break;
                };
                let pull = matches!(answer, Answered::Pull(_));
                self.devices[device].answered(&step, answer);
                if pull {
                    break;
                }
            }
        }
        // A pull can make a kitchen's screen say that it has seen something.
        let unsent = self.devices.iter().any(DeviceSide::has_unsent);
        !moved && !unsent && check::positions_agree(&self.devices)
    }

    fn end(mut self) -> Report {
        self.report.commands = self.shown.len();
        self.report.violations =
            check::all(&mut self.hub, &mut self.devices, &self.shown, self.rewound);
        disk::discard(&self.prefix);
        self.report
    }
}
