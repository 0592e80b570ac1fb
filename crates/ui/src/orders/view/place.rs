//! Where a line really is (promise 4): colour, icon and word, never one of them alone.

use super::State;
use crate::components::{Icon, Tone};
use crate::floor::view::first_name;
use crate::strings::Locale;
use domain::time::Moment;
use protocol::view::Place;

pub fn is_draft(place: &Place) -> bool {
    match place {
        Place::DraftHere { .. } | Place::DraftAtHub => true,
        Place::SendingHere { .. }
        | Place::SentAtHub { .. }
        | Place::SeenByKitchen { .. }
        | Place::Preparing { .. }
        | Place::Ready { .. }
        | Place::Served { .. }
        | Place::Held { .. }
        | Place::Voided { .. } => false,
    }
}

pub fn is_voided(place: &Place) -> bool {
    matches!(place, Place::Voided { .. })
}

/// Since when it has been there, where a timer says so.
fn since(place: &Place) -> Option<Moment> {
    match place {
        Place::DraftHere { since }
        | Place::SendingHere { since }
        | Place::Preparing { since }
        | Place::Ready { since }
        | Place::Held { since } => Some(*since),
        Place::DraftAtHub
        | Place::SentAtHub { .. }
        | Place::SeenByKitchen { .. }
        | Place::Served { .. }
        | Place::Voided { .. } => None,
    }
}

/// Two that would be told in the same words, but for a timer.
pub(super) fn same(one: &Place, other: &Place) -> bool {
    match (since(one), since(other)) {
        (Some(_), Some(_)) => std::mem::discriminant(one) == std::mem::discriminant(other),
        (None, None) => one == other,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Of two at the same place, the one that has been there longer.
pub(super) fn older(one: &Place, other: &Place) -> Place {
    if since(other) < since(one) {
        other.clone()
    } else {
        one.clone()
    }
}

pub(super) fn state(place: &Place, locale: &Locale) -> State {
    let (tone, icon, words) = match place {
        Place::DraftHere { .. } => (
            Tone::Wait,
            Icon::TabletSmartphone,
            say!(locale, "place-draft-here"),
        ),
        Place::DraftAtHub => (
            Tone::Quiet,
            Icon::Server,
            say!(locale, "place-draft-at-hub"),
        ),
        Place::SendingHere { .. } => (Tone::Wait, Icon::Clock, say!(locale, "place-sending-here")),
        Place::SentAtHub { at, by: _ } => (
            Tone::Cook,
            Icon::ChefHat,
            say!(locale, "place-sent-at-hub", time = locale.wall(*at)),
        ),
        Place::SeenByKitchen { at, by: _ } => (
            Tone::Cook,
            Icon::Eye,
            say!(locale, "place-seen", time = locale.wall(*at)),
        ),
        Place::Preparing { .. } => (Tone::Cook, Icon::Flame, say!(locale, "place-preparing")),
        Place::Ready { .. } => (
            Tone::Ready,
            Icon::ConciergeBell,
            say!(locale, "place-ready"),
        ),
        Place::Served { at, by: _ } => (
            Tone::Quiet,
            Icon::CheckCheck,
            say!(locale, "place-served", time = locale.wall(*at)),
        ),
        Place::Held { .. } => (Tone::Wait, Icon::CirclePause, say!(locale, "place-held")),
        Place::Voided { at, by, reason } => (
            Tone::Late,
            Icon::Ban,
            voided(*at, by.as_deref(), reason.as_deref(), locale),
        ),
    };
    let since = since(place);
    State {
        tone,
        icon,
        words,
        since,
    }
}

fn voided(at: Moment, by: Option<&str>, reason: Option<&str>, locale: &Locale) -> String {
    let words = say!(locale, "place-voided", time = locale.wall(at));
    let rest = by.map(first_name).into_iter();
    let rest = rest.chain(reason.map(ToOwned::to_owned));
    [words]
        .into_iter()
        .chain(rest)
        .collect::<Vec<_>>()
        .join(" · ")
}
