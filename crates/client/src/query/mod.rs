//! What screens ask for: each view is read whole from overlay over base, at a cost that does not grow with history.

mod attention;
mod bill;
mod board;
mod check;
mod floor;
mod menu;
mod session;
mod standing;
mod sync;

use crate::core::Core;
use crate::error::{StoreError, Stored};
use crate::store::rows::{self, Layer};
use crate::submit::trouble;
use domain::settings::Settings;
use domain::time::Moment;
use domain::{Key, Row};
use protocol::bridge::{Answer, Model, View};
use protocol::view::Currency;
use rusqlite::Connection;

impl Core {
    /// A view with the revision that it shows.
    pub fn read(&mut self, view: &View, now: Moment) -> Answer {
        match self.query(view) {
            Ok(model) => Answer::View {
                revision: self.revision(),
                model: Box::new(model),
            },
            Err(error) => {
                self.note(now, &format!("a view was not read: {error}"));
                Answer::Trouble {
                    what: trouble(&error).into(),
                }
            }
        }
    }

    pub fn query(&self, view: &View) -> Result<Model, StoreError> {
        match view {
            View::Floor => floor::floor(&self.db).map(Model::Floor),
            View::Check { order } => self.check(*order).map(|check| Model::Check { check }),
            View::Bill { order } => bill::bill(&self.db, *order).map(|bill| Model::Bill {
                bill: bill.map(Box::new),
            }),
            View::Menu => menu::menu(&self.db).map(Model::Menu),
            View::Board { station } => board::board(&self.db, station.as_ref()).map(Model::Board),
            View::Attention => self.attention().map(Model::Attention),
            View::Sync => self.sync_view().map(Model::Sync),
            View::Session => self.session_view().map(Model::Session),
        }
    }
}

/// The body of a row, if it is of the one kind that its key says.
macro_rules! body {
    ($row:expr, $variant:ident) => {
        if let domain::Aggregate::$variant(body) = $row.body {
            Some(body)
        } else {
            None
        }
    };
}

/// The body behind one key.
macro_rules! one {
    ($db:expr, $key:expr, $variant:ident) => {
        crate::store::rows::get($db, crate::store::rows::Layer::Both, &$key)?
            .and_then(|row| crate::query::body!(row, $variant))
    };
}

/// The bodies of all open rows of a kind.
macro_rules! bodies {
    ($db:expr, $kind:literal, $variant:ident) => {
        crate::query::all($db, $kind)?
            .into_iter()
            .filter_map(|(_, row)| crate::query::body!(row, $variant))
    };
}
use {bodies, body, one};

pub(crate) use standing::order_in;

fn all(db: &Connection, kind: &str) -> Stored<Vec<(Key, Row)>> {
    rows::list(db, Layer::Both, "kind = ?1 AND open = 1", kind)
}

fn settings(db: &Connection) -> Stored<Option<Settings>> {
    Ok(one!(db, Key::Settings, Settings))
}

/// How amounts are written; before the restaurant is known there are none.
fn currency(settings: Option<&Settings>) -> Currency {
    settings.map_or_else(
        || Currency {
            code: "XXX".into(),
            digits: 2,
        },
        |settings| Currency {
            code: settings.currency.code().into(),
            digits: settings.currency.digits(),
        },
    )
}
