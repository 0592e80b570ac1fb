//! From an order to the glass: how long until each of many stock Socket.IO clients has heard of it.

use crate::hub::{How, Hub};
use anyhow::{Context, Result, ensure};
use axum::Json;
use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;
use socketioxide::SocketIo;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The milliseconds of all clients together.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Heard {
    pub p50: f64,
    pub p99: f64,
}

/// The hub and, on the same machine in the same way, a server that passes on what it is sent and stores nothing.
pub async fn measure(program: &Path, clients: usize, span: Duration) -> Result<(Heard, Heard)> {
    let hub = Hub::start(&How::of(program)).await?;
    let ours = hear(&hub.url(), "hub", clients, span).await?;
    drop(hub);
    let (_bare, url) = Bare::start().await?;
    let bare = hear(&url, "bare", clients, span).await?;
    Ok((ours, bare))
}

async fn hear(url: &str, what: &str, clients: usize, span: Duration) -> Result<Heard> {
    let script = script("glass.mjs");
    let out = Command::new("node")
        .arg(&script)
        .args([url, what, &clients.to_string(), &span.as_secs().to_string()])
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("node cannot be run")?;
    ensure!(out.status.success(), "{} failed", script.display());
    Ok(serde_json::from_slice(&out.stdout)?)
}

pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("js").join(name)
}

struct Bare(#[expect(dead_code, reason = "it ends when this is dropped")] Child);

impl Bare {
    /// This very program once more, so that the server and its clients are two processes here too.
    async fn start() -> Result<(Self, String)> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(BARE)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let out = process.stdout.take().context("stdout was piped")?;
        let line = BufReader::new(out).lines().next_line().await?;
        Ok((Self(process), line.context("it did not start")?))
    }
}

pub const BARE: &str = "bare-broadcast";

/// Says its address and passes on whatever is posted.
#[expect(clippy::print_stdout, reason = "whoever started it reads its address")]
pub async fn serve_bare() -> Result<()> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async || {});
    let app = axum::Router::new()
        .route("/orders", post(pass_on))
        .with_state(io)
        .layer(layer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        // It is only slower without.
        let _as_it_is = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}

async fn pass_on(State(io): State<SocketIo>, Json(said): Json<Value>) -> Json<Value> {
    // Whoever has gone hears nothing.
    let _told = io.emit("order:new", &said).await;
    Json(said)
}
