//! Socket.IO: pokes to devices, live events to people and devices. Nothing that matters rides on it alone.

use crate::api::Api;
use crate::auth::actor::{Actor, actor_of};
use crate::live::{Doubt, Told};
use domain::auth::Role;
use domain::devices::DeviceKind;
use domain::ids::{DeviceId, PersonId, RestaurantId};
use domain::time::Moment;
use protocol::sync::Poke;
use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

#[derive(Debug, Deserialize)]
struct Auth {
    token: String,
}

#[derive(Debug, thiserror::Error)]
#[error("unauthorized")]
struct Unauthorized;

/// What somebody on a socket hears.
#[derive(Debug, Clone, Copy)]
enum Ears {
    /// All of it.
    Service,
    /// Without money, and no tables.
    Kitchen,
}

fn room(restaurant: RestaurantId, ears: Ears) -> String {
    match ears {
        Ears::Service => format!("{restaurant}/service"),
        Ears::Kitchen => format!("{restaurant}/kitchen"),
    }
}

fn devices(restaurant: RestaurantId) -> String {
    format!("{restaurant}/devices")
}

fn device(id: DeviceId) -> String {
    format!("device/{id}")
}

fn person(id: PersonId) -> String {
    format!("person/{id}")
}

fn session(id: Uuid) -> String {
    format!("session/{id}")
}

/// A socket that hears nothing any more and could not be closed yet, since it reads nothing: tried again.
#[derive(Debug, Clone)]
struct ShownOut;

/// The token that a socket came in with, and when it ends.
#[derive(Debug, Clone)]
struct Admitted {
    token: String,
    until: Option<Moment>,
}

pub fn layer(api: &Api) -> (SocketIoLayer, SocketIo) {
    let (layer, io) = SocketIo::builder().with_state(api.clone()).build_layer();
    io.ns("/", connected.with(authenticated));
    (layer, io)
}

async fn authenticated(
    socket: SocketRef,
    TryData(auth): TryData<Auth>,
    State(api): State<Api>,
) -> Result<(), Unauthorized> {
    let auth = auth.map_err(|_| Unauthorized)?;
    let actor = actor_of(&api, &auth.token)
        .await
        .ok()
        .flatten()
        .ok_or(Unauthorized)?;
    let mut until = None;
    let rooms = match actor {
        Actor::Person(by) => {
            until = Some(by.until);
            let ears = match by.role.on(by.device) {
                Role::Kitchen => Ears::Kitchen,
                Role::Admin | Role::Manager | Role::Staff => Ears::Service,
            };
            let bound = by.device_id.map(device);
            [
                room(by.restaurant, ears),
                person(by.id),
                session(by.session),
            ]
            .into_iter()
            .chain(bound)
            .collect()
        }
        Actor::Device(by) if by.revoked => return Err(Unauthorized),
        Actor::Device(by) => {
            let ears = match by.kind {
                DeviceKind::Kitchen => Ears::Kitchen,
                DeviceKind::Waiter | DeviceKind::Office => Ears::Service,
            };
            vec![
                room(by.restaurant, ears),
                devices(by.restaurant),
                device(by.id),
            ]
        }
    };
    let token = auth.token;
    socket.extensions.insert(Admitted { token, until });
    socket.join(rooms);
    Ok(())
}

/// Whoever was shown out while they came in is found by looking once more.
async fn connected(socket: SocketRef, State(api): State<Api>) {
    api.hub.metrics.sockets.fetch_add(1, Ordering::Relaxed);
    socket.on_disconnect(|State(api): State<Api>| async move {
        api.hub.metrics.sockets.fetch_sub(1, Ordering::Relaxed);
    });
    look_again(&api, &socket).await;
}

/// Closes a socket whose token is not good any more.
async fn look_again(api: &Api, socket: &SocketRef) {
    let Some(admitted) = socket.extensions.get::<Admitted>() else {
        return;
    };
    let still = match actor_of(api, &admitted.token).await {
        Ok(Some(Actor::Person(_))) => true,
        Ok(Some(Actor::Device(by))) => !by.revoked,
        Ok(None) => false,
        // The database does not answer: that is no reason to cut everybody off.
        Err(_) => true,
    };
    if !still {
        socket.leave_all();
        socket.extensions.insert(ShownOut);
        close(socket);
    }
}

fn close(socket: &SocketRef) {
    if let Err(error) = socket.clone().disconnect() {
        tracing::debug!(%error, "a socket had gone already, or reads nothing");
    }
}

/// How often it is looked whether tokens have run out.
const EXPIRY_EVERY: Duration = Duration::from_millis(500);

/// Cuts off whoever is shown out, and whose time is over, until the hub is gone.
pub async fn show_out(api: Api, io: SocketIo) {
    let mut doubts = api.hub.listen_for_doubts();
    let mut expiry = tokio::time::interval(EXPIRY_EVERY);
    expiry.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            doubt = doubts.recv() => match doubt {
                Ok(Doubt::Person(id)) => look_at(&api, &io, person(id)).await,
                Ok(Doubt::Device(id)) => look_at(&api, &io, device(id)).await,
                Ok(Doubt::Session(id)) => look_at(&api, &io, session(id)).await,
                Ok(Doubt::Anybody) | Err(RecvError::Lagged(_)) => {
                    for socket in everybody(&io) {
                        look_again(&api, &socket).await;
                    }
                }
                Err(RecvError::Closed) => return,
            },
            _ = expiry.tick() => run_out(&api, &io).await,
        }
    }
}

/// Nobody any more once the hub is closing: then the namespace is gone.
fn everybody(io: &SocketIo) -> Vec<SocketRef> {
    io.of("/").map(|all| all.sockets()).unwrap_or_default()
}

async fn look_at(api: &Api, io: &SocketIo, room: String) {
    let inside = io.of("/").map(|all| all.to(room).sockets());
    for socket in inside.unwrap_or_default() {
        look_again(api, &socket).await;
    }
}

async fn run_out(api: &Api, io: &SocketIo) {
    let now = api.hub.world.now();
    for socket in everybody(io) {
        if socket.extensions.get::<ShownOut>().is_some() {
            close(&socket);
            continue;
        }
        let until = socket
            .extensions
            .get::<Admitted>()
            .and_then(|admitted| admitted.until);
        if until.is_some_and(|until| until <= now) {
            look_again(api, &socket).await;
        }
    }
}

/// Passes on whatever is committed, until the hub is gone.
pub async fn pass_on(api: Api, io: SocketIo) {
    let mut news = api.hub.listen();
    loop {
        match news.recv().await {
            Ok(told) => tell(&io, &told).await,
            // Devices pull by themselves; people's programs read again.
            Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "sockets were told too late"),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tell(io: &SocketIo, told: &Told) {
    let (service, kitchen) = (
        room(told.restaurant, Ears::Service),
        room(told.restaurant, Ears::Kitchen),
    );
    let listens = |room: &String| is_anybody_in(io, room);
    let (to_service, to_kitchen) = (listens(&service), listens(&kitchen));
    for event in &told.events {
        if to_service {
            emit(io, service.clone(), event.name, &event.said).await;
        }
        if to_kitchen && let Some(said) = event.said.to_the_kitchen() {
            emit(io, kitchen.clone(), event.name, &said).await;
        }
    }
    let poke = Poke {
        epoch: told.position.epoch.clone(),
        seq: told.position.seq,
    };
    emit(io, devices(told.restaurant), "sync:poke", &poke).await;
}

/// What nobody hears is not written out.
fn is_anybody_in(io: &SocketIo, room: &str) -> bool {
    let inside = io.of("/").map(|all| all.to(room.to_owned()).sockets());
    inside.is_some_and(|inside| !inside.is_empty())
}

async fn emit<T: serde::Serialize + ?Sized>(io: &SocketIo, room: String, name: &str, said: &T) {
    let Some(all) = io.of("/") else {
        return;
    };
    if let Err(error) = all.to(room).emit(name, said).await {
        tracing::debug!(%error, name, "somebody could not be told");
    }
}
