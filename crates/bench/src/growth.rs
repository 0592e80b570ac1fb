//! What history costs: the same orders with few and many behind them, what a device gets at its start, and a report.

use crate::http::Link;
use crate::hub::{How, Hub};
use crate::load::{Load, Ran, per, token};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tokio::time::Instant;

/// A hub with so much behind it.
#[derive(Debug)]
pub struct Grown {
    pub behind: usize,
    pub orders: Ran,
    /// The hub's own microseconds of a processor for each.
    pub cost: f64,
    pub snapshot: Sent,
    pub pull: Sent,
    pub report: Sent,
    pub resident: f64,
    pub megabytes_on_disk: f64,
}

/// An answer's size and how long it took.
#[derive(Debug)]
pub struct Sent {
    pub bytes: usize,
    pub millis: f64,
}

/// How many orders of one load are measured, each time.
const MEASURED: usize = 2_000;

pub async fn measure(program: &Path, behind: &[usize]) -> Result<Vec<Grown>> {
    let hub = Hub::start(&How::of(program)).await?;
    let load = Load::prepare(&hub).await?;
    let device = enrol(&hub).await?;
    let (mut grown, mut made) = (Vec::new(), 0);
    for &behind in behind {
        load.history(64, behind.saturating_sub(made)).await?;
        grown.push(once(&hub, &load, &device, behind).await?);
        made = behind + MEASURED;
    }
    Ok(grown)
}

async fn once(hub: &Hub, load: &Arc<Load>, device: &Device, behind: usize) -> Result<Grown> {
    let (resident, bytes) = (hub.resident()?, hub.bytes_on_disk()?);
    let cpu = hub.cpu()?;
    // Each with its bill and its payment, so that nothing stays open that a restaurant would have closed.
    let orders = load.history(16, MEASURED).await?;
    let cost = per(hub.cpu()?.saturating_sub(cpu), orders.millis.len());
    let mut link = Link::open(&hub.host).await?;
    let (answer, snapshot) =
        sent(&mut link, "GET", "/api/v1/sync/snapshot", &device.token, "").await?;
    // What a device that has missed the last of it gets.
    let ask = json!({
        "device": device.id, "position": answer["position"], "limit": 500, "side": 0, "knows": [],
    })
    .to_string();
    load.count(16, 160).await?;
    let (_, pull) = sent(&mut link, "POST", "/api/v1/sync/pull", &device.token, &ask).await?;
    let admin = token(&mut link, "admin").await?;
    let path = "/api/v1/reports/sales?from=2000-01-01&to=2100-01-01&by=dish";
    let (_, report) = sent(&mut link, "GET", path, &admin, "").await?;
    Ok(Grown {
        behind,
        orders,
        cost,
        snapshot,
        pull,
        report,
        resident,
        megabytes_on_disk: bytes as f64 / 1_048_576.0,
    })
}

async fn sent(
    link: &mut Link,
    method: &str,
    path: &str,
    token: &str,
    body: &str,
) -> Result<(Value, Sent)> {
    let began = Instant::now();
    let answer = link.call(method, path, token, body).await?;
    let sent = Sent {
        bytes: answer.body.len(),
        millis: began.elapsed().as_secs_f64() * 1000.0,
    };
    Ok((answer.json()?, sent))
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
