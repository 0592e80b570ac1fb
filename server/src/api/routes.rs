//! Every route there is.

use super::{Api, body, request_id};
use crate::problem::Problem;
use crate::{auth, devices, events, floor, health, kitchen, menu, orders, screens, sync};
use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub fn router(api: &Api) -> Router {
    let v1 = Router::new()
        .route("/auth/login", post(auth::login::login))
        .route("/auth/jwks.json", get(auth::login::jwks))
        .route("/devices/codes", post(devices::codes))
        .route("/devices/enrol", post(devices::enrol))
        .route("/devices/{id}", delete(devices::revoke))
        .route("/tables", get(floor::list))
        .route("/tables/{id}", get(floor::one))
        .route("/menu", get(menu::whole))
        .route("/orders", get(orders::list).post(orders::open))
        .route("/orders/{id}", get(orders::one))
        .route("/orders/{id}/items", post(orders::add))
        .route("/orders/{id}/send", post(orders::send))
        .route("/kitchen/tickets", get(kitchen::tickets))
        .route("/events", get(events::list))
        .route("/sync/push", post(sync::push))
        .route("/sync/pull", post(sync::pull))
        .route("/sync/snapshot", get(sync::snapshot))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method);
    Router::new()
        .nest("/api/v1", v1)
        .route("/health", get(health::health))
        .route("/livez", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(screens::serve)
        .method_not_allowed_fallback(no_method)
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(trouble())
        }))
        .layer(from_fn(body::drain))
        .layer(from_fn_with_state(api.clone(), request_id::layer))
        // Outermost: what the layer above writes into a problem must be compressed too, or not at all.
        .layer(CompressionLayer::new())
        .with_state(api.clone())
}

async fn no_route(uri: Uri) -> Problem {
    Problem::not_found(&format!("route as {}", uri.path()))
}

pub async fn no_method(method: Method) -> Problem {
    let detail = format!("{method} is not for this route.");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn trouble() -> Problem {
    Problem::busy(crate::handle::Busy::Trouble)
}
