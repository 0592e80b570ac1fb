//! Starts the screen.

use dioxus::prelude::*;

fn main() {
    dioxus::launch(screen);
}

fn screen() -> Element {
    rsx! { h1 { "Comanda" } }
}
