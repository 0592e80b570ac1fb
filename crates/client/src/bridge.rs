//! The bridge's core end: what a screen calls, answered from this device, or by the hub where only it can.

use crate::core::Core;
use crate::identity::BindError;
use crate::session::Session;
use crate::submit::{refused, trouble};
use crate::sync::{CallError, Engine, Host, Shared, enrol, start};
use domain::devices::DeviceKind;
use domain::ids::DeviceId;
use protocol::bridge::{Answer, Request, SessionAsk};
use std::rc::Rc;

/// A device core on its host. The engine beside it keeps it equal with the hub.
#[derive(Debug)]
pub struct Device<H> {
    pub(crate) shared: Rc<Shared<H>>,
    pub(crate) session: Rc<Session>,
}

impl<H> Clone for Device<H> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
            session: Rc::clone(&self.session),
        }
    }
}

impl<H: Host> Device<H> {
    pub fn new(core: Core, host: H) -> (Self, Engine<H>) {
        let (shared, engine) = start(core, host);
        let session = Rc::default();
        (Self { shared, session }, engine)
    }

    /// One call of a screen. It never waits for the network but where only the hub can answer.
    pub async fn call(&self, request: Request) -> Answer {
        let now = self.shared.host.now();
        match request {
            Request::Submit(submission) => {
                let answer = self.shared.with(|core| core.submit(&submission, now));
                if matches!(answer, Answer::Stored { .. }) {
                    self.shared.signals.wake_now();
                }
                answer
            }
            Request::Query { view } => self.shared.with(|core| core.read(&view, now)),
            Request::Session(SessionAsk::Enrol {
                name,
                kind,
                code,
                hub,
            }) => self.enrol(name, kind, code, hub).await,
            Request::Session(SessionAsk::SignIn { username, password }) => {
                self.sign_in(&username, &password).await
            }
            Request::Session(SessionAsk::Pin { person, pin }) => self.sign_in_by_pin(person, pin),
            Request::Session(SessionAsk::SignOut) => self.sign_out().await,
            Request::Fetch { what } => self.fetch(&what).await,
            Request::Ask { what } => self.ask(what).await,
            Request::Seen { tickets } => {
                let answer = self.shared.with(|core| core.saw(&tickets, now));
                self.shared.signals.wake_now();
                answer
            }
        }
    }

    /// The network is said to be back, or somebody taps the pill: try now.
    pub fn retry(&self) {
        self.shared.with(Core::wake);
        self.shared.signals.wake_now();
        self.shared.signals.reconnect();
    }

    /// Writes into the device's own log what the host has seen, such as a panic of the core before this one.
    pub fn note(&self, text: &str) {
        let now = self.shared.host.now();
        self.shared.with(|core| core.note(now, text));
    }

    /// For what a host does with a core beside the bridge, such as carrying an identity to another database.
    pub fn with_core<T>(&self, work: impl FnOnce(&mut Core) -> T) -> T {
        self.shared.with(work)
    }

    async fn enrol(
        &self,
        name: String,
        kind: DeviceKind,
        code: Option<String>,
        hub: Option<String>,
    ) -> Answer {
        let hub = hub.unwrap_or_else(|| self.shared.host.hub());
        let was = match self.may_enrol_at(&hub) {
            Ok(was) => was,
            Err(no) => return no,
        };
        let host = &self.shared.host;
        let asked = enrol(host, &hub, &name, kind, code.as_deref(), was).await;
        let identity = match asked {
            Ok(identity) => identity,
            Err(error) => return failed(error),
        };
        let bound = self.shared.with(|core| core.bind(&identity));
        match bound {
            Ok(()) => {
                self.shared.signals.reconnect();
                self.shared.signals.wake_now();
                Answer::Done
            }
            Err(BindError::Unsent) => refused("unsent"),
            Err(BindError::Store(error)) => Answer::Trouble {
                what: trouble(&error).into(),
            },
        }
    }

    /// Asked before another hub is: what the answer says is checked again when it is there. Answers which device this is
    /// so far.
    fn may_enrol_at(&self, hub: &str) -> Result<Option<DeviceId>, Answer> {
        let (identity, unsent) = self.shared.with(|core| (core.identity(), core.unsent()));
        match (identity, unsent) {
            (Ok(Some(identity)), Ok(true)) if identity.hub != hub.trim_end_matches('/') => {
                Err(refused("unsent"))
            }
            (Ok(identity), Ok(_)) => Ok(identity.map(|identity| identity.device)),
            (Err(error), _) | (_, Err(error)) => Err(Answer::Trouble {
                what: trouble(&error).into(),
            }),
        }
    }
}

pub(crate) fn failed(error: CallError) -> Answer {
    match error {
        CallError::Unreachable(_) => Answer::Offline,
        CallError::Refused { status, code, .. } if status < 500 => Answer::Refused { code },
        CallError::Refused { .. } | CallError::Garbled(_) => Answer::Trouble {
            what: error.to_string(),
        },
    }
}
