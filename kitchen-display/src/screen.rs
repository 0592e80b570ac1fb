//! The root: once it is a device of the restaurant it shows its board. Nobody signs in.

use crate::kitchen::BoardPage;
use dioxus::prelude::*;
use domain::devices::DeviceKind;
use ui::auth::EnrolPage;
use ui::auth::view::{Stage, stage};
use ui::components::Toaster;
use ui::components::list::{Loading, Unreadable};
use ui::shared::use_root;

#[component]
pub fn Screen() -> Element {
    let shared = use_root("kitchen");
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
                EnrolPage { kind: DeviceKind::Kitchen }
            },
            Stage::SignIn | Stage::In(_) => rsx! {
                BoardPage {}
            },
        }
        Toaster {}
    }
}
