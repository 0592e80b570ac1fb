//! Starts the screen of kitchen and expo.

mod device;
mod kitchen;
mod screen;

fn main() {
    dioxus::launch(screen::Screen);
}
