//! Bodies and paths: what does not read is refused with the field's name, before anything else happens.

use super::Api;
use crate::problem::{FieldError, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::str::FromStr;

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
                .is_some_and(|kind| kind.trim() == "application/json")
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

async fn limited(parts: &Parts, body: Body) -> Result<axum::body::Bytes, Problem> {
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
