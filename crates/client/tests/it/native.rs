//! Two native devices and the real hub, over real sockets, one behind a link that falls silent.

use client::native::{self, Handle};
use client::suite::tablet::setup;
use comanda::api::{Api, routes};
use comanda::auth::password::Passwords;
use comanda::limits::{Limits, Rates};
use comanda::relay::RelayState;
use comanda::store::Db;
use comanda::world::{Machine, World};
use comanda::{Hub, demo, sockets};
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::{CommandId, DishId, LineId, OrderId, PersonId, TableId};
use domain::orders::add::{Add, NewLine};
use domain::orders::open::Open;
use domain::text::{Guests, Quantity};
use protocol::bridge::{Answer, Ask, Fetch, Model, Request, SessionAsk, Submission, View};
use protocol::view::{Link, Place, Session};
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// The hub with its demo restaurant, in this process.
async fn hub(folder: &Path) -> SocketAddr {
    let db = Db::sqlite(&folder.join("hub.sqlite")).await.unwrap();
    let hub = Hub::open(db, Arc::new(Machine), None).await.unwrap();
    let passwords = Passwords::new().unwrap();
    let demo = demo::fill(&hub, &passwords).await.unwrap();
    let api = Api {
        hub,
        passwords,
        demo: Some(Arc::new(demo)),
        relay: RelayState::default(),
        limits: Arc::new(Limits::new(Rates {
            anonymous: 0,
            per_actor: 0,
            sign_in: 0,
        })),
        believed: Arc::default(),
        seen: Arc::default(),
        founding: Arc::default(),
    };
    let (layer, io) = sockets::layer(&api);
    tokio::spawn(sockets::pass_on(api.clone(), io));
    let app = routes::router(&api).layer(layer);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A cable that can fall silent: nothing ends, nothing comes through.
struct Cable {
    address: SocketAddr,
    alive: watch::Sender<bool>,
}

impl Cable {
    async fn to(hub: SocketAddr) -> Self {
        let (alive, lives) = watch::channel(true);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(hub).await.unwrap();
                let ((a, b), (c, d)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(a, d, lives.clone()));
                tokio::spawn(carry(c, b, lives.clone()));
            }
        });
        Self { address, alive }
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut lives: watch::Receiver<bool>,
) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if lives.wait_for(|alive| *alive).await.is_err()
            || to.write_all(&bytes[..read]).await.is_err()
        {
            return;
        }
    }
}

struct Tablet {
    handle: Handle,
    told: Arc<Notify>,
}

impl Tablet {
    fn start(path: &Path, hub: SocketAddr) -> Self {
        let told = Arc::new(Notify::new());
        let tell = Arc::clone(&told);
        let handle = native::start(
            path.to_owned(),
            setup(),
            format!("http://{hub}"),
            move |_| {
                tell.notify_one();
            },
        );
        Self {
            handle: handle.unwrap(),
            told,
        }
    }

    /// Enrolled in the demo, and in somebody's hands.
    async fn of(path: &Path, hub: SocketAddr, person: &str) -> Self {
        let tablet = Self::start(path, hub);
        let enrol = SessionAsk::Enrol {
            name: format!("{person}'s tablet"),
            kind: DeviceKind::Waiter,
            code: None,
            hub: None,
        };
        tablet.asks(enrol).await;
        let sign_in = SessionAsk::SignIn {
            username: person.into(),
            password: format!("demo-{person}"),
        };
        tablet.asks(sign_in).await;
        tablet.until(async || matches!(tablet.see(View::Session).await, Model::Session(session) if session.person.is_some())).await;
        tablet
    }

    async fn asks(&self, ask: SessionAsk) {
        let answer = self.handle.call(Request::Session(ask)).await;
        assert!(matches!(answer, Answer::Done), "{answer:?}");
    }

    async fn tap(&self, command: impl Into<Command>) {
        let submission = Submission::new(CommandId(Machine.id()), &command.into()).unwrap();
        let answer = self.handle.call(Request::Submit(submission)).await;
        assert!(matches!(answer, Answer::Stored { .. }), "{answer:?}");
    }

    async fn see(&self, view: View) -> Model {
        match self.handle.call(Request::Query { view }).await {
            Answer::View { model, .. } => *model,
            other => panic!("{other:?}"),
        }
    }

    async fn places(&self, order: OrderId) -> Vec<Place> {
        match self.see(View::Check { order }).await {
            Model::Check { check } => check
                .map(|check| check.lines.into_iter().map(|line| line.place).collect())
                .unwrap_or_default(),
            other => panic!("{other:?}"),
        }
    }

    async fn link(&self) -> Link {
        match self.see(View::Sync).await {
            Model::Sync(sync) => sync.link,
            other => panic!("{other:?}"),
        }
    }

    async fn session(&self) -> Session {
        match self.see(View::Session).await {
            Model::Session(session) => session,
            other => panic!("{other:?}"),
        }
    }

    /// Who of the demo is called so, once this tablet knows a PIN of theirs.
    async fn with_pin(&self, username: &str) -> PersonId {
        let find = async || {
            let mut people = self.session().await.people.into_iter();
            people.find(|person| person.username == username && person.has_pin)
        };
        self.until(async || find().await.is_some()).await;
        find().await.unwrap().id
    }

    async fn table_and_dish(&self) -> (TableId, DishId) {
        let (Model::Floor(floor), Model::Menu(menu)) =
            (self.see(View::Floor).await, self.see(View::Menu).await)
        else {
            panic!()
        };
        let plain = menu.dishes.iter().find(|dish| dish.groups.is_empty());
        (floor.tables[0].id, plain.unwrap().id)
    }

    /// Reads again whenever something has changed, until it shows.
    async fn until<F: Future<Output = bool>>(&self, shows: impl Fn() -> F) -> Duration {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long it takes is what is asked"
        )]
        let begun = Instant::now();
        let shown = async {
            while !shows().await {
                self.told.notified().await;
            }
        };
        let patience = Duration::from_secs(40);
        tokio::time::timeout(patience, shown)
            .await
            .expect("it never shows");
        begun.elapsed()
    }
}

fn line(dish: DishId) -> NewLine {
    NewLine {
        id: LineId(Machine.id()),
        dish,
        quantity: Quantity::new(1).unwrap(),
        modifiers: Vec::new(),
        note: None,
        seat: None,
        course: None,
        frozen: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tablets_a_hub_and_a_cable_that_falls_silent() {
    let folder = TempDir::new().unwrap();
    let hub = hub(folder.path()).await;
    let cable = Cable::to(hub).await;
    let path = folder.path().join("ana.db");
    let ana = Tablet::of(&path, cable.address, "ana").await;
    let ben = Tablet::of(&folder.path().join("ben.db"), hub, "ben").await;
    let (table, dish) = ana.table_and_dish().await;
    let order = OrderId(Machine.id());

    // A tap on Ana's tablet is on Ben's by a poke, long before any tick
    ana.tap(Open {
        order,
        table,
        guests: Guests::new(2).unwrap(),
        beside: Vec::new(),
        lines: vec![line(dish)],
        fire: None,
    })
    .await;
    let took = ben
        .until(async || ben.places(order).await == [Place::DraftAtHub])
        .await;
    assert!(took < Duration::from_secs(5), "{took:?}");

    // A cable that falls silent shows, and nothing is lost by it
    cable.alive.send_replace(false);
    let lines = vec![line(dish)];
    ana.tap(Add {
        order,
        lines,
        fire: None,
    })
    .await;
    let took = ana
        .until(async || matches!(ana.link().await, Link::Offline { .. }))
        .await;
    assert!(took <= Duration::from_secs(5), "{took:?}");
    assert!(matches!(
        ana.places(order).await[..],
        [Place::DraftAtHub, Place::DraftHere { .. }]
    ));

    // With the cable back, both stand at the hub and on Ben's tablet
    cable.alive.send_replace(true);
    ana.handle.retry();
    ben.until(async || ben.places(order).await.len() == 2).await;
    ana.until(async || ana.places(order).await == [Place::DraftAtHub, Place::DraftAtHub])
        .await;
    assert_eq!(ana.link().await, Link::Online);

    // And with the hub gone for good, Ana's tablet still has it after a restart
    cable.alive.send_replace(false);
    drop(ana);
    let ana = Tablet::start(&path, cable.address);
    assert_eq!(ana.places(order).await.len(), 2);
    let Model::Session(session) = ana.see(View::Session).await else {
        panic!()
    };
    assert_eq!(session.person.unwrap().username, "ana");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_takes_the_tablet_by_pin_and_reads_what_only_the_hub_has() {
    let folder = TempDir::new().unwrap();
    let cable = Cable::to(hub(folder.path()).await).await;
    let tablet = Tablet::of(&folder.path().join("ana.db"), cable.address, "ana").await;
    let manager = tablet.with_pin("manager").await;
    let figures = || Request::Fetch {
        what: Fetch::BestSellers {
            from: "2026-01-01".into(),
            to: "2036-01-01".into(),
        },
    };
    let code = || Request::Ask {
        what: Ask::DeviceCode {
            kind: DeviceKind::Waiter,
        },
    };

    // What a waiter may not see the hub does not show
    let answer = tablet.handle.call(figures()).await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");

    // A manager may, by PIN alone; devices take a password
    let pin = || SessionAsk::Pin {
        person: manager,
        pin: "2000".into(),
    };
    tablet.asks(pin()).await;
    let answer = tablet.handle.call(figures()).await;
    assert!(
        matches!(answer, Answer::Fetched { as_of: None, .. }),
        "{answer:?}"
    );
    let answer = tablet.handle.call(code()).await;
    assert!(matches!(answer, Answer::Refused { code } if code == "password_session"));
    let sign_in = SessionAsk::SignIn {
        username: "manager".into(),
        password: "demo-manager".into(),
    };
    tablet.asks(sign_in).await;
    assert!(tablet.session().await.online);
    tablet.handle.call(figures()).await;
    let answer = tablet.handle.call(code()).await;
    assert!(
        matches!(&answer, Answer::Fetched { data, .. } if data["code"].is_string()),
        "{answer:?}"
    );

    // With the hub gone the tablet changes hands all the same, and says what it cannot do
    cable.alive.send_replace(false);
    tablet.handle.retry();
    tablet
        .until(async || matches!(tablet.link().await, Link::Offline { .. }))
        .await;
    // What the hub said last is still shown, with its time; to nobody else
    let answer = tablet.handle.call(figures()).await;
    assert!(
        matches!(answer, Answer::Fetched { as_of: Some(_), .. }),
        "{answer:?}"
    );
    tablet.asks(SessionAsk::SignOut).await;
    assert!(tablet.session().await.person.is_none());
    tablet.asks(pin()).await;
    let answer = tablet.handle.call(figures()).await;
    assert!(matches!(answer, Answer::Offline), "{answer:?}");
    assert_eq!(tablet.session().await.person.unwrap().id, manager);
    let answer = tablet.handle.call(figures()).await;
    assert!(matches!(answer, Answer::Offline), "{answer:?}");
}
