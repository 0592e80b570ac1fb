//! Socket.IO: pokes to devices, live events to people and devices. Nothing that matters rides on it alone.

use crate::api::Api;
use crate::auth::actor::{Actor, actor_of};
use crate::live::Told;
use domain::auth::Role;
use domain::devices::DeviceKind;
use domain::ids::{DeviceId, RestaurantId};
use protocol::sync::Poke;
use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use tokio::sync::broadcast::error::RecvError;

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
    let rooms = match actor {
        Actor::Person(by) => {
            let kitchen = by.role == Role::Kitchen || by.device == Some(DeviceKind::Kitchen);
            vec![room(
                by.restaurant,
                if kitchen {
                    Ears::Kitchen
                } else {
                    Ears::Service
                },
            )]
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
    socket.join(rooms);
    Ok(())
}

async fn connected(_: SocketRef) {}

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
    for event in &told.events {
        emit(
            io,
            room(told.restaurant, Ears::Service),
            event.name,
            &event.full,
        )
        .await;
        if let Some(kitchen) = &event.kitchen {
            emit(
                io,
                room(told.restaurant, Ears::Kitchen),
                event.name,
                kitchen,
            )
            .await;
        }
    }
    let poke = Poke {
        epoch: told.position.epoch.clone(),
        seq: told.position.seq,
    };
    emit(io, devices(told.restaurant), "sync:poke", &poke).await;
    for id in &told.revoked {
        if let Err(error) = io.to(device(*id)).disconnect().await {
            tracing::warn!(%error, "a revoked device's socket could not be closed");
        }
    }
}

async fn emit<T: serde::Serialize + ?Sized>(io: &SocketIo, room: String, name: &str, said: &T) {
    if let Err(error) = io.to(room).emit(name, said).await {
        tracing::debug!(%error, name, "somebody could not be told");
    }
}
