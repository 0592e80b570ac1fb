//! A real Socket.IO server for the client's tests: takes the token "good", answers `echo`, and pokes at once.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};

#[derive(Deserialize)]
struct Auth {
    token: String,
}

#[derive(Debug)]
struct Unauthorized;

impl std::fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unauthorized")
    }
}

async fn admit(_socket: SocketRef, Data(auth): Data<Auth>) -> Result<(), Unauthorized> {
    (auth.token == "good").then_some(()).ok_or(Unauthorized)
}

async fn welcome(socket: SocketRef) {
    let poke = serde_json::json!({ "epoch": "1-test", "seq": 7 });
    let _gone_already = socket.emit("sync:poke", &poke);
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "who started it waits for the address")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use socketioxide::handler::ConnectHandler;
    let (layer, io) = SocketIo::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(300))
        .build_layer();
    io.ns("/", welcome.with(admit));
    let app = axum::Router::new().layer(layer);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
