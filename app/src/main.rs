//! Starts the screen of waitstaff, managers and admin.

mod auth;
mod bar;
mod billing;
mod floor;
mod office;
mod orders;
mod quiet;
mod screen;

fn main() {
    dioxus::launch(screen::Screen);
}
