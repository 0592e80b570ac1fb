//! The root: who holds the device decides which page there is.

use crate::auth::{BeginPage, SignInPage};
use crate::billing::BillPage;
use crate::floor::FloorPage;
use crate::office::OfficePage;
use crate::orders::{CheckPage, TablePage};
use dioxus::prelude::*;
use ui::auth::view::{Stage, stage};
use ui::components::Toaster;
use ui::components::list::{Loading, Unreadable};
use ui::route::{Route, use_route};
use ui::shared::use_root;

#[component]
pub fn Screen() -> Element {
    let shared = use_root("app");
    use_route();
    let stage = use_memo(move || stage(&shared.session.read()));
    rsx! {
        match stage() {
            Stage::Loading => rsx! {
                Loading {}
            },
            Stage::Trouble(why) => rsx! {
                Unreadable { why }
            },
            Stage::Enrol => rsx! {
                BeginPage {}
            },
            Stage::SignIn => rsx! {
                SignInPage {}
            },
            Stage::In(_) => rsx! {
                Pages {}
            },
        }
        Toaster {}
    }
}

#[component]
fn Pages() -> Element {
    let route = use_context::<Signal<Route>>();
    crate::quiet::use_quiet_update(route);
    crate::quiet::use_lock();
    crate::quiet::use_ready_call();
    match route() {
        Route::Floor => rsx! {
            FloorPage {}
        },
        // A list of one: only in a list does another key make another page, with readings of its own.
        Route::Table(table, order) => rsx! {
            for table in [table] {
                TablePage { key: "{table}", table, order }
            }
        },
        Route::Bill(order) => rsx! {
            for order in [order] {
                BillPage { key: "{order}", order }
            }
        },
        Route::Office(page) => rsx! {
            OfficePage { page }
        },
        Route::Check(order) => rsx! {
            for order in [order] {
                CheckPage { key: "{order}", order }
            }
        },
    }
}
