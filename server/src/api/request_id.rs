//! Each request has an id: taken from `x-request-id` or made; in the answer's header, its problems and the log.

use super::Api;
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

static ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

pub async fn layer(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(&ID).and_then(|id| id.to_str().ok());
    let plain =
        |id: &&str| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    let id = given
        .filter(plain)
        .map_or_else(|| api.hub.world.id().to_string(), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), said(request.uri().path()));
    let span = tracing::info_span!("request", %id, %method, path);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let since = tokio::time::Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), since.elapsed());
    let route = route.as_ref().map_or("other", |route| route.as_str());
    api.hub.metrics.answered(route, &method, status, took);
    let millis = took.as_secs_f64() * 1000.0;
    let status = status.as_u16();
    if route.starts_with("/api/") {
        span.in_scope(|| tracing::info!(route, status, millis, "answered"));
    } else {
        span.in_scope(|| tracing::debug!(route, status, millis, "answered"));
    }
    named(response, id)
}

/// The path as it may stand in a log: a guest's token is a secret.
fn said(path: &str) -> String {
    if path.starts_with("/g/") {
        "/g/".to_owned()
    } else {
        path.to_owned()
    }
}

fn named(mut response: Response, id: String) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (parts, _) = response.into_parts();
        let told = problem.with_request(Some(id.clone())).into_response();
        response = Response::from_parts(parts, told.into_body());
        response
            .headers_mut()
            .remove(axum::http::header::CONTENT_LENGTH);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(ID.clone(), value);
    }
    response
}
