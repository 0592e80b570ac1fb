//! What the core says unasked, gathered by the frame: many changes make one re-read.

use crate::web;
use dioxus::prelude::*;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use protocol::bridge::{Changed, Topic, View};
use serde::Deserialize;
use std::collections::HashMap;

/// How often each topic has changed since this page began.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stamps {
    /// Grows when the core is a new one: all that is shown came from the old one.
    pub core: u64,
    topics: HashMap<Topic, u64>,
}

impl Stamps {
    pub fn of(&self, view: &View) -> (u64, u64) {
        let stamp = |topic: &Topic| self.topics.get(topic).copied().unwrap_or_default();
        let changes = match view {
            View::Floor => stamp(&Topic::Floor),
            View::Check { order } | View::Bill { order } => stamp(&Topic::Order { id: *order }),
            View::Menu => stamp(&Topic::Menu),
            View::Board { .. } => stamp(&Topic::Board),
            View::Attention => stamp(&Topic::Attention),
            View::Sync => stamp(&Topic::Sync),
            View::Session => stamp(&Topic::Session),
        };
        (self.core, changes)
    }

    fn touch(&mut self, topics: Vec<Topic>) {
        for topic in topics {
            *self.topics.entry(topic).or_default() += 1;
        }
    }
}

/// What the host says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    pub update_ready: bool,
    pub trouble: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Notice {
    core: Option<String>,
    update: Option<String>,
    trouble: Option<String>,
}

enum Said {
    Changed(String),
    Notice(String),
}

/// Listens for as long as the root stands.
pub fn use_feed(mut stamps: Signal<Stamps>, mut heard: Signal<Heard>) {
    use_future(move || async move {
        let mut said = subscribe();
        while let Some(first) = said.next().await {
            web::next_frame().await;
            let mut batch = vec![first];
            while let Ok(more) = said.try_recv() {
                batch.push(more);
            }
            let (mut next, mut host) = (stamps.peek().clone(), heard.peek().clone());
            for one in batch {
                take(one, &mut next, &mut host);
            }
            if *stamps.peek() != next {
                stamps.set(next);
            }
            if *heard.peek() != host {
                heard.set(host);
            }
        }
    });
}

fn subscribe() -> UnboundedReceiver<Said> {
    let (tell, said) = unbounded();
    let notice = tell.clone();
    // It fails only once nobody listens any more.
    web::listen(
        move |json| drop(tell.unbounded_send(Said::Changed(json))),
        move |json| drop(notice.unbounded_send(Said::Notice(json))),
    );
    said
}

fn take(said: Said, stamps: &mut Stamps, heard: &mut Heard) {
    match said {
        Said::Changed(json) => {
            if let Ok(changed) = serde_json::from_str::<Changed>(&json) {
                stamps.touch(changed.topics);
            }
        }
        Said::Notice(json) => {
            let notice: Notice = serde_json::from_str(&json).unwrap_or_default();
            if notice.core.is_some() {
                stamps.core += 1;
                heard.trouble = None;
            }
            heard.update_ready |= notice.update.is_some();
            heard.trouble = notice.trouble.or(heard.trouble.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(said: impl IntoIterator<Item = Said>) -> (Stamps, Heard) {
        let (mut stamps, mut heard) = (Stamps::default(), Heard::default());
        for one in said {
            take(one, &mut stamps, &mut heard);
        }
        (stamps, heard)
    }

    #[test]
    fn a_change_touches_only_its_own_views() {
        let json = r#"{"revision":4,"topics":[{"topic":"floor"},{"topic":"sync"}]}"#;
        let (stamps, _) = after([Said::Changed(json.to_owned())]);
        assert_eq!(stamps.of(&View::Floor), (0, 1));
        assert_eq!(stamps.of(&View::Sync), (0, 1));
        assert_eq!(stamps.of(&View::Menu), (0, 0));
    }

    #[test]
    fn a_new_core_makes_every_view_old_and_ends_its_trouble() {
        let notices = [
            r#"{"trouble":"it fell"}"#,
            r#"{"update":"ready"}"#,
            r#"{"core":"ready"}"#,
            "nonsense",
        ];
        let (stamps, heard) = after(notices.map(|json| Said::Notice(json.to_owned())));
        assert_eq!(stamps.of(&View::Menu), (1, 0));
        assert_eq!(
            heard,
            Heard {
                update_ready: true,
                trouble: None
            }
        );
    }
}
