//! The native window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    comanda_desktop::run();
}
