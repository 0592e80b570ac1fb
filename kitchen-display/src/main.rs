//! Screens of kitchen and expo.

fn main() {}
