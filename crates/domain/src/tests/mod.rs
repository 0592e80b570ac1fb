//! Stories of the rules.

mod acts;
mod bills;
mod changes;
mod corpus;
mod fuzzed;
mod house;
mod kitchen;
mod office;
mod orders;
mod properties;
mod rights;
