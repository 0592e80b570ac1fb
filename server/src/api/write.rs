//! A write over REST: one command with a fresh id, and the same answer again where its key comes again.

use super::Api;
use super::request_id::RequestId;
use crate::auth::Person;
use crate::handle::{Done, Idem, Live, LiveError, Rendered, Side};
use crate::problem::{FieldError, Problem};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::CommandId;
use domain::{Command, State};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

static KEY: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const MOST_KEY: usize = 128;

/// The method and path of a write, and the key that it may have come with.
#[derive(Debug)]
pub struct WriteKey {
    asked: String,
    key: Option<Vec<u8>>,
    request: Option<String>,
}

impl FromRequestParts<Api> for WriteKey {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Infallible> {
        let asked = format!("{}\n{}", parts.method, parts.uri.path());
        let key = parts.headers.get(&KEY).map(|key| key.as_bytes().to_vec());
        let request = parts.extensions.get::<RequestId>();
        let request = request.map(|id| id.0.clone());
        Ok(Self {
            asked,
            key,
            request,
        })
    }
}

impl WriteKey {
    /// Whether the same request may come again and be given its first answer.
    pub fn is_there(&self) -> bool {
        self.key.is_some()
    }

    /// Looked at after the body's own form.
    pub fn idem(&self, by: &Person, body: &str) -> Result<Option<Idem>, Problem> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        let plain = key.iter().all(u8::is_ascii_graphic);
        let text = std::str::from_utf8(key)
            .ok()
            .filter(|text| (1..=MOST_KEY).contains(&text.len()) && plain);
        let Some(text) = text else {
            let errors = vec![FieldError::new(
                "Idempotency-Key",
                "malformed",
                "1 to 128 visible ASCII characters",
            )];
            let problem = Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_request",
                "The key does not read.",
            );
            return Err(problem.with_errors(errors));
        };
        let key = hex::encode(Sha256::digest(format!("{}\n{}\n{text}", by.id, self.asked)));
        Ok(Some(Idem {
            key,
            body: body.to_owned(),
            request: self.request.clone(),
        }))
    }
}

/// Carries out a command of a person and answers with what it left.
pub async fn write(
    api: &Api,
    by: &Person,
    key: &WriteKey,
    body: &str,
    command: Command,
    render: impl Fn(&State) -> Rendered + Send + Sync + 'static,
) -> Result<Response, Problem> {
    write_with(api, by, key.idem(by, body)?, command, Vec::new(), render).await
}

/// The same, with side rows and a key that is ready or none.
pub async fn write_with(
    api: &Api,
    by: &Person,
    idem: Option<Idem>,
    command: Command,
    side: Vec<Side>,
    render: impl Fn(&State) -> Rendered + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let live = Live {
        by: Some(by.id),
        device: by.device_id,
        command,
        cmd_id: CommandId(api.hub.world.id()),
        idem,
        side,
        render: Box::new(render),
    };
    match api.hub.live(by.restaurant, live).await {
        Ok(done) => Ok(answered(done)),
        Err(LiveError::Replayed(answer)) => Ok(answered(Done {
            answer,
            replayed: true,
            seq: 0,
        })),
        Err(error) => Err(error.into()),
    }
}

pub fn answered(done: Done) -> Response {
    let Rendered {
        status,
        body,
        location,
    } = done.answer;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let problem = status.is_client_error();
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    let kind = if problem {
        "application/problem+json"
    } else {
        "application/json"
    };
    if status == StatusCode::NO_CONTENT {
        headers.remove(header::CONTENT_TYPE);
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    if done.replayed {
        headers.insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    }
    response
}

/// An answer of 201 with where the new thing is, or of 200.
pub fn rendered(shape: Option<impl serde::Serialize>, location: Option<String>) -> Rendered {
    let body = shape
        .and_then(|shape| serde_json::to_string(&shape).ok())
        .unwrap_or_default();
    Rendered {
        status: if location.is_some() { 201 } else { 200 },
        body,
        location,
    }
}

/// The answer to a deletion.
pub fn gone() -> Rendered {
    Rendered {
        status: 204,
        body: String::new(),
        location: None,
    }
}
