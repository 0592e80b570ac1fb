//! RFC 9457 problems: the one form in which the hub says no.

use crate::handle::{Busy, LiveError, PushError};
use crate::limits::Wait;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Code;
use domain::ids::BillId;
use serde::Serialize;

/// Boxed, for it travels as the error of nearly every function here.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<Said>);

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    code: String,
    detail: String,
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<u64>,
    /// The bill that is there already; absent in any other problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    bill_id: Option<Option<BillId>>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub code: String,
    pub message: String,
}

impl FieldError {
    pub fn new(
        field: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        }
    }
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Said {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Problem").into(),
            status: status.as_u16(),
            code: code.into(),
            detail: detail.into(),
            request_id: None,
            errors: Vec::new(),
            expected: None,
            bill_id: None,
            retry_after: None,
        }))
    }

    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    pub fn unauthorized(code: &str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            code,
            "A token that is good is needed.",
        )
    }

    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This token may not do that.",
        )
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what}."),
        )
    }

    pub fn rule(code: Code) -> Self {
        let status = match code {
            Code::ApprovalRequired | Code::NotAllowed => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        };
        Self::new(
            status,
            code.as_str(),
            format!("A rule refuses it: {}.", code.as_str()),
        )
    }

    pub fn bill_exists(bill: Option<BillId>) -> Self {
        let mut problem = Self::rule(Code::BillExists);
        problem.0.bill_id = Some(bill);
        problem
    }

    pub fn too_large(detail: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// The right shape with a value that cannot be.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "A value cannot be.",
        )
        .with_errors(errors)
    }

    pub fn busy(busy: Busy) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            busy.code(),
            busy.to_string(),
        );
        problem.0.retry_after = Some(1);
        problem
    }

    /// Too many requests: come again later.
    pub fn slow_down(wait: Wait) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too much was asked for: come again later.",
        );
        problem.0.retry_after = Some(wait.0);
        problem
    }

    /// The same in words that fit better.
    #[must_use]
    pub fn called(mut self, code: &str, detail: &str) -> Self {
        self.0.code = code.into();
        self.0.detail = detail.into();
        self
    }

    /// Trouble with the database while only reading.
    pub fn database(error: &sqlx::Error) -> Self {
        tracing::error!(%error, "the database could not be read");
        Self::busy(Busy::Database)
    }

    /// As JSON, where it is stored to be told again.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn status(&self) -> u16 {
        self.0.status
    }

    #[must_use]
    pub fn with_request(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }
}

impl From<LiveError> for Problem {
    fn from(error: LiveError) -> Self {
        let detail = error.to_string();
        match error {
            LiveError::Refused(code) => Self::rule(code),
            LiveError::BillExists(bill) => Self::bill_exists(bill),
            LiveError::Unknown(what) => Self::not_found(what),
            LiveError::Bad { field, code } => {
                Self::invalid(vec![FieldError::new(field, code, detail)])
            }
            LiveError::KeyReused => {
                Self::new(StatusCode::CONFLICT, "idempotency_key_reused", detail)
            }
            LiveError::BadCode => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_code", detail)
                .with_errors(vec![FieldError::new(
                    "code",
                    "bad_code",
                    "This code is not good, or not any more.",
                )]),
            LiveError::Replayed(kept) => {
                let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::CONFLICT);
                Self::new(status, "replayed", kept.body)
            }
            LiveError::Busy(busy) => Self::busy(busy),
        }
    }
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        let detail = error.to_string();
        match error {
            PushError::Epoch => Self::new(StatusCode::CONFLICT, "epoch", detail),
            PushError::Gap { expected } => {
                let mut problem = Self::new(StatusCode::CONFLICT, "gap", detail);
                problem.0.expected = Some(expected);
                problem
            }
            PushError::Fork => Self::new(StatusCode::CONFLICT, "fork", detail),
            PushError::Revoked => Self::unauthorized("device_revoked"),
            PushError::Bad { field, code } => {
                Self::new(StatusCode::BAD_REQUEST, "bad_request", detail.clone())
                    .with_errors(vec![FieldError::new(field, code, detail)])
            }
            PushError::Busy(busy) => Self::busy(busy),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        // The layer that knows the request's id writes it into the body.
        response.extensions_mut().insert(self);
        response
    }
}
