//! Starts the screen of kitchen and expo.

mod kitchen;
mod screen;

fn main() {
    dioxus::launch(screen::Screen);
}
