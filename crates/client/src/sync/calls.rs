//! The hub's routes that a device uses, typed.

use super::fork::ChildAsk;
use super::host::{Call, Host, Method, Reply, Unreachable};
use crate::identity::Identity;
use domain::devices::DeviceKind;
use domain::ids::{DeviceId, PersonId};
use protocol::sync::{
    EnrolAnswer, Problem, PullAnswer, PullRequest, PushAnswer, PushRequest, RecoverAnswer,
    RecoverRequest,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const CALL_MILLIS: u32 = 10_000;
/// Nobody waits long to hear that a device was put down.
const GOODBYE_MILLIS: u32 = 4_000;
/// A whole restaurant over a bad link.
const SNAPSHOT_MILLIS: u32 = 60_000;

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("the hub answered {status} {code}")]
    Refused {
        status: u16,
        code: String,
        /// With `gap`: the `mid` that the hub expects.
        expected: Option<u64>,
        retry_after: Option<u32>,
    },
    #[error("the hub's answer does not read: {0}")]
    Garbled(String),
}

impl CallError {
    pub(crate) fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Unreachable(_) | Self::Garbled(_) => None,
        }
    }
}

pub(super) async fn push<H: Host>(
    host: &H,
    of: &Identity,
    push: &PushRequest,
) -> Result<PushAnswer, CallError> {
    let reply = post(host, &of.hub, "/api/v1/sync/push", Some(&of.token), push).await?;
    read(&reply)
}

pub(super) async fn report<H: Host>(
    host: &H,
    of: &Identity,
    report: &RecoverRequest,
) -> Result<RecoverAnswer, CallError> {
    let reply = post(
        host,
        &of.hub,
        "/api/v1/sync/recover",
        Some(&of.token),
        report,
    )
    .await?;
    read(&reply)
}

pub(super) async fn pull<H: Host>(
    host: &H,
    of: &Identity,
    pull: &PullRequest,
) -> Result<PullAnswer, CallError> {
    let reply = post(host, &of.hub, "/api/v1/sync/pull", Some(&of.token), pull).await?;
    read(&reply)
}

/// The snapshot's text: the core reads it, for it may hold what this build does not know.
pub(super) async fn snapshot<H: Host>(
    host: &H,
    of: &Identity,
    oldest: u64,
) -> Result<String, CallError> {
    let call = Call {
        method: Method::Get,
        url: url(&of.hub, &format!("/api/v1/sync/snapshot?oldest={oldest}")),
        token: Some(of.token.clone()),
        body: None,
        timeout_millis: SNAPSHOT_MILLIS,
    };
    accepted(host.call(call).await?).map(|reply| reply.body)
}

pub(super) async fn enrol_child<H: Host>(
    host: &H,
    parent: &Identity,
    ask: &ChildAsk,
) -> Result<EnrolAnswer, CallError> {
    let token = Some(parent.token.as_str());
    let reply = post(host, &parent.hub, "/api/v1/devices/enrol", token, ask).await?;
    read(&reply)
}

/// Makes this a device of the hub's restaurant. Without a code only in a demo on the same machine. `was` is the device
/// that this is so far: a hub that was put back to an older state waits for it no longer under that name.
pub async fn enrol<H: Host>(
    host: &H,
    hub: &str,
    name: &str,
    kind: DeviceKind,
    code: Option<&str>,
    was: Option<DeviceId>,
) -> Result<Identity, CallError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Ask<'a> {
        name: &'a str,
        kind: DeviceKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        fork_of: Option<DeviceId>,
    }
    let ask = Ask {
        name,
        kind,
        code,
        fork_of: was,
    };
    let reply = post(host, hub, "/api/v1/devices/enrol", None, &ask).await?;
    let hub = hub.trim_end_matches('/').to_owned();
    Ok(Identity::new(read(&reply)?, name.to_owned(), kind, hub))
}

/// Of a sign-in a device stores who it was; the tokens stay in memory, for what only works online.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) access_token: String,
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    /// In seconds.
    pub(crate) expires_in: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct User {
    pub(crate) id: PersonId,
}

pub(crate) async fn sign_in<H: Host>(
    host: &H,
    hub: &str,
    username: &str,
    password: &str,
) -> Result<SignedIn, CallError> {
    #[derive(Serialize)]
    struct Ask<'a> {
        username: &'a str,
        password: &'a str,
    }
    let ask = Ask { username, password };
    let reply = post(host, hub, "/api/v1/auth/login", None, &ask).await?;
    read(&reply)
}

/// With the device's own token: a PIN is good on an enrolled device only.
pub(crate) async fn sign_in_by_pin<H: Host>(
    host: &H,
    of: &Identity,
    username: &str,
    pin: &str,
) -> Result<SignedIn, CallError> {
    #[derive(Serialize)]
    struct Ask<'a> {
        username: &'a str,
        pin: &'a str,
    }
    let ask = Ask { username, pin };
    let reply = post(host, &of.hub, "/api/v1/auth/pin", Some(&of.token), &ask).await?;
    read(&reply)
}

/// A fresh access token, and the refresh token that comes after this one.
pub(crate) async fn renew<H: Host>(
    host: &H,
    hub: &str,
    refresh_token: &str,
) -> Result<SignedIn, CallError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Ask<'a> {
        refresh_token: &'a str,
    }
    let ask = Ask { refresh_token };
    let reply = post(host, hub, "/api/v1/auth/refresh", None, &ask).await?;
    read(&reply)
}

/// The session of that token ends.
pub(crate) async fn sign_out<H: Host>(host: &H, hub: &str, token: &str) -> Result<(), CallError> {
    let call = Call {
        method: Method::Post,
        url: url(hub, "/api/v1/auth/logout"),
        token: Some(token.to_owned()),
        body: None,
        timeout_millis: GOODBYE_MILLIS,
    };
    accepted(host.call(call).await?).map(|_| ())
}

/// Whether the hub is there, asked as lightly as can be.
pub(super) async fn probe<H: Host>(host: &H, hub: &str, timeout_millis: u32) -> bool {
    let call = Call {
        method: Method::Get,
        url: url(hub, "/livez"),
        token: None,
        body: None,
        timeout_millis,
    };
    host.call(call).await.is_ok()
}

async fn post<H: Host, T: Serialize>(
    host: &H,
    hub: &str,
    path: &str,
    token: Option<&str>,
    body: &T,
) -> Result<Reply, CallError> {
    let body = serde_json::to_string(body).map_err(|why| CallError::Garbled(why.to_string()))?;
    let call = Call {
        method: Method::Post,
        url: url(hub, path),
        token: token.map(ToOwned::to_owned),
        body: Some(body),
        timeout_millis: CALL_MILLIS,
    };
    accepted(host.call(call).await?)
}

fn url(hub: &str, path: &str) -> String {
    format!("{}{path}", hub.trim_end_matches('/'))
}

fn accepted(reply: Reply) -> Result<Reply, CallError> {
    if (200..300).contains(&reply.status) {
        return Ok(reply);
    }
    let problem: Option<Problem> = serde_json::from_str(&reply.body).ok();
    Err(CallError::Refused {
        status: reply.status,
        expected: problem.as_ref().and_then(|problem| problem.expected),
        code: problem.map_or_else(|| format!("http_{}", reply.status), |problem| problem.code),
        retry_after: reply.retry_after,
    })
}

fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, CallError> {
    serde_json::from_str(&reply.body).map_err(|why| CallError::Garbled(why.to_string()))
}
