//! Keeps one Socket.IO connection open, so that the hub can poke; nothing that matters rides on it alone.

use super::backoff::Backoff;
use super::driver::Shared;
use super::host::{Host, Wire};
use crate::socket::{Action, Socket};
use futures_channel::mpsc::Receiver;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use protocol::sync::Poke;
use std::pin::pin;

const OPENING_MILLIS: u64 = 10_000;

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// It never came to be, or the hub refused the token.
    Failed,
    /// It was there and fell silent.
    Lost,
    /// It was there and was closed.
    Closed,
    /// Another one is wanted.
    Replaced,
}

pub(super) async fn listen<H: Host>(shared: &Shared<H>, mut anew: Receiver<()>) {
    let mut backoff = Backoff::new();
    loop {
        let Some(identity) = shared.identity() else {
            anew.next().await;
            continue;
        };
        let ended = connection(shared, &identity.hub, identity.token, &mut anew).await;
        match ended {
            Ended::Replaced => continue,
            Ended::Failed => {}
            Ended::Lost => {
                backoff.reset();
                shared.signals.doubt();
            }
            // The hub is gone, or has shown this device out: the next call says which.
            Ended::Closed => {
                backoff.reset();
                shared.signals.doubt();
                ask(shared);
            }
        }
        let pause = backoff.pause(shared.host.chance());
        select(anew.next(), pin!(shared.host.sleep(pause))).await;
    }
}

async fn connection<H: Host>(
    shared: &Shared<H>,
    hub: &str,
    token: String,
    anew: &mut Receiver<()>,
) -> Ended {
    let host = &shared.host;
    let opening = pin!(host.wire(Socket::url(hub)));
    let Either::Left((Ok(mut wire), _)) = select(opening, pin!(host.sleep(OPENING_MILLIS))).await
    else {
        return Ended::Failed;
    };
    let mut socket = Socket::new(token, host.ticks());
    let mut connected = false;
    loop {
        let patience = socket.deadline().saturating_sub(host.ticks());
        let next = {
            let silence = pin!(host.sleep(patience));
            let heard = pin!(wire.heard());
            match select(heard, select(anew.next(), silence)).await {
                Either::Left((text, _)) => Next::Heard(text),
                Either::Right((Either::Left(_), _)) => Next::Replaced,
                Either::Right((Either::Right(_), _)) => Next::Silence,
            }
        };
        let silent = matches!(next, Next::Silence);
        let actions = match next {
            Next::Heard(Some(text)) => {
                shared.signals.heard.set(host.ticks());
                socket.receive(&text, host.ticks())
            }
            Next::Heard(None) => return over(connected, false),
            Next::Silence => socket.expired(host.ticks()).into_iter().collect(),
            Next::Replaced => return Ended::Replaced,
        };
        for action in actions {
            match act(shared, &mut wire, action).await {
                Said::Nothing => {}
                Said::Connected => connected = true,
                Said::Over => return over(connected, silent),
            }
        }
    }
}

enum Next {
    Heard(Option<String>),
    Silence,
    Replaced,
}

enum Said {
    Nothing,
    Connected,
    Over,
}

fn over(connected: bool, silent: bool) -> Ended {
    match (connected, silent) {
        (false, _) => Ended::Failed,
        (true, true) => Ended::Lost,
        (true, false) => Ended::Closed,
    }
}

async fn act<H: Host>(shared: &Shared<H>, wire: &mut H::Wire, action: Action) -> Said {
    match action {
        Action::Send(text) => match wire.say(text).await {
            Ok(()) => Said::Nothing,
            Err(_) => Said::Over,
        },
        Action::Connected => {
            // What was poked while no socket was open is not poked again.
            ask(shared);
            Said::Connected
        }
        Action::Event { name, data } => {
            poke(shared, &name, data);
            Said::Nothing
        }
        // The next call to the hub says why.
        Action::Refused { .. } => {
            shared.signals.wake();
            Said::Over
        }
        Action::Closed { .. } => Said::Over,
    }
}

fn ask<H: Host>(shared: &Shared<H>) {
    shared.with(|core| core.wake());
    shared.signals.wake();
}

/// Other events than pokes are for screens that read the hub; this device pulls what they tell.
fn poke<H: Host>(shared: &Shared<H>, name: &str, data: serde_json::Value) {
    if name != "sync:poke" {
        return;
    }
    let Ok(poke) = serde_json::from_value::<Poke>(data) else {
        return;
    };
    // Where it cannot be compared it counts as new.
    if shared.with(|core| core.poked(&poke)).unwrap_or(true) {
        shared.signals.wake();
    }
}
