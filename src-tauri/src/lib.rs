//! Native host of the device core: one window with the screens that are built in, never the hub's.

mod args;
mod bridge;
mod home;
mod place;

use home::Home;
use std::sync::Arc;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder};

/// Which checkout this is; see .cargo/config.toml.
const _: Option<&str> = option_env!("COMANDA_ROOT");

/// Starts the program; on a phone the system calls it.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let hub = args::hub();
    let started = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![bridge::bridge, bridge::connect])
        .setup(move |app| Ok(open(app, hub)?))
        .run(tauri::generate_context!());
    if let Err(error) = started {
        args::fail(&error.to_string());
    }
}

/// The core first, then the window: a screen never finds a bridge with nobody at its end.
fn open(app: &mut tauri::App, hub: Option<String>) -> anyhow::Result<()> {
    let home = Home::open(app.path().app_data_dir()?)?;
    note_panics(&home);
    let hub = hub.or_else(|| home.remembered());
    let page = if hub.is_some() {
        "index.html"
    } else {
        "connect.html"
    };
    let place = place::Place::new(app.handle().clone(), home);
    if let Some(hub) = hub {
        place.start(hub)?;
    }
    app.manage(Arc::new(place));
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page.into()));
    #[cfg(desktop)]
    let window = window
        .title("Comanda")
        .inner_size(1180.0, 820.0)
        .min_inner_size(390.0, 600.0);
    window.build()?;
    Ok(())
}

/// A panic says where it was, for the log beside the database; the core's own thread starts its core again.
fn note_panics(home: &Home) {
    let (log, before) = (home.panics(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        home::append(&log, &panic.to_string());
        before(panic);
    }));
}
