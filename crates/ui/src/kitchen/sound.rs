//! What the kitchen hears: when, and which notes. Whoever draws the board plays them.

use domain::ids::{LineId, TicketId};
use protocol::view::Board;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chime {
    /// A ticket has come, or has come back.
    New,
    /// Something that was being cooked is not wanted any more.
    Void,
}

/// One note: its pitch, and when it begins and how long it sounds, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    pub hertz: f32,
    pub at: u32,
    pub length: u32,
    pub harsh: bool,
}

const fn tone(hertz: f32, at: u32, length: u32, harsh: bool) -> Tone {
    Tone {
        hertz,
        at,
        length,
        harsh,
    }
}

/// Two rising bells: something nice.
const NEW: [Tone; 2] = [tone(880.0, 0, 260, false), tone(1_318.5, 170, 520, false)];
/// Three low falling buzzes: stop.
const VOID: [Tone; 3] = [
    tone(415.3, 0, 170, true),
    tone(311.1, 210, 170, true),
    tone(207.7, 420, 380, true),
];

impl Chime {
    pub fn tones(self) -> &'static [Tone] {
        match self {
            Self::New => &NEW,
            Self::Void => &VOID,
        }
    }

    /// How it is named on the page, for its flash.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Void => "void",
        }
    }
}

/// What a board held when it was last looked at.
#[derive(Debug, Clone, Default)]
pub struct Ears {
    tickets: BTreeSet<TicketId>,
    voids: BTreeSet<(TicketId, LineId)>,
    began: bool,
}

impl Ears {
    /// What has come since is heard; of a board's first sight, what no kitchen's screen has shown before. A void is
    /// heard over a new ticket: what is on the fire is lost by the minute.
    pub fn hear(&mut self, board: &Board) -> Option<Chime> {
        let open = |voided: &protocol::view::VoidedLine| !voided.acknowledged;
        let voids: BTreeSet<_> = board
            .tickets
            .iter()
            .flat_map(|ticket| ticket.lines.iter().map(move |line| (ticket.id, line)))
            .filter(|(_, line)| line.voided.as_ref().is_some_and(open))
            .map(|(ticket, line)| (ticket, line.id))
            .collect();
        let first = !std::mem::replace(&mut self.began, true);
        let comes = |ticket: &protocol::view::Ticket| {
            let known = self.tickets.contains(&ticket.id) || first && ticket.seen;
            !known
        };
        let chime = if voids.iter().any(|void| !self.voids.contains(void)) {
            Some(Chime::Void)
        } else {
            let new = board.tickets.iter().any(comes);
            new.then_some(Chime::New)
        };
        self.tickets = board.tickets.iter().map(|ticket| ticket.id).collect();
        self.voids = voids;
        chime
    }
}

/// Whether the kitchen can hear anything at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// The browser plays nothing before somebody has touched the page.
    Locked,
    On,
    /// Somebody here has chosen so.
    Muted,
    /// This browser has no sound.
    Deaf,
}

impl Hearing {
    pub fn name(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::On => "on",
            Self::Muted => "muted",
            Self::Deaf => "deaf",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{NOW, board};
    use protocol::view::VoidedLine;

    fn seen(tickets: usize) -> Board {
        let mut board = board(tickets);
        for ticket in &mut board.tickets {
            ticket.seen = true;
            for line in &mut ticket.lines {
                line.voided = None;
            }
        }
        board
    }

    #[test]
    fn the_very_first_ticket_is_heard() {
        let mut ears = Ears::default();
        assert_eq!(ears.hear(&seen(0)), None);
        assert_eq!(ears.hear(&seen(1)), Some(Chime::New));
        assert_eq!(ears.hear(&seen(1)), None, "once");
    }

    #[test]
    fn a_reload_is_silent_but_for_what_nobody_has_shown_yet() {
        assert_eq!(Ears::default().hear(&seen(3)), None);
        let mut board = seen(3);
        board.tickets[2].seen = false;
        assert_eq!(Ears::default().hear(&board), Some(Chime::New));
    }

    #[test]
    fn a_ticket_that_another_screen_has_shown_first_is_heard_here_too() {
        let mut ears = Ears::default();
        ears.hear(&seen(2));
        assert_eq!(ears.hear(&seen(3)), Some(Chime::New));
    }

    #[test]
    fn a_recalled_ticket_is_heard_again() {
        let mut ears = Ears::default();
        ears.hear(&seen(2));
        assert_eq!(ears.hear(&seen(1)), None);
        assert_eq!(ears.hear(&seen(2)), Some(Chime::New));
    }

    #[test]
    fn a_void_is_heard_once_and_over_a_new_ticket() {
        let mut ears = Ears::default();
        ears.hear(&seen(2));
        let mut board = seen(3);
        board.tickets[0].lines[0].voided = Some(VoidedLine {
            at: NOW,
            acknowledged: false,
        });
        assert_eq!(ears.hear(&board), Some(Chime::Void));
        assert_eq!(ears.hear(&board), None);
        if let Some(voided) = &mut board.tickets[0].lines[0].voided {
            voided.acknowledged = true;
        }
        assert_eq!(ears.hear(&board), None);
    }

    #[test]
    fn what_means_something_else_sounds_otherwise() {
        assert_ne!(Chime::New.tones(), Chime::Void.tones());
        for chime in [Chime::New, Chime::Void] {
            let end = chime.tones().iter().map(|tone| tone.at + tone.length).max();
            assert!(end.is_some_and(|end| end < 1_000), "{chime:?} is short");
        }
    }
}
