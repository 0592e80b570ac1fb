//! The driver: does what the planner says, one call at a time, whenever something wakes it.

use super::backoff::{Backoff, between};
use super::calls::{self, CallError};
use super::host::Host;
use super::plan::{After, Step};
use super::{pulse, sockets};
use crate::core::Core;
use crate::error::Stored;
use crate::identity::Identity;
use domain::ids::DeviceId;
use futures_channel::mpsc::{Receiver, Sender, channel};
use futures_util::StreamExt;
use futures_util::future::{Either, join3, select};
use protocol::view::Link;
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;

/// The pull that stands behind the pokes.
const TICK_MILLIS: (u64, u64) = (15_000, 30_000);
/// However long a hub asks to be left alone, it is asked again after so much.
const LONGEST_REST_SECONDS: u32 = 15;

/// One core and its host, shared by the bridge and the engine's loops: all on one thread.
#[derive(Debug)]
pub(crate) struct Shared<H> {
    core: RefCell<Core>,
    pub(crate) host: H,
    pub(crate) signals: Signals,
}

impl<H: Host> Shared<H> {
    /// The only way to the core: it cannot be held over an await. What changed is told right after.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Core) -> T) -> T {
        let (done, changed) = {
            let mut core = self.core.borrow_mut();
            (work(&mut core), core.take_changed())
        };
        if let Some(changed) = changed {
            self.host.changed(changed);
        }
        done
    }

    /// The device that this is, if it is one.
    pub(super) fn identity(&self) -> Option<Identity> {
        let now = self.host.now();
        self.with(|core| {
            let identity = core.identity();
            identity.unwrap_or_else(|error| {
                core.note(now, &error.to_string());
                None
            })
        })
    }
}

/// What wakes the loops. Many signals before one is taken are one.
#[derive(Debug)]
pub(crate) struct Signals {
    wake: RefCell<Sender<()>>,
    socket: RefCell<Sender<()>>,
    urgent: Cell<bool>,
    /// When the hub was last heard, in ticks; 0 asks for a probe at once.
    pub(super) heard: Cell<u64>,
}

impl Signals {
    pub(super) fn wake(&self) {
        // Full: a wake is under way already.
        let _under_way = self.wake.borrow_mut().try_send(());
    }

    /// Somebody waits: whatever the back-off says, it is tried now.
    pub(crate) fn wake_now(&self) {
        self.urgent.set(true);
        self.wake();
    }

    /// Another token, or a link that has come back: the socket is opened anew.
    pub(crate) fn reconnect(&self) {
        let _under_way = self.socket.borrow_mut().try_send(());
    }

    pub(super) fn doubt(&self) {
        self.heard.set(0);
    }
}

/// Runs until it is dropped. To be spawned once, on the thread that the core lives on.
#[derive(Debug)]
pub struct Engine<H> {
    shared: Rc<Shared<H>>,
    wake: Receiver<()>,
    socket: Receiver<()>,
}

pub(crate) fn start<H: Host>(core: Core, host: H) -> (Rc<Shared<H>>, Engine<H>) {
    let ((wake, woken), (socket, reconnect)) = (channel(0), channel(0));
    let signals = Signals {
        wake: RefCell::new(wake),
        socket: RefCell::new(socket),
        urgent: Cell::new(false),
        heard: Cell::new(host.ticks()),
    };
    let shared = Rc::new(Shared {
        core: RefCell::new(core),
        host,
        signals,
    });
    let engine = Engine {
        shared: Rc::clone(&shared),
        wake: woken,
        socket: reconnect,
    };
    (shared, engine)
}

impl<H: Host> Engine<H> {
    pub async fn run(self) {
        let Self {
            shared,
            wake,
            socket,
        } = self;
        join3(
            keep_equal(&shared, wake),
            sockets::listen(&shared, socket),
            pulse::feel(&shared),
        )
        .await;
    }
}

/// How a round ended.
enum Ended {
    /// Nothing is due.
    Rest,
    Wait {
        retry_after: Option<u32>,
    },
}

async fn keep_equal<H: Host>(shared: &Shared<H>, mut wake: Receiver<()>) {
    let mut backoff = Backoff::new();
    loop {
        let was = shared.with(|core| core.link());
        let pause = match round(shared).await {
            Ended::Rest => {
                backoff.reset();
                between(TICK_MILLIS.0, TICK_MILLIS.1, shared.host.chance())
            }
            Ended::Wait { retry_after } => {
                if let Some(seconds) = retry_after {
                    let seconds = seconds.min(LONGEST_REST_SECONDS);
                    shared.host.sleep(u64::from(seconds) * 1_000).await;
                }
                backoff.pause(shared.host.chance())
            }
        };
        let is = shared.with(|core| core.link());
        if matches!(was, Link::Offline { .. }) && is == Link::Online {
            shared.signals.reconnect();
        }
        if woken(shared, &mut wake, pause).await && shared.signals.urgent.take() {
            backoff.reset();
        }
    }
}

/// Waits for a signal or the time; the time itself asks the hub whether there is anything new.
async fn woken<H: Host>(shared: &Shared<H>, wake: &mut Receiver<()>, pause: u64) -> bool {
    let sleep = pin!(shared.host.sleep(pause));
    match select(wake.next(), sleep).await {
        Either::Left(_) => true,
        Either::Right(_) => {
            shared.with(Core::wake);
            false
        }
    }
}

async fn round<H: Host>(shared: &Shared<H>) -> Ended {
    loop {
        let now = shared.host.now();
        let (after, retry_after) = match shared.with(Core::next_step) {
            Ok(Step::Rest) => return Ended::Rest,
            Ok(step) => carry_out(shared, step).await,
            Err(error) => (Err(error), None),
        };
        match after {
            Ok(After::Go) => {}
            Ok(After::Wait) => return Ended::Wait { retry_after },
            Err(error) => {
                shared.with(|core| core.note(now, &format!("sync: {error}")));
                return Ended::Wait { retry_after };
            }
        }
    }
}

type Done = (Stored<After>, Option<u32>);

async fn carry_out<H: Host>(shared: &Shared<H>, step: Step) -> Done {
    let host = &shared.host;
    let Some(identity) = shared.identity() else {
        return (Ok(After::Wait), None);
    };
    match step {
        Step::Rest => (Ok(After::Wait), None),
        Step::NameChild => {
            let child = DeviceId(host.id());
            let named = shared.with(|core| core.fork(child, host.now()));
            (named.map(|()| After::Go), None)
        }
        Step::EnrolChild(ask) => {
            let answer = heard(shared, calls::enrol_child(host, &identity, &ask).await);
            let retry = retry_after(&answer);
            let after = shared.with(|core| core.on_child(answer, host.now()));
            shared.signals.reconnect();
            (after, retry)
        }
        Step::Snapshot { oldest } => {
            let answer = heard(shared, calls::snapshot(host, &identity, oldest).await);
            let retry = retry_after(&answer);
            (
                shared.with(|core| core.on_snapshot(answer, host.now())),
                retry,
            )
        }
        Step::Push(push) => {
            let answer = heard(shared, calls::push(host, &identity, &push).await);
            let retry = retry_after(&answer);
            (
                shared.with(|core| core.on_push(&push, answer, host.now())),
                retry,
            )
        }
        Step::Report(report) => {
            let answer = heard(shared, calls::report(host, &identity, &report).await);
            let retry = retry_after(&answer);
            (
                shared.with(|core| core.on_report(&report, answer, host.now())),
                retry,
            )
        }
        Step::Pull(pull) => {
            let answer = heard(shared, calls::pull(host, &identity, &pull).await);
            let retry = retry_after(&answer);
            (shared.with(|core| core.on_pull(answer, host.now())), retry)
        }
    }
}

fn heard<H: Host, T>(shared: &Shared<H>, answer: Result<T, CallError>) -> Result<T, CallError> {
    match &answer {
        Ok(_) | Err(CallError::Refused { .. }) => shared.signals.heard.set(shared.host.ticks()),
        Err(CallError::Unreachable(_) | CallError::Garbled(_)) => {}
    }
    answer
}

fn retry_after<T>(answer: &Result<T, CallError>) -> Option<u32> {
    answer.as_ref().err().and_then(CallError::retry_after)
}
