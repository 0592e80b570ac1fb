//! What history costs: the same order before and after a year of them, and what a device gets at its start.

use crate::http::Link;
use crate::hub::{How, Hub};
use crate::load::{Load, Ran, per, token};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
pub struct Grown {
    pub before: Measured,
    pub after: Measured,
    pub megabytes_on_disk: f64,
    pub resident: f64,
}

#[derive(Debug)]
pub struct Measured {
    pub orders: Ran,
    /// The hub's own microseconds of a processor for each.
    pub cost: f64,
    pub snapshot: Sent,
    pub pull: Sent,
}

/// An answer's size and how long it took.
#[derive(Debug)]
pub struct Sent {
    pub bytes: usize,
    pub millis: f64,
}

pub async fn measure(program: &Path, orders: usize, span: Duration) -> Result<Grown> {
    let hub = Hub::start(&How::of(program)).await?;
    let load = Load::prepare(&hub).await?;
    let device = enrol(&hub).await?;
    load.run(16, Duration::from_secs(1)).await?;
    let before = once(&hub, &load, &device, span).await?;
    load.count(64, orders).await?;
    let after = once(&hub, &load, &device, span).await?;
    Ok(Grown {
        before,
        after,
        megabytes_on_disk: hub.bytes_on_disk()? as f64 / 1_048_576.0,
        resident: hub.resident()?,
    })
}

async fn once(
    hub: &Hub,
    load: &std::sync::Arc<Load>,
    device: &Device,
    span: Duration,
) -> Result<Measured> {
    let cpu = hub.cpu()?;
    let orders = load.run(16, span).await?;
    let cost = per(hub.cpu()?.saturating_sub(cpu), orders.millis.len());
    let mut link = Link::open(&hub.host).await?;
    let began = Instant::now();
    let answer = link
        .call("GET", "/api/v1/sync/snapshot", &device.token, "")
        .await?;
    let snapshot = Sent {
        bytes: answer.body.len(),
        millis: began.elapsed().as_secs_f64() * 1000.0,
    };
    let position = answer.json()?["position"].clone();
    // What a device that has missed the last of it gets.
    let ask = json!({
        "device": device.id, "position": position, "limit": 500, "side": 0, "knows": [],
    })
    .to_string();
    load.count(16, 160).await?;
    let began = Instant::now();
    let answer = link
        .call("POST", "/api/v1/sync/pull", &device.token, &ask)
        .await?;
    let pull = Sent {
        bytes: answer.body.len(),
        millis: began.elapsed().as_secs_f64() * 1000.0,
    };
    answer.json()?;
    Ok(Measured {
        orders,
        cost,
        snapshot,
        pull,
    })
}

struct Device {
    id: Value,
    token: String,
}

async fn enrol(hub: &Hub) -> Result<Device> {
    let mut link = Link::open(&hub.host).await?;
    let admin = token(&mut link, "admin").await?;
    let body = json!({"name": "bench", "kind": "waiter"}).to_string();
    let enrolled = link
        .call("POST", "/api/v1/devices/enrol", &admin, &body)
        .await?
        .json()?;
    let token = enrolled["deviceToken"].as_str().context("no token")?;
    Ok(Device {
        id: enrolled["deviceId"].clone(),
        token: token.to_owned(),
    })
}
