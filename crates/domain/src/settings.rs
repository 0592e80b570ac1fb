//! The restaurant itself: what its bills and days are computed with.

use crate::event::Event;
use crate::ids::RestaurantId;
use crate::refusal::{Code, Refusal};
use crate::state::{Key, State};
use crate::text::{Currency, Label, MinuteOfDay, Name};
use crate::time::{Day, Moment, Zone, business_day};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub restaurant: RestaurantId,
    pub name: Name,
    pub currency: Currency,
    pub zone: Zone,
    pub language: Label,
    /// When a business day begins, in minutes after midnight.
    pub day_start: MinuteOfDay,
    pub prices_include_tax: bool,
    /// A demo restaurant is marked for ever, and only it may be served with `--demo`.
    pub demo: bool,
}

impl Settings {
    pub fn day_of(&self, at: Moment) -> Day {
        business_day(at, &self.zone, self.day_start.get())
    }
}

/// Founds the restaurant: the first entry of its log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Found {
    pub settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Founded {
    pub settings: Settings,
}

pub fn found(state: &State, cmd: &Found) -> Result<Vec<Event>, Refusal> {
    if state.settings().is_some() {
        return Err(Refusal::Rule(Code::AlreadyFounded));
    }
    Ok(vec![
        Founded {
            settings: cmd.settings.clone(),
        }
        .into(),
    ])
}

pub fn apply_founded(state: &mut State, event: &Founded) {
    state.put(Key::Settings, event.settings.clone().into());
}
