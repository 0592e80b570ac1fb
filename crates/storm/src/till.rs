//! A till that writes over REST: each write under a key, asked again until it is answered, at whichever node.

use anyhow::{Context, Result, bail, ensure};
use domain::ids::{LineId, OrderId, PaymentId};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::process::PATIENCE;

const AGAIN: Duration = Duration::from_millis(30);

/// What it was answered.
#[derive(Debug, Default)]
pub struct Book {
    pub writes: u64,
    pub orders: Vec<OrderId>,
    pub lines: Vec<LineId>,
    pub payments: Vec<PaymentId>,
    /// Answers that came a second time, as they were.
    pub replayed: u64,
}

pub struct Till {
    http: reqwest::Client,
    hub: String,
    who: &'static str,
    token: String,
    tables: Vec<Value>,
    dishes: Vec<Value>,
    book: Book,
    random: StdRng,
}

struct Answer {
    status: u16,
    replayed: bool,
    text: String,
}

impl Till {
    pub async fn open(hub: &str, who: &'static str, seed: u64) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut till = Self {
            http,
            hub: hub.to_owned(),
            who,
            token: String::new(),
            tables: Vec::new(),
            dishes: Vec::new(),
            book: Book::default(),
            random: StdRng::seed_from_u64(seed),
        };
        till.token = sign_in(&till.http, hub, who).await?;
        let tables = till.read("tables?limit=200").await?;
        let menu = till.read("menu").await?;
        let plain = |dish: &&Value| {
            let free = dish["modifierGroupIds"]
                .as_array()
                .is_none_or(Vec::is_empty);
            free && dish["remaining"].is_null() && dish["available"] == true
        };
        let ids = |all: &Value| all.as_array().cloned().unwrap_or_default();
        till.tables = ids(&tables["items"]);
        till.dishes = ids(&menu["dishes"]);
        till.dishes.retain(|dish| plain(&dish));
        Ok(till)
    }

    /// Guests come, order, and pay, until all has ended.
    pub async fn work(mut self, ended: CancellationToken) -> Result<Book> {
        while !ended.is_cancelled() {
            self.serve().await?;
            let pause = self.random.random_range(1..100);
            sleep(Duration::from_millis(pause)).await;
        }
        Ok(self.book)
    }

    async fn serve(&mut self) -> Result<()> {
        let (order, lines) = (id(), self.lines());
        let table = self.tables.choose(&mut self.random).context("no table")?;
        let send = self.random.random_bool(0.8);
        let asked =
            json!({"id": order, "tableId": table["id"], "guests": 2, "items": lines, "send": send});
        if self.write("orders", &asked).await?.is_none() {
            return Ok(());
        }
        self.book.orders.push(OrderId(order));
        self.note(&lines)?;
        if self.random.random_bool(0.5) {
            let lines = self.lines();
            let asked = json!({"items": lines, "send": true});
            if self
                .write(&format!("orders/{order}/items"), &asked)
                .await?
                .is_some()
            {
                self.note(&lines)?;
            }
        }
        if self.random.random_bool(0.1) {
            return Ok(());
        }
        let asked = json!({"orderId": order});
        let Some(bill) = self.write("billing/bills", &asked).await? else {
            return Ok(());
        };
        let payment = id();
        let path = format!(
            "billing/bills/{}/payments",
            bill["id"].as_str().context("a bill has an id")?
        );
        let asked = json!({"id": payment, "method": "cash", "amount": bill["due"]});
        if self.write(&path, &asked).await?.is_some() {
            self.book.payments.push(PaymentId(payment));
        }
        Ok(())
    }

    fn lines(&mut self) -> Vec<Value> {
        let many = self.random.random_range(1..4);
        let dishes = self.dishes.sample(&mut self.random, many);
        dishes
            .map(|dish| json!({"id": id(), "dishId": dish["id"], "quantity": 1}))
            .collect()
    }

    fn note(&mut self, lines: &[Value]) -> Result<()> {
        for line in lines {
            let id = serde_json::from_value(line["id"].clone())?;
            self.book.lines.push(id);
        }
        Ok(())
    }

    async fn read(&self, path: &str) -> Result<Value> {
        let asked = self
            .http
            .get(format!("{}/api/v1/{path}", self.hub))
            .bearer_auth(&self.token);
        Ok(asked.send().await?.error_for_status()?.json().await?)
    }

    /// What it was answered; none where a rule has said no.
    async fn write(&mut self, path: &str, body: &Value) -> Result<Option<Value>> {
        let key = id().to_string();
        let answer = self.until_answered(path, &key, body).await?;
        if self.random.random_bool(0.1) {
            // As by a thumb that tapped twice: the same again, wherever it is asked.
            let again = self.until_answered(path, &key, body).await?;
            let same = (again.status, &again.text) == (answer.status, &answer.text);
            ensure!(
                same && again.replayed,
                "{path} was answered twice, with {} and {}",
                answer.text,
                again.text
            );
            self.book.replayed += 1;
        }
        if answer.status == 409 {
            return Ok(None);
        }
        ensure!(
            answer.status < 300,
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        self.book.writes += 1;
        Ok(Some(serde_json::from_str(&answer.text)?))
    }

    async fn until_answered(&mut self, path: &str, key: &str, body: &Value) -> Result<Answer> {
        let until = Instant::now() + PATIENCE;
        loop {
            let last = match self.ask(path, key, body).await {
                Ok(answer) if answer.status == 401 => {
                    // A node that has lost its database for a moment lets nobody in.
                    if let Ok(token) = sign_in(&self.http, &self.hub, self.who).await {
                        self.token = token;
                    }
                    answer.text
                }
                Ok(answer) if ![429, 503].contains(&answer.status) => return Ok(answer),
                Ok(answer) => answer.text,
                Err(error) => format!("{error:?}"),
            };
            if Instant::now() > until {
                bail!("{path} was never answered; the last was {last}");
            }
            sleep(AGAIN).await;
        }
    }

    async fn ask(&self, path: &str, key: &str, body: &Value) -> reqwest::Result<Answer> {
        let asked = self
            .http
            .post(format!("{}/api/v1/{path}", self.hub))
            .bearer_auth(&self.token)
            .header("idempotency-key", key)
            .timeout(Duration::from_secs(60))
            .json(body);
        let answer = asked.send().await?;
        Ok(Answer {
            status: answer.status().as_u16(),
            replayed: answer.headers().contains_key("idempotency-replayed"),
            text: answer.text().await?,
        })
    }
}

/// An access token of one of the demo's people.
pub async fn sign_in(http: &reqwest::Client, hub: &str, who: &str) -> Result<String> {
    let body = json!({"username": who, "password": format!("demo-{who}")});
    let asked = http.post(format!("{hub}/api/v1/auth/login")).json(&body);
    let answer = asked.send().await?.error_for_status()?;
    let signed: Value = answer.json().await?;
    Ok(signed["accessToken"]
        .as_str()
        .context("no token")?
        .to_owned())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this plays a program, which draws the ids"
)]
fn id() -> Uuid {
    Uuid::now_v7()
}
