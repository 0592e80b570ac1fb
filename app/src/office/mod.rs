//! The office: the day's figures, bills, people and devices. All of it is the hub's, so offline it says so.

mod bills;
mod devices;
mod page;
mod people;
mod recovery;
mod reports;
mod today;

pub use page::OfficePage;
