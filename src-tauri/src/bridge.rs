//! What the window may ask for.

use crate::args;
use crate::place::{BUILD, Place};
use client::native::Machine;
use client::sync::{Call, Host, Method};
use protocol::bridge::{Answer, Request};
use std::sync::Arc;
use tauri::State;

const PATIENCE_MILLIS: u32 = 5_000;

/// One call of a screen, as in a browser: text in, text out. It never fails: what goes wrong is an answer too.
#[tauri::command]
pub(crate) async fn bridge(
    place: State<'_, Arc<Place>>,
    build: String,
    json: String,
) -> Result<String, ()> {
    let answer = answer(&place, &build, &json).await;
    Ok(serde_json::to_string(&answer).unwrap_or_else(|error| {
        format!("{{\"answer\":\"trouble\",\"what\":\"an answer that cannot be written: {error}\"}}")
    }))
}

async fn answer(place: &Place, build: &str, json: &str) -> Answer {
    // A new screen never talks to an old core.
    if build != BUILD {
        return trouble("other_build");
    }
    let Some(core) = place.core() else {
        return trouble("core_down");
    };
    match serde_json::from_str::<Request>(json) {
        Ok(request) => core.call(request).await,
        Err(error) => trouble(&format!("a call that does not read: {error}")),
    }
}

fn trouble(what: &str) -> Answer {
    Answer::Trouble {
        what: what.to_owned(),
    }
}

/// Takes the hub that somebody has named, if one is there, and remembers it. The words are for that person.
#[tauri::command]
pub(crate) async fn connect(place: State<'_, Arc<Place>>, hub: String) -> Result<(), String> {
    let hub = args::address(&hub)?;
    let asked = hub.clone();
    let there = tauri::async_runtime::spawn_blocking(move || is_there(asked)).await;
    if !there.unwrap_or(false) {
        return Err(format!(
            "No hub answers at {hub}. Is it running, and on the same network?"
        ));
    }
    let kept = place.home.remember(&hub);
    kept.map_err(|error| format!("The address cannot be stored: {error}"))?;
    place.start(hub).map_err(|error| error.to_string())
}

fn is_there(hub: String) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Ok(runtime), Ok(machine)) = (runtime, Machine::new(hub.clone(), Box::new(|_| {}))) else {
        return false;
    };
    let call = Call {
        method: Method::Get,
        url: format!("{hub}/livez"),
        token: None,
        body: None,
        timeout_millis: PATIENCE_MILLIS,
    };
    let reply = runtime.block_on(machine.call(call));
    reply.is_ok_and(|reply| reply.status == 200)
}
