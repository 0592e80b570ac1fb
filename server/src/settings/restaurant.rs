//! The restaurant's own settings over REST.

use crate::api::body::Shape;
use crate::api::fields::Bad;
use crate::api::write::{WriteKey, rendered, write};
use crate::api::{Api, read};
use crate::auth::actor::ManageRestaurant;
use crate::auth::{May, Person};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::settings::{ChangeSettings, Settings};
use domain::text::{Currency, Label, MinuteOfDay, Name};
use domain::time::Zone;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsShape {
    restaurant_id: String,
    name: String,
    currency: String,
    /// How many digits the currency's minor unit has.
    currency_digits: u32,
    zone: String,
    language: String,
    day_start: String,
    prices_include_tax: bool,
    demo: bool,
}

pub fn shape(settings: &Settings) -> SettingsShape {
    let start = settings.day_start.get();
    SettingsShape {
        restaurant_id: settings.restaurant.to_string(),
        name: settings.name.to_string(),
        currency: settings.currency.code().to_owned(),
        currency_digits: settings.currency.digits(),
        zone: settings.zone.name().to_owned(),
        language: settings.language.to_string(),
        day_start: format!("{:02}:{:02}", start / 60, start % 60),
        prices_include_tax: settings.prices_include_tax,
        demo: settings.demo,
    }
}

pub async fn get(State(api): State<Api>, by: Person) -> Result<Json<SettingsShape>, Problem> {
    let mut tx = api.hub.db.read().await.map_err(|e| Problem::database(&e))?;
    let settings = read::settings(&mut tx, by.restaurant).await?;
    Ok(Json(shape(&settings)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    name: Option<String>,
    currency: Option<String>,
    zone: Option<String>,
    language: Option<String>,
    day_start: Option<String>,
    prices_include_tax: Option<bool>,
}

/// "04:00" on a clock of 24 hours.
fn minute(text: &str) -> Option<MinuteOfDay> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| digits)
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let fits = hour < 24 && minute < 60;
    MinuteOfDay::new(hour * 60 + minute).ok().filter(|_| fits)
}

/// "de", "pt-BR".
fn language(text: &str) -> Option<Label> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric());
    let good = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && plain(part));
    Label::new(text).ok().filter(|_| good && rest)
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    key: WriteKey,
    body: Shape<Change>,
) -> Result<Response, Problem> {
    let change = body.value;
    let mut bad = Bad::default();
    let name = change.name.map(Name::new);
    let name = name.and_then(|it| bad.value("name", it));
    let currency = change.currency.map(|text| Currency::new(&text));
    let currency = currency.and_then(|it| bad.value("currency", it));
    let mut read = |field: &str, good: bool, message: &str| {
        if !good {
            bad.say(field, "malformed", message);
        }
    };
    let zone = change.zone.map(|text| Zone::new(&text).ok());
    let message = "is no time zone, as Europe/Berlin is one";
    read("zone", zone != Some(None), message);
    let language = change.language.map(|text| language(&text));
    let message = "is no language, as de is one";
    read("language", language != Some(None), message);
    let day_start = change.day_start.map(|text| minute(&text));
    let message = "is no time of day, as 04:00 is one";
    read("dayStart", day_start != Some(None), message);
    bad.none()?;
    let command = ChangeSettings {
        name,
        currency,
        zone: zone.flatten(),
        language: language.flatten(),
        day_start: day_start.flatten(),
        prices_include_tax: change.prices_include_tax,
    };
    write(&api, &by, &key, &body.hash, command.into(), |state| {
        rendered(state.settings().map(shape), None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::{language, minute};

    #[test]
    fn a_time_of_day_has_two_digits_and_two() {
        assert_eq!(minute("04:30").map(|it| it.get()), Some(270));
        for bad in ["4:00", "24:00", "12:60", "+1:00", "", "0400", "12:00:00"] {
            assert!(minute(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_language_is_a_tag() {
        assert!(language("de").is_some() && language("pt-BR").is_some());
        for bad in ["", "d", "DE", "de_AT", "deutsch", "de-"] {
            assert!(language(bad).is_none(), "{bad}");
        }
    }
}
