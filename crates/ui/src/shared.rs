//! What every component may know: who holds the device, how its link is, in which language it speaks.

use crate::bridge::{Heard, Reading, Stamps, use_feed, use_view_by};
use crate::components::toast::Toast;
use crate::reports::days;
use crate::settings::Choices;
use crate::strings::Locale;
use crate::web;
use dioxus::prelude::*;
use domain::auth::{Act, may};
use domain::ids::{LineId, OrderId, PersonId};
use domain::time::Moment;
use protocol::bridge::View;
use protocol::view::{Link, Person, Session, Sync};

#[derive(Clone, Copy, PartialEq)]
pub struct Shared {
    pub session: Signal<Reading<Session>>,
    pub sync: Signal<Reading<Sync>>,
    pub locale: Memo<Locale>,
    pub choices: Signal<Choices>,
    /// Ticks once a second.
    pub now: Signal<Moment>,
    pub stamps: Signal<Stamps>,
    pub heard: Signal<Heard>,
    pub toasts: Signal<Vec<Toast>>,
    /// Sheets that are open: while one is, nothing is taken from under the fingers.
    pub sheets: Signal<usize>,
    /// Commands on their way to the core.
    pub flying: Signal<usize>,
    /// Lines that were tapped and that no check has shown yet.
    pub adding: Signal<Vec<Adding>>,
}

/// A line between its tap and the check that shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adding {
    pub order: OrderId,
    pub line: LineId,
    pub quantity: u16,
}

impl Shared {
    /// Who holds the device.
    pub fn person(self) -> Option<Person> {
        let session = self.session.read();
        session
            .model
            .as_ref()
            .and_then(|session| session.person.clone())
    }

    /// The business day of a moment, by the restaurant's own clock.
    pub fn day_of(self, at: Moment) -> i64 {
        let session = self.session.read();
        let restaurant = session
            .model
            .as_ref()
            .and_then(|session| session.restaurant.as_ref());
        let begins = restaurant.map_or(0, |restaurant| restaurant.day_start);
        days::day_of(at, self.locale.read().offset, begins)
    }

    pub fn me(self) -> Option<PersonId> {
        self.person().map(|person| person.id)
    }

    /// The hub cannot be reached.
    pub fn is_offline(self) -> bool {
        let sync = self.sync.read();
        let link = sync.model.as_ref().map(|sync| sync.link);
        matches!(link, Some(Link::Offline { .. }))
    }

    /// Who holds the device signed in by password while the hub was there.
    pub fn is_by_password(self) -> bool {
        let session = self.session.read();
        session.model.as_ref().is_some_and(|session| session.online)
    }

    /// Whether who holds the device may do it on a device of this kind.
    pub fn may(self, act: Act) -> bool {
        let session = self.session.read();
        let session = session.model.as_ref();
        let kind = session
            .and_then(|session| session.device.as_ref())
            .map(|device| device.kind);
        let person = session.and_then(|session| session.person.as_ref());
        person.is_some_and(|person| may(person.role, kind, act))
    }
}

pub fn use_shared() -> Shared {
    use_context::<Shared>()
}

pub fn use_locale() -> Locale {
    use_shared().locale.read().clone()
}

/// Set up once, by the root of a screen. `own` names the screen where its choices are kept.
pub fn use_root(own: &'static str) -> Shared {
    let choices = use_signal(|| Choices::kept(own));
    let (stamps, heard) = (use_signal(Stamps::default), use_signal(Heard::default));
    let now = use_now();
    let (toasts, sheets, flying) = (use_signal(Vec::new), use_signal(|| 0), use_signal(|| 0));
    let adding = use_signal(Vec::new);
    use_feed(stamps, heard);
    let session = use_view_by(stamps, || View::Session);
    let sync = use_view_by(stamps, || View::Sync);
    let locale = use_memo(move || choices.read().locale(session.read().model.as_ref()));
    let shared = Shared {
        session,
        sync,
        locale,
        choices,
        now,
        stamps,
        heard,
        toasts,
        sheets,
        flying,
        adding,
    };
    use_context_provider(|| shared);
    crate::settings::use_applied(shared);
    shared
}

fn use_now() -> Signal<Moment> {
    let mut now = use_signal(web::now);
    use_future(move || async move {
        loop {
            // To the next whole second, so that all timers turn together.
            let past = i32::try_from(web::now().0.rem_euclid(1_000)).unwrap_or_default();
            web::sleep(1_000 - past).await;
            now.set(web::now());
        }
    });
    now
}
