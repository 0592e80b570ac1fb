//! Whether the hub lives, is ready, and how its parts are.

pub mod metrics;

use crate::api::Api;
use crate::relay::RelayState;
use crate::store::reports;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

pub async fn health(State(api): State<Api>) -> (StatusCode, Json<Value>) {
    let database = api.hub.db.read().await.is_ok();
    let kafka = api.relay.said();
    let recovering = is_recovering(&api).await.unwrap_or(false);
    let troubled = api.hub.is_ill() || api.hub.is_behind() || recovering;
    let status = match (database, kafka, troubled) {
        (false, _, _) => "down",
        (true, "down", _) | (true, _, true) => "degraded",
        (true, _, false) => "ok",
    };
    let code = if database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let database = if database { "ok" } else { "down" };
    // A new hub has nobody who could sign in: its first page asks for them.
    let founded = !crate::founding::is_empty(&api.hub).await.unwrap_or(false);
    let checks = json!({"database": database, "kafka": kafka});
    let version = env!("CARGO_PKG_VERSION");
    (
        code,
        Json(json!({"status": status, "version": version, "founded": founded, "checks": checks})),
    )
}

async fn is_recovering(api: &Api) -> sqlx::Result<bool> {
    let mut tx = api.hub.db.read().await?;
    Ok(!reports::unfinished(&mut tx).await?.is_empty())
}

pub async fn alive() -> &'static str {
    "ok"
}

pub async fn ready(State(api): State<Api>) -> (StatusCode, &'static str) {
    match api.hub.db.read().await {
        Ok(_) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database is not ready"),
    }
}

impl RelayState {
    fn said(&self) -> &'static str {
        match self.is_up() {
            None => "off",
            Some(true) => "ok",
            Some(false) => "down",
        }
    }
}
