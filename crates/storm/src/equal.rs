//! Whatever one node answers, the other answers, byte for byte.

use crate::till::sign_in;
use anyhow::{Context, Result, ensure};
use domain::sync::Chain;
use protocol::sync::{MOST_ENTRIES, PullAnswer};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// Somebody of the office with a device, who reads at either node.
pub struct Looker {
    http: reqwest::Client,
    device: Value,
    token: String,
}

const LISTS: [&str; 6] = [
    "orders",
    "billing/bills",
    "kitchen/tickets",
    "tables",
    "events",
    "auth/users",
];
const WHOLE: [&str; 4] = [
    "menu",
    "settings",
    "reports/sales?by=waiter",
    "reports/best-sellers",
];

impl Looker {
    /// Before the storm: after it nothing is written any more.
    pub async fn enrol(hub: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let admin = sign_in(&http, hub, "admin").await?;
        let url = format!("{hub}/api/v1/devices/enrol");
        let asked = http.post(url).bearer_auth(admin);
        let asked = asked.json(&json!({"name": "looker", "kind": "office"}));
        let device: Value = asked.send().await?.error_for_status()?.json().await?;
        let token = device["deviceToken"]
            .as_str()
            .context("a token")?
            .to_owned();
        Ok(Self {
            http,
            device,
            token,
        })
    }

    /// How many bytes the nodes have said alike.
    pub async fn compare(&self, nodes: &[String]) -> Result<usize> {
        let first = nodes.first().context("no node")?;
        let admin = sign_in(&self.http, &format!("http://{first}"), "admin").await?;
        let mut bytes = 0;
        for list in LISTS {
            let (mut after, mut before) = (String::new(), Value::Null);
            loop {
                let path = format!("{list}?limit=200{after}");
                let text = self
                    .alike(nodes, |node| self.get(node, &path, &admin))
                    .await?;
                bytes += text.len();
                let page: Value = serde_json::from_str(&text)?;
                let is_over = page["items"].as_array().is_none_or(Vec::is_empty);
                if is_over || page["next"].is_null() || page["next"] == before {
                    break;
                }
                before = page["next"].clone();
                after = format!("&after={}", before.as_str().context("a cursor")?);
            }
        }
        for path in WHOLE {
            let text = self
                .alike(nodes, |node| self.get(node, path, &admin))
                .await?;
            bytes += text.len();
        }
        Ok(bytes + self.sync(nodes).await?)
    }

    /// The whole log in pages, and a device's start.
    async fn sync(&self, nodes: &[String]) -> Result<usize> {
        let path = "sync/snapshot?oldest=0";
        let snapshot = self
            .alike(nodes, |node| self.get(node, path, &self.token))
            .await?;
        let mut bytes = snapshot.len();
        let snapshot: Value = serde_json::from_str(&snapshot)?;
        let epoch = &snapshot["position"]["position"]["epoch"];
        let restaurant = serde_json::from_value(self.device["restaurantId"].clone())?;
        let start = json!({"epoch": epoch, "seq": 0, "chain": Chain::start(restaurant)});
        let mut position = json!({"position": start, "sig": ""});
        loop {
            let asked = json!({
                "device": self.device["deviceId"], "position": position, "limit": MOST_ENTRIES, "knows": [],
            });
            let text = self
                .alike(nodes, |node| {
                    let url = format!("http://{node}/api/v1/sync/pull");
                    self.http.post(url).bearer_auth(&self.token).json(&asked)
                })
                .await?;
            bytes += text.len();
            let PullAnswer::Entries {
                more, position: at, ..
            } = serde_json::from_str(&text)?
            else {
                anyhow::bail!("a reset: {text}");
            };
            if !more {
                return Ok(bytes);
            }
            position = serde_json::to_value(at)?;
        }
    }

    fn get(&self, node: &str, path: &str, token: &str) -> RequestBuilder {
        let url = format!("http://{node}/api/v1/{path}");
        self.http.get(url).bearer_auth(token)
    }

    async fn alike(
        &self,
        nodes: &[String],
        ask: impl Fn(&str) -> RequestBuilder,
    ) -> Result<String> {
        let mut said = None;
        for node in nodes {
            let answer = ask(node).send().await?;
            let (url, status) = (answer.url().clone(), answer.status());
            let text = answer.text().await?;
            ensure!(status == 200, "{url}: {status} {text}");
            ensure!(
                said.as_ref().is_none_or(|said| *said == text),
                "{url} is answered another way by another node"
            );
            said = Some(text);
        }
        said.context("no node")
    }
}
