//! The engine: what reaches the hub when, and what the screen says of the link.

use crate::machine::Machine;
use crate::suite::connect;
use client::suite::peer::{ANA, BEN, MINE, Peer, enrolment, id, order};
use client::suite::tablet::{add, identity, open, open_with, setup};
use client::sync::{Host, Reply};
use client::{Core, Device};
use domain::Command;
use domain::devices::DeviceKind;
use domain::ids::CommandId;
use protocol::bridge::{Answer, Model, Request, SessionAsk, Submission, Topic, View};
use protocol::view::{Link, Sync, Trouble};
use std::cell::Cell;
use std::future::Future;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};

struct Story {
    machine: Machine,
    device: Device<Machine>,
    commands: Cell<u128>,
    _folder: TempDir,
}

impl Story {
    async fn tap(&self, command: impl Into<Command>) {
        self.commands.set(self.commands.get() + 1);
        let id = CommandId(id(0xBEE_0000 + self.commands.get()));
        let submission = Submission::new(id, &command.into()).unwrap();
        let answer = self.device.call(Request::Submit(submission)).await;
        assert!(matches!(answer, Answer::Stored { .. }), "{answer:?}");
    }

    async fn see(&self, view: View) -> Model {
        match self.device.call(Request::Query { view }).await {
            Answer::View { model, .. } => *model,
            other => panic!("{other:?}"),
        }
    }

    async fn pill(&self) -> Sync {
        match self.see(View::Sync).await {
            Model::Sync(sync) => sync,
            other => panic!("{other:?}"),
        }
    }

    async fn lines(&self, of: u128) -> usize {
        match self.see(View::Check { order: order(of) }).await {
            Model::Check { check } => check.map_or(0, |check| check.lines.len()),
            other => panic!("{other:?}"),
        }
    }

    /// How long it takes until the screen shows it.
    async fn until<F: Future<Output = bool>>(&self, shows: impl Fn() -> F) -> u64 {
        let begun = self.machine.ticks();
        let shown = async {
            while !shows().await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(120), shown)
            .await
            .expect("it never shows");
        self.machine.ticks() - begun
    }

    async fn until_link(&self, is: fn(Link) -> bool) -> u64 {
        self.until(async || is(self.pill().await.link)).await
    }

    async fn settled(&self) {
        self.until_link(|link| link == Link::Online).await;
        self.until(async || self.pill().await.waiting == 0).await;
        sleep(Duration::from_secs(1)).await;
    }
}

fn offline(link: Link) -> bool {
    matches!(link, Link::Offline { .. })
}

/// Tells a story on an enrolled tablet in Ana's hands, or on a new one.
fn tell<F: Future<Output = ()>>(enrolled: bool, story: impl FnOnce(Story) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let folder = TempDir::new().unwrap();
        let machine = Machine::new(Peer::new());
        let db = connect(&folder.path().join("device.db"));
        let mut core = Core::open(db, setup(), machine.now()).unwrap();
        if enrolled {
            core.bind(&identity(enrolment(MINE))).unwrap();
        }
        let (device, engine) = Device::new(core, machine.clone());
        tokio::task::spawn_local(engine.run());
        let told = Story {
            machine,
            device,
            commands: Cell::new(0),
            _folder: folder,
        };
        if enrolled {
            told.settled().await;
            told.device.with_core(|core| core.hold(Some(ANA))).unwrap();
        }
        story(told).await;
    });
}

#[test]
fn a_tap_is_at_the_hub_at_once_and_by_one_push_at_a_time() {
    tell(true, async |story| {
        story.tap(open_with(order(1), &[1])).await;
        for number in 2..40 {
            story.tap(add(order(1), &[number])).await;
        }
        let took = story.until(async || story.pill().await.waiting == 0).await;
        assert!(took < 200, "{took} ms");
        assert_eq!(story.machine.0.most_at_once.get(), 1);
        assert!(
            story.machine.calls_of("push").len() <= 3,
            "many taps, few pushes"
        );
        story.settled().await;
        assert_eq!(story.lines(1).await, 39);
    });
}

#[test]
fn a_poke_brings_what_others_did() {
    tell(true, async |story| {
        story
            .machine
            .peer(|peer| peer.other(BEN, open_with(order(2), &[5])));
        story.machine.poke();
        let took = story.until(async || story.lines(2).await == 1).await;
        assert!(took < 200, "{took} ms");
        let told = story.machine.0.told.borrow();
        let last = told.last().unwrap();
        assert!(
            last.topics.contains(&Topic::Order { id: order(2) })
                && last.topics.contains(&Topic::Floor)
        );
    });
}

#[test]
fn without_a_poke_a_pull_brings_it_within_half_a_minute() {
    tell(true, async |story| {
        story
            .machine
            .peer(|peer| peer.other(BEN, open_with(order(2), &[5])));
        let took = story.until(async || story.lines(2).await == 1).await;
        assert!(took <= 30_100, "{took} ms");
        // And not all the time
        sleep(Duration::from_secs(600)).await;
        let pulls = story.machine.calls_of("pull").len();
        assert!((20..=45).contains(&pulls), "{pulls} pulls in ten minutes");
    });
}

#[test]
fn a_link_that_falls_silent_shows_in_time() {
    tell(true, async |story| {
        // Given something that waits
        story.machine.cut();
        story.tap(open(order(1))).await;
        let took = story.until_link(offline).await;
        assert!(took <= 5_000, "{took} ms with something waiting");
        // Given nothing that waits
        story.machine.0.up.set(true);
        story.device.retry();
        story.settled().await;
        story.machine.cut();
        let took = story.until_link(offline).await;
        assert!(took <= 9_000, "{took} ms with nothing waiting");
    });
}

#[test]
fn a_link_that_is_back_is_found_and_a_tap_finds_it_at_once() {
    tell(true, async |story| {
        story.machine.cut();
        story.until_link(offline).await;
        sleep(Duration::from_secs(300)).await;
        story.machine.0.up.set(true);
        let took = story.until_link(|link| link == Link::Online).await;
        assert!(
            took <= 26_000,
            "{took} ms by itself: a call's patience and a pause"
        );
        // Given the pause of a long outage, and calls that fail at once
        story.machine.cut();
        story.until_link(offline).await;
        sleep(Duration::from_secs(300)).await;
        while !story.resting().await {}
        story.machine.0.up.set(true);
        story.tap(open(order(1))).await;
        let took = story.until_link(|link| link == Link::Online).await;
        assert!(took <= 100, "{took} ms after a tap");
    });
}

impl Story {
    /// Waits until no call is under way.
    async fn resting(&self) -> bool {
        let before = self.machine.0.calls.borrow().last().cloned();
        sleep(Duration::from_millis(10_500)).await;
        self.machine.0.calls.borrow().last().cloned() == before
    }
}

#[test]
fn a_hub_that_asks_to_be_left_alone_is() {
    tell(true, async |story| {
        let ill = Reply {
            status: 503,
            retry_after: Some(10),
            body: r#"{"status":503,"code":"ill"}"#.into(),
        };
        *story.machine.0.says.borrow_mut() = Some(ill);
        let before = story.machine.calls_of("push").len();
        for number in 0..20 {
            story.tap(open(order(10 + number))).await;
            sleep(Duration::from_millis(450)).await;
        }
        assert_eq!(story.machine.calls_of("push").len(), before + 1);
        assert!(offline(story.pill().await.link));
        *story.machine.0.says.borrow_mut() = None;
        story.settled().await;
    });
}

#[test]
fn a_new_tablet_is_enrolled_and_signed_in() {
    tell(false, async |story| {
        let enrol = || {
            Request::Session(SessionAsk::Enrol {
                name: "Tablet".into(),
                kind: DeviceKind::Waiter,
                code: Some("1234".into()),
                hub: None,
            })
        };
        let sign_in = |password: &str| {
            Request::Session(SessionAsk::SignIn {
                username: "ana".into(),
                password: password.into(),
            })
        };
        story.machine.cut();
        assert!(matches!(story.device.call(enrol()).await, Answer::Offline));
        story.machine.0.up.set(true);
        assert!(
            matches!(story.device.call(sign_in("demo-ana")).await, Answer::Refused { code } if code == "not_enrolled")
        );
        assert!(matches!(story.device.call(enrol()).await, Answer::Done));
        story.settled().await;
        let wrong = story.device.call(sign_in("wrong")).await;
        assert!(matches!(wrong, Answer::Refused { code } if code == "bad_credentials"));
        assert!(matches!(
            story.device.call(sign_in("demo-ana")).await,
            Answer::Done
        ));
        story.tap(open(order(1))).await;
        let Model::Session(session) = story.see(View::Session).await else {
            panic!()
        };
        assert_eq!(session.person.unwrap().name, "Ana");
        let out = story
            .device
            .call(Request::Session(SessionAsk::SignOut))
            .await;
        assert!(matches!(out, Answer::Done));
    });
}

#[test]
fn a_tablet_that_its_hub_does_not_know_says_so_and_is_enrolled_anew_with_what_waits() {
    tell(true, async |story| {
        let stranger = Reply {
            status: 401,
            retry_after: None,
            body: r#"{"status":401,"code":"unauthorized"}"#.into(),
        };
        *story.machine.0.says.borrow_mut() = Some(stranger);
        story.tap(open_with(order(1), &[1])).await;
        let unknown = async || story.pill().await.trouble == Some(Trouble::Unknown);
        story.until(unknown).await;
        assert_eq!(story.pill().await.waiting, 1, "it goes on by itself");
        *story.machine.0.says.borrow_mut() = None;
        let enrol = Request::Session(SessionAsk::Enrol {
            name: "Tablet".into(),
            kind: DeviceKind::Waiter,
            code: Some("1234".into()),
            hub: None,
        });
        assert!(matches!(story.device.call(enrol).await, Answer::Done));
        story.settled().await;
        assert_eq!(story.pill().await.trouble, None);
        let seen = |peer: &mut Peer| {
            peer.entries
                .iter()
                .any(|entry| entry.contains("orders.open"))
        };
        assert!(story.machine.peer(seen), "what waited came along");
        assert_eq!(story.lines(1).await, 1);
    });
}

#[test]
fn elsewhere_is_refused_before_it_is_asked_while_anything_is_unsent() {
    tell(true, async |story| {
        story.machine.cut();
        story.tap(open(order(1))).await;
        let before = story.machine.0.calls.borrow().len();
        let elsewhere = Request::Session(SessionAsk::Enrol {
            name: "Tablet".into(),
            kind: DeviceKind::Waiter,
            code: None,
            hub: Some("http://other".into()),
        });
        let answer = story.device.call(elsewhere).await;
        assert!(matches!(answer, Answer::Refused { code } if code == "unsent"));
        let asked = story.machine.0.calls.borrow();
        assert!(
            asked[before..]
                .iter()
                .all(|(_, url)| !url.contains("enrol"))
        );
    });
}
