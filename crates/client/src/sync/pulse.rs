//! Feels whether the hub is still there when nothing is heard of it, so that the screen tells the truth in time.
//!
//! A link that ends shows at once: the socket closes, and the next pulse asks. One that only falls silent (a cable
//! pulled behind a switch) shows within 5 s while something waits for the hub, and within 9 s otherwise: silence for
//! `BUSY` or `QUIET`, one light question with its own patience, and the grain of `EVERY`: three and a half seconds at
//! most while busy, so that a slow machine still keeps its word.

use super::calls;
use super::driver::Shared;
use super::host::Host;
use protocol::view::Link;

const EVERY_MILLIS: u64 = 500;
const BUSY_SILENCE_MILLIS: u64 = 1_000;
const QUIET_SILENCE_MILLIS: u64 = 5_500;
const BUSY_PATIENCE_MILLIS: u32 = 2_000;
const QUIET_PATIENCE_MILLIS: u32 = 3_000;

pub(super) async fn feel<H: Host>(shared: &Shared<H>) {
    loop {
        shared.host.sleep(EVERY_MILLIS).await;
        if shared.with(|core| core.link()) == Link::Online {
            beat(shared).await;
        }
    }
}

async fn beat<H: Host>(shared: &Shared<H>) {
    let ticks = shared.host.ticks();
    let silence = ticks.saturating_sub(shared.signals.heard.get());
    if silence < BUSY_SILENCE_MILLIS {
        return;
    }
    // Where the queue cannot be read, the engine's own loop says so.
    let busy = shared.with(|core| core.unsent()).unwrap_or(true);
    let patience = match busy {
        true => BUSY_PATIENCE_MILLIS,
        false if silence >= QUIET_SILENCE_MILLIS => QUIET_PATIENCE_MILLIS,
        false => return,
    };
    let Some(identity) = shared.identity() else {
        return;
    };
    let there = calls::probe(&shared.host, &identity.hub, patience).await;
    if there {
        shared.signals.heard.set(shared.host.ticks());
    } else if shared.signals.heard.get() < ticks {
        // Nothing else has heard of it either, meanwhile.
        let now = shared.host.now();
        shared.with(|core| {
            core.cut(now);
            core.wake();
        });
        shared.signals.wake();
    }
}
