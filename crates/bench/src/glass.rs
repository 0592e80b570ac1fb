//! From an order to the glass: how long until each of many stock Socket.IO clients has heard of it.

use crate::http::Link;
use crate::hub::{How, Hub};
use crate::load::token;
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

/// How much is heard, and by how many.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub clients: usize,
    pub orders_a_second: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub ours: Heard,
    pub bare: Heard,
    /// By how much the hub has grown for each socket that is open, in kB.
    pub kilobytes_each: f64,
}

/// The hub and, on the same machine in the same way, a server that passes on what it is sent and stores nothing.
pub async fn measure(program: &Path, crowd: Crowd, span: Duration) -> Result<Measured> {
    let hub = Hub::start(&How::of(program)).await?;
    // Signing in takes memory of its own, once.
    token(&mut Link::open(&hub.host).await?, "kitchen").await?;
    let before = hub.resident()?;
    let heard = hear(&hub.url(), "hub", crowd, span).await?;
    let grown = (hub.resident()? - before) * 1024.0;
    let ours = heard.leave().await?;
    drop(hub);
    let (_bare, url) = Bare::start().await?;
    let bare = hear(&url, "bare", crowd, span).await?.leave().await?;
    Ok(Measured {
        ours,
        bare,
        kilobytes_each: grown / crowd.clients as f64,
    })
}

/// Clients that have heard all and still hold their sockets.
struct Listeners {
    heard: Heard,
    process: Child,
}

impl Listeners {
    async fn leave(mut self) -> Result<Heard> {
        drop(self.process.stdin.take());
        let ended = self.process.wait().await?;
        ensure!(ended.success(), "the listeners ended with {ended}");
        Ok(self.heard)
    }
}

async fn hear(url: &str, what: &str, crowd: Crowd, span: Duration) -> Result<Listeners> {
    let words = [crowd.clients as u64, crowd.orders_a_second, span.as_secs()];
    let mut process = Command::new("node")
        .arg(script("glass.mjs"))
        .args([url, what])
        .args(words.map(|word| word.to_string()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("node cannot be run")?;
    let out = process.stdout.take().context("stdout was piped")?;
    let line = BufReader::new(out).lines().next_line().await?;
    let heard = serde_json::from_str(&line.context("glass.mjs failed")?)?;
    Ok(Listeners { heard, process })
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
