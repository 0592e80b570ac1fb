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
    /// There has been an order: the currency stays.
    #[serde(default, skip_serializing_if = "is_false")]
    pub in_use: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
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

/// What is named is set, what is not stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_start: Option<MinuteOfDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices_include_tax: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsChanged {
    pub settings: Settings,
}

pub fn change(state: &State, cmd: &ChangeSettings) -> Result<Vec<Event>, Refusal> {
    let old = state.settings().ok_or(Refusal::Unknown("restaurant"))?;
    let currency = cmd.currency.unwrap_or(old.currency);
    if old.in_use && currency != old.currency {
        return Err(Refusal::Rule(Code::CurrencyFixed));
    }
    let settings = Settings {
        name: cmd.name.clone().unwrap_or_else(|| old.name.clone()),
        currency,
        zone: cmd.zone.clone().unwrap_or_else(|| old.zone.clone()),
        language: cmd.language.clone().unwrap_or_else(|| old.language.clone()),
        day_start: cmd.day_start.unwrap_or(old.day_start),
        prices_include_tax: cmd.prices_include_tax.unwrap_or(old.prices_include_tax),
        ..old.clone()
    };
    let changed = settings != *old;
    Ok(changed
        .then(|| SettingsChanged { settings }.into())
        .into_iter()
        .collect())
}

/// The first order comes: from now on the currency stays.
pub(crate) fn in_use(settings: &Settings) -> Option<Event> {
    (!settings.in_use).then(|| {
        let settings = Settings {
            in_use: true,
            ..settings.clone()
        };
        SettingsChanged { settings }.into()
    })
}

pub fn apply_changed(state: &mut State, event: &SettingsChanged) {
    state.put(Key::Settings, event.settings.clone().into());
}
