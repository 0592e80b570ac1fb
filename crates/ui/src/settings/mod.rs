//! What this device chose for itself: language and light or dark.

mod sheet;

pub use sheet::PersonSheet;

use crate::shared::Shared;
use crate::strings::{Language, Locale};
use crate::web;
use dioxus::prelude::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use protocol::view::{Currency, Session};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Self::System, Self::Light, Self::Dark];

    fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Kept on the device, for each screen on its own: the kitchen's language is the kitchen's.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    own: &'static str,
    /// None: the restaurant's.
    pub language: Option<Language>,
    pub theme: Theme,
}

impl Choices {
    pub fn kept(own: &'static str) -> Self {
        let kept = |what: &str| web::stored(&format!("comanda-{own}-{what}"));
        let theme = kept("theme");
        let theme = Theme::ALL
            .into_iter()
            .find(|one| Some(one.name()) == theme.as_deref());
        // A wall screen in a kitchen is dark unless somebody says otherwise.
        let unless = if own == "kitchen" {
            Theme::Dark
        } else {
            Theme::System
        };
        let language = kept("language").and_then(|tag| Language::parse(&tag));
        Self {
            own,
            language,
            theme: theme.unwrap_or(unless),
        }
    }

    pub fn keep(&self) {
        let keep =
            |what: &str, value: &str| web::store(&format!("comanda-{}-{what}", self.own), value);
        keep("theme", self.theme.name());
        keep("language", self.language.map_or("", Language::tag));
    }

    /// Language: this device's choice, else the restaurant's, else the browser's.
    pub fn locale(&self, session: Option<&Session>) -> Locale {
        let restaurant = session.and_then(|session| session.restaurant.as_ref());
        let restaurants = restaurant.and_then(|restaurant| Language::parse(&restaurant.language));
        let browsers = || web::languages().iter().find_map(|tag| Language::parse(tag));
        let language = self.language.or(restaurants).or_else(browsers);
        let currency = restaurant.map(|restaurant| restaurant.currency.clone());
        let offset = restaurant.map_or(0, |restaurant| web::offset_minutes(&restaurant.zone));
        Locale::new(
            language.unwrap_or(Language::English),
            currency.unwrap_or(Currency {
                code: "XXX".to_owned(),
                digits: 2,
            }),
            offset,
        )
    }

    fn dark(&self) -> bool {
        match self.theme {
            Theme::System => web::prefers_dark(),
            Theme::Light => false,
            Theme::Dark => true,
        }
    }
}

/// Writes language and theme to the page, and follows the system where it was chosen to.
pub fn use_applied(shared: Shared) {
    let mut system = use_signal(|| 0_u32);
    use_effect(move || {
        system.read();
        let theme = if shared.choices.read().dark() {
            "dark"
        } else {
            "light"
        };
        web::set_root("data-theme", theme);
        let language = shared.locale.read().language;
        web::set_root("lang", language.tag());
        web::set_root("dir", language.direction());
    });
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_system_theme(move || drop(tell.unbounded_send(())));
        while told.next().await.is_some() {
            *system.write() += 1;
        }
    });
}
