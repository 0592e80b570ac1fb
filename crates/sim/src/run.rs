//! One run: people act, devices sync, messages are lost, doubled and late, machines crash; then it heals.

use crate::check;
use crate::device::{Acted, Answered, DeviceSide, Shown, Waiting};
use crate::disk;
use crate::hub::HubSide;
use crate::kafka::{Kafka, Stumble};
use crate::nights::LONG_LIVES;
use crate::plan::{Plan, Report};
use crate::world::{Rng, Seeded};
use client::sync::{After, CallError, Step};
use comanda::world::World;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DeviceId};
use protocol::sync::{MOST_COMMANDS, MOST_PUSH_BYTES, PullAnswer};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A request on its way to the hub.
#[derive(Debug, Clone)]
pub(crate) struct Message {
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
/// The hub gives so little at once that an evening has many pages.
const PAGE: usize = 40;

#[derive(Debug)]
pub struct Run {
    pub(crate) world: Arc<Seeded>,
    pub(crate) rng: Rng,
    plan: Plan,
    pub(crate) prefix: String,
    pub(crate) hub: HubSide,
    pub(crate) hub_up_at: i64,
    pub(crate) hub_full_until: i64,
    pub(crate) kafka: Kafka,
    pub(crate) devices: Vec<DeviceSide>,
    pub(crate) net: Vec<Message>,
    calls: u64,
    latest: u64,
    pub(crate) shown: Vec<Shown>,
    /// The copy of the hub's disk that may take its place, and when it was made.
    pub(crate) backup: Option<(String, i64)>,
    pub(crate) rewound: bool,
    /// What the hub has forgotten and nobody need remember.
    pub(crate) long_gone: BTreeSet<CommandId>,
    /// The devices that were revoked once, though the hub may have forgotten it.
    pub(crate) once_revoked: BTreeSet<String>,
    /// There are nights in this seed.
    pub(crate) lives_long: bool,
    /// Whoever put it back said so, and every device was waited for: nothing that one of them holds may differ.
    pub(crate) is_whole: bool,
    pub(crate) report: Report,
}

impl Run {
    /// One seeded run from the first tap to the checker's word.
    pub fn of(plan: &Plan) -> anyhow::Result<Report> {
        let mut run = Self::begin(plan)?;
        let size = plan.size;
        let began = run.now();
        for step in 0..size.steps {
            run.rng = Rng::of_step(plan.seed, step);
            if run.shown.len() >= size.commands {
                break;
            }
            run.report.steps = step + 1;
            if !plan.skip.contains(&step) {
                run.step();
            }
        }
        run.report.millis = run.now() - began;
        run.heal();
        Ok(run.end())
    }

    fn begin(plan: &Plan) -> anyhow::Result<Self> {
        let world = Arc::new(Seeded::new(plan.seed));
        // The same seed may run twice at once, in two tests: each has disks of its own.
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("run-{}-{run}-", plan.seed);
        let mut rng = Rng::new(plan.seed);
        let two = rng.per_mille(250) && !plan.without.contains("two nodes of the hub");
        let nodes = 1 + usize::from(two);
        let lives_long = rng.per_mille(LONG_LIVES) && !plan.without.contains("night");
        let mut hub = HubSide::found(&world, &format!("{prefix}hub"), nodes)?;
        let mut devices = Vec::new();
        for number in 0..plan.size.devices {
            let mut device = DeviceSide::new(&world, &format!("{prefix}device-{number}"));
            let id = DeviceId(world.id());
            // The last one hangs in the kitchen.
            let kind = match number + 1 == plan.size.devices {
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
            rng,
            plan: plan.clone(),
            prefix,
            hub,
            hub_up_at: 0,
            hub_full_until: 0,
            kafka: Kafka::default(),
            devices,
            net: Vec::new(),
            calls: 0,
            latest: 0,
            shown: Vec::new(),
            backup: None,
            rewound: false,
            long_gone: BTreeSet::new(),
            once_revoked: BTreeSet::new(),
            lives_long,
            is_whole: true,
            report: Report::default(),
        };
        if two {
            run.fault("two nodes of the hub", String::new());
        }
        // Every device gets its first snapshot before the trouble begins.
        run.calm_round();
        if lives_long {
            // It is some day's evening that goes on from here.
            run.back_up();
        }
        Ok(run)
    }

    pub(crate) fn now(&self) -> i64 {
        self.world.now().0
    }

    pub(crate) fn may(&self, fault: &'static str) -> bool {
        !self.plan.without.contains(fault)
    }

    pub(crate) fn traced(&mut self, what: String) {
        let now = self.now();
        // The same evening reads the same, whichever disks it has.
        let what = what.replace(&self.prefix, "");
        self.report.trace.push(format!("{now} {what}"));
    }

    pub(crate) fn fault(&mut self, name: &'static str, what: String) {
        self.report.coverage.fault(name);
        self.traced(format!("FAULT {name}: {what}"));
    }

    pub(crate) fn violated(&mut self, what: String) {
        self.traced(format!("VIOLATED {what}"));
        self.report.violations.push(what);
    }

    fn step(&mut self) {
        if self.night_falls() {
            return;
        }
        let passes = match self.rng.below(100) {
            0..72 => self.rng.millis(1, 400),
            72..93 => self.rng.millis(400, 8_000),
            _ => self.rng.millis(10_000, 180_000),
        };
        self.world.pass(passes);
        if !self.hub.is_up() && self.now() >= self.hub_up_at {
            self.hub.start();
        }
        self.time_out();
        let device = self.rng.below(self.devices.len());
        match self.rng.below(1000) {
            0..420 => self.act(device),
            420..660 => self.ask(device),
            660..946 => self.deliver(),
            946..956 => self.relay(),
            956..974 => self.office(),
            _ => self.trouble(device),
        }
    }

    fn act(&mut self, device: usize) {
        match self.devices[device].act(&mut self.rng) {
            Acted::Shown(shown) => {
                let name = &self.devices[device].disk;
                self.traced(format!("{name}: {} {}", shown.command.kind(), shown.id));
                let newer = self.devices[device].newer;
                if newer == Some(shown.command.kind()) && self.devices[device].has_heard {
                    let kind = shown.command.kind();
                    self.violated(format!("{kind} was issued, and its hub does not know it"));
                }
                self.shown.push(*shown);
            }
            Acted::NotKnown(kind) => {
                self.fault("a device newer than its hub", kind.to_owned());
            }
            Acted::Nothing => {}
        }
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
        let Some(identity) = self.devices[device].identity() else {
            return;
        };
        self.within_bounds(&step);
        self.calls += 1;
        let (call, now) = (self.calls, self.now());
        self.devices[device].waiting = Some(Waiting {
            call,
            step: step.clone(),
            until: now + TIMEOUT,
        });
        let late = self.rng.per_mille(100) && self.may("late");
        let delay = match late {
            true => self.rng.millis(200, 20_000),
            false => self.rng.millis(0, 200),
        };
        if late {
            self.fault("late", format!("call {call} by {delay} ms"));
        }
        let due = now + delay;
        let message = Message {
            device,
            id: identity.device,
            life: self.devices[device].life,
            call,
            step,
            due,
            answer_lost: self.rng.per_mille(80) && self.may("answer lost"),
        };
        if self.rng.per_mille(60) && self.may("doubled") {
            self.fault("doubled", format!("call {call}"));
            let later = due + self.rng.millis(0, 15_000);
            self.net.push(Message {
                due: later,
                answer_lost: true,
                ..message.clone()
            });
        }
        if self.rng.per_mille(60) && self.may("lost") {
            self.fault("lost", format!("call {call}"));
        } else {
            self.net.push(message);
        }
    }

    fn within_bounds(&mut self, step: &Step) {
        let (count, bytes) = match step {
            Step::Push(request) => {
                let bytes = request.commands.iter().map(|raw| raw.get().len()).sum();
                (request.commands.len(), bytes)
            }
            Step::Report(request) => (0, serde_json::to_vec(request).map_or(0, |text| text.len())),
            Step::Pull(_) | Step::Snapshot { .. } => return,
            Step::EnrolChild(_) | Step::NameChild | Step::Rest => return,
        };
        if count > MOST_COMMANDS || bytes > MOST_PUSH_BYTES {
            self.violated(format!("too much at once: {count} commands, {bytes} bytes"));
        }
    }

    fn page_within_bounds(&mut self, answer: &Answered) {
        if let Answered::Pull(Ok(PullAnswer::Entries { entries, .. })) = answer
            && entries.len() > PAGE
        {
            self.violated(format!("a page of {} entries", entries.len()));
        }
    }

    fn time_out(&mut self) {
        let now = self.now();
        if now >= self.hub_full_until && self.hub_full_until > 0 {
            self.hub_full_until = 0;
            disk::set_room(&self.hub.disk, None);
        }
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
        let any = match self.may("out of order") {
            true => self.rng.pick(&due).copied(),
            false => due
                .iter()
                .copied()
                .min_by_key(|at| (self.net[*at].due, self.net[*at].call)),
        };
        let Some(at) = any else { return };
        let message = self.net.swap_remove(at);
        if self.devices[message.device].cut_until > now {
            return;
        }
        if message.call < self.latest {
            let text = format!("call {} after {}", message.call, self.latest);
            self.fault("out of order", text);
        }
        self.latest = self.latest.max(message.call);
        self.hub.node = self.rng.below(2);
        let Some(mut answer) = self.at_hub(&message.step, message.id) else {
            return;
        };
        if message.answer_lost {
            self.fault("answer lost", format!("call {}", message.call));
            return;
        }
        self.comes_back(message.device, &answer);
        let device = &mut self.devices[message.device];
        if let Some(kind) = device.newer {
            answer.without(kind);
        }
        let waits = |waiting: &mut Waiting| waiting.call == message.call;
        if device.life == message.life
            && let Some(waiting) = device.waiting.take_if(waits)
        {
            // A page may turn out to be another one's; what a push is answered with is always kept.
            let says = device.newer.is_some() && matches!(answer, Answered::Push(Ok(_)));
            let after = device.answered(&waiting.step, answer);
            device.has_heard |= says && after == Some(After::Go);
            if device.older.is_some() && device.waits_for_update() {
                let text = device.disk.clone();
                self.fault("a device older than its hub", text);
            }
        }
    }

    /// The hub's part of a call; none where there is no hub.
    fn at_hub(&mut self, step: &Step, id: DeviceId) -> Option<Answered> {
        if !self.hub.is_up() {
            return None;
        }
        let answer = match step {
            Step::Push(request) => Answered::Push(self.hub.push(request.clone())),
            Step::Pull(request) => match self.door(id) {
                Err(no) => Answered::Pull(Err(no)),
                Ok(()) => {
                    let mut request = request.clone();
                    request.limit = request.limit.min(PAGE);
                    Answered::Pull(self.hub.pull(&request))
                }
            },
            Step::Snapshot { oldest } => match self.door(id) {
                Err(no) => Answered::Snapshot(Err(no)),
                Ok(()) => Answered::Snapshot(self.hub.snapshot(id, *oldest)),
            },
            Step::EnrolChild(ask) => match self.door(ask.fork_of) {
                Err(no) => Answered::Enrol(Err(no)),
                Ok(()) => {
                    // A backup from before the child was enrolled knows nothing of it.
                    self.backup = None;
                    Answered::Enrol(self.hub.enrol_child(ask))
                }
            },
            Step::Report(request) => Answered::Report(self.hub.report(request)),
            Step::NameChild | Step::Rest => return None,
        };
        self.page_within_bounds(&answer);
        self.mind_the_hub();
        self.hub.is_up().then_some(answer)
    }

    /// A revoked device may bring what it holds, and is told nothing.
    fn door(&mut self, id: DeviceId) -> Result<(), CallError> {
        if self.report.coverage.has_fault("revoked device") && self.hub.has_revoked(id)? {
            return Err(crate::hub::refused(401, "device_revoked", None));
        }
        Ok(())
    }

    pub(crate) fn mind_the_hub(&mut self) {
        if !self.hub.is_up() && self.now() >= self.hub_up_at {
            self.fault("hub crash in writing", String::new());
            self.hub_up_at = self.now() + self.rng.millis(1, 20_000);
        }
    }

    fn relay(&mut self) {
        if !self.hub.is_up() {
            return;
        }
        if self.now() < self.kafka.down_until {
            self.fault("Kafka down", "nothing is taken".into());
        }
        let stumble = Stumble::draw(&mut self.rng);
        let stumble = stumble.filter(|_| self.may("Kafka stumbles"));
        if stumble.is_some() {
            self.fault("Kafka stumbles", format!("{stumble:?}"));
        }
        // What is not carried now is carried later.
        let _later = self.hub.relay(&mut self.kafka, stumble);
        self.mind_the_hub();
    }

    /// Nothing is in the way any more: everybody syncs until nothing is left.
    fn heal(&mut self) {
        self.net.clear();
        disk::set_room(&self.hub.disk, None);
        self.hub.crash();
        self.hub.start();
        for device in &mut self.devices {
            disk::set_room(&device.disk, None);
            // The update that an older device waits for has come.
            (device.older, device.newer) = (None, None);
            device.crash();
            device.cut_until = 0;
        }
        for round in 0..ROUNDS {
            self.world.pass(1_000);
            if self.calm_round() {
                break;
            }
            // Some name that it waits for is nobody's any more: a copy has taken another.
            if round == ROUNDS / 3 && self.hub.end_the_wait().is_ok_and(|waited| waited) {
                self.is_whole = false;
                self.traced("a manager ends the wait".into());
            }
        }
        self.kafka.down_until = 0;
        for _ in 0..ROUNDS {
            let _again = self.hub.relay(&mut self.kafka, None);
        }
    }

    /// One round without faults; true when nobody has anything left to do.
    fn calm_round(&mut self) -> bool {
        let mut moved = false;
        for device in 0..self.devices.len() {
            moved |= self.sync(device);
        }
        // A pull can make a kitchen's screen say that it has seen something.
        let unsent = self.devices.iter().any(DeviceSide::has_unsent);
        !moved && !unsent && check::positions_agree(&self.devices)
    }

    /// One device speaks with the hub until it has nothing more to ask; true where it did more than look.
    pub(crate) fn sync(&mut self, device: usize) -> bool {
        let mut moved = false;
        for _ in 0..ROUNDS {
            let Some(step) = self.devices[device].step() else {
                break;
            };
            moved |= !matches!(step, Step::Pull(_));
            self.within_bounds(&step);
            let Some(identity) = self.devices[device].identity() else {
                break;
            };
            let Some(mut answer) = self.at_hub(&step, identity.device) else {
                break;
            };
            if let Some(kind) = self.devices[device].newer {
                answer.without(kind);
            }
            let last =
                matches!(&answer, Answered::Pull(Ok(PullAnswer::Entries { more, .. })) if !more);
            self.comes_back(device, &answer);
            self.devices[device].answered(&step, answer);
            if last {
                break;
            }
        }
        moved
    }

    fn end(mut self) -> Report {
        self.report.commands = self.shown.len();
        for found in check::all(&mut self) {
            let found = found.replace(&self.prefix, "");
            self.report.violations.push(found);
        }
        disk::discard(&self.prefix);
        self.report
    }
}
