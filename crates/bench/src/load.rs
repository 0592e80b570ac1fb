//! Waiters who send five-line orders as fast as they are answered.

use crate::http::Link;
use crate::hub::Hub;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
pub struct Load {
    host: String,
    token: String,
    bodies: Vec<String>,
}

#[derive(Debug)]
pub struct Ran {
    /// How long each order took, shortest first.
    pub millis: Vec<f64>,
    took: Duration,
}

impl Ran {
    pub fn rate(&self) -> f64 {
        self.millis.len() as f64 / self.took.as_secs_f64()
    }

    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.millis.len().saturating_sub(1);
        self.millis
            .get(last * percent / 100)
            .copied()
            .unwrap_or(f64::NAN)
    }
}

impl Load {
    /// Signs in, and lays out one order for each table from the dishes that need no choice.
    pub async fn prepare(hub: &Hub) -> Result<Arc<Self>> {
        let mut link = Link::open(&hub.host).await?;
        let who = json!({"username": "ana", "password": "demo-ana"}).to_string();
        let signed = link
            .call("POST", "/api/v1/auth/login", "", &who)
            .await?
            .json()?;
        let token = signed["accessToken"]
            .as_str()
            .context("no token")?
            .to_owned();
        let tables = link
            .call("GET", "/api/v1/tables?limit=200", &token, "")
            .await?
            .json()?;
        let menu = link.call("GET", "/api/v1/menu", &token, "").await?.json()?;
        let plain = |dish: &&Value| {
            let free = dish["modifierGroupIds"]
                .as_array()
                .is_none_or(Vec::is_empty);
            free && dish["remaining"].is_null() && dish["available"] == json!(true)
        };
        let dishes = menu["dishes"].as_array().context("no dishes")?;
        let dishes: Vec<&Value> = dishes.iter().filter(plain).take(5).collect();
        let items: Vec<Value> = dishes
            .iter()
            .map(|dish| json!({"dishId": dish["id"], "quantity": 1}))
            .collect();
        let body = |table: &Value| {
            json!({"tableId": table["id"], "guests": 2, "items": items, "send": true}).to_string()
        };
        let tables = tables["items"].as_array().context("no tables")?;
        Ok(Arc::new(Self {
            host: hub.host.clone(),
            token,
            bodies: tables.iter().map(body).collect(),
        }))
    }

    pub async fn run(self: &Arc<Self>, connections: usize, span: Duration) -> Result<Ran> {
        let began = Instant::now();
        let waiters =
            (0..connections).map(|n| tokio::spawn(Arc::clone(self).waiter(n, began + span)));
        let mut millis = Vec::new();
        for waiter in waiters.collect::<Vec<_>>() {
            millis.extend(waiter.await??);
        }
        let took = began.elapsed();
        millis.sort_by(f64::total_cmp);
        Ok(Ran { millis, took })
    }

    async fn waiter(self: Arc<Self>, n: usize, until: Instant) -> Result<Vec<f64>> {
        let mut link = Link::open(&self.host).await?;
        let mut took = Vec::new();
        let mut next = n;
        while Instant::now() < until {
            let body = &self.bodies[next % self.bodies.len()];
            next += 1;
            let began = Instant::now();
            let answer = link
                .call("POST", "/api/v1/orders", &self.token, body)
                .await?;
            took.push(began.elapsed().as_secs_f64() * 1000.0);
            answer.json()?;
        }
        Ok(took)
    }
}
