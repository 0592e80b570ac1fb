//! Bodies and paths: what does not read is refused with the field's name, before anything else happens.

use super::Api;
use crate::problem::{FieldError, Problem};
use axum::body::{Body, BodyDataStream, Bytes, HttpBody, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};
use std::time::Duration;

/// The largest body that is read.
pub const MOST_BODY: usize = 1024 * 1024;

/// A JSON body of the given shape, and the hash of its bytes.
#[derive(Debug)]
pub struct Shape<T> {
    pub value: T,
    pub hash: String,
    pub size: usize,
}

impl<T: DeserializeOwned> FromRequest<Api> for Shape<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &Api) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = limited(&parts, body).await?;
        let json = |text: &str| {
            text.split(';')
                .next()
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        };
        let given = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if !given.is_some_and(json) {
            let detail = "The body has to be application/json.";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                detail,
            ));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| unread(&error))?;
        reader.end().map_err(|error| not_json(&error))?;
        Ok(Self {
            value,
            hash: hex::encode(Sha256::digest(&bytes)),
            size: bytes.len(),
        })
    }
}

async fn limited(parts: &Parts, body: Body) -> Result<Bytes, Problem> {
    let length = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let too_large = || Problem::too_large("The body is over 1 MiB.");
    if length.is_some_and(|length: usize| length > MOST_BODY) {
        return Err(too_large());
    }
    to_bytes(body, MOST_BODY).await.map_err(|_| too_large())
}

/// What of a refused body is still read, so that its sender comes to hear why.
const MOST_DRAINED: usize = 16 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(5);

/// A body whose rest is read and thrown away when nobody wants it any more: a connection that is closed
/// while its client still writes loses the answer.
struct Drained(Option<BodyDataStream>);

impl Stream for Drained {
    type Item = Result<Bytes, axum::Error>;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = self.0.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_next(cx);
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let Some(mut rest) = self.0.take() else {
            return;
        };
        tokio::spawn(tokio::time::timeout(DRAINED_WITHIN, async move {
            let mut read = 0;
            while let Some(Ok(part)) = rest.next().await
                && read < MOST_DRAINED
            {
                read += part.len();
            }
        }));
    }
}

/// Lets a refusal be heard, however large the body that it is about.
pub async fn drain(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = if body.is_end_stream() {
        body
    } else {
        Body::from_stream(Drained(Some(body.into_data_stream())))
    };
    next.run(Request::from_parts(parts, body)).await
}

fn not_json(error: &serde_json::Error) -> Problem {
    let field = FieldError::new("", "not_json", error.to_string());
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_request",
        "The body is not JSON.",
    )
    .with_errors(vec![field])
}

fn unread(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    use serde_json::error::Category;
    let inner = error.inner();
    match inner.classify() {
        Category::Syntax | Category::Eof | Category::Io => not_json(inner),
        Category::Data => {
            let text = inner.to_string();
            let path = error.path().to_string();
            let at = if path == "." { String::new() } else { path };
            let named = |start: &str| {
                text.strip_prefix(start)
                    .and_then(|rest| rest.split('`').next())
            };
            let (field, code) = match (named("missing field `"), named("unknown field `")) {
                (Some(name), _) => (joined(&at, name), "missing"),
                // The path already ends in the unknown field's name.
                (_, Some(name)) if at.ends_with(name) => (at, "unknown"),
                (_, Some(name)) => (joined(&at, name), "unknown"),
                (None, None) if beyond_any_number(&text) => {
                    let error = FieldError::new(at, "out_of_range", "is out of range");
                    return Problem::invalid(vec![error]);
                }
                (None, None) => (at, "wrong_type"),
            };
            let errors = vec![FieldError::new(field, code, text)];
            Problem::new(
                StatusCode::BAD_REQUEST,
                "bad_request",
                "The body has not the right shape.",
            )
            .with_errors(errors)
        }
    }
}

/// A whole number that no integer of ours holds is of the right type; serde tells it as a float, or as a bad value.
fn beyond_any_number(text: &str) -> bool {
    if !text.contains("expected i64") {
        return false;
    }
    let float = text
        .strip_prefix("invalid type: floating point `")
        .and_then(|rest| rest.split('`').next()?.parse::<f64>().ok());
    text.starts_with("invalid value: integer `")
        || float.is_some_and(|number| number.abs() >= 9.2e18)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// An id in the path; what is no id names nothing. It is looked at after the body, as the contract orders it.
#[derive(Debug)]
pub struct Id<T>(Option<T>);

impl<T> Id<T> {
    pub fn of(self, what: &str) -> Result<T, Problem> {
        self.0.ok_or_else(|| Problem::not_found(what))
    }
}

impl<T: FromStr + Send> FromRequestParts<Api> for Id<T> {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let text = Path::<String>::from_request_parts(parts, api).await.ok();
        Ok(Self(text.and_then(|text| text.0.parse().ok())))
    }
}

/// Two ids in the path: `/orders/{id}/items/{itemId}`.
#[derive(Debug, Clone, Copy)]
pub struct Ids<A, B>(pub Option<(A, B)>);

impl<A, B> Ids<A, B> {
    pub fn of(self, what: &str) -> Result<(A, B), Problem> {
        self.0.ok_or_else(|| Problem::not_found(what))
    }
}

impl<A: FromStr + Send, B: FromStr + Send> FromRequestParts<Api> for Ids<A, B> {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let texts = Path::<(String, String)>::from_request_parts(parts, api).await;
        let texts = texts.ok().map(|texts| texts.0);
        let ids = texts.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        Ok(Self(ids))
    }
}

/// A query of the given shape.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Asked<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, api).await;
        query
            .map(|query| Self(query.0))
            .map_err(|error| bad_query("", &error.body_text()))
    }
}

pub fn bad_query(field: &str, message: &str) -> Problem {
    let errors = vec![FieldError::new(field, "bad_query", message)];
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_request",
        "The query does not read.",
    )
    .with_errors(errors)
}
