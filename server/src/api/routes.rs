//! Every route there is, and the layers around them.

use super::table::{Route, Who, delete, get, patch, post};
use super::{Api, body, openapi, request_id};
use crate::auth::{gate, login, people, session};
use crate::problem::Problem;
use crate::{
    billing, devices, events, floor, health, kitchen, menu, orders, reports, screens, settings,
    sync,
};
use axum::Router;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri, Version, header};
use axum::middleware::{from_fn, from_fn_with_state};
use domain::auth::Act;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

const PAGE: &[&str] = &["limit", "after"];

/// What lies under `/api/v1`.
pub fn v1() -> Vec<Route> {
    let mut all = access();
    all.extend(house());
    all.extend(card());
    all.extend(service());
    all.extend(money());
    all.extend(wire());
    all
}

fn access() -> Vec<Route> {
    let (manage, enrol) = (Act::ManageRestaurant, Act::EnrolDevices);
    vec![
        post("/auth/login", login::login)
            .public()
            .does("Sign in with a password")
            .takes("Login")
            .gives("Session"),
        post("/auth/refresh", session::refresh)
            .public()
            .does("The next access token, for a refresh token that is good once")
            .takes("Refresh")
            .gives("Session"),
        post("/auth/pin", login::pin)
            .device()
            .does("Sign in by PIN on an enrolled device")
            .takes("PinLogin")
            .gives("Session"),
        post("/auth/logout", session::logout)
            .does("End this session")
            .ends(),
        post("/auth/register", people::register)
            .who(Who::Register(manage))
            .does("Add somebody; the first one on an empty hub is its admin and needs no token")
            .takes("NewUser")
            .makes("User"),
        get("/auth/profile", people::profile)
            .does("Who is signed in")
            .gives("User"),
        patch("/auth/profile", people::change_profile)
            .who(Who::Oneself)
            .does("Change one's own name or password")
            .takes("ProfileChange")
            .gives("User"),
        get("/auth/users", people::list)
            .may(manage)
            .does("Everybody who works here")
            .query(PAGE)
            .gives("Users"),
        get("/auth/users/{id}", people::one)
            .may(manage)
            .does("One person")
            .gives("User"),
        patch("/auth/users/{id}", people::change)
            .may(manage)
            .does("Change somebody's name, role, password or PIN, or let them in no more")
            .takes("UserChange")
            .gives("User"),
        get("/auth/jwks.json", login::jwks)
            .public()
            .does("The public half of the key that access tokens are signed with")
            .gives("Jwks"),
        get("/openapi.json", openapi::openapi)
            .public()
            .does("This document"),
        get("/asyncapi.json", openapi::told::asyncapi)
            .public()
            .does("What sockets and Kafka tell, as AsyncAPI"),
        post("/devices/codes", devices::codes)
            .may(enrol)
            .does("A code with which one device can enrol within ten minutes")
            .takes("NewCode")
            .makes("DeviceCode"),
        post("/devices/enrol", devices::enrol)
            .who(Who::Enrol(enrol))
            .does("Enrol a device")
            .takes("NewDevice")
            .makes("Enrolled"),
        get("/devices", devices::list)
            .may(enrol)
            .does("Every device, and when it was last heard of")
            .query(PAGE)
            .gives("Devices"),
        get("/devices/{id}", devices::one)
            .may(enrol)
            .does("One device")
            .gives("Device"),
        patch("/devices/{id}", devices::rename)
            .may(manage)
            .does("Give a device another name")
            .takes("DeviceChange")
            .gives("Device"),
        delete("/devices/{id}", devices::revoke)
            .may(manage)
            .does("Revoke a device and its forks")
            .ends(),
    ]
}

fn house() -> Vec<Route> {
    let manage = Act::ManageRestaurant;
    vec![
        get("/tables", floor::list)
            .does("Every table")
            .query(PAGE)
            .gives("Tables"),
        get("/tables/{id}", floor::one)
            .does("One table")
            .gives("Table"),
        post("/tables", floor::add)
            .may(manage)
            .does("Add a table, and its room where that is new")
            .takes("NewTable")
            .makes("Table"),
        patch("/tables/{id}", floor::change)
            .may(manage)
            .does("Change a table")
            .takes("TableChange")
            .gives("Table"),
        delete("/tables/{id}", floor::remove)
            .may(manage)
            .does("Take a table away that has no open order")
            .ends(),
        get("/settings", settings::restaurant::get)
            .does("The restaurant's settings")
            .gives("Settings"),
        patch("/settings", settings::restaurant::change)
            .may(manage)
            .does("Change the settings; the currency only before the first order")
            .takes("SettingsChange")
            .gives("Settings"),
    ]
}

fn card() -> Vec<Route> {
    let manage = Act::ManageRestaurant;
    vec![
        get("/menu", menu::whole)
            .does("The whole menu, with an ETag")
            .gives("Menu"),
        get("/menu/categories", menu::categories::list)
            .does("Categories")
            .query(PAGE)
            .gives("Categories"),
        post("/menu/categories", menu::categories::add)
            .may(manage)
            .does("Add a category")
            .takes("NewCategory")
            .makes("Category"),
        get("/menu/categories/{id}", menu::categories::one)
            .does("One category")
            .gives("Category"),
        patch("/menu/categories/{id}", menu::categories::change)
            .may(manage)
            .does("Change a category")
            .takes("CategoryChange")
            .gives("Category"),
        delete("/menu/categories/{id}", menu::categories::remove)
            .may(manage)
            .does("Take a category away that has no dishes")
            .ends(),
        get("/menu/dishes", menu::dishes::list)
            .does("Dishes")
            .query(PAGE)
            .gives("Dishes"),
        post("/menu/dishes", menu::dishes::add)
            .may(manage)
            .does("Add a dish")
            .takes("NewDish")
            .makes("Dish"),
        get("/menu/dishes/{id}", menu::dishes::one)
            .does("One dish")
            .gives("Dish"),
        patch("/menu/dishes/{id}", menu::dishes::change)
            .may(manage)
            .does("Change a dish")
            .takes("DishChange")
            .gives("Dish"),
        delete("/menu/dishes/{id}", menu::dishes::remove)
            .may(manage)
            .does("Take a dish from the menu")
            .ends(),
        patch(
            "/menu/dishes/{id}/availability",
            menu::dishes::set_availability,
        )
        .may(Act::SetAvailability)
        .does("Say that a dish is gone, is back, or how many are left")
        .takes("Availability")
        .gives("Dish"),
        get("/menu/modifier-groups", menu::groups::list)
            .does("Modifier groups")
            .query(PAGE)
            .gives("ModifierGroups"),
        post("/menu/modifier-groups", menu::groups::add)
            .may(manage)
            .does("Add a modifier group")
            .takes("NewModifierGroup")
            .makes("ModifierGroup"),
        get("/menu/modifier-groups/{id}", menu::groups::one)
            .does("One modifier group")
            .gives("ModifierGroup"),
        patch("/menu/modifier-groups/{id}", menu::groups::change)
            .may(manage)
            .does("Change a modifier group")
            .takes("ModifierGroupChange")
            .gives("ModifierGroup"),
        delete("/menu/modifier-groups/{id}", menu::groups::remove)
            .may(manage)
            .does("Take a modifier group away that no dish has")
            .ends(),
    ]
}

fn service() -> Vec<Route> {
    let take = Act::TakeOrders;
    vec![
        get("/orders", orders::list)
            .does("Orders")
            .query(&["status", "tableId", "since", "limit", "after"])
            .gives("Orders"),
        post("/orders", orders::open)
            .may(take)
            .does("Open an order at a table")
            .takes("NewOrder")
            .makes("Order"),
        get("/orders/{id}", orders::one)
            .does("One order")
            .gives("Order"),
        get("/orders/{id}/trail", orders::trail::trail)
            .may(Act::SeeMoney)
            .does("All that was done to an order, and by whom")
            .gives("Trail"),
        post("/orders/{id}/items", orders::add)
            .may(take)
            .does("Add items")
            .takes("NewItems")
            .makes("Order"),
        post("/orders/{id}/send", orders::send)
            .may(take)
            .does("Send what is unsent to the kitchen")
            .gives("Order"),
        patch("/orders/{id}/items/{itemId}", orders::change)
            .may(take)
            .does("Change an item that is not sent, say that it was served, or void it")
            .takes("ItemChange")
            .gives("Order"),
        patch("/orders/{id}/status", orders::set_status)
            .may(take)
            .does("Say that all of an order was served, or cancel it")
            .takes("OrderStatus")
            .gives("Order"),
        get("/kitchen/tickets", kitchen::tickets)
            .does("Tickets; those that are not bumped unless a status is asked for")
            .query(&["station", "status", "limit", "after"])
            .gives("Tickets"),
        patch("/kitchen/items/{itemId}", kitchen::advance)
            .may(Act::Cook)
            .does("An item goes on, at one station or at all")
            .takes("ItemStage")
            .gives("Item"),
        post("/kitchen/tickets/{id}/bump", kitchen::bump)
            .may(Act::Cook)
            .does("A ticket leaves the board, and its lines are ready")
            .gives("Ticket"),
        post("/kitchen/tickets/{id}/recall", kitchen::recall)
            .may(Act::Cook)
            .does("A bumped ticket comes back, and its lines are being prepared")
            .gives("Ticket"),
    ]
}

fn money() -> Vec<Route> {
    let (see, take, read) = (Act::SeeMoney, Act::TakePayment, Act::ReadReports);
    vec![
        get("/billing/bills", billing::list)
            .may(see)
            .does("Bills, by status and business day")
            .query(&["status", "from", "to", "limit", "after"])
            .gives("Bills"),
        post("/billing/bills", billing::open)
            .may(take)
            .does("Open the bill of an order")
            .takes("NewBill")
            .makes("Bill"),
        get("/billing/bills/{id}", billing::one)
            .may(see)
            .does("One bill")
            .gives("Bill"),
        post("/billing/bills/{id}/payments", billing::pay)
            .may(take)
            .does("Take a payment")
            .takes("NewPayment")
            .makes("Payment"),
        get("/billing/bills/{id}/receipt", billing::receipt::receipt)
            .may(see)
            .does("The bill as a page to print"),
        get("/reports/sales", reports::sales)
            .may(read)
            .does("What paid bills sold, as JSON or CSV")
            .query(&["from", "to", "by"])
            .gives("Sales"),
        get("/reports/best-sellers", reports::best_sellers)
            .may(read)
            .does("Dishes by how many were sold, as JSON or CSV")
            .query(&["from", "to", "limit"])
            .gives("BestSellers"),
    ]
}

fn wire() -> Vec<Route> {
    vec![
        get("/events", events::list)
            .may(Act::ReadEvents)
            .does("What Kafka gets, page by page")
            .query(&["after", "limit", "types"])
            .gives("Events"),
        post("/sync/push", sync::push)
            .device()
            .does("A device's queue; no promise to outsiders"),
        post("/sync/pull", sync::pull)
            .device()
            .does("The log; no promise to outsiders"),
        get("/sync/snapshot", sync::snapshot)
            .device()
            .does("The state; no promise to outsiders")
            .query(&["oldest"]),
        post("/sync/recover", sync::recover::recover)
            .device()
            .does("What a device holds that the hub may have forgotten; no promise to outsiders"),
        get("/recovery", sync::recover::status)
            .may(Act::EnrolDevices)
            .does("Whether the hub gathers what it has forgotten, and whom it waits for")
            .gives("Recovery"),
        post("/recovery/end", sync::recover::end)
            .may(Act::EnrolDevices)
            .does("Wait for no further device")
            .ends(),
        post("/recovery/adopt", sync::recover::adopt)
            .may(Act::ManageRestaurant)
            .does("Take what this device has reported for the hub's own, where the key that signs it is lost")
            .takes("NamedReport")
            .ends(),
    ]
}

/// What lies at the root, beside the screens.
pub fn root() -> Vec<Route> {
    vec![
        get("/health", health::health)
            .public()
            .does("How the hub and its parts are")
            .gives("Health"),
        get("/metrics", health::metrics::metrics)
            .public()
            .does("What the hub counts of itself, for Prometheus"),
        get("/livez", health::alive)
            .public()
            .does("Whether it lives"),
        get("/readyz", health::ready)
            .public()
            .does("Whether it can answer"),
        get("/api/docs", openapi::page::docs)
            .public()
            .does("This list, for people"),
    ]
}

pub fn router(api: &Api) -> Router {
    let add = |router: Router<Api>, route: Route| router.route(route.path, route.handler);
    let v1 = v1()
        .into_iter()
        .fold(Router::new(), add)
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(api.clone(), gate::layer));
    root()
        .into_iter()
        .fold(Router::new(), add)
        .nest("/api/v1", v1)
        .fallback(screens::serve)
        .method_not_allowed_fallback(no_method)
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(trouble())
        }))
        .layer(from_fn(body::drain))
        .layer(from_fn_with_state(api.clone(), request_id::layer))
        // Outermost: what the layer above writes into a problem must be compressed too, or not at all.
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(worth_it)))
        .with_state(api.clone())
}

/// A shipped program has its screens compressed in it. One for tests has not, and would spend a second of a core on each
/// device that opens.
fn worth_it(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !cfg!(debug_assertions)
        || headers
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind != "application/wasm")
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
