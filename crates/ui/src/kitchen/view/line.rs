//! One line of a ticket: what to cook, how far it is, and what a tap on it does.

use crate::components::{Icon, Tone};
use crate::strings::Locale;
use domain::ids::{LineId, TicketId};
use domain::orders::Stage;
use protocol::view::{Ticket, TicketLine};

/// About how many letters of a line fit beside its quantity, and how high its parts stand, in pixels.
const LETTERS: usize = 17;
const SMALL_LETTERS: usize = 22;
const NAME: usize = 28;
const SMALL: usize = 22;
/// The last row: state, stations, allergens. It keeps its place while there is nothing to say, so that a tap moves
/// nothing on the board.
const FOOT: usize = 26;
const FOOT_WIDTH: usize = 228;
const STATE_WIDTH: usize = 128;
const ASIDE_LETTER: usize = 9;
const BOX_LETTER: usize = 11;
const BETWEEN: usize = 10;
const BOX: usize = 20;
/// Above and below, and the hairline to the next.
const AROUND: usize = 13;

#[derive(Debug, Clone, PartialEq)]
pub struct LineShown {
    pub key: String,
    pub quantity: u16,
    pub name: String,
    pub modifiers: Option<String>,
    pub note: Option<String>,
    /// Seat, and the stations that cook on it too.
    pub aside: Option<String>,
    pub allergens: Vec<String>,
    pub state: LineState,
    /// What is cooked alike is one line on the glass.
    pub cooked: Vec<Cooked>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    New,
    Preparing,
    Ready,
    /// The waiter has carried it.
    Served,
    /// Taken back, and nobody here has said that they saw it.
    Void,
}

/// What a tap on a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    Advance(Stage),
    Acknowledge,
    Nothing,
}

/// A line of a check, wherever this board's tickets have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooked {
    pub line: LineId,
    pub at: Vec<At>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct At {
    pub ticket: TicketId,
    pub station: String,
    pub stage: Stage,
    /// This station has said that it saw the void.
    pub acknowledged: bool,
}

impl Cooked {
    /// How far it is where it is least far.
    pub fn stage(&self) -> Stage {
        let stages = self.at.iter().map(|at| at.stage);
        stages.min().unwrap_or(Stage::New)
    }

    fn waits_at(&self) -> impl Iterator<Item = &str> {
        let behind = self.at.iter().filter(|at| at.stage < Stage::Ready);
        behind.map(|at| at.station.as_str())
    }
}

impl LineState {
    pub fn class(self) -> &'static str {
        match self {
            Self::New => "line-new",
            Self::Preparing => "line-preparing",
            Self::Ready => "line-ready",
            Self::Served => "line-served",
            Self::Void => "line-void",
        }
    }

    /// A new line says nothing: it is what a ticket is for.
    pub fn word(self, locale: &Locale) -> Option<(Tone, Icon, String)> {
        match self {
            Self::New => None,
            Self::Preparing => Some((Tone::Cook, Icon::Flame, say!(locale, "line-preparing"))),
            Self::Ready => Some((Tone::Ready, Icon::Check, say!(locale, "line-ready"))),
            Self::Served => Some((Tone::Quiet, Icon::CheckCheck, say!(locale, "line-served"))),
            Self::Void => Some((Tone::Late, Icon::X, say!(locale, "line-void"))),
        }
    }

    pub fn touch(self) -> Touch {
        match self {
            Self::New => Touch::Advance(Stage::Preparing),
            Self::Preparing => Touch::Advance(Stage::Ready),
            Self::Ready | Self::Served => Touch::Nothing,
            Self::Void => Touch::Acknowledge,
        }
    }

    /// Nobody here has to do anything about it.
    pub fn is_done(self) -> bool {
        match self {
            Self::Ready | Self::Served => true,
            Self::New | Self::Preparing | Self::Void => false,
        }
    }
}

impl LineShown {
    /// What it needs on the glass, in pixels: rather too much than too little.
    pub fn height(&self) -> usize {
        let small = |text: &Option<String>| {
            let rows = text.as_deref().map(|text| rows(text, SMALL_LETTERS));
            rows.unwrap_or_default() * SMALL
        };
        rows(&self.name, LETTERS) * NAME
            + small(&self.modifiers)
            + small(&self.note)
            + self.foot() * FOOT
            + AROUND
    }

    /// Rows that its foot takes.
    fn foot(&self) -> usize {
        let state = match self.state {
            LineState::Void => FOOT_WIDTH,
            LineState::New | LineState::Preparing | LineState::Ready | LineState::Served => {
                STATE_WIDTH
            }
        };
        let letters = |text: &str| text.chars().count();
        let aside = self.aside.iter().map(|aside| letters(aside) * ASIDE_LETTER);
        let boxes = self
            .allergens
            .iter()
            .map(|one| letters(one) * BOX_LETTER + BOX);
        let (mut rows, mut left) = (1, FOOT_WIDTH.saturating_sub(state));
        for width in aside.chain(boxes).map(|width| width + BETWEEN) {
            if width > left {
                rows += width.div_ceil(FOOT_WIDTH);
                left = FOOT_WIDTH;
            }
            left = left.saturating_sub(width);
        }
        rows
    }
}

/// Rows of so many letters, broken between words as a browser does.
pub(super) fn rows(text: &str, letters: usize) -> usize {
    let (mut rows, mut at) = (1, 0);
    for word in text.split_whitespace().map(|word| word.chars().count()) {
        if at > 0 && at + 1 + word > letters {
            (rows, at) = (rows + 1, 0);
        }
        let with_gap = at + usize::from(at > 0) + word;
        rows += with_gap.saturating_sub(1) / letters;
        at = (with_gap.saturating_sub(1)) % letters + 1;
    }
    rows
}

/// The lines of tickets that were fired together, each once. `names_waits`: says for which stations each still waits.
pub(super) fn lines(tickets: &[&Ticket], names_waits: bool, locale: &Locale) -> Vec<LineShown> {
    let mut found: Vec<(&TicketLine, Cooked)> = Vec::new();
    for ticket in tickets {
        for line in &ticket.lines {
            let at = at(ticket, line);
            match found.iter_mut().find(|(_, cooked)| cooked.line == line.id) {
                Some((_, cooked)) => cooked.at.push(at),
                None => {
                    let (line_id, at) = (line.id, vec![at]);
                    found.push((line, Cooked { line: line_id, at }));
                }
            }
        }
    }
    let shown = found
        .into_iter()
        .filter_map(|(line, cooked)| shown(line, cooked, names_waits, locale));
    merged(shown)
}

fn at(ticket: &Ticket, line: &TicketLine) -> At {
    At {
        ticket: ticket.id,
        station: ticket.station.clone(),
        stage: line.stage,
        acknowledged: line
            .voided
            .as_ref()
            .is_some_and(|voided| voided.acknowledged),
    }
}

/// None: it is void, and everybody here has seen so.
fn shown(
    line: &TicketLine,
    cooked: Cooked,
    names_waits: bool,
    locale: &Locale,
) -> Option<LineShown> {
    let state = match (&line.voided, line.served, cooked.stage()) {
        (Some(_), ..) if cooked.at.iter().all(|at| at.acknowledged) => return None,
        (Some(_), ..) => LineState::Void,
        (None, true, _) => LineState::Served,
        (None, false, Stage::New) => LineState::New,
        (None, false, Stage::Preparing) => LineState::Preparing,
        (None, false, Stage::Ready) => LineState::Ready,
    };
    let seat = line.seat.map(|seat| say!(locale, "seat", seat = seat));
    let stations = if names_waits {
        let waits: Vec<&str> = cooked.waits_at().collect();
        let waits = Some(waits.join(", ")).filter(|waits| !waits.is_empty() && !state.is_done());
        waits.map(|stations| say!(locale, "waits-for", stations = stations))
    } else {
        let also = (!line.also_at.is_empty()).then(|| line.also_at.join(", "));
        also.map(|stations| say!(locale, "also-at", stations = stations))
    };
    let aside: Vec<String> = seat.into_iter().chain(stations).collect();
    Some(LineShown {
        key: line.id.to_string(),
        quantity: line.quantity,
        name: line.name.clone(),
        modifiers: (!line.modifiers.is_empty()).then(|| line.modifiers.join(", ")),
        note: line.note.clone(),
        aside: (!aside.is_empty()).then(|| aside.join(" · ")),
        allergens: line.allergens.clone(),
        state,
        cooked: vec![cooked],
    })
}

/// What is cooked alike is one line: two taps of a dish are two portions of it.
fn merged(lines: impl Iterator<Item = LineShown>) -> Vec<LineShown> {
    let mut merged: Vec<LineShown> = Vec::new();
    for line in lines {
        match merged.iter_mut().find(|other| other.is_like(&line)) {
            Some(same) => {
                same.quantity = same.quantity.saturating_add(line.quantity);
                same.cooked.extend(line.cooked);
            }
            None => merged.push(line),
        }
    }
    merged
}

impl LineShown {
    fn is_like(&self, other: &Self) -> bool {
        let own = (&self.name, &self.modifiers, &self.note, &self.aside);
        own == (&other.name, &other.modifiers, &other.note, &other.aside)
            && (&self.allergens, self.state) == (&other.allergens, other.state)
    }
}
