//! Where in the app somebody is, kept in the address behind the #: back, forward and reload work, offline too.

use crate::web;
use dioxus::prelude::*;
use domain::ids::{OrderId, TableId};
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Floor,
    Table(TableId, Option<OrderId>),
    /// A check whose table nobody knows.
    Check(OrderId),
    /// The bill of a check.
    Bill(OrderId),
    /// What only the hub has, for who runs the place.
    Office(Office),
}

/// The pages of the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Office {
    Today,
    Bills,
    Reports,
    People,
    Devices,
}

impl Office {
    pub const ALL: [Office; 5] = [
        Self::Today,
        Self::Bills,
        Self::Reports,
        Self::People,
        Self::Devices,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Bills => "bills",
            Self::Reports => "reports",
            Self::People => "people",
            Self::Devices => "devices",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }
}

impl Route {
    pub fn parse(hash: &str) -> Self {
        let parts: Vec<&str> = hash
            .trim_start_matches('#')
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let route = match parts.as_slice() {
            ["table", table] => table.parse().ok().map(|table| Self::Table(table, None)),
            ["table", table, order] => {
                let (table, order) = (table.parse().ok(), order.parse().ok());
                table
                    .zip(order)
                    .map(|(table, order)| Self::Table(table, Some(order)))
            }
            ["bill", order] => order.parse().ok().map(Self::Bill),
            ["office", page] => Office::parse(page).map(Self::Office),
            ["check", order] => order.parse().ok().map(Self::Check),
            _ => None,
        };
        route.unwrap_or(Self::Floor)
    }

    pub fn hash(self) -> String {
        match self {
            Self::Floor => "#/".to_owned(),
            Self::Table(table, None) => format!("#/table/{table}"),
            Self::Table(table, Some(order)) => format!("#/table/{table}/{order}"),
            Self::Check(order) => format!("#/check/{order}"),
            Self::Bill(order) => format!("#/bill/{order}"),
            Self::Office(page) => format!("#/office/{}", page.name()),
        }
    }
}

/// Follows the address for as long as the root stands.
pub fn use_route() -> Signal<Route> {
    let mut route = use_signal(|| Route::parse(&web::hash()));
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = web::on_window("hashchange", move || drop(tell.unbounded_send(())));
        while told.next().await.is_some() {
            let next = Route::parse(&web::hash());
            if *route.peek() != next {
                route.set(next);
            }
        }
    });
    use_context_provider(|| route);
    route
}

/// Goes there; the address follows.
pub fn go(mut route: Signal<Route>, to: Route) {
    route.set(to);
    web::set_hash(&to.hash());
}

/// Turns to another check of the same table: Back still leads to where one came from.
pub fn turn(mut route: Signal<Route>, to: Route) {
    route.set(to);
    web::replace_hash(&to.hash());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_an_address_that_leads_back_to_it() {
        let table = TableId(crate::ids::order().0);
        let order = crate::ids::order();
        for route in [
            Route::Floor,
            Route::Table(table, None),
            Route::Table(table, Some(order)),
            Route::Check(order),
            Route::Bill(order),
            Route::Office(Office::Bills),
        ] {
            assert_eq!(Route::parse(&route.hash()), route);
        }
    }

    #[test]
    fn an_address_that_leads_nowhere_leads_to_the_floor() {
        for hash in ["", "#", "#/table/x", "#/table", "#/elsewhere/1"] {
            assert_eq!(Route::parse(hash), Route::Floor, "{hash}");
        }
    }
}
