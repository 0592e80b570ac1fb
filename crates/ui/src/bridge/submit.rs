//! Commands on their way: several at a time, none of them waited for by the next tap.

use super::calls::call;
use crate::components::toast::Toast;
use crate::ids;
use crate::shared::Shared;
use crate::strings::Locale;
use dioxus::prelude::*;
use domain::Command;
use domain::ids::CommandId;
use domain::ids::PersonId;
use protocol::bridge::{Answer, Approval, Request, Submission};

/// One command with the id that was drawn when its tap or its sheet began.
#[derive(Debug, Clone)]
pub struct Submitting {
    submission: Submission,
}

impl Submitting {
    pub fn new(command: &Command) -> Option<Self> {
        // Our own types always become JSON; if ever not, there is nothing to send.
        let submission = Submission::new(ids::command(), command).ok()?;
        Some(Self { submission })
    }

    /// Somebody who may stands by, and typed their PIN.
    pub fn approved(mut self, person: PersonId, pin: String) -> Self {
        self.submission.approval = Some(Approval { person, pin });
        self
    }

    /// What takes this back may have to name it.
    pub fn id(&self) -> CommandId {
        self.submission.cmd_id
    }
}

/// What became of a command, for the component that sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flight {
    Stored,
    /// A rule said no, or it cannot be: sending it again would not help.
    Refused,
    /// Nobody knows whether it is stored; the same call may be made again.
    Unknown,
}

impl Shared {
    /// Sends without being waited for, and to the end, whatever page is shown by then.
    pub fn send(self, submitting: Submitting, then: impl FnOnce(Flight) + 'static) {
        dioxus::core::spawn_forever(async move { then(self.submit(submitting).await) });
    }

    /// Sends a command; whatever goes wrong is said, with a way to try the same call again.
    pub async fn submit(self, submitting: Submitting) -> Flight {
        let request = Request::Submit(submitting.submission.clone());
        let mut flying = self.flying;
        *flying.write() += 1;
        let answer = call(&request).await;
        *flying.write() -= 1;
        let locale = self.locale.peek().clone();
        match said(&answer, &locale) {
            None => Flight::Stored,
            Some((words, Flight::Unknown)) => {
                self.toast(Toast::trouble(words).again(submitting));
                Flight::Unknown
            }
            Some((words, flight)) => {
                self.toast(Toast::trouble(words));
                flight
            }
        }
    }
}

/// None: it is on this device's disk.
fn said(answer: &Answer, locale: &Locale) -> Option<(String, Flight)> {
    match answer {
        Answer::Stored { .. } | Answer::Done => None,
        Answer::Refused { code } => Some((locale.refusal(code), Flight::Refused)),
        Answer::Bad { field, code } => {
            let what = format!("{field}: {code}");
            Some((say!(locale, "bad-input", what = what), Flight::Refused))
        }
        Answer::Offline => Some((say!(locale, "answer-offline"), Flight::Unknown)),
        Answer::Trouble { what } => Some((
            say!(locale, "not-stored", what = locale.trouble(what)),
            Flight::Unknown,
        )),
        Answer::View { .. } | Answer::Fetched { .. } => Some((
            say!(
                locale,
                "not-stored",
                what = "another answer was given".to_owned()
            ),
            Flight::Unknown,
        )),
    }
}
