//! Waiters who send five-line orders as fast as they are answered.

use crate::http::{Answer, Link};
use crate::hub::{Hub, own_cpu};
use anyhow::{Context, Result, ensure};
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
    /// What of the processors' time the load itself has taken.
    own: Duration,
}

impl Ran {
    pub fn together(rounds: Vec<Self>) -> Self {
        let mut all = Self {
            millis: Vec::new(),
            took: Duration::ZERO,
            own: Duration::ZERO,
        };
        for round in rounds {
            all.millis.extend(round.millis);
            all.took += round.took;
            all.own += round.own;
        }
        all.millis.sort_by(f64::total_cmp);
        all
    }

    pub fn rate(&self) -> f64 {
        self.millis.len() as f64 / self.took.as_secs_f64()
    }

    pub fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.millis, percent)
    }

    /// The load's own microseconds of a processor for each answer.
    pub fn own_cost(&self) -> f64 {
        per(self.own, self.millis.len())
    }
}

pub fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(last * percent / 100)
        .copied()
        .unwrap_or(f64::NAN)
}

/// Microseconds each.
pub fn per(cpu: Duration, times: usize) -> f64 {
    cpu.as_secs_f64() * 1e6 / times.max(1) as f64
}

/// One request, and what it has to be answered with.
#[derive(Debug, Clone, Copy)]
enum What {
    Order,
    /// An order, its bill and its payment: the table is free again.
    Whole,
    /// A route that does nothing: what is left is the load's own cost, and HTTP's.
    Nothing,
}

impl Load {
    /// Signs in, and lays out one order for each table from the dishes that need no choice.
    pub async fn prepare(hub: &Hub) -> Result<Arc<Self>> {
        let mut link = Link::open(&hub.host).await?;
        let token = token(&mut link, "ana").await?;
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

    /// Orders for so long.
    pub async fn run(self: &Arc<Self>, connections: usize, span: Duration) -> Result<Ran> {
        self.many(What::Order, connections, span, usize::MAX).await
    }

    /// So many orders, which stay open.
    pub async fn count(self: &Arc<Self>, connections: usize, orders: usize) -> Result<Ran> {
        self.so_many(What::Order, connections, orders).await
    }

    /// So many orders, each paid and gone.
    pub async fn history(self: &Arc<Self>, connections: usize, orders: usize) -> Result<Ran> {
        self.so_many(What::Whole, connections, orders).await
    }

    async fn so_many(
        self: &Arc<Self>,
        what: What,
        connections: usize,
        times: usize,
    ) -> Result<Ran> {
        let span = Duration::from_secs(3600);
        self.many(what, connections, span, times.div_ceil(connections))
            .await
    }

    /// The same load on a route that does nothing.
    pub async fn idle(self: &Arc<Self>, connections: usize, span: Duration) -> Result<Ran> {
        self.many(What::Nothing, connections, span, usize::MAX)
            .await
    }

    async fn many(
        self: &Arc<Self>,
        what: What,
        connections: usize,
        span: Duration,
        each: usize,
    ) -> Result<Ran> {
        let (began, cpu) = (Instant::now(), own_cpu()?);
        let until = began + span;
        let waiters =
            (0..connections).map(|n| tokio::spawn(Arc::clone(self).waiter(what, n, until, each)));
        let mut millis = Vec::new();
        for waiter in waiters.collect::<Vec<_>>() {
            millis.extend(waiter.await??);
        }
        let (took, own) = (began.elapsed(), own_cpu()?.saturating_sub(cpu));
        millis.sort_by(f64::total_cmp);
        Ok(Ran { millis, took, own })
    }

    async fn waiter(
        self: Arc<Self>,
        what: What,
        n: usize,
        until: Instant,
        most: usize,
    ) -> Result<Vec<f64>> {
        let mut link = Link::open(&self.host).await?;
        let mut took = Vec::new();
        while Instant::now() < until && took.len() < most {
            let body = &self.bodies[(n + took.len()) % self.bodies.len()];
            let began = Instant::now();
            let answer = match what {
                What::Order => {
                    link.call("POST", "/api/v1/orders", &self.token, body)
                        .await?
                }
                What::Whole => self.whole(&mut link, body).await?,
                What::Nothing => link.call("GET", "/livez", &self.token, body).await?,
            };
            took.push(began.elapsed().as_secs_f64() * 1000.0);
            ensure!(answer.status < 300, "{:?}", answer.json());
        }
        Ok(took)
    }

    async fn whole(&self, link: &mut Link, order: &str) -> Result<Answer> {
        let mut post =
            async |path: &str, body: &str| link.call("POST", path, &self.token, body).await;
        let order = post("/api/v1/orders", order).await?.json()?;
        let asked = json!({"orderId": order["id"]}).to_string();
        let bill = post("/api/v1/billing/bills", &asked).await?.json()?;
        let id = bill["id"].as_str().context("a bill without an id")?;
        let paid = json!({"method": "cash", "amount": bill["due"]}).to_string();
        post(&format!("/api/v1/billing/bills/{id}/payments"), &paid).await
    }
}

/// An access token of somebody of the demo.
pub async fn token(link: &mut Link, username: &str) -> Result<String> {
    let who = json!({"username": username, "password": format!("demo-{username}")}).to_string();
    let signed = link
        .call("POST", "/api/v1/auth/login", "", &who)
        .await?
        .json()?;
    Ok(signed["accessToken"]
        .as_str()
        .context("no token")?
        .to_owned())
}
