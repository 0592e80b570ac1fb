//! Sync model → the pill's words, the sheet's rows, and a text to copy.

use crate::components::{Icon, Tone};
use crate::strings::{Locale, age};
use domain::time::Moment;
use protocol::view::{Link, Sync, Trouble};

/// What is on its way for less than this is not worth a colour. With the link gone nothing is on its way.
const SOON_MS: i64 = 3_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Pill {
    pub tone: Tone,
    pub icon: Icon,
    pub words: String,
    /// The same without what turns each second: what is read aloud when it changes.
    pub spoken: String,
}

/// `trouble` is the bridge's own: then nothing that the core last said can be believed.
pub fn pill(sync: Option<&Sync>, trouble: Option<&str>, now: Moment, locale: &Locale) -> Pill {
    let made = |tone, icon, words: String| Pill {
        tone,
        icon,
        spoken: words.clone(),
        words,
    };
    if let Some(why) = trouble {
        let words = say!(locale, "pill-trouble", what = locale.trouble(why));
        return made(Tone::Late, Icon::TriangleAlert, words);
    }
    let Some(sync) = sync else {
        return made(Tone::Quiet, Icon::RefreshCw, say!(locale, "pill-starting"));
    };
    if let Some(trouble) = &sync.trouble {
        let words = say!(locale, "pill-trouble", what = reason(trouble, locale));
        return made(Tone::Late, Icon::TriangleAlert, words);
    }
    let waiting = (sync.waiting > 0).then(|| say!(locale, "pill-waiting", count = sync.waiting));
    let gone = matches!(sync.link, Link::Offline { .. });
    let oldest = sync.oldest.filter(|at| gone || now.since(*at) >= SOON_MS);
    let (tone, icon, link) = link(sync, oldest.is_some(), locale);
    let spoken = join([waiting, link]);
    let oldest = oldest.map(|at| say!(locale, "pill-oldest", age = age(now.since(at))));
    Pill {
        tone,
        icon,
        words: join([Some(spoken.clone()), oldest]),
        spoken,
    }
}

fn link(sync: &Sync, is_old: bool, locale: &Locale) -> (Tone, Icon, Option<String>) {
    match sync.link {
        Link::Offline { since } => {
            let words = say!(locale, "pill-offline", time = locale.wall(since));
            (Tone::Wait, Icon::CloudOff, Some(words))
        }
        Link::Connecting => (
            Tone::Wait,
            Icon::RefreshCw,
            Some(say!(locale, "pill-connecting")),
        ),
        Link::Online if sync.waiting == 0 => (
            Tone::Ready,
            Icon::CheckCheck,
            Some(say!(locale, "pill-all-sent")),
        ),
        Link::Online if is_old => (Tone::Wait, Icon::Clock, None),
        Link::Online => (Tone::Quiet, Icon::RefreshCw, None),
    }
}

fn join<const N: usize>(parts: [Option<String>; N]) -> String {
    parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn reason(trouble: &Trouble, locale: &Locale) -> String {
    match trouble {
        Trouble::DiskFull => say!(locale, "trouble-disk-full"),
        Trouble::Revoked => say!(locale, "trouble-revoked"),
        Trouble::Unknown => say!(locale, "trouble-unknown"),
        Trouble::UpdateNeeded { kind: _ } => say!(locale, "trouble-update-needed"),
        Trouble::HubBehind => say!(locale, "trouble-hub-behind"),
        Trouble::HubRecovering => say!(locale, "trouble-hub-recovering"),
        Trouble::Other { why } => locale.trouble(why),
    }
}

/// The sheet's rows: what, and how it stands.
pub fn rows(sync: &Sync, now: Moment, locale: &Locale) -> Vec<(String, String)> {
    let ago = |at: Moment| {
        let (age, time) = (age(now.since(at)), locale.wall(at));
        say!(locale, "ago-at", age = age, time = time)
    };
    let never = || say!(locale, "never");
    let link = match sync.link {
        Link::Connecting => say!(locale, "pill-connecting"),
        Link::Online => say!(locale, "link-online"),
        Link::Offline { since } => say!(locale, "link-offline", time = locale.wall(since)),
    };
    vec![
        (say!(locale, "row-link"), link),
        (
            say!(locale, "row-contact"),
            sync.contact.map_or_else(never, ago),
        ),
        (say!(locale, "row-waiting"), sync.waiting.to_string()),
        (
            say!(locale, "row-oldest"),
            sync.oldest.map_or_else(|| "–".to_owned(), ago),
        ),
        (say!(locale, "row-position"), sync.seq.to_string()),
        (say!(locale, "row-build"), sync.build.clone()),
    ]
}

/// The pill of a kitchen: "Hub 1 s ago" while all is well, "offline since 19:42 · hub 2:14 ago" when not.
pub fn with_contact(pill: Pill, sync: &Sync, now: Moment, locale: &Locale) -> Pill {
    let contact = contact(sync, now, locale);
    match (contact, sync.link, &sync.trouble) {
        (Some(contact), Link::Online, None) if sync.waiting == 0 => Pill {
            icon: Icon::Plug,
            words: contact,
            ..pill
        },
        (Some(contact), Link::Offline { .. }, None) => {
            let words = join([Some(pill.words.clone()), Some(contact)]);
            Pill { words, ..pill }
        }
        (Some(_), Link::Online | Link::Connecting | Link::Offline { .. }, _) | (None, ..) => pill,
    }
}

fn contact(sync: &Sync, now: Moment, locale: &Locale) -> Option<String> {
    let seconds = now.since(sync.contact?).max(0) / 1_000;
    Some(if seconds < 60 {
        say!(locale, "hub-seconds-ago", count = seconds)
    } else {
        say!(locale, "hub-ago", age = age(seconds * 1_000))
    })
}

/// For whoever helps, in one language only, with exact moments.
pub fn report(sync: &Sync, device: Option<&str>) -> String {
    let mut text = format!(
        "Comanda {} · {}\nlink {:?} · contact {} · waiting {} · oldest {} · seq {} · evictable {}\ntrouble {:?}\n",
        sync.build,
        device.unwrap_or("not enrolled"),
        sync.link,
        sync.contact
            .map_or_else(|| "never".to_owned(), Moment::rfc3339),
        sync.waiting,
        sync.oldest
            .map_or_else(|| "none".to_owned(), Moment::rfc3339),
        sync.seq,
        sync.evictable,
        sync.trouble,
    );
    for line in &sync.log {
        text.push_str(&format!("{} {}\n", line.at.rfc3339(), line.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{MINUTE, NOW, SECOND, english, sync};

    fn words(change: impl FnOnce(&mut Sync)) -> (Tone, String) {
        let mut sync = sync();
        change(&mut sync);
        let pill = pill(Some(&sync), None, NOW, &english());
        (pill.tone, pill.words)
    }

    #[test]
    fn all_sent_is_said_only_when_all_is_sent() {
        assert_eq!(words(|_| {}), (Tone::Ready, "All sent".to_owned()));
        assert_eq!(
            words(|sync| sync.waiting = 1),
            (Tone::Quiet, "1 waiting".to_owned())
        );
    }

    #[test]
    fn a_cut_shows_how_much_waits_and_how_old_it_is() {
        let (tone, words) = words(|sync| {
            sync.link = Link::Offline {
                since: NOW.plus(-3 * MINUTE),
            };
            sync.waiting = 3;
            sync.oldest = Some(NOW.plus(-134 * SECOND));
        });
        assert_eq!(
            (tone, words.as_str()),
            (Tone::Wait, "3 waiting · offline since 19:39 · oldest 2:14")
        );
    }

    #[test]
    fn with_the_link_gone_the_age_stands_there_from_the_first_second() {
        let (_, words) = words(|sync| {
            sync.link = Link::Offline { since: NOW };
            sync.waiting = 1;
            sync.oldest = Some(NOW.plus(-SECOND));
        });
        assert!(words.ends_with("· oldest 0:01"), "{words}");
    }

    #[test]
    fn a_link_that_only_seems_up_is_amber_once_something_waits_too_long() {
        let (tone, words) = words(|sync| {
            sync.waiting = 2;
            sync.oldest = Some(NOW.plus(-5 * SECOND));
        });
        assert_eq!(
            (tone, words.as_str()),
            (Tone::Wait, "2 waiting · oldest 0:05")
        );
    }

    #[test]
    fn trouble_comes_before_everything() {
        let (tone, words) = words(|sync| sync.trouble = Some(Trouble::DiskFull));
        assert_eq!(
            (tone, words.as_str()),
            (Tone::Late, "Trouble: this device’s disk is full")
        );
        let silent = pill(Some(&sync()), Some("no_answer"), NOW, &english());
        assert_eq!(silent.tone, Tone::Late);
    }

    #[test]
    fn a_kitchen_reads_when_the_hub_was_last_heard() {
        let kitchen = |sync: &Sync| {
            with_contact(
                pill(Some(sync), None, NOW, &english()),
                sync,
                NOW,
                &english(),
            )
            .words
        };
        let mut sync = sync();
        assert_eq!(kitchen(&sync), "Hub 1 s ago");
        sync.link = Link::Offline {
            since: NOW.plus(-3 * MINUTE),
        };
        sync.contact = Some(NOW.plus(-200 * SECOND));
        assert_eq!(kitchen(&sync), "offline since 19:39 · Hub 3:20 ago");
        sync.trouble = Some(Trouble::DiskFull);
        assert!(kitchen(&sync).starts_with("Trouble"));
    }

    #[test]
    fn what_is_read_aloud_stands_still_while_the_timer_turns() {
        let mut sync = sync();
        (sync.waiting, sync.oldest) = (2, Some(NOW.plus(-9 * SECOND)));
        let spoken = |now| pill(Some(&sync), None, now, &english()).spoken;
        assert_eq!(spoken(NOW), spoken(NOW.plus(30 * SECOND)));
    }

    #[test]
    fn a_report_holds_what_a_helper_needs() {
        let text = report(&sync(), Some("Bar tablet"));
        assert!(
            text.contains("Bar tablet") && text.contains("seq 4211") && text.contains("pushed 3"),
            "{text}"
        );
    }
}
