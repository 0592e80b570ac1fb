//! The gate before every route of the API: who asks is found out once, and whoever asks too often is told to wait.

use super::actor::{Actor, Known, actor_of, bearer};
use crate::api::Api;
use crate::devices;
use crate::limits::{Address, Who};
use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where a request comes from. Without a connection (in a test of the router alone) it is this machine.
pub fn address(parts: &Parts) -> Address {
    let from = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    from.map_or(IpAddr::from(Ipv4Addr::LOCALHOST), |from| from.0.ip())
        .into()
}

pub async fn layer(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admitted(&api, &parts).await {
        Ok(known) => {
            parts.extensions.insert(known);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admitted(api: &Api, parts: &Parts) -> Result<Known, Problem> {
    let actor = match bearer(parts) {
        Some(token) => actor_of(api, token).await?,
        None => None,
    };
    let now = api.hub.world.now();
    let allowed = match &actor {
        Some(Actor::Person(person)) => api.limits.actor(Who::Person(person.id), now),
        Some(Actor::Device(device)) => {
            if api.seen.note(device.id, now) {
                devices::keep_seen(&api.hub, device, now).await;
            }
            api.limits.actor(Who::Device(device.id), now)
        }
        None => api.limits.stranger(address(parts), now),
    };
    allowed.map_err(Problem::slow_down)?;
    Ok(Known(actor))
}
