//! Who holds this device, and what that gives them at the hub. Tokens live in memory only and end with the core.

use crate::bridge::{Device, failed};
use crate::core::Core;
use crate::identity::Identity;
use crate::submit::{refused, trouble};
use crate::sync::{CallError, Host, SignedIn, renew, sign_in, sign_in_by_pin, sign_out};
use domain::ids::PersonId;
use domain::time::Moment;
use futures_util::lock::Mutex;
use protocol::bridge::{Answer, Fetch};
use protocol::view::Link;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::VecDeque;

/// So many answers of the hub are kept for when it is gone: what one person leafs through in an evening's office hours.
const MOST_KEPT: usize = 24;

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
    /// What the hub said to this person and when, the latest first.
    kept: VecDeque<(Fetch, Moment, Value)>,
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

/// The hub does not know, or no longer, who holds this device: they sign in once more.
pub(crate) const SIGN_IN: &str = "sign_in";

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

    /// Which sign-in this is.
    pub(crate) fn turn(&self) -> u64 {
        self.held.borrow().turn
    }

    /// Keeps an answer for when the hub is gone; one that was asked for by somebody else is dropped.
    pub(crate) fn keep(&self, turn: u64, what: &Fetch, at: Moment, data: &Value) {
        let mut held = self.held.borrow_mut();
        if held.turn == turn {
            held.kept.retain(|(kept, ..)| kept != what);
            held.kept.push_front((what.clone(), at, data.clone()));
            held.kept.truncate(MOST_KEPT);
        }
    }

    pub(crate) fn kept(&self, what: &Fetch) -> Option<(Moment, Value)> {
        let held = self.held.borrow();
        let kept = held.kept.iter().find(|(kept, ..)| kept == what);
        kept.map(|(_, at, data)| (*at, data.clone()))
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

    /// The device is nobody's at once; then the hub hears of it, if it can be reached, so that the tokens are worth nothing.
    pub(crate) async fn sign_out(&self) -> Answer {
        let (_, way) = self.session.way(self.shared.host.ticks());
        self.session.begin(false, None);
        let answer = self.hold(None, false);
        let offline = matches!(self.shared.with(|core| core.link()), Link::Offline { .. });
        if let (false, Ok(identity)) = (offline, self.bound()) {
            self.say_goodbye(&identity, way).await;
        }
        answer
    }

    async fn say_goodbye(&self, identity: &Identity, way: Way) {
        let host = &self.shared.host;
        let token = match way {
            Way::Ready(token) => Some(token),
            Way::Refresh(token) => {
                let signed = renew(host, &identity.hub, &token).await;
                signed.ok().map(|signed| signed.access_token)
            }
            // The hub knows of nothing that could be ended.
            Way::Pin(_) | Way::None => None,
        };
        if let Some(token) = token
            && let Err(error) = sign_out(host, &identity.hub, &token).await
        {
            let now = host.now();
            let text = format!("the hub was not told of a sign-out: {error}");
            self.shared.with(|core| core.note(now, &text));
        }
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
            Way::None => return Err(refused(SIGN_IN)),
        };
        match asked {
            Ok(signed) => {
                let token = signed.access_token.clone();
                self.session.take(turn, signed, host.ticks());
                Ok(token)
            }
            // What was kept is worth nothing any more: whoever holds the device shows again who they are.
            Err(CallError::Refused {
                status: 401 | 403, ..
            }) => {
                self.session.give_up(turn);
                Err(refused(SIGN_IN))
            }
            Err(error) => Err(failed(error)),
        }
    }
}
