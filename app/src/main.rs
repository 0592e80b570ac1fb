//! Screens of waitstaff, managers and admin.

fn main() {}
