//! Starts the screen of waitstaff, managers and admin.

mod auth;
mod bar;
mod floor;
mod orders;
mod quiet;
mod screen;

fn main() {
    dioxus::launch(screen::Screen);
}
