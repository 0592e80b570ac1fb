//! The screens, inside the program: hashed names are kept for ever, the pages themselves never.

use crate::api::Api;
use crate::api::routes::no_method;
use crate::demo;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::net::SocketAddr;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/screens"]
struct Screens;

/// Scripts only from here, and wasm; no inline script, no frame, no outsider.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const NOT_BUILT: &str = "<!doctype html><title>Comanda</title><p>The screens are not in this program: \
    build them with <code>cargo xtask screens</code> and build the program again.";

pub async fn serve(State(api): State<Api>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = no_method(request.method().clone()).await;
        return ([(header::ALLOW, "GET, HEAD")], problem).into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let name = match path {
        "" => "index.html",
        "kitchen" | "kitchen/" => "kitchen/index.html",
        name => name,
    };
    let Some(file) = Screens::get(name) else {
        let page = name.ends_with("index.html");
        return if page {
            Html(NOT_BUILT).into_response()
        } else {
            Problem::not_found("page").into_response()
        };
    };
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0);
    let demo = api
        .demo
        .as_ref()
        .filter(|_| name.ends_with(".html") && demo::is_local(from, request.headers()));
    let accepts = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|accepts| accepts.to_str().ok());
    let brotli =
        accepts.is_some_and(|accepts| accepts.split(',').any(|one| one.trim().starts_with("br")));
    let small = if brotli && demo.is_none() {
        Screens::get(&format!("{name}.br"))
    } else {
        None
    };
    let encoded = small.is_some();
    let mut response = match (demo, small) {
        (Some(demo), _) => demo.offered(&file.data).into_response(),
        (None, small) => body(small.unwrap_or(file)),
    };
    headers(&mut response, name, encoded);
    response
}

fn body(file: EmbeddedFile) -> Response {
    (StatusCode::OK, Body::from(file.data.into_owned())).into_response()
}

fn headers(response: &mut Response, name: &str, encoded: bool) {
    let hashed = name.starts_with("assets/");
    let kept = if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoded {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some(_) | None => "application/octet-stream",
    }
}
