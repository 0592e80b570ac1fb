//! The seam between the sync engine and the machine that it runs on. Futures need not be `Send`: a host runs the
//! engine on one thread, be it a worker's or one that was started for it.

use domain::time::Moment;
use protocol::bridge::Changed;
use uuid::Uuid;

/// One machine: its clocks, its chance, its links, and the screens that it tells.
pub trait Host: 'static {
    type Wire: Wire;

    /// The wall clock.
    fn now(&self) -> Moment;
    /// Milliseconds on a clock that never goes back.
    fn ticks(&self) -> u64;
    /// A fresh UUIDv7.
    fn id(&self) -> Uuid;
    /// Any number, for jitter.
    fn chance(&self) -> u32;
    /// The hub that this host was started for (`https://hub.example`).
    fn hub(&self) -> String;
    fn sleep(&self, millis: u64) -> impl Future<Output = ()>;
    /// One HTTP call; it ends by itself after the call's time.
    fn call(&self, call: Call) -> impl Future<Output = Result<Reply, Unreachable>>;
    /// Opens a WebSocket.
    fn wire(&self, url: String) -> impl Future<Output = Result<Self::Wire, Unreachable>>;
    fn changed(&self, changed: Changed);
}

/// An open WebSocket; dropping it closes it.
pub trait Wire {
    /// The next text frame; none at its end, which a binary frame is too. It may be dropped while it waits.
    fn heard(&mut self) -> impl Future<Output = Option<String>>;
    fn say(&mut self, text: String) -> impl Future<Output = Result<(), Unreachable>>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

#[derive(Clone)]
pub struct Call {
    pub method: Method,
    pub url: String,
    pub token: Option<String>,
    /// JSON; none for a GET.
    pub body: Option<String>,
    pub timeout_millis: u32,
}

/// Without token and body: they must reach no log.
impl std::fmt::Debug for Call {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} {}", self.method.as_str(), self.url)
    }
}

/// The hub's answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Of the `Retry-After` header, in seconds.
    pub retry_after: Option<u32>,
    pub body: String,
}

/// No answer: no network, no hub there, or no patience left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the hub cannot be reached: {0}")]
pub struct Unreachable(pub String);
