//! Serving: from settings to a hub that answers, and down again without losing what is in flight.

mod door;
mod tls;

use crate::api::{Api, routes};
use crate::auth::password::Passwords;
use crate::demo::{self, Demo};
use crate::founding::{self, First};
use crate::hub::Hub;
use crate::limits::Limits;
use crate::live::Told;
use crate::nodes;
use crate::relay::{self, RelayState};
use crate::settings::Settings;
use crate::sockets;
use crate::store::db::{Schema, schema};
use crate::store::{Db, Tx, head};
use crate::verify::{self, Verified};
use crate::world::{self, Machine};
use anyhow::Context;
use axum::serve::ListenerExt;
use domain::ids::{PersonId, RestaurantId};
use domain::text::Name;
use door::Door;
use serde_json::json;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tls::{Shown, TlsListener};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

pub(crate) const SQLITE: &str = "comanda.sqlite";
/// What is in flight has so long to end.
const GRACE: Duration = Duration::from_secs(8);

/// How serving has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Somebody has ended it.
    Told,
    /// It has not begun: the demo was made, and a fresh process is to serve it.
    DemoMade,
}

pub async fn serve(settings: &Settings, with_demo: Option<u8>) -> anyhow::Result<Ending> {
    let _alone = alone(settings)?;
    let hub = open(settings).await?;
    let passwords = Passwords::new()?;
    let demo = match with_demo {
        Some(days) => {
            let filled = demo::fill_lived_in(&hub, &passwords, i64::from(days)).await?;
            if filled.is_new {
                hub.db.close().await;
                return Ok(Ending::DemoMade);
            }
            Some(Arc::new(filled.demo))
        }
        None => None,
    };
    let relay = RelayState::default();
    let api = Api {
        hub: Arc::clone(&hub),
        passwords,
        demo: demo.clone(),
        relay: relay.clone(),
        limits: Arc::new(Limits::new(settings.rates())),
        believed: Arc::default(),
        seen: Arc::default(),
        founding: Arc::default(),
    };
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("{} cannot be listened on", settings.listen))?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    nodes::join(&hub, &stop).await?;
    start_relays(&hub, settings, &relay, &stop).await?;
    let (layer, io) = sockets::layer(&api);
    tokio::spawn(checkpoints(Arc::clone(&hub), stop.clone()));
    tokio::spawn(sockets::pass_on(api.clone(), io.clone()));
    tokio::spawn(sockets::show_out(api.clone(), io.clone()));
    let app = routes::router(&api)
        .layer(layer)
        .into_make_service_with_connect_info::<SocketAddr>();
    let shown = tls::load(&hub, &settings.tls, address, &settings.data).await?;
    let says = announcement(address, shown.as_ref(), demo.as_deref());
    let closing = CancellationToken::new();
    let closed = closing.clone().cancelled_owned();
    let served = match shown {
        Some(shown) => {
            let listener = TlsListener::new(listener, &shown)?;
            let listener = Door::new(listener).tap_io(|_| {});
            let serving = axum::serve(listener, app).with_graceful_shutdown(closed);
            tokio::spawn(async move { serving.await })
        }
        None => {
            let listener = Door::new(listener.tap_io(at_once)).tap_io(|_| {});
            let serving = axum::serve(listener, app).with_graceful_shutdown(closed);
            tokio::spawn(async move { serving.await })
        }
    };
    let mut ends = Ends::watch()?;
    announce(&says);
    ends.come().await;
    tracing::info!("stopping");
    closing.cancel();
    io.close().await;
    if tokio::time::timeout(GRACE, served).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    stop.cancel();
    hub.stop();
    hub.db.close().await;
    Ok(Ending::Told)
}

async fn open(settings: &Settings) -> anyhow::Result<Arc<Hub>> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("the data folder {} cannot be made", settings.data.display()))?;
    let db = database(settings).await?;
    Hub::open(db, Arc::new(Machine), Some(settings.data.clone())).await
}

/// Adds a further restaurant and says on stdout how its admin signs in: nobody else is told the password.
pub async fn add_restaurant(settings: &Settings, name: Name) -> anyhow::Result<()> {
    let hub = open(settings).await?;
    let username = founding::free_username(&hub).await?;
    let password: String = world::token(hub.world.as_ref()).chars().take(20).collect();
    let first = First {
        id: PersonId(hub.world.id()),
        username: username.clone(),
        full_name: Name::new("Admin")?,
        password: Passwords::new()?.hash(password.clone()).await?,
    };
    let restaurant = founding::another(&hub, name, first).await?;
    hub.stop();
    hub.db.close().await;
    let said = json!({"restaurantId": restaurant, "username": username, "password": password});
    let mut out = std::io::stdout().lock();
    writeln!(out, "{said}")
        .and_then(|()| out.flush())
        .context("stdout takes nothing")
}

/// Says what each restaurant's data came to; an error where something does not agree.
pub async fn verify(settings: &Settings) -> anyhow::Result<()> {
    let db = standing(settings).await?;
    let verified = async {
        let mut tx = db.read().await?;
        is_ours(&mut tx).await?;
        verify::in_one_moment(&mut tx).await
    };
    let verified = verified.await;
    db.close().await;
    let all = verified?;
    let differ = tell(&all)?;
    anyhow::ensure!(
        differ == 0,
        "{differ} of {} restaurants do not agree with their logs",
        all.len()
    );
    Ok(())
}

/// Says what each restaurant's data came to, and how many of them differ.
pub(crate) fn tell(all: &[Verified]) -> anyhow::Result<usize> {
    let mut out = std::io::stdout().lock();
    let mut differ = 0;
    for one in all {
        let word = if one.differences.is_empty() {
            "agrees"
        } else {
            "DIFFERS"
        };
        differ += usize::from(!one.differences.is_empty());
        writeln!(
            out,
            "restaurant {}: {word} ({} entries, {} rows of state, {} rows of reports)",
            one.restaurant, one.entries, one.rows, one.facts
        )
        .context("stdout takes nothing")?;
        for difference in &one.differences {
            writeln!(out, "  {difference}").context("stdout takes nothing")?;
        }
    }
    Ok(differ)
}

/// One line on stdout.
pub(crate) fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").context("stdout takes nothing")
}

fn there_is_one(settings: &Settings) -> anyhow::Result<()> {
    let file = settings.data.join(SQLITE);
    anyhow::ensure!(
        settings.database_url.is_some() || file.is_file(),
        "there is no database {}",
        file.display()
    );
    Ok(())
}

async fn database(settings: &Settings) -> anyhow::Result<Db> {
    if let Some(url) = &settings.database_url {
        return postgres(Db::postgres(url).await);
    }
    let file: &Path = &settings.data.join(SQLITE);
    Db::sqlite(file)
        .await
        .with_context(|| format!("the database {} cannot be opened", file.display()))
}

/// What only reads leaves a database of another version to the program that serves it.
pub(crate) async fn is_ours(tx: &mut Tx) -> anyhow::Result<()> {
    let found = schema(tx).await.context("it holds no hub")?;
    anyhow::ensure!(
        found == Schema::Ours,
        "the database is of another version: ask the program that serves it"
    );
    Ok(())
}

/// The database that is there, as it is: nothing is made, and no version is changed.
pub(crate) async fn standing(settings: &Settings) -> anyhow::Result<Db> {
    there_is_one(settings)?;
    if let Some(url) = &settings.database_url {
        return postgres(Db::postgres_as_it_is(url).await);
    }
    let file = settings.data.join(SQLITE);
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging();
    Db::sqlite_as_it_is(options)
        .await
        .with_context(|| format!("the database {} cannot be opened", file.display()))
}

/// sqlx's own words may hold the address, and so a password.
pub(crate) fn postgres(opened: anyhow::Result<Db>) -> anyhow::Result<Db> {
    opened.map_err(|error| {
        tracing::debug!(?error, "PostgreSQL");
        anyhow::anyhow!(
            "the PostgreSQL database cannot be reached or used: {}",
            brief(&error)
        )
    })
}

fn brief(error: &anyhow::Error) -> String {
    match error.downcast_ref::<sqlx::Error>() {
        Some(sqlx::Error::Database(db)) => db.message().to_owned(),
        Some(sqlx::Error::Io(io)) => io.kind().to_string(),
        Some(sqlx::Error::PoolTimedOut) => "it does not answer".into(),
        Some(_) | None => error.root_cause().to_string(),
    }
}

/// How often the database takes in what its write-ahead log holds.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

async fn checkpoints(hub: Arc<Hub>, stop: CancellationToken) {
    let each = async {
        loop {
            tokio::time::sleep(CHECKPOINT_EVERY).await;
            if let Err(error) = hub.db.checkpoint().await {
                tracing::warn!(%error, "the write-ahead log could not be carried over");
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = each => {}
    }
}

async fn start_relays(
    hub: &Arc<Hub>,
    settings: &Settings,
    state: &RelayState,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut tx = hub.db.read().await?;
    let restaurants = head::restaurants(&mut tx).await?;
    drop(tx);
    if let Some(brokers) = &settings.kafka_brokers {
        relay::check(brokers).context("KAFKA_BROKERS cannot be used")?;
    }
    let relays = Relays {
        hub: Arc::clone(hub),
        brokers: settings.kafka_brokers.clone(),
        backlog: i64::from(settings.kafka_backlog),
        state: state.clone(),
        stop: stop.clone(),
    };
    let news = hub.listen();
    for restaurant in &restaurants {
        relays.start(*restaurant);
    }
    tokio::spawn(relays.follow(news, restaurants.into_iter().collect()));
    Ok(())
}

/// What carries each restaurant's outbox, also of one that is founded while the hub serves.
struct Relays {
    hub: Arc<Hub>,
    brokers: Option<String>,
    backlog: i64,
    state: RelayState,
    stop: CancellationToken,
}

impl Relays {
    fn start(&self, restaurant: RestaurantId) {
        let (hub, stop) = (&self.hub, &self.stop);
        let backlog = self.brokers.as_ref().map(|_| self.backlog);
        let prune = relay::prune(Arc::clone(hub), restaurant, backlog, stop.clone());
        tokio::spawn(prune);
        if let Some(brokers) = self.brokers.clone() {
            let (state, stop) = (self.state.clone(), stop.clone());
            let run = relay::run(Arc::clone(hub), restaurant, brokers, state, stop);
            tokio::spawn(run);
        }
    }

    async fn follow(self, mut news: Receiver<Arc<Told>>, mut known: BTreeSet<RestaurantId>) {
        loop {
            let told = tokio::select! {
                () = self.stop.cancelled() => return,
                told = news.recv() => told,
            };
            match told {
                Ok(told) if known.insert(told.restaurant) => self.start(told.restaurant),
                // Whatever was missed is told again with the restaurant's next entry.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// A small packet does not wait for the next one.
fn at_once(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection may be slower than it could be");
    }
}

fn announcement(address: SocketAddr, shown: Option<&Shown>, demo: Option<&Demo>) -> String {
    let scheme = if shown.is_some() { "https" } else { "http" };
    let mut lines = vec![format!("listening on {scheme}://{address}")];
    if let Some(authority) = shown.and_then(|shown| shown.authority.as_ref()) {
        let file = authority.display();
        lines.push(format!(
            "devices have to trust its certificate authority: {file}"
        ));
    }
    if demo.is_some() {
        lines.push(format!("the waiters' app:    {scheme}://{address}/"));
        lines.push(format!(
            "the kitchen display: {scheme}://{address}/kitchen/"
        ));
        lines.push("people (name, password, PIN, role):".into());
        lines.extend(Demo::sign_ins());
    }
    lines.join("\n")
}

/// The first line on stdout says that it can answer: others wait for it. Nobody has to read it, though.
fn announce(says: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{says}").and_then(|()| out.flush()) {
        tracing::warn!(%error, "stdout takes nothing");
    }
}

/// The signals that end the program.
struct Ends {
    term: Signal,
    int: Signal,
}

impl Ends {
    fn watch() -> std::io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits until somebody ends the program.
    async fn come(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}

const LOOKS: u32 = 40;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// One hub to a data folder: what lies in it besides the database is each node's own. The lock goes with the process,
/// however it ends.
pub(crate) fn alone(settings: &Settings) -> anyhow::Result<File> {
    let shown = settings.data.display();
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("the data folder {shown} cannot be made"))?;
    let lock = File::create(settings.data.join("comanda.lock"))
        .with_context(|| format!("the data folder {shown} cannot be written"))?;
    // One that was told to go may still be on its way out.
    for _ in 0..LOOKS {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_AGAIN),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the data folder cannot be locked against a second hub");
                return Ok(lock);
            }
        }
    }
    anyhow::bail!("another hub serves the data folder {shown} already")
}
