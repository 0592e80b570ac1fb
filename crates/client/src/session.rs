//! Who holds this device, and what that gives them at the hub. Tokens live in memory only and end with the core.

use crate::bridge::{Device, failed};
use crate::core::Core;
use crate::identity::Identity;
use crate::submit::{refused, trouble};
use crate::sync::{CallError, Host, SignedIn, renew, sign_in, sign_in_by_pin};
use domain::ids::PersonId;
use futures_util::lock::Mutex;
use protocol::bridge::Answer;
use std::cell::RefCell;

/// A token that ends within so much counts as ended.
const MARGIN_MILLIS: u64 = 30_000;

#[derive(Default)]
pub(crate) struct Session {
    held: RefCell<Held>,
    /// One renewal at a time: a refresh token that is used twice ends its whole family.
    renewing: Mutex<()>,
}

/// Without tokens: they must reach no log.
impl std::fmt::Debug for Session {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("session")
    }
}

#[derive(Default)]
struct Held {
    /// Counts the sign-ins: what one of them asked for is nothing to the next.
    turn: u64,
    by_password: bool,
    /// What has not been taken to the hub yet.
    pin: Option<Pin>,
    access: Option<Access>,
    refresh: Option<String>,
}

#[derive(Clone)]
struct Pin {
    username: String,
    pin: String,
}

#[derive(Clone)]
struct Access {
    token: String,
    /// In ticks.
    until: u64,
}

/// How an access token is come by.
enum Way {
    Ready(String),
    Refresh(String),
    Pin(Pin),
    /// Nobody has signed in since this core began.
    None,
}

impl Session {
    fn begin(&self, by_password: bool, pin: Option<Pin>) {
        let turn = self.held.borrow().turn + 1;
        let held = Held {
            turn,
            by_password,
            pin,
            ..Held::default()
        };
        self.held.replace(held);
    }

    fn take(&self, turn: u64, signed: SignedIn, now: u64) {
        let mut held = self.held.borrow_mut();
        if held.turn == turn {
            let life = u64::from(signed.expires_in) * 1_000;
            held.access = Some(Access {
                token: signed.access_token,
                until: now + life.saturating_sub(MARGIN_MILLIS),
            });
            held.refresh = signed.refresh_token;
            held.pin = None;
        }
    }

    fn way(&self, now: u64) -> (u64, Way) {
        let held = self.held.borrow();
        let access = held.access.clone().filter(|access| now < access.until);
        let way = match (access, &held.refresh, &held.pin) {
            (Some(access), _, _) => Way::Ready(access.token),
            (None, Some(refresh), _) => Way::Refresh(refresh.clone()),
            (None, None, Some(pin)) => Way::Pin(pin.clone()),
            (None, None, None) => Way::None,
        };
        (held.turn, way)
    }

    /// The hub does not take this token any more.
    fn ended(&self, token: &str) {
        let mut held = self.held.borrow_mut();
        held.access.take_if(|access| access.token == token);
    }

    fn by_password(&self) -> bool {
        self.held.borrow().by_password
    }

    /// What was kept to come by a token is of no use.
    fn give_up(&self, turn: u64) {
        let mut held = self.held.borrow_mut();
        if held.turn == turn {
            held.refresh = None;
            held.pin = None;
        }
    }
}

impl<H: Host> Device<H> {
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Answer {
        let identity = match self.bound() {
            Ok(identity) => identity,
            Err(no) => return no,
        };
        match sign_in(&self.shared.host, &identity.hub, username, password).await {
            Ok(signed) => {
                let person = signed.user.id;
                self.session.begin(true, None);
                let turn = self.session.held.borrow().turn;
                self.session.take(turn, signed, self.shared.host.ticks());
                // Somebody who was added a moment ago may not have reached this device yet.
                self.shared.with(Core::wake);
                self.shared.signals.wake_now();
                self.hold(Some(person), true)
            }
            Err(error) => failed(error),
        }
    }

    /// By what this device itself knows, so that nobody waits for the hub; a token is fetched when one is needed.
    pub(crate) fn sign_in_by_pin(&self, person: PersonId, pin: String) -> Answer {
        let now = self.shared.host.now();
        match self.shared.with(|core| core.check_pin(person, &pin, now)) {
            Ok(Ok(known)) => {
                let username = known.username.into();
                self.session.begin(false, Some(Pin { username, pin }));
                self.hold(Some(person), false)
            }
            Ok(Err(no)) => no,
            Err(error) => Answer::Trouble {
                what: trouble(&error).into(),
            },
        }
    }

    pub(crate) fn sign_out(&self) -> Answer {
        self.session.begin(false, None);
        self.hold(None, false)
    }

    fn hold(&self, person: Option<PersonId>, by_password: bool) -> Answer {
        let held = self.shared.with(|core| {
            core.live.by_password = by_password;
            core.hold(person)
        });
        match held {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Trouble {
                what: trouble(&error).into(),
            },
        }
    }

    pub(crate) fn bound(&self) -> Result<Identity, Answer> {
        match self.shared.with(|core| core.identity()) {
            Ok(Some(identity)) => Ok(identity),
            Ok(None) => Err(refused("not_enrolled")),
            Err(error) => Err(Answer::Trouble {
                what: trouble(&error).into(),
            }),
        }
    }

    /// Whether this is a session that may change people and devices.
    pub(crate) fn is_by_password(&self) -> bool {
        self.session.by_password()
    }

    pub(crate) fn token_ended(&self, token: &str) {
        self.session.ended(token);
    }

    /// An access token of whoever holds this device.
    pub(crate) async fn token(&self, identity: &Identity) -> Result<String, Answer> {
        let _turn = self.session.renewing.lock().await;
        let host = &self.shared.host;
        let (turn, way) = self.session.way(host.ticks());
        let asked = match way {
            Way::Ready(token) => return Ok(token),
            Way::Refresh(token) => renew(host, &identity.hub, &token).await,
            Way::Pin(Pin { username, pin }) => {
                sign_in_by_pin(host, identity, &username, &pin).await
            }
            Way::None => return Err(refused("sign_in")),
        };
        match asked {
            Ok(signed) => {
                let token = signed.access_token.clone();
                self.session.take(turn, signed, host.ticks());
                Ok(token)
            }
            Err(error) => {
                if matches!(
                    error,
                    CallError::Refused {
                        status: 400..500,
                        ..
                    }
                ) {
                    self.session.give_up(turn);
                }
                Err(failed(error))
            }
        }
    }
}
