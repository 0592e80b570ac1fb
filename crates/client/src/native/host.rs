//! The machine's clocks, chance and links.

use super::wire::Link;
use crate::sync::{Call, Host, Method, Reply, Unreachable};
use domain::time::Moment;
use protocol::bridge::Changed;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A real machine. What changes is told to `tell`.
pub struct Machine {
    http: reqwest::Client,
    started: Instant,
    hub: String,
    tell: Box<dyn Fn(Changed)>,
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "machine for {}", self.hub)
    }
}

impl Machine {
    pub fn new(hub: String, tell: Box<dyn Fn(Changed)>) -> Result<Self, reqwest::Error> {
        // Over HTTP/1 a dead connection costs its own call and no other.
        let http = reqwest::Client::builder().http1_only().build()?;
        Ok(Self {
            http,
            started: instant(),
            hub,
            tell,
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge where time comes in"
)]
fn instant() -> Instant {
    Instant::now()
}

impl Host for Machine {
    type Wire = Link;

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge where time comes in"
    )]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        Moment(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn ticks(&self) -> u64 {
        // Never 0: that asks for a probe.
        let millis = instant().duration_since(self.started).as_millis();
        u64::try_from(millis).unwrap_or(u64::MAX).max(1)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge where ids come in"
    )]
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn chance(&self) -> u32 {
        rand::random()
    }

    fn hub(&self) -> String {
        self.hub.clone()
    }

    async fn sleep(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    async fn call(&self, call: Call) -> Result<Reply, Unreachable> {
        let mut request = match call.method {
            Method::Get => self.http.get(&call.url),
            Method::Post => self.http.post(&call.url),
            Method::Patch => self.http.patch(&call.url),
            Method::Delete => self.http.delete(&call.url),
        };
        if let Some(token) = call.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = call.body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let patience = Duration::from_millis(u64::from(call.timeout_millis));
        let response = request
            .timeout(patience)
            .send()
            .await
            .map_err(unreachable)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = response.text().await.map_err(unreachable)?;
        Ok(Reply {
            status,
            retry_after,
            body,
        })
    }

    async fn wire(&self, url: String) -> Result<Link, Unreachable> {
        Link::open(&url).await
    }

    fn changed(&self, changed: Changed) {
        (self.tell)(changed);
    }
}

fn unreachable(error: reqwest::Error) -> Unreachable {
    Unreachable(error.without_url().to_string())
}
